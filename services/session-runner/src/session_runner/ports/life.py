"""What bringing a session along needs: views that watches keep, and the few writes."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ambient_contracts.resources import AgenticSession, Project, SessionStatus
from ambient_contracts.website import WebsiteException
from session_runner.domain.observation import Launched
from session_runner.domain.workload import Job, Pod

Clock = Callable[[], datetime]
"""Returns the present time in UTC."""


class View(Protocol):
    """The cluster as the watches last showed it. It may lag, and it is never asked in vain."""

    def session(self, namespace: str, name: str) -> AgenticSession | None:
        """Return a session, or None if there is none."""

    def job(self, namespace: str, name: str) -> Job | None:
        """Return a Job of a session, or None if there is none."""

    def pods(self, namespace: str, session: str) -> tuple[Pod, ...]:
        """Return a session's Pods, with those that were seen to end before they went."""

    def project(self, name: str) -> Project | None:
        """Return a project, or None if there is none."""

    def before(self, session: AgenticSession) -> int:
        """Return how many sessions of the same project are older and have not ended."""

    def website_exceptions(self) -> tuple[WebsiteException, ...]:
        """Return the websites that are allowed though they are not public."""


class Cluster(Protocol):
    """What is asked and written. All raise `ApiAwayError`; writes to a session, `StaleError`."""

    async def job(self, namespace: str, name: str) -> Job | None:
        """Return a Job as it is now, or None if there is none."""

    async def pods(self, namespace: str, session: str) -> tuple[Pod, ...]:
        """Return a session's Pods as they are now."""

    async def create_job(
        self, session: AgenticSession, exceptions: tuple[WebsiteException, ...], trace: str
    ) -> Launched:
        """Make the session's Job, in which the agent continues `trace` (a traceparent)."""

    async def delete_job(self, job: Job) -> None:
        """End the Job and its Pods; that it is gone already is as good."""

    async def write_status(self, session: AgenticSession, status: SessionStatus) -> None:
        """Record a session's status, if the session is still as it was seen."""

    async def add_finalizer(self, session: AgenticSession) -> None:
        """Have the API server keep the session until the runner lets go."""

    async def remove_finalizer(self, session: AgenticSession) -> None:
        """Let the API server forget the session."""
