"""What answering a request for a session needs; every answer is the API server's present one."""

from typing import Protocol

from ambient_contracts.resources import AgenticSession, BotAccount, Project
from ambient_contracts.website import WebsiteException


class Websites(Protocol):
    """Which websites a platform administrator allows."""

    async def exceptions(self) -> tuple[WebsiteException, ...]:
        """Return the websites that are allowed though they are not public.

        Raises:
            ApiAwayError: If the API server cannot be asked now.
        """


class Admissions(Protocol):
    """What is asked before a session is made. All raise `ApiAwayError`."""

    async def project(self, name: str) -> Project | None:
        """Return a project, or None if there is none."""

    async def bot(self, namespace: str, name: str) -> BotAccount | None:
        """Return a bot, or None if there is none."""

    async def may_create_sessions(self, namespace: str, account: str) -> bool:
        """Whether a ServiceAccount of a namespace may create AgenticSessions there."""


class Sessions(Protocol):
    """Where the runner makes sessions on its own right."""

    async def exists(self, namespace: str, name: str) -> bool:
        """Whether there is a session of that name.

        Raises:
            ApiAwayError: If the API server cannot be asked now.
        """

    async def create(self, session: AgenticSession) -> None:
        """Make a session; one of the same name that is there already is left as it is.

        Raises:
            ApiAwayError: If the API server cannot be asked now.
            OverQuotaError: If the project has as many sessions as it may.
            RefusedError: If the API server will never take it.
        """
