"""A refusal of the API server to a caller arrives; `access.denied` leaves.

The same refusal to the same caller is stated once a minute, so that nobody can fill the trail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from ambient_chassis.errors import BusUnavailableError
from ambient_contracts.events import AccessDenied, Actor, ObjectRef
from session_runner.ports.facts import Facts

_log = structlog.get_logger()


@dataclass(frozen=True)
class Denial:
    """What somebody asked for and may not have."""

    actor: Actor
    project: str
    object: ObjectRef
    action: str
    reason: str


class StateDenial:
    """States refusals; where NATS is away, the log has them."""

    def __init__(self, facts: Facts, clock: Callable[[], datetime]) -> None:
        self._facts = facts
        self._clock = clock

    async def __call__(self, denial: Denial) -> None:
        """State a refusal."""
        minute = self._clock().strftime("%Y-%m-%dT%H:%M")
        event = AccessDenied(
            actor=denial.actor,
            project=denial.project,
            object=denial.object,
            action=denial.action[:256],
            reason=denial.reason[:2048],
        )
        fact = self._facts.fact(event, because=(denial.actor.id, denial.action, minute))
        try:
            await self._facts.publish(fact)
        except BusUnavailableError as error:
            _log.warning("access_denied_not_stated", action=denial.action, why=str(error))
