"""One record for each sequence of the stream: an event, a message nobody can read, or a gap.

Times are whole microseconds since 1970 in UTC, so that what is hashed is what is stored, in every
database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a record stands for."""

    EVENT = "event"
    UNREADABLE = "unreadable"
    """A message that is no event of the catalogue; kept as it came, with the reason."""
    GAP = "gap"
    """A sequence that the stream no longer had when it was to be recorded."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as the stream has it."""

    sequence: int
    stored_at: int
    """When the broker stored it: no publisher can claim another time."""
    subject: str
    headers: Mapping[str, str]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Facts:
    """What is looked for, read from the message; None where it does not say."""

    project: str | None = None
    source: str | None = None
    entity: str | None = None
    verb: str | None = None
    actor_kind: str | None = None
    actor_id: str | None = None
    object_kind: str | None = None
    object_name: str | None = None
    outcome: str | None = None
    session: str | None = None
    event_id: str | None = None
    event_time: int | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    trace_id: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What the store keeps for one sequence; `leaf_sha256` seals everything else."""

    sequence: int
    kind: Kind
    stored_at: int
    """When the broker stored the message; for a gap, when it was noticed."""
    subject: str | None = None
    headers: str | None = None
    """The headers as they came, as a JSON object."""
    payload: bytes | None = None
    payload_sha256: str | None = None
    reason: str | None = None
    """Why it is unreadable, or a gap."""
    facts: Facts = field(default_factory=Facts)
    leaf_sha256: str = ""

    @property
    def size(self) -> int:
        """About how many bytes it holds."""
        return len(self.payload or b"") + len(self.headers or "") + 512
