"""The REST API. Every request acts with its caller's own token."""

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response

from ambient_chassis.problems import Problem
from project_manager.domain.bot_tokens import TooManyTokensError
from project_manager.entrypoints.http.bots import bots_router
from project_manager.entrypoints.http.caller import RequesterOf, StateDenial
from project_manager.entrypoints.http.credentials import credentials_router
from project_manager.entrypoints.http.projects import projects_router
from project_manager.handlers.credentials import UnknownCredentialError
from project_manager.ports import NotProvisionedError, NotYetKnownError, OutrunError

_STATUS_OF: Final = {
    UnknownCredentialError: HTTPStatus.NOT_FOUND,
    NotProvisionedError: HTTPStatus.CONFLICT,
    TooManyTokensError: HTTPStatus.CONFLICT,
    OutrunError: HTTPStatus.CONFLICT,
    NotYetKnownError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def install(
    api: FastAPI,
    routers: Iterable[APIRouter],
    *,
    requester_of: RequesterOf,
    state_denial: StateDenial,
) -> None:
    """Add the routes to a service's API, and the problems that they answer with.

    Args:
        api: The API, with health, metrics and the caller's identity.
        routers: The routes.
        requester_of: Turns a caller into who the use cases act for.
        state_denial: States that a caller was refused.
    """
    api.state.requester_of = requester_of
    api.state.state_denial = state_denial
    for router in routers:
        api.include_router(router)
    for kind, status in _STATUS_OF.items():
        api.add_exception_handler(kind, _answer_with(status))


def _answer_with(status: HTTPStatus) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(_request: Request, error: Exception) -> Response:
        headers = {"Retry-After": "1"} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
        return Problem(status, str(error), headers=headers).response()

    return answer


__all__ = ["bots_router", "credentials_router", "install", "projects_router"]
