"""How many sessions a project has room for at once.

A Job's time limit runs from the moment that the Job controller sees it, even while the quota
refuses it a Pod. So the runner makes a Job only when there is room for its Pod: a session that
waits loses none of its time.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ambient_contracts.resources import Quota

_SUFFIXES: Final = {
    "m": Decimal("0.001"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
}


@dataclass(frozen=True)
class Share:
    """What one session asks of its project's quota, as Kubernetes quantities."""

    cpu: str
    memory: str


def quantity(text: str) -> Decimal:
    """Return the number that a Kubernetes quantity stands for.

    Raises:
        decimal.InvalidOperation: If it is none.
    """
    for suffix in sorted(_SUFFIXES, key=len, reverse=True):
        if text.endswith(suffix):
            return Decimal(text.removesuffix(suffix)) * _SUFFIXES[suffix]
    return Decimal(text)


def capacity(quota: Quota, share: Share) -> int:
    """Return how many sessions run at once in a project with that quota."""
    by_cpu = quantity(quota.cpu) / quantity(share.cpu)
    by_memory = quantity(quota.memory) / quantity(share.memory)
    return min(quota.pods, int(by_cpu), int(by_memory))
