"""What the container's environment says: the task, and how to work on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from ambient_agent.errors import TaskUnreadableError
from ambient_contracts.agent import (
    ANTHROPIC_KEY_VARIABLE,
    TASK_VARIABLE,
    TERMINATION_PATH,
    TERMINATION_PATH_VARIABLE,
    AgentTask,
)

MODEL_VARIABLE: Final = "AMBIENT_MODEL"
MODEL: Final = "claude-sonnet-5-5"
"""The model where neither the session nor the environment names one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process works."""

    report_path: Path = Path(TERMINATION_PATH)
    model: str = MODEL
    traceparent: str | None = None
    anthropic_key: str | None = field(default=None, repr=False)
    """The project's; without one, no model is asked."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; an empty variable is one that is not set."""
        return cls(
            report_path=Path(environment.get(TERMINATION_PATH_VARIABLE) or TERMINATION_PATH),
            model=environment.get(MODEL_VARIABLE) or MODEL,
            traceparent=environment.get("TRACEPARENT") or None,
            anthropic_key=environment.get(ANTHROPIC_KEY_VARIABLE, "").strip() or None,
        )


def read_task(environment: Mapping[str, str]) -> AgentTask:
    """Read the task.

    Raises:
        TaskUnreadableError: There is none, or it is not one.
    """
    text = environment.get(TASK_VARIABLE)
    if not text:
        raise TaskUnreadableError(f"{TASK_VARIABLE} is not set; a session's Job sets it")
    try:
        return AgentTask.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise TaskUnreadableError(
            f"{TASK_VARIABLE} holds no task: {where}: {first['msg']}"
        ) from error
