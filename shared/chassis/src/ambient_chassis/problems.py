"""Errors as RFC 9457 problem details: one clear sentence, and a type that programs can tell."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from ambient_chassis.errors import BusUnavailableError
from ambient_kube import (
    AlreadyExists,
    Conflict,
    Forbidden,
    Invalid,
    KubeError,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER: Final = "2"
"""Seconds after which a client may try again when a part of the platform is away."""
_STATUS_OF: Final[Mapping[type[KubeError], HTTPStatus]] = {
    Unauthorized: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    AlreadyExists: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_log = structlog.get_logger()


class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """An answer that says what went wrong, and what to do."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        title: str | None = None,
        type: str = "about:blank",  # noqa: A002 - the RFC's name
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.title = title or HTTPStatus(status).phrase
        self.type = type
        self.headers = dict(headers or {})
        self.extensions = extensions

    def response(self) -> Response:
        """Return the answer."""
        return JSONResponse(
            {
                "type": self.type,
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                **self.extensions,
            },
            status_code=self.status,
            headers=self.headers,
            media_type=MEDIA_TYPE,
        )


def problem_of(error: KubeError) -> Problem:
    """Return what a caller is told when the API server refused."""
    known = (status for kind, status in _STATUS_OF.items() if isinstance(error, kind))
    status = next(known, HTTPStatus.BAD_GATEWAY)
    headers = {}
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        after = error.retry_after
        headers["Retry-After"] = RETRY_AFTER if after is None else str(max(1, round(after)))
    return Problem(status, error.message, headers=headers)


def install_problem_handlers(api: FastAPI) -> None:
    """Have every error of an API answered by a problem document."""

    @api.exception_handler(Problem)
    async def on_problem(_request: Request, error: Problem) -> Response:
        return error.response()

    @api.exception_handler(KubeError)
    async def on_kube_error(_request: Request, error: KubeError) -> Response:
        return problem_of(error).response()

    @api.exception_handler(BusUnavailableError)
    async def on_bus_unavailable(_request: Request, error: BusUnavailableError) -> Response:
        return Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"{error}. Nothing was done; try again in a few seconds.",
            headers={"Retry-After": RETRY_AFTER},
        ).response()

    @api.exception_handler(RequestValidationError)
    async def on_validation_error(_request: Request, error: RequestValidationError) -> Response:
        errors = [
            {"pointer": "/" + "/".join(str(part) for part in each["loc"]), "detail": each["msg"]}
            for each in error.errors()
        ]
        return Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The request is not as the API takes it; `errors` says where.",
            errors=errors,
        ).response()

    @api.exception_handler(HTTPException)
    async def on_http_exception(_request: Request, error: HTTPException) -> Response:
        return Problem(error.status_code, str(error.detail), headers=error.headers).response()

    @api.exception_handler(Exception)
    async def on_exception(request: Request, error: Exception) -> Response:
        _log.error("request_failed", path=request.url.path, exc_info=error)
        return Problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "Something went wrong on our side. The service's log has the details.",
        ).response()
