# ruff: noqa: N818 - the names are the API's own reasons, as its documentation and logs have them
"""What the API server answers when it refuses, and what a connection does when it fails.

Every failure of a request is a `KubeError`; no error of the transport leaves this package.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

MESSAGE_LIMIT: Final = 2048
"""Characters of an answer's text that an error keeps."""


class KubeError(Exception):
    """A request to the API server failed."""

    def __init__(
        self, status: int, reason: str, message: str, retry_after: float | None = None
    ) -> None:
        super().__init__(status, reason, message, retry_after)
        self.status = status
        """The HTTP status; 0 where there was no answer."""
        self.reason = reason
        self.message = message
        self.retry_after = retry_after
        """Seconds until the server wants to be asked again, where it says so."""

    def __str__(self) -> str:
        return f"{self.reason} ({self.status}): {self.message}"


class NotConfigured(KubeError):
    """No usable configuration says where the API server is: a person has to mend it."""


class Invalid(KubeError):
    """The request can never succeed as it is (400, 422)."""


class Unauthorized(KubeError):
    """The credential is not known, or no longer."""


class Forbidden(KubeError):
    """The identity may not do this, or admission or a quota refuses it."""


class NotFound(KubeError):
    """The object is not there, or its kind is not."""


class AlreadyExists(KubeError):
    """An object of this name is there already."""


class Conflict(KubeError):
    """The object has changed since it was read: read it again, and decide anew."""


class Gone(KubeError):
    """The version asked for is too old: list again."""


class TooManyRequests(KubeError):
    """The server is at its limit: try again after `retry_after`."""


class Unavailable(KubeError):
    """The server failed, did not answer in time or cannot be reached: try again later."""


_BY_STATUS: Final[Mapping[int, type[KubeError]]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    422: Invalid,
    429: TooManyRequests,
}


def error_of(status: int, body: bytes, retry_after: str | None = None) -> KubeError:
    """Return the error that an HTTP answer states, whether or not its body is a Status."""
    stated = _status_in(body)
    if stated is not None:
        return error_of_status(stated, status, _seconds(retry_after))
    text = body[: MESSAGE_LIMIT * 4].decode(errors="replace").strip() or "no message"
    return _class_of(status, "")(status, "Unknown", text[:MESSAGE_LIMIT], _seconds(retry_after))


def error_of_status(
    stated: Mapping[str, Any], status: int = 0, retry_after: float | None = None
) -> KubeError:
    """Return the error that a Status object states, from an answer or from a watch."""
    code = int(stated.get("code") or status)
    reason = str(stated.get("reason") or "Unknown")
    details = stated.get("details") or {}
    after = retry_after if retry_after is not None else _seconds(details.get("retryAfterSeconds"))
    message = str(stated.get("message") or "no message")[:MESSAGE_LIMIT]
    return _class_of(code, reason)(code, reason, message, after)


def _class_of(status: int, reason: str) -> type[KubeError]:
    if reason == "AlreadyExists":
        return AlreadyExists
    if status >= 500:
        return Unavailable
    return _BY_STATUS.get(status, KubeError)


def _status_in(body: bytes) -> Mapping[str, Any] | None:
    try:
        stated = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return stated if isinstance(stated, dict) and stated.get("kind") == "Status" else None


def _seconds(value: str | float | None) -> float | None:
    try:
        return max(0.0, float(value)) if value else None
    except ValueError:
        return None
