"""A service's REST API under one person's token; its problems become sentences."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from ambient_cli.errors import CliError, ExitCode

M = TypeVar("M", bound=BaseModel)
_TIMEOUT: Final = httpx.Timeout(30, connect=5)
_CODES: Final = {
    HTTPStatus.BAD_REQUEST: ExitCode.USAGE,
    HTTPStatus.UNAUTHORIZED: ExitCode.NOT_ALLOWED,
    HTTPStatus.FORBIDDEN: ExitCode.NOT_ALLOWED,
    HTTPStatus.NOT_FOUND: ExitCode.NOT_FOUND,
    HTTPStatus.CONFLICT: ExitCode.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY: ExitCode.USAGE,
    HTTPStatus.TOO_MANY_REQUESTS: ExitCode.UNREACHABLE,
    HTTPStatus.BAD_GATEWAY: ExitCode.UNREACHABLE,
    HTTPStatus.SERVICE_UNAVAILABLE: ExitCode.UNREACHABLE,
    HTTPStatus.GATEWAY_TIMEOUT: ExitCode.UNREACHABLE,
}


class _Problem(BaseModel):
    """A problem document (RFC 9457), as far as a person reads it."""

    title: str = ""
    detail: str = ""


class Nothing(BaseModel):
    """The answer to a request that has none."""


class Api:
    """One service."""

    def __init__(self, url: str, token: str | None) -> None:
        self._url = url
        headers = {"authorization": f"Bearer {token}"} if token else {}
        # No proxy from the environment: the token goes to the service and nowhere else.
        self._client = httpx.Client(
            base_url=url, headers=headers, timeout=_TIMEOUT, trust_env=False
        )

    def call(
        self,
        method: str,
        path: str,
        answer: type[M],
        *,
        params: Mapping[str, str | int | bool] | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> M:
        """Make a request and read its answer.

        Raises:
            CliError: If it is refused, fails, or cannot be read.
        """
        with self._translated():
            response = self._client.request(
                method,
                path,
                params=dict(params or {}),
                json=json,
                content=content,
                headers=dict(headers or {}),
            )
        if not response.is_success:
            raise _refused(response)
        if not response.content or answer is Nothing:
            return answer.model_validate({})
        try:
            return answer.model_validate_json(response.content)
        except ValidationError as error:
            raise CliError(
                f"{self._url} answered with something that this version of `ambient` cannot read "
                f"({error.error_count()} fields differ): are both of the same version?"
            ) from error

    @contextmanager
    def lines(
        self,
        path: str,
        *,
        params: Mapping[str, str | int | bool] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[Iterator[str]]:
        """Read an answer line by line, for as long as it goes on.

        Raises:
            CliError: As `call`.
        """
        patient = httpx.Timeout(None, connect=5)
        with (
            self._translated(),
            self._client.stream(
                "GET", path, params=dict(params or {}), headers=dict(headers or {}), timeout=patient
            ) as response,
        ):
            if not response.is_success:
                response.read()
                raise _refused(response)
            yield response.iter_lines()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except httpx.TransportError as error:
            raise CliError(
                f"{self._url} cannot be reached ({type(error).__name__}): "
                "is the platform running? `ambient status` tells.",
                ExitCode.UNREACHABLE,
            ) from error


def _refused(response: httpx.Response) -> CliError:
    try:
        problem = _Problem.model_validate_json(response.content)
    except ValidationError:
        problem = _Problem()
    said = problem.detail or problem.title
    if not said:
        where = f"{response.request.url.scheme}://{response.request.url.netloc.decode()}"
        said = f"{where} answered {response.status_code} and did not say why: is it the right URL?"
    code = _CODES.get(HTTPStatus(response.status_code), ExitCode.FAILED)
    return CliError(said, code)
