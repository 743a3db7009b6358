"""Whoever calls: each request to the API server carries the caller's own token."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ambient_chassis.identity import Caller
from ambient_contracts.events import Actor
from ambient_contracts.names import API_GROUP, API_VERSION, namespace_of
from ambient_contracts.resources import BotAccount, Project
from ambient_kube import Resource, may_i
from project_manager.adapters.kubernetes.resources import BOTS, PROJECTS

_AT_ONCE: Final = 16
"""Reviews that one request has under way."""


class KubernetesRequester:
    """A caller."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._kube = caller.kube

    @property
    def actor(self) -> Actor:
        """Return the caller as events name them."""
        return self._caller.actor()

    async def may(self, verb: str, resource: str, *, project: str, subresource: str = "") -> bool:
        """Ask the API server whether the caller may do something in a project."""
        return await may_i(
            self._kube,
            verb,
            Resource(API_GROUP, API_VERSION, "", resource, namespaced=True),
            namespace=namespace_of(project),
            subresource=subresource or None,
        )

    async def visible(self, projects: Sequence[str]) -> frozenset[str]:
        """Return those of the projects that the caller may read."""
        if await may_i(self._kube, "get", PROJECTS):
            return frozenset(projects)
        slots = asyncio.Semaphore(_AT_ONCE)

        async def sees(name: str) -> bool:
            async with slots:
                return await may_i(self._kube, "get", PROJECTS, name=name)

        answers = await asyncio.gather(*(sees(name) for name in projects))
        return frozenset(name for name, seen in zip(projects, answers, strict=True) if seen)

    async def create_project(self, project: Project) -> Project:
        """Make a project."""
        made = await self._kube.create(PROJECTS, _manifest(project))
        return Project.model_validate(made)

    async def project(self, name: str) -> Project:
        """Return a project."""
        return Project.model_validate(await self._kube.get(PROJECTS, name))

    async def change_project(self, name: str, changes: Mapping[str, Any]) -> Project:
        """Merge changes into a project's spec."""
        changed = await self._kube.patch(PROJECTS, name, {"spec": dict(changes)})
        return Project.model_validate(changed)

    async def delete_project(self, name: str) -> None:
        """Have a project deleted, with everything in it."""
        await self._kube.delete(PROJECTS, name)

    async def bots(self, project: str) -> Sequence[BotAccount]:
        """Return a project's bots."""
        found = await self._kube.list(BOTS, namespace_of(project))
        return [BotAccount.model_validate(each) for each in found]

    async def create_bot(self, bot: BotAccount) -> BotAccount:
        """Make a bot."""
        made = await self._kube.create(BOTS, _manifest(bot))
        return BotAccount.model_validate(made)

    async def bot(self, project: str, name: str) -> BotAccount:
        """Return a bot."""
        found = await self._kube.get(BOTS, name, namespace_of(project))
        return BotAccount.model_validate(found)

    async def delete_bot(self, project: str, name: str) -> None:
        """Have a bot deleted."""
        await self._kube.delete(BOTS, name, namespace_of(project))


def _manifest(resource: Project | BotAccount) -> dict[str, Any]:
    metadata = {"name": resource.metadata.name}
    if resource.metadata.namespace is not None:
        metadata["namespace"] = resource.metadata.namespace
    manifest = resource.to_manifest()
    return {
        "apiVersion": manifest["apiVersion"],
        "kind": manifest["kind"],
        "metadata": metadata,
        "spec": manifest["spec"],
    }
