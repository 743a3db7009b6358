"""The session-runner as a process, and projects in a real cluster, for integration tests."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from ambient_contracts.names import PROJECT_LABEL, namespace_of
from ambient_contracts.resources import AgenticSession, Phase
from ambient_kube import (
    JOBS,
    NAMESPACES,
    PODS,
    ROLE_BINDINGS,
    SERVICE_ACCOUNTS,
    Kube,
    Manifest,
    NotFound,
    Unavailable,
)
from ambient_local.ports import is_free
from ambient_testkit.parts import Cluster, Nats
from ambient_testkit.waiting import eventually
from session_runner.adapters.resources import AGENTIC_SESSIONS, BOT_ACCOUNTS, PROJECTS

DOUBLE = Path(__file__).with_name("agent_double.py")


@dataclass
class Runner:
    """The process, and where it is reached."""

    cluster: Cluster
    nats: Nats
    folder: Path
    port: int = field(default_factory=lambda: next(p for p in range(23300, 23999) if is_free(p)))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        passed_on = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = {
            **passed_on,
            "AMBIENT_NATS_URL": self.nats.url,
            "AMBIENT_NATS_PASSWORD": self.nats.password("runner"),
            "AMBIENT_KUBECONFIG": str(self.cluster.service_kubeconfig("session-runner")),
            "AMBIENT_PORT": str(self.port),
            "AMBIENT_AGENT_COMMAND": f'["{sys.executable}", "{DOUBLE}"]',
            "AMBIENT_AGENT_ENVIRONMENT": f'{{"DOUBLE_FOLDER": "{self.folder}"}}',
        }
        log = self.folder.joinpath("runner.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "session_runner"],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_ready()

    def start_if_ended(self) -> None:
        """Start the process where it has ended by itself, as whoever runs it would."""
        assert self.process is not None
        if self.process.poll() is not None:
            self.start()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=20)

    def log(self) -> str:
        return self.folder.joinpath("runner.log").read_text()

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.log()
            try:
                if httpx.get(f"{self.url}/readyz", trust_env=False).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"the runner is not ready:\n{self.log()}")


@dataclass
class Red:
    """A project, with what a test asks of it."""

    name: str
    kube: Kube
    """As the cluster's administrator."""
    folder: Path

    @property
    def namespace(self) -> str:
        return namespace_of(self.name)

    async def make(self, manager: Kube, **spec: Any) -> None:
        """Make the project as the project-manager would, with a bot and two members."""
        project = {"metadata": {"name": self.name}, "spec": spec}

        async def known() -> bool:
            # A mutating policy learns of a new definition a moment after the API server serves it.
            try:
                await self.kube.create(PROJECTS, project)
            except Unavailable:
                return False
            return True

        await eventually(known, what="the API server knows Projects")
        labels = {PROJECT_LABEL: self.name}
        meta = {"name": self.namespace, "labels": labels}
        await manager.create(NAMESPACES, {"metadata": meta})
        for account in ("session-runner", "bot-jira"):
            await self._create(SERVICE_ACCOUNTS, {"metadata": {"name": account}})
        bot = {"kind": "ServiceAccount", "name": "bot-jira", "namespace": self.namespace}
        await self._bind("bot", bot)
        await self._bind("editor", {"kind": "User", "name": "alice"})
        await self._bind("viewer", {"kind": "User", "name": "bob"})
        await self._create(BOT_ACCOUNTS, {"metadata": {"name": "jira"}})

    async def _bind(self, role: str, subject: dict[str, str]) -> None:
        group = "rbac.authorization.k8s.io"
        given = subject if "namespace" in subject else {**subject, "apiGroup": group}
        role_ref = {"apiGroup": group, "kind": "ClusterRole", "name": f"ambient-project-{role}"}
        await self._create(
            ROLE_BINDINGS,
            {"metadata": {"name": role}, "roleRef": role_ref, "subjects": [given]},
        )

    async def _create(self, resource: Any, manifest: Manifest) -> None:
        await self.kube.create(resource, manifest, self.namespace)

    async def order(self, name: str, prompt: str, **spec: Any) -> None:
        """Make a session as with kubectl: only what must be said."""
        wanted = {"prompt": prompt, "websiteURL": "https://example.org/", **spec}
        await self._create(AGENTIC_SESSIONS, {"metadata": {"name": name}, "spec": wanted})

    async def session(self, name: str) -> AgenticSession:
        found = await self.kube.get(AGENTIC_SESSIONS, name, self.namespace)
        return AgenticSession.model_validate(found)

    async def in_phase(self, name: str, *phases: Phase, seconds: float = 20) -> AgenticSession:
        last: AgenticSession | None = None

        async def look() -> AgenticSession | None:
            nonlocal last
            last = await self.session(name)
            return last if last.status and last.status.phase in phases else None

        try:
            return await eventually(look, seconds=seconds)
        except AssertionError:
            raise AssertionError(f"{name} is not in {phases}: {last!r}") from None

    async def held(self, name: str) -> AgenticSession:
        """Return a session that the runner has seen: it has the finalizer."""

        async def look() -> AgenticSession | None:
            session = await self.session(name)
            return session if session.metadata.finalizers else None

        return await eventually(look)

    async def change(self, name: str, **spec: Any) -> None:
        await self.kube.patch(AGENTIC_SESSIONS, name, {"spec": spec}, self.namespace)

    async def suspend(self, suspended: bool) -> None:
        await self.kube.patch(PROJECTS, self.name, {"spec": {"suspended": suspended}})

    async def jobs(self) -> list[Manifest]:
        return await self.kube.list(JOBS, self.namespace)

    async def pods(self) -> list[Manifest]:
        return await self.kube.list(PODS, self.namespace)

    async def gone(self, name: str) -> None:
        """Return when there is neither the session nor anything of its Job."""

        async def look() -> bool:
            try:
                await self.session(name)
            except NotFound:
                return not await self.jobs() and not await self.pods()
            return False

        await eventually(look, seconds=20, what=f"{name} is gone")

    async def pid(self, name: str) -> int:
        """Return the agent's process, once it has begun."""
        return int((await self._mark(name))[0])

    async def traceparent(self, name: str) -> str:
        """Return the trace that the agent was told to continue."""
        return (await self._mark(name))[1]

    async def _mark(self, name: str) -> list[str]:
        file = self.folder / f"{self.name}.{name}"

        async def look() -> list[str] | None:
            words = file.read_text().split() if file.exists() else []
            return words if len(words) == 2 else None

        return await eventually(look, what=f"the agent of {name} has begun")


def runs(pid: int) -> bool:
    """Whether there is such a process."""
    return Path("/proc", str(pid)).exists()
