"""Sessions over HTTP, each call under the caller's own token.

What the API server refuses to the caller is answered as a problem; nothing is decided here about
who may do what.
"""

from typing import Final

from fastapi import APIRouter, FastAPI

from session_runner.entrypoints.problems import install_problems
from session_runner.entrypoints.reading import add_reading
from session_runner.entrypoints.visit import DeskOf
from session_runner.entrypoints.writing import add_writing
from session_runner.handlers.clone_session import CloneSession
from session_runner.handlers.create_session import CreateSession
from session_runner.handlers.follow_log import FollowLog
from session_runner.handlers.state_denial import StateDenial

PREFIX: Final = "/api/sessions/{project}"


def add_sessions(
    app: FastAPI,
    *,
    desk_of: DeskOf,
    create_session: CreateSession,
    clone_session: CloneSession,
    follow_log: FollowLog,
    state_denial: StateDenial,
) -> None:
    """Add the routes below `/api/sessions/{project}`."""
    app.state.desk_of = desk_of
    router = APIRouter(prefix=PREFIX, tags=["sessions"])
    add_reading(router, follow_log)
    add_writing(router, create_session, clone_session)
    app.include_router(router)
    install_problems(app, state_denial)
