"""Conditions of a resource's status. One that stays as it is keeps its time of transition."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ambient_contracts.resources import Condition

READY: Final = "Ready"
NAMESPACE_READY: Final = "NamespaceReady"
QUOTA_ENFORCED: Final = "QuotaEnforced"
NETWORK_ISOLATED: Final = "NetworkIsolated"
CREDENTIALS_READY: Final = "CredentialsReady"
ACCESS_GRANTED: Final = "AccessGranted"


@dataclass(frozen=True)
class Conditions:
    """A status's conditions, from which changed ones are made."""

    all: tuple[Condition, ...]
    now: datetime
    generation: int

    def holds(self, kind: str) -> bool:
        """Whether a condition is true."""
        return any(each.type == kind and each.status == "True" for each in self.all)

    def true(self, kind: str, reason: str, message: str = "") -> "Conditions":
        """Return the conditions with one that holds."""
        return self._with(kind, True, reason, message)

    def false(self, kind: str, reason: str, message: str) -> "Conditions":
        """Return the conditions with one that does not hold."""
        return self._with(kind, False, reason, message)

    def _with(self, kind: str, holds: bool, reason: str, message: str) -> "Conditions":
        before = next((each for each in self.all if each.type == kind), None)
        status = "True" if holds else "False"
        kept = before is not None and before.status == status
        condition = Condition(
            type=kind,
            status="True" if holds else "False",
            reason=reason,
            message=message[:1024],
            last_transition_time=before.last_transition_time if before and kept else self.now,
            observed_generation=self.generation,
        )
        if before is None:
            return Conditions((*self.all, condition), self.now, self.generation)
        replaced = tuple(condition if each.type == kind else each for each in self.all)
        return Conditions(replaced, self.now, self.generation)
