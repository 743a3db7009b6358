"""What every agent is: something that answers a task from its website."""

from dataclasses import dataclass, field
from typing import Protocol

from ambient_agent.website.site import Website
from ambient_contracts.agent import AgentTask
from ambient_contracts.resources.session import Result, Usage


@dataclass(slots=True)
class Meter:
    """What has been used so far; it is read also where the work ends without an answer."""

    usage: Usage = field(default_factory=Usage)


class Agent(Protocol):
    """Answers a task."""

    async def __call__(self, task: AgentTask, website: Website, meter: Meter) -> Result:
        """Answer a task from its website.

        Raises:
            AgentError: There is no answer; its kind and its sentence say why.
        """
        ...
