"""Take a request's body in, bounded: by its length while it streams, by its type, and by time."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from ambient_chassis.problems import Problem
from webhook_gateway.domain.delivery import Received
from webhook_gateway.domain.refusal import RefusedError
from webhook_gateway.ports import WebhookSource

_JSON: Final = "application/json"
_DROP_SECONDS: Final = 1.0


class CutOffError(Exception):
    """The body was refused before its end; `received` is what is known of the delivery."""

    def __init__(self, received: Received, refused: RefusedError) -> None:
        super().__init__(str(refused))
        self.received = received
        self.refused = refused


def received_of(request: Request, source: WebhookSource, project: str) -> Received:
    """Return what is known of a delivery before its body is read."""
    received = Received(
        source=source.name,
        project=project,
        headers={name.lower(): value for name, value in reversed(request.headers.items())},
        remote_address=request.client.host if request.client else None,
    )
    return replace(received, identifier=source.identifier_of(received))


async def with_body(
    request: Request, received: Received, *, size_max: int, seconds: float
) -> Received:
    """Return the delivery with its body.

    Raises:
        CutOffError: If the body is too large or of another type.
        Problem: If it does not come to its end in time.
    """
    refused = _too_large_or_other(received, size_max)
    if refused:
        raise CutOffError(received, refused)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > size_max:
                    raise CutOffError(replace(received, size=len(body)), _too_large(size_max))
    except TimeoutError as error:
        raise Problem(
            HTTPStatus.REQUEST_TIMEOUT,
            f"The body did not come to its end within {seconds:g} s. Send it again.",
            headers={"Connection": "close"},
        ) from error
    except ClientDisconnect as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "The connection ended within the body.") from error
    return replace(received, body=bytes(body), size=len(body))


async def drop_the_rest(request: Request, *, size_max: int) -> None:
    """Read what is left of a body, within bounds, and drop it.

    A connection that is closed with unread data is reset, and the answer may be lost with it: its
    sender would see no refusal, and send the same again.
    """
    # A RuntimeError says that the body has come to its end already.
    with suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(_DROP_SECONDS):
            async for chunk in request.stream():
                size_max -= len(chunk)
                if size_max < 0:
                    return


def _too_large_or_other(received: Received, size_max: int) -> RefusedError | None:
    length = received.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and (len(length) > 18 or int(length) > size_max):
        return _too_large(size_max)
    kind, _, parameters = received.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    encoding = received.headers.get("content-encoding", "identity").strip().lower()
    if kind.strip().lower() != _JSON or charset not in {"", "utf-8"} or encoding != "identity":
        return RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Send the body as `Content-Type: {_JSON}`, in UTF-8 and not compressed.",
        )
    return None


def _too_large(size_max: int) -> RefusedError:
    return RefusedError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The body is larger than {size_max} bytes. In Automation, send custom data with what the "
        "trigger needs in place of the whole issue.",
    )
