"""A bot's webhook token: signing it, and which of the issued ones are still worth recording."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import jwt

from ambient_contracts.resources import IssuedToken
from ambient_contracts.tokens import ALGORITHM, KEY_ID, BotTokenClaims

TOKENS_MAX: Final = 64
"""How many valid tokens a bot may have; its status holds no more."""


class TooManyTokensError(Exception):
    """The bot has as many valid tokens as it may have."""


def sign(claims: BotTokenClaims, secret: bytes) -> str:
    """Return the token that states these claims."""
    return jwt.encode(claims.model_dump(), secret, algorithm=ALGORITHM, headers={"kid": KEY_ID})


def record_of(claims: BotTokenClaims) -> IssuedToken:
    """Return what is written down of a token."""
    return IssuedToken(
        id=claims.jti,
        issued_at=datetime.fromtimestamp(claims.iat, UTC),
        expires_at=datetime.fromtimestamp(claims.exp, UTC),
    )


def with_token(
    tokens: Iterable[IssuedToken], new: IssuedToken, now: datetime
) -> tuple[IssuedToken, ...]:
    """Return the tokens with a new one, without those that have expired.

    Raises:
        TooManyTokensError: If as many as a bot may have are valid.
    """
    valid = tuple(token for token in tokens if token.expires_at > now)
    if len(valid) >= TOKENS_MAX:
        raise TooManyTokensError(
            f"The bot has {TOKENS_MAX} valid tokens. Wait until one expires, or make another bot."
        )
    return (*valid, new)
