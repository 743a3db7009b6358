"""`POST /webhooks/{source}/{project}`: one route for each source.

Each step costs the sender's next one nothing: an address over its rate is turned away before its
body is read, a body is read before its sender is known and parsed after. What is refused is stated
on the trail before it is answered, but for an address over its rate: a flood must not fill it.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field

from ambient_chassis.problems import MEDIA_TYPE, Problem
from webhook_gateway.domain.addresses import network_of
from webhook_gateway.domain.delivery import Received
from webhook_gateway.domain.refusal import RefusedError
from webhook_gateway.entrypoints.intake import (
    CutOffError,
    drop_the_rest,
    received_of,
    with_body,
)
from webhook_gateway.entrypoints.sources import SOURCES
from webhook_gateway.handlers.receive_webhook import Answer, ReceiveWebhook
from webhook_gateway.handlers.reject_webhook import RejectWebhook
from webhook_gateway.ports import BusyError, RateLimit, WebhookSource

_TOKEN: Final = HTTPBearer(auto_error=False, description="The token of one of the project's bots.")
"""For the documentation alone: a source reads its own credential."""
REMEDIES: Final = {
    400: "The body is not JSON.",
    401: "No project of this name, or no valid token for it.",
    403: "The token's bot may not create sessions in the project.",
    408: "The body did not come to its end in time.",
    413: "The body is too large.",
    415: "The body's type is not JSON.",
    422: "The body names a webhookEvent and is not as Jira sends it.",
    429: "Too many from this address, or from this bot; Retry-After says when to come again.",
    503: "Nothing was stored; Retry-After says when to come again.",
}


class AnswerBody(BaseModel):
    """What became of a delivery; byte for byte the same when it comes again."""

    id: str = Field(description="The id of the event that states it.")
    sessions: tuple[str, ...] = Field(description="The sessions that it asks for, by name.")
    reason: str | None = Field(default=None, description="Why it starts none, where it does not.")


@dataclass(frozen=True)
class Intake:
    """How deliveries are taken in."""

    receive: ReceiveWebhook
    reject: RejectWebhook
    address_rate: RateLimit
    size_max: int
    body_seconds: float
    success_status: int


def add_routes(app: FastAPI, intake: Intake) -> None:
    """Add a route for each source."""
    for source in SOURCES:
        app.include_router(_router(source, intake))


def _router(source: WebhookSource, intake: Intake) -> APIRouter:
    router = APIRouter()

    @router.post(
        f"/webhooks/{source.name}/{{project}}",
        name=f"on_{source.name}_webhook",
        status_code=intake.success_status,
        response_model=None if intake.success_status == HTTPStatus.NO_CONTENT else AnswerBody,
        responses=_documented_problems(),
        openapi_extra=_documented_body(),
        dependencies=[Depends(_TOKEN)],
    )
    async def on_webhook(request: Request, project: str) -> Response:
        received = received_of(request, source, project)
        _bound_rate(received, intake)
        try:
            received = await with_body(
                request, received, size_max=intake.size_max, seconds=intake.body_seconds
            )
            answer = await intake.receive(source, received)
        except CutOffError as cut:
            await intake.reject(cut.received, cut.refused)
            await drop_the_rest(request, size_max=intake.size_max)
            # There may be still more of the body, so the connection cannot be used again.
            raise _problem(cut.refused, {"Connection": "close"}) from cut
        except RefusedError as refused:
            await intake.reject(received, refused)
            raise _problem(refused) from refused
        except BusyError as busy:
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{busy} Nothing was done; try again in a few seconds.",
                headers={"Retry-After": "5"},
            ) from busy
        return _response(answer, intake.success_status)

    return router


def _bound_rate(received: Received, intake: Intake) -> None:
    seconds = intake.address_rate.wait_for(network_of(received.remote_address))
    if seconds:
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"Too many requests come from your address. Try again in {seconds} s.",
            headers={"Retry-After": str(seconds), "Connection": "close"},
        )


def _problem(refused: RefusedError, headers: dict[str, str] | None = None) -> Problem:
    headers = dict(headers or {})
    if refused.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.retry_after is not None:
        headers["Retry-After"] = str(refused.retry_after)
    return Problem(refused.status, refused.told, headers=headers)


def _response(answer: Answer, status: int) -> Response:
    if status == HTTPStatus.NO_CONTENT:
        return Response(status_code=status)
    body = AnswerBody(id=answer.id, sessions=answer.sessions, reason=answer.reason)
    return JSONResponse(body.model_dump(mode="json", exclude_none=True), status_code=status)


def _documented_problems() -> dict[int | str, dict[str, Any]]:
    return {
        status: {"description": remedy, "content": {MEDIA_TYPE: {}}}
        for status, remedy in REMEDIES.items()
    }


def _documented_body() -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": {}}}
    return {"requestBody": {"required": True, "content": content}}
