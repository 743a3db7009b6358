"""Who calls, as the use cases see them; a refusal of theirs is stated before it is answered."""

from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import Depends, Request

from ambient_chassis.errors import BusUnavailableError
from ambient_chassis.identity import Caller, CurrentCaller
from ambient_chassis.problems import Problem
from ambient_contracts.events import Actor
from ambient_kube import Forbidden
from project_manager.ports import DeniedError, Requester

RequesterOf = Callable[[Caller], Requester]
StateDenial = Callable[[Actor, str | None, str, str], Awaitable[None]]
_log = structlog.get_logger()


async def current_requester(request: Request, caller: CurrentCaller) -> AsyncIterator[Requester]:
    """Hand out the caller, and state it where the API server or a use case refuses them."""
    requester_of: RequesterOf = request.app.state.requester_of
    try:
        yield requester_of(caller)
    except (Forbidden, DeniedError) as error:
        reason = error.message if isinstance(error, Forbidden) else str(error)
        await _state(request, caller.actor(), reason)
        raise Problem(HTTPStatus.FORBIDDEN, reason) from error


CurrentRequester = Annotated[Requester, Depends(current_requester)]


async def _state(request: Request, actor: Actor, reason: str) -> None:
    state_denial: StateDenial = request.app.state.state_denial
    project = request.path_params.get("project")
    try:
        await state_denial(actor, project, f"{request.method} {request.url.path}", reason)
    except BusUnavailableError as error:
        # Nothing was done, so the caller is answered all the same.
        _log.warning("denial_not_stated", path=request.url.path, error=str(error))
