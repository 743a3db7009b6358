"""A cluster and a bus in memory, which can lose the process at any call to a port."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from runner_made import NOW, job

from ambient_contracts.envelope import Cause, Fact
from ambient_contracts.events import Event
from ambient_contracts.resources import AgenticSession, Project, SessionStatus
from ambient_contracts.website import WebsiteException
from session_runner.domain.observation import FINALIZER, Launch, Launched
from session_runner.domain.workload import Job, Pod
from session_runner.ports.errors import StaleError


class Crash(Exception):  # noqa: N818 - what happens, not an error of ours
    """The process is gone: before a call had its effect, or after it and before its answer."""


class World:
    """Implements the ports `View`, `Cluster` and `Facts`."""

    def __init__(self, session: AgenticSession | None, project: Project | None) -> None:
        self.sessions = {} if session is None else {session.metadata.name: session}
        self.projects = {} if project is None else {project.metadata.name: project}
        self.jobs: dict[str, Job] = {}
        self.pod_list: list[Pod] = []
        self.older = 0
        self.refuse: Launched | None = None
        self.exceptions: tuple[WebsiteException, ...] = ()
        self.stored: dict[str, Fact[Any]] = {}
        self.writes: list[str] = []
        self.traces: list[str] = []
        self.crash_at: tuple[int, str] | None = None
        self.calls = 0

    # View

    def session(self, namespace: str, name: str) -> AgenticSession | None:
        return self.sessions.get(name)

    def project(self, name: str) -> Project | None:
        return self.projects.get(name)

    def before(self, session: AgenticSession) -> int:
        return self.older

    def website_exceptions(self) -> tuple[WebsiteException, ...]:
        return self.exceptions

    # Facts

    def fact(
        self, event: Event, *, because: tuple[str, ...], cause: Cause | None = None
    ) -> Fact[Any]:
        return Fact[Any].state(event, source="runner", because=because, cause=cause, time=NOW)

    async def publish(self, *facts: Fact[Any]) -> None:
        self._before()
        for fact in facts:
            self.stored.setdefault(fact.envelope.id, fact)
        self._after()

    # Cluster

    async def create_job(
        self, session: AgenticSession, exceptions: tuple[WebsiteException, ...], trace: str
    ) -> Launched:
        self._before()
        if self.refuse is not None:
            return self.refuse
        if session.metadata.name not in self.jobs:
            self.jobs[session.metadata.name] = job(owner=session.metadata.uid)
            self.writes.append("create Job")
            self.traces.append(trace)
        self._after()
        return Launched(Launch.MADE)

    async def delete_job(self, job: Job) -> None:
        self._before()
        self.jobs.pop(job.metadata.name, None)
        self.writes.append("delete Job")
        self._after()

    async def write_status(self, session: AgenticSession, status: SessionStatus) -> None:
        self._before()
        self._replace(session, status=status)
        self.writes.append(f"status {status.phase}")
        self._after()

    async def add_finalizer(self, session: AgenticSession) -> None:
        self._before()
        finalizers = (*session.metadata.finalizers, FINALIZER)
        self._replace(
            session, metadata=session.metadata.model_copy(update={"finalizers": finalizers})
        )
        self.writes.append("add finalizer")
        self._after()

    async def remove_finalizer(self, session: AgenticSession) -> None:
        self._before()
        del self.sessions[session.metadata.name]
        self.writes.append("remove finalizer")
        self._after()

    # For tests

    def verbs(self) -> list[str]:
        return [fact.event.verb for fact in self.stored.values()]

    def status(self, name: str = "s1") -> SessionStatus:
        status = self.sessions[name].status
        assert status is not None
        return status

    def change(self, **spec: Any) -> None:
        """Have somebody change the session's spec."""
        (session,) = self.sessions.values()
        self._replace(session, spec=session.spec.model_copy(update=spec))

    def delete(self) -> None:
        """Have somebody delete the session."""
        (session,) = self.sessions.values()
        meta = session.metadata.model_copy(update={"deletion_timestamp": NOW})
        self._replace(session, metadata=meta)

    def put(self, job: Job | None = None, pods: Iterable[Pod] = ()) -> None:
        """Have the Job controller and the node do their work."""
        if job is not None:
            self.jobs[job.metadata.name] = job
        self.pod_list = list(pods)

    def _replace(self, session: AgenticSession, **fields: Any) -> None:
        held = self.sessions[session.metadata.name]
        if held.metadata.resource_version != session.metadata.resource_version:
            raise StaleError("somebody else wrote first")
        version = str(int(held.metadata.resource_version) + 1)
        metadata = fields.pop("metadata", held.metadata).model_copy(
            update={"resource_version": version}
        )
        self.sessions[session.metadata.name] = session.model_copy(
            update={**fields, "metadata": metadata}
        )

    def _before(self) -> None:
        self.calls += 1
        if self.crash_at == (self.calls, "before"):
            raise Crash

    def _after(self) -> None:
        if self.crash_at == (self.calls, "after"):
            raise Crash


class Cached:
    """A world's `job` and `pods` as the watches show them; `Live` shows them as they are."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.hidden: set[str] = set()
        """Which of `job` and `pods` the watches have not shown yet."""
        self.kept: list[Pod] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

    def job(self, namespace: str, name: str) -> Job | None:
        return None if "job" in self.hidden else self._world.jobs.get(name)

    def pods(self, namespace: str, session: str) -> tuple[Pod, ...]:
        if self.kept is not None:
            return tuple(self.kept)
        return () if "pods" in self.hidden else tuple(self._world.pod_list)


class Live:
    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

    async def job(self, namespace: str, name: str) -> Job | None:
        return self._world.jobs.get(name)

    async def pods(self, namespace: str, session: str) -> tuple[Pod, ...]:
        return tuple(self._world.pod_list)


def clock() -> datetime:
    return NOW
