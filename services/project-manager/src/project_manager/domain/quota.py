"""Whether the cluster enforces a project's quota, and what helps when it does not count a part.

An API server enforces a ResourceQuota once a controller has filled in its status. That controller
learns of new kinds of objects every half minute; of a kind that it does not know yet it counts
nothing, and it looks again only after five minutes, or when the quota's spec changes. Until then
the API server refuses every object of that kind ("status unknown for quota"). So the part that is
not counted is taken out and put in again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from ambient_contracts.names import API_GROUP
from project_manager.domain.drift import Recount, differs
from project_manager.domain.objects import Desired, Manifest, ObjectKey

RECOUNT_AFTER: Final = timedelta(seconds=2)
RECOUNTED_ANNOTATION: Final = f"{API_GROUP}/recounted-at"


class QuotaSeen:
    """A project's quota as it is in the cluster."""

    def __init__(self, desired: tuple[Desired, ...], live: Mapping[ObjectKey, Manifest]) -> None:
        quota = next(each for each in desired if each.key.kind == "ResourceQuota")
        self.key = quota.key
        found = live.get(quota.key)
        self._live = None if found is None or differs(quota, found) else found

    @property
    def enforced(self) -> bool:
        """Whether it is as it should be, and every part of it counts."""
        return self._filled_in and not self.uncounted

    @property
    def uncounted(self) -> tuple[str, ...]:
        """The parts that the cluster knows of and does not count."""
        if self._live is None or not self._filled_in:
            return ()
        used = self._live["status"].get("used", {})
        return tuple(sorted(self._live["spec"]["hard"].keys() - used.keys()))

    def recount(self, now: datetime) -> tuple[Recount | None, float | None]:
        """Return what makes the cluster count, or the seconds until that may be tried."""
        if self._live is None or not self.uncounted:
            return None, None
        metadata = self._live["metadata"]
        since = metadata.get("annotations", {}).get(RECOUNTED_ANNOTATION)
        since = since or metadata.get("creationTimestamp") or now.isoformat()
        wait = RECOUNT_AFTER - (now - datetime.fromisoformat(since))
        if wait > timedelta(0):
            return None, wait.total_seconds()
        patch = {
            "metadata": {
                "annotations": {RECOUNTED_ANNOTATION: now.isoformat()},
                "resourceVersion": metadata["resourceVersion"],
            },
            "spec": {"hard": dict.fromkeys(self.uncounted)},
        }
        return Recount(self.key, patch), None

    @property
    def _filled_in(self) -> bool:
        live = self._live
        return live is not None and live.get("status", {}).get("hard") == live["spec"]["hard"]
