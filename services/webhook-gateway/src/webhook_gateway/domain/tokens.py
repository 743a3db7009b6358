"""Check a bot's webhook token: a JWT, HS256 on the project's secret, and nothing else.

One algorithm and three header fields are known, so the check is short enough to be read whole. It
refuses whatever has two spellings: base64url that is not canonical would let one signature stand
for several tokens (RFC 7515, section 2, and RFC 4648, section 3.5).
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from pydantic import ValidationError

from ambient_contracts.tokens import (
    ALGORITHM,
    HEADER,
    KEY_ID,
    SECRET_BYTES_MIN,
    BotTokenClaims,
)
from webhook_gateway.domain.json_body import Json, MalformedJsonError, parse

LEEWAY_SECONDS: Final = 60
"""How far the clocks of whoever signs and whoever checks may lie apart."""
TOKEN_LENGTH_MAX: Final = 4096
_PART: Final = re.compile(r"[A-Za-z0-9_-]+")
_KEY_IDS: Final = frozenset({KEY_ID})
_NOBODYS_SECRET: Final = secrets.token_bytes(SECRET_BYTES_MIN)
"""Checked against where there is no secret, so that a project's absence takes as long."""


class InvalidTokenError(ValueError):
    """The token proves nothing; the message says why, for the trail alone."""


def check_token(token: str, secret: bytes | None, *, project: str, now: float) -> BotTokenClaims:
    """Return what a token states.

    Args:
        token: The token as it came.
        secret: The project's secret; None if the project has none, or there is no such project.
        project: The project that it has to be for.
        now: Seconds since 1970, UTC.

    Raises:
        InvalidTokenError: If it is none of the project's, or not valid now.
    """
    head, payload, signature = _parts(token)
    _check_header(_json(head, "header"))
    signed = token.rpartition(".")[0].encode()
    usable = secret is not None and len(secret) >= SECRET_BYTES_MIN
    key = secret if secret is not None and usable else _NOBODYS_SECRET
    matches = hmac.compare_digest(hmac.digest(key, signed, "sha256"), signature)
    if not usable:
        raise InvalidTokenError("the project has no usable webhook secret")
    if not matches:
        raise InvalidTokenError("the token is not signed with the project's webhook secret")
    try:
        claims = BotTokenClaims.model_validate(_json(payload, "payload"))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "claims"
        raise InvalidTokenError(f"the token's {where}: {first['msg']}") from error
    _check_claims(claims, project, now)
    return claims


def _parts(token: str) -> tuple[bytes, bytes, bytes]:
    parts = token.split(".") if len(token) <= TOKEN_LENGTH_MAX else []
    if len(parts) != 3:
        raise InvalidTokenError("the token is no JWT in compact form")
    head, payload, signature = (_decode(part) for part in parts)
    return head, payload, signature


def _decode(part: str) -> bytes:
    if not _PART.fullmatch(part) or len(part) % 4 == 1:
        raise InvalidTokenError("the token is not base64url")
    decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if urlsafe_b64encode(decoded).rstrip(b"=") != part.encode():
        raise InvalidTokenError("the token is not canonical base64url")
    return decoded


def _json(raw: bytes, what: str) -> Json:
    try:
        return parse(raw)
    except MalformedJsonError as error:
        raise InvalidTokenError(f"the token's {what} is not JSON") from error


def _check_header(header: Json) -> None:
    if not isinstance(header, dict):
        raise InvalidTokenError("the token's header is no object")
    if unknown := header.keys() - HEADER.keys():
        # jwk, jku, x5u and x5c would bring a key of their own; crit asks for what is not known.
        raise InvalidTokenError(f"the token's header has {min(unknown)[:32]!r}")
    if header.get("alg") != ALGORITHM:
        raise InvalidTokenError(f"the token's algorithm is not {ALGORITHM}")
    if header.get("typ", HEADER["typ"]) != HEADER["typ"]:
        raise InvalidTokenError("the token's type is not JWT")
    key_id = header.get("kid", KEY_ID)
    if not isinstance(key_id, str) or key_id not in _KEY_IDS:
        raise InvalidTokenError("the token's key id is unknown")


def _check_claims(claims: BotTokenClaims, project: str, now: float) -> None:
    if claims.project != project:
        raise InvalidTokenError("the token is for another project")
    if now >= claims.exp + LEEWAY_SECONDS:
        raise InvalidTokenError("the token has expired")
    if now < max(claims.nbf, claims.iat) - LEEWAY_SECONDS:
        raise InvalidTokenError("the token is not valid yet")
