"""A project's sessions in memory, as a person's desk shows them."""

from collections.abc import AsyncIterator, Callable

from runner_made import NOW

from ambient_contracts.resources import AgenticSession
from ambient_kube import NotFound
from session_runner.domain.workload import Pod
from session_runner.ports.errors import AlreadyThereError


class MemoryDesk:
    """Implements `ports.desk.Desk`."""

    def __init__(self) -> None:
        self.sessions: dict[tuple[str, str], AgenticSession] = {}
        self.pod_list: list[Pod] = []
        self.logs: dict[str, list[bytes]] = {}
        self.refusal: Exception | None = None
        self.on_look: Callable[[], None] = lambda: None

    async def create(self, session: AgenticSession) -> AgenticSession:
        self._check()
        key = (session.metadata.namespace or "", session.metadata.name)
        if key in self.sessions:
            raise AlreadyThereError
        metadata = session.metadata.model_copy(update={"uid": "u", "creation_timestamp": NOW})
        self.sessions[key] = session.model_copy(update={"metadata": metadata})
        return self.sessions[key]

    async def get(self, namespace: str, name: str) -> AgenticSession:
        self._check()
        self.on_look()
        if (namespace, name) not in self.sessions:
            raise NotFound(404, "NotFound", f"there is no session {name}")
        return self.sessions[namespace, name]

    async def all(self, namespace: str) -> tuple[AgenticSession, ...]:
        self._check()
        return tuple(each for (where, _), each in self.sessions.items() if where == namespace)

    async def request_cancel(self, namespace: str, name: str) -> AgenticSession:
        session = await self.get(namespace, name)
        spec = session.spec.model_copy(update={"cancel_requested": True})
        self.sessions[namespace, name] = session.model_copy(update={"spec": spec})
        return self.sessions[namespace, name]

    async def delete(self, namespace: str, name: str) -> None:
        await self.get(namespace, name)
        del self.sessions[namespace, name]

    async def pods(self, namespace: str, session: str) -> tuple[Pod, ...]:
        return tuple(self.pod_list)

    async def log(self, namespace: str, pod: str, *, follow: bool) -> AsyncIterator[bytes]:
        for line in self.logs[pod]:
            yield line

    def put(self, session: AgenticSession) -> None:
        self.sessions[session.metadata.namespace or "", session.metadata.name] = session

    def _check(self) -> None:
        if self.refusal is not None:
            raise self.refusal
