"""The agents, one module each: `model` asks a language model, `extract` quotes the page.

A new one is a module here and a line in `AGENTS`. Each is imported when it is needed: the model's
library alone takes longer to load than `extract` takes to answer.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from ambient_agent.agents.base import Agent
from ambient_agent.config import Settings

AgentName = Literal["model", "extract"]


def _model(settings: Settings) -> Agent:
    from ambient_agent.agents.model import ModelAgent  # noqa: PLC0415

    return ModelAgent(settings.model, settings.anthropic_key or "")


def _extract(_settings: Settings) -> Agent:
    from ambient_agent.agents.extract import ExtractAgent  # noqa: PLC0415

    return ExtractAgent()


AGENTS: Final[Mapping[AgentName, Callable[[Settings], Agent]]] = {
    "model": _model,
    "extract": _extract,
}


def choose(settings: Settings) -> AgentName:
    """Return which agent works: a model's where there is a key for one."""
    return "model" if settings.anthropic_key else "extract"
