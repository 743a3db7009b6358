"""The ack policy, the same for every consumer of every service.

A message is acknowledged when its handler returns. When the handler raises, the message comes
again later, a little later each time. It becomes a dead letter when the handler gives up, when it
is no event at all, or when an error that nobody foresaw has come as often as its consumer allows.
A handler that asks for a later time is waiting for something known: its message waits as long as
that takes, so an outage of whatever length loses nothing.
"""

import random
from dataclasses import dataclass
from typing import Final

from ambient_chassis.errors import GiveUpError, RetryLaterError
from ambient_contracts.envelope import MalformedEventError

BACK_OFF_FIRST: Final = 0.5
BACK_OFF_MAX: Final = 60.0


@dataclass(frozen=True)
class Nack:
    """Deliver the message again after so many seconds."""

    delay: float


@dataclass(frozen=True)
class DeadLetter:
    """State a dead letter, and never deliver the message again."""

    reason: str


def after_failure(error: Exception, deliveries: int, delivery_limit: int) -> Nack | DeadLetter:
    """Decide what becomes of a message whose handler raised.

    Args:
        error: What the handler raised.
        deliveries: How often the message has been delivered, this time included.
        delivery_limit: How often it may be.
    """
    reason = str(error) or type(error).__name__
    if isinstance(error, GiveUpError | MalformedEventError):
        return DeadLetter(reason)
    if isinstance(error, RetryLaterError):
        return Nack(back_off(deliveries) if error.after is None else error.after)
    if deliveries >= delivery_limit:
        return DeadLetter(f"after {deliveries} deliveries: {reason}")
    return Nack(back_off(deliveries))


def back_off(attempts: int) -> float:
    """Return seconds to wait after so many attempts: doubling, bounded, and spread by half."""
    delay = min(BACK_OFF_MAX, BACK_OFF_FIRST * 2.0 ** min(attempts - 1, 16))
    return delay * (0.5 + random.random() / 2)  # noqa: S311 - only to spread the load
