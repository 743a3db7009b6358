"""A bot's webhook token: what the project-manager signs and the webhook-gateway checks.

It is a JWT (RFC 7519), HS256 on the project's `jira-webhook-secret`. Only its claims and names are
here; who signs and who verifies bring their own cryptography.
"""

from typing import Final, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ambient_contracts.model import Frozen
from ambient_contracts.names import BOT_NAME_MAX, PROJECT_NAME_MAX

ALGORITHM: Final = "HS256"
KEY_ID: Final = "1"
HEADER: Final = {"alg": ALGORITHM, "typ": "JWT", "kid": KEY_ID}
"""The header of every token that is issued; a header with any other field is refused."""
ISSUER: Final = "ambient"
SECRET_BYTES_MIN: Final = 32
"""A shorter key is weaker than the hash (RFC 7518, section 3.2)."""
LIFETIME_SECONDS: Final = 90 * 24 * 3600
"""How long a token lasts when nobody says otherwise."""
LIFETIME_SECONDS_MIN: Final = 60
LIFETIME_SECONDS_MAX: Final = 365 * 24 * 3600

_AUDIENCE_PREFIX: Final = "ambient:"
_AUDIENCE_SUFFIX: Final = ":webhooks"
_SUBJECT_PREFIX: Final = "bot-"


def audience_of(project: str) -> str:
    """Return the `aud` of a project's tokens."""
    return f"{_AUDIENCE_PREFIX}{project}{_AUDIENCE_SUFFIX}"


def subject_of(bot: str) -> str:
    """Return the `sub` of a bot's tokens."""
    return f"{_SUBJECT_PREFIX}{bot}"


class BotTokenClaims(Frozen):
    """The claims of a token; `iat`, `nbf` and `exp` are whole seconds since 1970 in UTC."""

    iss: Literal["ambient"]
    sub: str = Field(
        pattern=r"^bot-[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        max_length=len(_SUBJECT_PREFIX) + BOT_NAME_MAX,
    )
    aud: str = Field(
        pattern=r"^ambient:[a-z0-9]([-a-z0-9]*[a-z0-9])?:webhooks$",
        max_length=len(_AUDIENCE_PREFIX) + PROJECT_NAME_MAX + len(_AUDIENCE_SUFFIX),
    )
    iat: int = Field(ge=0)
    nbf: int = Field(ge=0)
    exp: int = Field(ge=0)
    jti: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")

    @field_validator("iat", "nbf", "exp", mode="before")
    @classmethod
    def _whole_seconds(cls, value: object, info: ValidationInfo) -> object:
        if type(value) is not int:
            raise ValueError(f"{info.field_name} is a whole number of seconds")
        return value

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if not self.iat <= self.nbf < self.exp:
            raise ValueError("a token is issued, then valid, then expired")
        if self.exp - self.iat > LIFETIME_SECONDS_MAX:
            raise ValueError("a token lasts a year at most")
        return self

    @classmethod
    def issue(cls, *, project: str, bot: str, jti: str, now: int, lifetime_seconds: int) -> Self:
        """Return the claims of a new token, valid from `now` (seconds since 1970, UTC)."""
        return cls(
            iss=ISSUER,
            sub=subject_of(bot),
            aud=audience_of(project),
            iat=now,
            nbf=now,
            exp=now + lifetime_seconds,
            jti=jti,
        )

    @property
    def bot(self) -> str:
        """The bot's name."""
        return self.sub.removeprefix(_SUBJECT_PREFIX)

    @property
    def project(self) -> str:
        """The project whose webhooks the token is for."""
        return self.aud.removeprefix(_AUDIENCE_PREFIX).removesuffix(_AUDIENCE_SUFFIX)
