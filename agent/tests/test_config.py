"""What the environment says."""

import pytest

from ambient_agent.agents import choose
from ambient_agent.config import MODEL, Settings, read_task
from ambient_agent.errors import TaskUnreadableError
from ambient_contracts.agent import TASK_VARIABLE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "AMBIENT_TASK is not set"),
        ("{}", "holds no task: project: Field required"),
        ("no json", "holds no task: the whole: Invalid JSON"),
    ],
)
def test_an_unreadable_task_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(TaskUnreadableError, match=sentence):
        read_task({TASK_VARIABLE: text})


def test_a_model_is_asked_only_where_there_is_a_key() -> None:
    assert choose(Settings.from_environment({"ANTHROPIC_API_KEY": "sk"})) == "model"
    assert choose(Settings.from_environment({"ANTHROPIC_API_KEY": " "})) == "extract"
    assert choose(Settings.from_environment({})) == "extract"


def test_an_empty_variable_is_not_set() -> None:
    settings = Settings.from_environment({"AMBIENT_MODEL": "", "TRACEPARENT": ""})
    assert (settings.model, settings.traceparent) == (MODEL, None)


def test_a_key_is_not_shown() -> None:
    assert "sk-ant" not in repr(Settings(anthropic_key="sk-ant"))
