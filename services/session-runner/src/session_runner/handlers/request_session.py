"""A request for a session arrives; an AgenticSession leaves, or `session.denied`.

A request that comes again finds its session by name and does nothing. That the session becomes a
Job is the controller's business.
"""

import asyncio
from typing import Final

import structlog

from ambient_chassis.errors import GiveUpError, RetryLaterError
from ambient_chassis.telemetry import current_traceparent
from ambient_contracts.envelope import Fact
from ambient_contracts.events import SessionDenied, SessionRequested
from ambient_contracts.names import bot_service_account
from ambient_contracts.website import ForbiddenWebsiteError, check_website
from session_runner.domain.requests import (
    DeniedError,
    Request,
    check_bot,
    check_project,
    session_for,
)
from session_runner.ports.errors import ApiAwayError, OverQuotaError, RefusedError
from session_runner.ports.facts import Facts
from session_runner.ports.requests import Admissions, Sessions, Websites

ROOM_AFTER: Final = 60.0
"""Seconds until a request that found no room is tried again: room takes somebody's deletion."""
_log = structlog.get_logger()


class RequestSession:
    """Makes the AgenticSession that a request asks for, if who asks may have it."""

    def __init__(
        self,
        admissions: Admissions,
        websites: Websites,
        sessions: Sessions,
        facts: Facts,
    ) -> None:
        self._admissions = admissions
        self._websites = websites
        self._sessions = sessions
        self._facts = facts

    async def __call__(self, fact: Fact[SessionRequested]) -> None:
        """Answer a request.

        Raises:
            RetryLaterError: If the API server is away, or the project has no room.
            GiveUpError: If the request belongs to no project.
        """
        try:
            request = Request.of(fact)
        except ValueError as error:
            raise GiveUpError(str(error)) from error
        try:
            if not await self._sessions.exists(request.namespace, request.session):
                await self._create(request)
        except DeniedError as why:
            await self._deny(request, str(why))
        except OverQuotaError as error:
            raise RetryLaterError(str(error), after=ROOM_AFTER) from error
        except ApiAwayError as error:
            raise RetryLaterError(str(error)) from error

    async def _create(self, request: Request) -> None:
        await self._check(request)
        try:
            await self._sessions.create(session_for(request, current_traceparent()))
        except RefusedError as error:
            raise DeniedError(f"The API server refuses the session: {error}"[:2048]) from error
        _log.info("session_requested", project=request.project, session=request.session)

    async def _check(self, request: Request) -> None:
        account = bot_service_account(request.bot)
        project, bot, may, exceptions = await asyncio.gather(
            self._admissions.project(request.project),
            self._admissions.bot(request.namespace, request.bot),
            self._admissions.may_create_sessions(request.namespace, account),
            self._websites.exceptions(),
        )
        check_project(request, project)
        check_bot(request, bot)
        if not may:
            raise DeniedError(f"{account} may not create agenticsessions in {request.namespace}.")
        try:
            check_website(request.order.website_url, exceptions)
        except ForbiddenWebsiteError as error:
            raise DeniedError(f"The session may not visit its website: {error}.") from error

    async def _deny(self, request: Request, reason: str) -> None:
        _log.info("session_denied", project=request.project, reason=reason)
        event = SessionDenied(
            actor=request.actor(),
            project=request.project,
            object=request.reference,
            reason=reason[:2048],
        )
        cause = request.envelope.caused()
        await self._facts.publish(
            self._facts.fact(event, because=(request.envelope.id,), cause=cause)
        )
