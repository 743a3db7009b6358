"""What the audit service shows over HTTP: events, their live stream, and how the trail stands."""

import time
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Header, Query, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse

from ambient_chassis.identity import Caller, CurrentCaller
from ambient_chassis.problems import Problem
from audit.domain.query import (
    LIMIT_MAX,
    InvalidCursorError,
    Order,
    cursor_after,
    sequence_of,
)
from audit.domain.query import Query as RecordQuery
from audit.entrypoints.access import Access, authorize
from audit.entrypoints.answers import PageAnswer, VerificationAnswer
from audit.entrypoints.events_stream import StillAllowed, event_stream
from audit.entrypoints.filters import FiltersGiven
from audit.handlers.follow_records import FollowRecords
from audit.handlers.verify_trail import VerifyTrail
from audit.ports import Store, StoreUnavailableError

RETRY_AFTER: Final = "2"
RECHECK_SECONDS: Final = 60.0
"""How long a live stream goes on after its reader has lost the right to it, at most."""
SEND_TIMEOUT: Final = 60.0
"""Seconds after which a client that takes nothing is let go; it comes back where it was."""
SEQUENCE_MAX: Final = 2**63 - 1
Sequence = Annotated[int | None, Query(ge=0, le=SEQUENCE_MAX)]


@dataclass(frozen=True)
class Tools:
    """What the routes work with."""

    store: Store
    follow: FollowRecords
    verify: VerifyTrail
    access: Access


def add_routes(api: FastAPI, tools: Tools) -> None:
    """Add the routes to the service's API."""
    router = APIRouter(prefix="/api/audit", tags=["audit"])
    _add_events(router, tools)
    _add_stream(router, tools)
    _add_verify(router, tools)
    api.include_router(router)

    @api.exception_handler(StoreUnavailableError)
    async def on_store_unavailable(_request: Request, error: StoreUnavailableError) -> Response:
        return Problem(
            503,
            f"The records cannot be read now: {error}. Nothing is lost: NATS keeps what is not "
            "recorded. Try again in a few seconds.",
            headers={"Retry-After": RETRY_AFTER},
        ).response()


def _add_events(router: APIRouter, tools: Tools) -> None:
    @router.get("/events", summary="List records")
    async def list_events(
        caller: CurrentCaller,
        filters: FiltersGiven,
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 100,
        order: Order = Order.DESCENDING,
        cursor: Annotated[
            str | None, Query(description="The `next` of the page before.", max_length=512)
        ] = None,
    ) -> PageAnswer:
        await authorize(tools.access, caller, filters.project)
        try:
            after = None if cursor is None else sequence_of(cursor, filters, order)
        except InvalidCursorError as error:
            raise Problem(400, f"{str(error).capitalize()}.") from error
        query = RecordQuery(filters, order, after, limit)
        page = await tools.store.find(query)
        return PageAnswer.of(page, cursor_after(query, page))


def _add_stream(router: APIRouter, tools: Tools) -> None:
    @router.get(
        "/stream",
        summary="Follow records as server-sent events",
        response_class=EventSourceResponse,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    async def stream_events(
        caller: CurrentCaller,
        filters: FiltersGiven,
        after: Sequence = None,
        last_event_id: Annotated[int | None, Header(ge=0, le=SEQUENCE_MAX)] = None,
    ) -> EventSourceResponse:
        await authorize(tools.access, caller, filters.project)
        start = await tools.follow.start(after if last_event_id is None else last_event_id)
        allowed = _rechecked(tools.access, caller, filters.project)
        # The stream says itself that it lives, so no other ping is wanted.
        return EventSourceResponse(
            event_stream(tools.follow, filters, start, allowed), ping=0, send_timeout=SEND_TIMEOUT
        )


def _add_verify(router: APIRouter, tools: Tools) -> None:
    @router.get("/verify", summary="Verify the whole trail")
    async def verify(caller: CurrentCaller) -> VerificationAnswer:
        await authorize(tools.access, caller, None)
        return VerificationAnswer.of(await tools.verify())


def _rechecked(access: Access, caller: Caller, project: str | None) -> StillAllowed:
    checked = time.monotonic()

    async def still_allowed() -> None:
        nonlocal checked
        if time.monotonic() - checked < RECHECK_SECONDS:
            return
        checked = time.monotonic()
        await authorize(access, caller, project)

    return still_allowed
