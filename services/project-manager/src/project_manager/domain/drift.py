"""How an object differs from what it should be, and what sets it right.

What the builders write is compared exactly, so that an egress rule or a subject that somebody
added counts as a difference; what they do not write (annotations, other labels, fields that other
controllers fill in) is left alone.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from project_manager.domain.objects import Desired, Manifest, ObjectKey
from project_manager.domain.quantity import amount

_WITH_QUANTITIES: Final = frozenset({"ResourceQuota", "LimitRange"})
_IDENTITY: Final = frozenset({"apiVersion", "kind", "metadata"})


@dataclass(frozen=True)
class Create:
    """Make an object that is missing."""

    desired: Desired

    @property
    def key(self) -> ObjectKey:
        """The object's key."""
        return self.desired.key


@dataclass(frozen=True)
class Correct:
    """Set an object right."""

    desired: Desired
    live: Manifest

    @property
    def key(self) -> ObjectKey:
        """The object's key."""
        return self.desired.key

    @property
    def anew(self) -> bool:
        """Whether it can only be made anew, since what differs cannot be changed."""
        role = self.desired.manifest.get("roleRef")
        return role is not None and role != self.live.get("roleRef")

    @property
    def patch(self) -> Manifest:
        """The merge patch (RFC 7386) that sets it right, if nobody was faster."""
        ours, live = self.desired.manifest, self.live
        metadata = {
            "resourceVersion": live["metadata"].get("resourceVersion"),
            "labels": ours["metadata"]["labels"],
            "ownerReferences": ours["metadata"]["ownerReferences"],
        }
        parts = {part: _patch(ours[part], live.get(part)) for part in _parts(self.desired)}
        return {"metadata": metadata, **parts}


@dataclass(frozen=True)
class Delete:
    """Remove an object that should not be there."""

    key: ObjectKey
    live: Manifest


@dataclass(frozen=True)
class Recount:
    """Take out a part of a quota, so that the cluster counts it once it is put in again."""

    key: ObjectKey
    patch: Manifest


Difference = Create | Correct | Delete
Change = Difference | Recount


def changes(
    desired: Iterable[Desired], live: Mapping[ObjectKey, Manifest]
) -> tuple[Difference, ...]:
    """Return what makes the live objects those that are desired, in the desired objects' order."""
    wanted = {each.key: each for each in desired}
    surplus = [Delete(key, manifest) for key, manifest in live.items() if key not in wanted]
    return (*surplus, *(change for each in wanted.values() if (change := _change(each, live))))


def _change(desired: Desired, live: Mapping[ObjectKey, Manifest]) -> Difference | None:
    found = live.get(desired.key)
    if found is None:
        return Create(desired)
    return Correct(desired, found) if differs(desired, found) else None


def differs(desired: Desired, live: Manifest) -> bool:
    """Whether a live object is not what it should be."""
    ours = desired.manifest
    labels = live["metadata"].get("labels", {})
    if any(labels.get(name) != value for name, value in ours["metadata"]["labels"].items()):
        return True
    owners = [owner.get("uid") for owner in live["metadata"].get("ownerReferences", [])]
    if owners != [owner["uid"] for owner in ours["metadata"]["ownerReferences"]]:
        return True
    quantities = ours["kind"] in _WITH_QUANTITIES
    return any(not _same(ours[part], live.get(part), quantities) for part in _parts(desired))


def revision(desired: Iterable[Desired]) -> str:
    """Return 16 hexadecimal digits that stand for exactly these objects."""
    parts = [
        {"metadata": each.manifest["metadata"], "kind": each.manifest["kind"]}
        | {part: each.manifest[part] for part in _parts(each)}
        for each in desired
    ]
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def fingerprint(change: Difference) -> str:
    """Return what tells this difference from a later one of the same object."""
    if isinstance(change, Create):
        return f"{change.key}@gone"
    return f"{change.key}@{change.live['metadata'].get('resourceVersion', '')}"


def _parts(desired: Desired) -> list[str]:
    return [part for part in desired.manifest if part not in _IDENTITY | desired.kept]


def _patch(ours: object, live: object) -> object:
    if not (isinstance(ours, dict) and isinstance(live, dict)):
        return ours
    foreign = dict.fromkeys(live.keys() - ours.keys())
    return foreign | {name: _patch(value, live.get(name)) for name, value in ours.items()}


def _same(ours: object, live: object, quantities: bool) -> bool:
    if isinstance(ours, dict) and isinstance(live, dict):
        return ours.keys() == live.keys() and all(
            _same(value, live[name], quantities) for name, value in ours.items()
        )
    if isinstance(ours, list) and isinstance(live, list):
        return len(ours) == len(live) and all(map(_same, ours, live, [quantities] * len(ours)))
    if ours == live or (not ours and live is None):
        return True
    if quantities and isinstance(ours, str) and isinstance(live, str):
        return _same_amount(ours, live)
    return False


def _same_amount(ours: str, live: str) -> bool:
    try:
        return amount(ours) == amount(live)
    except ArithmeticError:
        return False
