"""What a Lease says, and how long it still holds, whatever clocks do."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ambient_kube.manifests import Manifest, version_of


@dataclass(frozen=True)
class Moment:
    """One moment on two clocks: one that nobody sets, and one that goes on while we are frozen."""

    steady: float
    wall: float

    @classmethod
    def now(cls) -> "Moment":
        """Read both clocks."""
        return cls(time.monotonic(), time.time())

    def until(self, later: "Moment") -> float:
        """Return the seconds until a later moment, by the clock that saw more of them.

        A suspended machine's steady clock stands still, and a wall clock may be set back.
        """
        return max(later.steady - self.steady, later.wall - self.wall)


Clock = Callable[[], Moment]


@dataclass(frozen=True)
class LeaseRecord:
    """The state of a Lease: who holds it, for how long from each renewal, and its version."""

    holder: str
    seconds: float
    transitions: int
    acquired: str | None
    version: str

    @classmethod
    def of(cls, lease: Manifest) -> "LeaseRecord":
        """Read a Lease."""
        spec = lease.get("spec") or {}
        return cls(
            holder=str(spec.get("holderIdentity") or ""),
            seconds=float(spec.get("leaseDurationSeconds") or 0),
            transitions=int(spec.get("leaseTransitions") or 0),
            acquired=spec.get("acquireTime"),
            version=version_of(lease),
        )


def taken(
    previous: LeaseRecord | None, *, namespace: str, name: str, holder: str, seconds: int
) -> Manifest:
    """Return the Lease as its holder writes it: anew, in another's place, or once more."""
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    again = previous is not None and previous.holder == holder
    spec = {
        "holderIdentity": holder,
        "leaseDurationSeconds": seconds,
        "acquireTime": previous.acquired if previous and again else now,
        "renewTime": now,
        "leaseTransitions": (previous.transitions + (not again)) if previous else 0,
    }
    return _lease(namespace, name, previous, spec)


def released(previous: LeaseRecord, *, namespace: str, name: str) -> Manifest:
    """Return the Lease as its holder leaves it: anybody's, at once."""
    spec = {
        "holderIdentity": "",
        "leaseDurationSeconds": 1,
        "leaseTransitions": previous.transitions,
    }
    return _lease(namespace, name, previous, spec)


def _lease(namespace: str, name: str, previous: LeaseRecord | None, spec: Manifest) -> Manifest:
    metadata = {"namespace": namespace, "name": name}
    if previous is not None:
        metadata["resourceVersion"] = previous.version
    return {"metadata": metadata, "spec": spec}
