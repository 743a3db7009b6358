"""A project's sessions as one person may see and change them."""

from collections.abc import AsyncIterator
from typing import Protocol

from ambient_contracts.resources import AgenticSession
from session_runner.domain.workload import Pod


class Desk(Protocol):
    """Everything is done with the person's own token, so the API server decides what they may.

    What it refuses is raised as it says it (`ambient_kube.KubeError`), and becomes a problem.
    """

    async def create(self, session: AgenticSession) -> AgenticSession:
        """Make a session, and return it as the API server keeps it.

        Raises:
            AlreadyThereError: If there is one of that name.
        """

    async def get(self, namespace: str, name: str) -> AgenticSession:
        """Return a session."""

    async def all(self, namespace: str) -> tuple[AgenticSession, ...]:
        """Return all sessions of a namespace."""

    async def request_cancel(self, namespace: str, name: str) -> AgenticSession:
        """Ask for a session's end, and return it."""

    async def delete(self, namespace: str, name: str) -> None:
        """Delete a session."""

    async def pods(self, namespace: str, session: str) -> tuple[Pod, ...]:
        """Return a session's Pods."""

    def log(self, namespace: str, pod: str, *, follow: bool) -> AsyncIterator[bytes]:
        """Yield what a Pod's agent has written; if `follow`, until it ends. None if it is gone."""
