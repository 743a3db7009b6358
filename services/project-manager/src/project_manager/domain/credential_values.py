"""What may be put into a project's credentials. No message here ever holds a value."""

from typing import Annotated, Final

from pydantic import AfterValidator, RootModel, SecretStr, StringConstraints, model_validator

from ambient_contracts.names import DNS_LABEL, JIRA_WEBHOOK_SECRET
from ambient_contracts.tokens import SECRET_BYTES_MIN

VALUE_BYTES_MAX: Final = 8192
KEYS_MAX: Final = 32
DISTINCT_MIN: Final = 8
"""A random text of 32 bytes has more different characters than this, whatever its alphabet."""

CredentialKey = Annotated[str, StringConstraints(pattern=DNS_LABEL, min_length=1, max_length=63)]


def _bounded(value: SecretStr) -> SecretStr:
    size = len(value.get_secret_value().encode())
    if not 1 <= size <= VALUE_BYTES_MAX:
        raise ValueError(f"a credential has 1 to {VALUE_BYTES_MAX} bytes, and this has {size}")
    return value


CredentialValue = Annotated[SecretStr, AfterValidator(_bounded)]


class CredentialValues(RootModel[dict[CredentialKey, CredentialValue]]):
    """Credentials by their keys."""

    @model_validator(mode="after")
    def _acceptable(self) -> "CredentialValues":
        if not 1 <= len(self.root) <= KEYS_MAX:
            raise ValueError(f"give 1 to {KEYS_MAX} credentials")
        secret = self.root.get(JIRA_WEBHOOK_SECRET)
        if secret is not None:
            _check_strength(secret.get_secret_value())
        return self

    def values(self) -> dict[str, str]:
        """Return the values themselves."""
        return {key: value.get_secret_value() for key, value in self.root.items()}


def _check_strength(secret: str) -> None:
    if len(secret.encode()) < SECRET_BYTES_MIN or len(set(secret)) < DISTINCT_MIN:
        raise ValueError(
            f"{JIRA_WEBHOOK_SECRET} signs tokens: it is at least {SECRET_BYTES_MIN} random bytes, "
            "as `openssl rand -base64 32` makes them"
        )
