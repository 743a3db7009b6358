"""What may be put into a project's credentials, and that no error repeats it."""

import pytest
from pydantic import ValidationError

from project_manager.domain.credential_values import CredentialValues

STRONG = "Zm9yIHRlc3RzLCB0aGlzIGlzIG5vdCBhIHNlY3JldA"


@pytest.mark.parametrize(
    "values",
    [
        {"anthropic-api-key": "sk-x"},
        {"jira-webhook-secret": STRONG},
        {"jira-api-token": "é" * 4096, "other-key": "1"},
    ],
)
def test_credentials_are_taken_as_they_are(values: dict[str, str]) -> None:
    assert CredentialValues.model_validate(values).values() == values


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"Anthropic": "SENTINEL"},
        {"a.b": "SENTINEL"},
        {"a" * 64: "SENTINEL"},
        {"../x": "SENTINEL"},
        {"anthropic-api-key": ""},
        {"anthropic-api-key": "SENTINEL" + "é" * 4096},
        {"anthropic-api-key": ["SENTINEL"]},
        {"jira-webhook-secret": "SENTINEL"},
        {"jira-webhook-secret": "SNTL" * 20},
        {f"key-{number}": "SENTINEL" for number in range(33)},
    ],
    ids=range(11),
)
def test_others_are_refused_without_repeating_them(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        CredentialValues.model_validate(values)

    said = [(error["loc"], error["msg"]) for error in refused.value.errors(include_input=False)]
    assert "SENTINEL" not in repr(said)
    assert "SNTL" not in repr(said)


def test_a_credential_does_not_show_itself() -> None:
    assert STRONG not in repr(CredentialValues.model_validate({"jira-webhook-secret": STRONG}))
