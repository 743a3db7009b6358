"""What was written a moment ago, and has not been heard of yet.

An informer learns of a write some milliseconds after it. A decision in between would make the same
change again, and state a repair that was none; so what is read is the newer of the two.
"""

from collections import OrderedDict
from typing import Final

from project_manager.domain.objects import Manifest, ObjectKey

_ENDS: Final = 4096
"""How many ended objects are remembered; an end matters for milliseconds."""


class Memory:
    """The last write of each object, until the informer has it."""

    def __init__(self) -> None:
        self._written: dict[ObjectKey, Manifest] = {}
        self._ended: OrderedDict[ObjectKey, str] = OrderedDict()

    def wrote(self, live: Manifest) -> None:
        """Remember an object as the API server answered it."""
        key = ObjectKey.of(live)
        # The informer may have heard of the object, and of its end, before this answer came.
        if not self.ended(key, live["metadata"]["uid"]):
            self._written[key] = seen(live)

    def end(self, key: ObjectKey, uid: str) -> None:
        """Remember that an object is gone."""
        self._written.pop(key, None)
        self._ended[key] = uid
        self._ended.move_to_end(key)
        if len(self._ended) > _ENDS:
            self._ended.popitem(last=False)

    def heard(self, key: ObjectKey, version: str) -> None:
        """Forget a write that the informer has caught up with."""
        written = self._written.get(key)
        if written is not None and int(version) >= _version(written):
            del self._written[key]

    def ended(self, key: ObjectKey, uid: str) -> bool:
        """Whether that very object is gone."""
        return self._ended.get(key) == uid

    def newer(self, key: ObjectKey, version: str | None) -> Manifest | None:
        """Return what was written after a version, if anything was."""
        written = self._written.get(key)
        if written is None or (version is not None and _version(written) <= int(version)):
            return None
        return written

    def unheard(self) -> list[Manifest]:
        """Return the objects of whose last write nothing has been heard."""
        return list(self._written.values())


def seen(live: Manifest) -> Manifest:
    """Return what is kept of an object: no bookkeeping of the API server, and no credential."""
    metadata = {name: part for name, part in live["metadata"].items() if name != "managedFields"}
    kept = {**live, "metadata": metadata}
    if live.get("kind") == "Secret":
        kept.pop("data", None)
    return kept


def _version(live: Manifest) -> int:
    """Return an object's resource version; the larger is the later.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
    """
    return int(live["metadata"]["resourceVersion"])
