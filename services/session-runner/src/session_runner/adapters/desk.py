"""A project's sessions under a person's own token."""

from collections.abc import AsyncIterator

from ambient_contracts.names import SESSION_LABEL
from ambient_contracts.resources import AgenticSession
from ambient_kube import PODS, AlreadyExists, Kube, NotFound
from session_runner.adapters.manifest import manifest_of
from session_runner.adapters.resources import AGENTIC_SESSIONS
from session_runner.domain.workload import Pod
from session_runner.ports.errors import AlreadyThereError


class KubeDesk:
    """As `ports.desk.Desk`: what the API server refuses, it refuses to the person."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube

    async def create(self, session: AgenticSession) -> AgenticSession:
        """Make a session."""
        try:
            made = await self._kube.create(AGENTIC_SESSIONS, manifest_of(session))
        except AlreadyExists as error:
            raise AlreadyThereError(error.message) from error
        return AgenticSession.model_validate(made)

    async def get(self, namespace: str, name: str) -> AgenticSession:
        """Return a session."""
        found = await self._kube.get(AGENTIC_SESSIONS, name, namespace)
        return AgenticSession.model_validate(found)

    async def all(self, namespace: str) -> tuple[AgenticSession, ...]:
        """Return all sessions of a namespace."""
        found = await self._kube.list(AGENTIC_SESSIONS, namespace)
        return tuple(AgenticSession.model_validate(each) for each in found)

    async def request_cancel(self, namespace: str, name: str) -> AgenticSession:
        """Ask for a session's end."""
        patch = {"spec": {"cancelRequested": True}}
        changed = await self._kube.patch(AGENTIC_SESSIONS, name, patch, namespace)
        return AgenticSession.model_validate(changed)

    async def delete(self, namespace: str, name: str) -> None:
        """Delete a session."""
        await self._kube.delete(AGENTIC_SESSIONS, name, namespace)

    async def pods(self, namespace: str, session: str) -> tuple[Pod, ...]:
        """Return a session's Pods."""
        found = await self._kube.list(PODS, namespace, label_selector=f"{SESSION_LABEL}={session}")
        return tuple(Pod.model_validate(each) for each in found)

    async def log(self, namespace: str, pod: str, *, follow: bool) -> AsyncIterator[bytes]:
        """Yield the log's lines; a Pod that is gone has none."""
        try:
            async for line in self._kube.logs(namespace, pod, follow=follow):
                yield line + b"\n"
        except NotFound:
            return
