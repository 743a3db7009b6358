from typing import Any

import pytest
from pydantic import ValidationError

from ambient_contracts.tokens import (
    LIFETIME_SECONDS_MAX,
    BotTokenClaims,
    audience_of,
    subject_of,
)

NOW = 1_700_000_000


def claims(**changes: Any) -> dict[str, Any]:
    issued = BotTokenClaims.issue(
        project="ml-team", bot="jira", jti="a1", now=NOW, lifetime_seconds=3600
    )
    return issued.model_dump() | changes


def test_claims_name_their_project_and_bot() -> None:
    read = BotTokenClaims.model_validate(claims())

    assert (read.project, read.bot) == ("ml-team", "jira")
    assert (read.aud, read.sub) == (audience_of("ml-team"), subject_of("jira"))
    assert read.exp - read.iat == 3600


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"sub": "jira"},
        {"sub": "bot-"},
        {"sub": "bot-Jira"},
        {"aud": "ambient:ml-team:publish"},
        {"aud": ["ambient:ml-team:webhooks", "ambient:other:webhooks"]},
        {"aud": "ambient:ml.team:webhooks"},
        {"aud": "ambient:" + "a" * 49 + ":webhooks"},
        {"exp": NOW},
        {"nbf": NOW - 1},
        {"exp": NOW + LIFETIME_SECONDS_MAX + 1},
        {"iat": str(NOW)},
        {"iat": True},
        {"exp": NOW + 0.5},
        {"jti": ""},
        {"jti": "a b"},
    ],
    ids=lambda changes: "-".join(f"{k}={v}" for k, v in changes.items())[:60],
)
def test_claims_that_no_token_of_ours_has_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BotTokenClaims.model_validate(claims(**changes))


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "iat", "nbf", "exp", "jti"])
def test_a_token_without_one_of_its_claims_is_refused(missing: str) -> None:
    without = {name: value for name, value in claims().items() if name != missing}

    with pytest.raises(ValidationError):
        BotTokenClaims.model_validate(without)
