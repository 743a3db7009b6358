"""What the session-runner hands to an agent, and what the agent hands back.

The task goes into the environment of the Job's container, the report comes out as the container's
termination message: neither needs a token or a network path between the two.
"""

from typing import Final, Literal

from pydantic import Field

from ambient_contracts.model import Frozen
from ambient_contracts.resources.session import Limits, Result, Usage
from ambient_contracts.website import WebsiteException

TASK_VARIABLE: Final = "AMBIENT_TASK"
TERMINATION_PATH_VARIABLE: Final = "AMBIENT_TERMINATION_PATH"
TERMINATION_PATH: Final = "/dev/termination-log"
ANTHROPIC_KEY_VARIABLE: Final = "ANTHROPIC_API_KEY"
REPORT_BYTES_MAX: Final = 4096
"""Kubernetes keeps no more of a termination message."""


class AgentTask(Frozen):
    """One session's work."""

    project: str
    session: str
    prompt: str
    website_url: str
    model: str | None = None
    timeout_seconds: int = Field(ge=1)
    limits: Limits | None = None
    website_exceptions: tuple[WebsiteException, ...] = ()


class AgentReport(Frozen):
    """How it ended."""

    outcome: Literal["succeeded", "failed"]
    reason: str | None = Field(default=None, description="A CamelCase word, where it failed.")
    message: str | None = None
    result: Result | None = None
    usage: Usage = Usage()
