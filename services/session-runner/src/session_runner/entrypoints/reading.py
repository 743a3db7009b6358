"""What shows sessions over HTTP: the list, one of them, and its log."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from ambient_chassis.problems import Problem
from ambient_contracts.names import namespace_of
from ambient_contracts.resources import AgenticSession
from session_runner.domain.listing import BadMarkError, page_of
from session_runner.entrypoints.bodies import (
    Continue,
    InProject,
    Limit,
    OfSession,
    PhaseFilter,
    SessionPage,
    shown,
)
from session_runner.entrypoints.visit import Visiting
from session_runner.handlers.follow_log import FollowLog

Follow = Annotated[bool, Query(description="Go on until the session ends.")]


def add_reading(router: APIRouter, follow_log: FollowLog) -> None:
    """Add the routes that change nothing."""

    @router.get("", response_model_exclude_none=True)
    async def page(
        project: InProject,
        who: Visiting,
        phase: PhaseFilter = None,
        limit: Limit = 100,
        after: Continue = "",
    ) -> SessionPage:
        """List sessions, the newest first, page by page."""
        sessions = await who.desk.all(namespace_of(project))
        try:
            found = page_of(sessions, phase, limit, after)
        except BadMarkError as error:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{error}.") from error
        return SessionPage(items=tuple(map(shown, found.sessions)), continue_=found.next)

    @router.get("/{name}", response_model_exclude_none=True)
    async def get(project: InProject, name: OfSession, who: Visiting) -> AgenticSession:
        """Show a session."""
        return shown(await who.desk.get(namespace_of(project), name))

    @router.get("/{name}/log", response_class=StreamingResponse)
    async def log(
        project: InProject, name: OfSession, who: Visiting, follow: Follow = False
    ) -> StreamingResponse:
        """Show what the session's agent writes."""
        namespace = namespace_of(project)
        session = shown(await who.desk.get(namespace, name))
        pods = await who.desk.pods(namespace, name)
        ended = session.status is not None and session.status.phase.final
        if not any(pod.started_at for pod in pods) and (ended or not follow):
            raise _no_log(ended=ended)
        lines: AsyncIterator[bytes] = follow_log(who.desk, namespace, name, follow=follow)
        return StreamingResponse(lines, media_type="text/plain; charset=utf-8")


def _no_log(*, ended: bool) -> Problem:
    if ended:
        return Problem(HTTPStatus.GONE, "The session has no log, or its Pod is no longer kept.")
    return Problem(
        HTTPStatus.NOT_FOUND,
        "The session's agent has not started, so there is no log yet; `follow=true` waits for it.",
    )
