"""Tokens as an attacker would make them, by hand: no library makes most of these."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from ambient_contracts.tokens import HEADER, BotTokenClaims

HOUR = 3600
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def token(
    secret: str,
    project: str,
    *,
    header: dict[str, Any] | None = None,
    hashed: str = "sha256",
    **changed: Any,
) -> str:
    """Return a token of the bot `jira` with any part changed, signed over what it then says."""
    now = int(time.time())
    claims = BotTokenClaims.issue(
        project=project, bot="jira", jti=uuid.uuid4().hex, now=now, lifetime_seconds=HOUR
    ).model_dump()
    head = {**HEADER, **(header or {})}
    signed = f"{_part(head)}.{_part({**claims, **changed})}"
    return f"{signed}.{_text(hmac.digest(secret.encode(), signed.encode(), hashed))}"


def signed_by_none(project: str) -> str:
    """Return a token of `alg: none`, which has no signature."""
    made = token("", project, header={"alg": "none"})
    return made.rpartition(".")[0] + "."


def not_canonical(genuine: str) -> str:
    """Return a token whose signature decodes to the same bytes and is spelt otherwise."""
    # 32 bytes are 43 characters, and the last one has two bits that mean nothing.
    assert len(hashlib.sha256().digest()) == 32
    return genuine[:-1] + ALPHABET[ALPHABET.index(genuine[-1]) ^ 1]


def _part(value: object) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
