"""The project-manager as a process, with a real API server and a real NATS."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from ambient_contracts.names import API_GROUP, API_VERSION, namespace_of
from ambient_kube import (
    SERVICE_ACCOUNTS,
    Informer,
    Key,
    Kube,
    Manifest,
    NotFound,
    Resource,
)
from ambient_local import Component, Platform
from ambient_testkit.builders import project_manifest
from ambient_testkit.events import Events
from ambient_testkit.running import running

PROJECTS = Resource(API_GROUP, API_VERSION, "Project", "projects", namespaced=False)
BOTS = Resource(API_GROUP, API_VERSION, "BotAccount", "botaccounts", namespaced=True)
SESSIONS = Resource(API_GROUP, API_VERSION, "AgenticSession", "agenticsessions", namespaced=True)


@pytest.fixture(scope="session")
def parts(request: pytest.FixtureRequest) -> Iterator[Platform]:
    """A cluster, NATS and the project-manager, for this folder's tests alone."""
    components = (Component.CLUSTER, Component.NATS, Component.PROJECTS)
    with running(request.session, *components) as platform:
        yield platform


@dataclass
class World:
    """What a test does and sees."""

    platform: Platform
    admin: Kube
    events: Events
    projects: list[str] = field(default_factory=list)

    def kube(self, person: str) -> Kube:
        """Return the API server under a person's token."""
        return self.admin.with_token(str(getattr(self.platform.tokens, person)))

    async def account(self, namespace: str, name: str) -> Kube:
        """Return the API server under a ServiceAccount's token."""
        answer = await self.admin.create_subresource(
            SERVICE_ACCOUNTS,
            name,
            "token",
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}},
            namespace,
        )
        return self.admin.with_token(answer["status"]["token"])

    @asynccontextmanager
    async def rest(self, person: str) -> AsyncIterator[httpx.AsyncClient]:
        """Speak to the REST API as a person."""
        token = str(getattr(self.platform.tokens, person))
        async with httpx.AsyncClient(
            base_url=self.platform.urls.projects,
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=10,
        ) as client:
            yield client

    async def create_project(self, members: dict[str, str] | None = None, **spec: Any) -> str:
        """Make a project, and return its name once it is ready."""
        name = f"p{uuid4().hex[:8]}"
        self.projects.append(name)
        await self.admin.create(PROJECTS, project_manifest(name, members=members, **spec))
        # A cluster counts sessions half a minute after it has learned of them.
        await self.when(PROJECTS, name, None, is_ready, seconds=60)
        return name

    async def create_bot(self, project: str, name: str) -> None:
        """Make a bot, and return once it has its right."""
        namespace = namespace_of(project)
        manifest = {"metadata": {"name": name, "namespace": namespace}, "spec": {}}
        await self.admin.create(BOTS, manifest)
        await self.when(BOTS, name, namespace, lambda bot: bool(condition(bot, "Ready")))

    async def project_when(self, name: str, holds: Callable[[Manifest], bool]) -> Manifest:
        """Return a project as soon as something holds of it."""
        return await self.when(PROJECTS, name, None, holds)

    async def when(
        self,
        resource: Resource,
        name: str,
        namespace: str | None,
        holds: Callable[[Manifest], bool],
        *,
        seconds: float = 20,
    ) -> Manifest:
        """Return an object as soon as something holds of it."""
        last: Manifest | None = None
        seen: asyncio.Future[Manifest] = asyncio.get_running_loop().create_future()
        informer = Informer(
            self.admin,
            resource,
            parse=lambda manifest: manifest,
            namespace=namespace,
            field_selector=f"metadata.name={name}",
        )

        def look(_key: Key) -> None:
            nonlocal last
            last = informer.get(namespace, name)
            if last is not None and not seen.done() and holds(last):
                seen.set_result(last)

        informer.subscribe(look)
        follow = asyncio.create_task(informer.run())
        try:
            async with asyncio.timeout(seconds):
                return await seen
        except TimeoutError:
            raise AssertionError(f"not within {seconds} s: {json.dumps(last, indent=1)}") from None
        finally:
            follow.cancel()
            await asyncio.gather(follow, return_exceptions=True)

    async def gone(self, resource: Resource, name: str, namespace: str | None = None) -> bool:
        """Whether there is no such object."""
        try:
            await self.admin.get(resource, name, namespace)
        except NotFound:
            return True
        return False


def condition(manifest: Manifest, kind: str) -> bool | None:
    """Return whether a condition holds, or None if it is not stated."""
    found = [
        each for each in manifest.get("status", {}).get("conditions", []) if each["type"] == kind
    ]
    return found[0]["status"] == "True" if found else None


def is_ready(project: Manifest) -> bool:
    """Whether a project's present spec is in force."""
    status = project.get("status", {})
    current = status.get("observedGeneration") == project["metadata"]["generation"]
    return current and condition(project, "Ready") is True


@pytest_asyncio.fixture
async def world(parts: Platform) -> AsyncIterator[World]:
    """The parts, connected for one test; its projects are deleted afterwards."""
    observer = await parts.connect("observer")
    async with await Kube.connect(parts.kubeconfig) as admin, Events.watch(observer) as events:
        world = World(parts, admin, events)
        yield world
        for name in world.projects:
            await admin.delete(PROJECTS, name, missing_ok=True)
    await observer.close()
