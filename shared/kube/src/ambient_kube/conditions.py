"""Conditions of a status, which do not flap."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from ambient_kube.manifests import Manifest


def set_condition(
    conditions: Sequence[Manifest],
    type: str,  # noqa: A002 - the field's own name
    status: Literal["True", "False", "Unknown"],
    reason: str,
    message: str,
    observed_generation: int,
    now: datetime,
) -> list[Manifest]:
    """Return the conditions with one of them set; its transition time changes with its status only.

    Args:
        conditions: Those there are; they stay as they are, and in their order.
        type: Which condition.
        status: Whether it holds.
        reason: Why, in one CamelCase word.
        message: Why, for people.
        observed_generation: The generation of the object that this is about.
        now: An aware time.
    """
    before = next((known for known in conditions if known.get("type") == type), None)
    condition = {
        "type": type,
        "status": status,
        "reason": reason,
        "message": message,
        "observedGeneration": observed_generation,
        "lastTransitionTime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if before is None:
        return [*conditions, condition]
    if before.get("status") == status and before.get("lastTransitionTime"):
        condition["lastTransitionTime"] = before["lastTransitionTime"]
    return [condition if known is before else known for known in conditions]
