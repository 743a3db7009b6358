"""What the handlers need of the outside, by role."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from audit.domain.query import Page, Query
from audit.domain.record import Arrival, Record


class StoreUnavailableError(Exception):
    """The store does not answer, or cannot keep more. Try again."""


class StoreConflictError(Exception):
    """Another process has recorded a sequence first. Look again how far the store goes."""


class TrailReplacedError(Exception):
    """The stream is not the one that was recorded: going on would lose events unseen."""


class Store(Protocol):
    """Keeps records, in the order of their sequences, for good."""

    async def prepare(self) -> None:
        """Make the tables, where there are none.

        Raises:
            StoreUnavailableError: Always possible, here and below.
        """
        ...

    async def last(self) -> Record | None:
        """Return the record of the highest sequence."""
        ...

    async def append(self, records: Sequence[Record]) -> None:
        """Keep records, all or none; they are durable when it returns.

        Raises:
            StoreConflictError: If one of the sequences is there already.
        """
        ...

    async def find(self, query: Query) -> Page:
        """Return one page."""
        ...

    async def scan(self, after: int, limit: int) -> Sequence[Record]:
        """Return the records behind a sequence, oldest first, without filters."""
        ...

    async def stream_identity(self) -> str | None:
        """Return which stream is recorded, or None if none was yet."""
        ...

    async def set_stream_identity(self, identity: str) -> None:
        """Keep which stream is recorded."""
        ...


@dataclass(frozen=True, slots=True)
class Position:
    """How far the stream and its consumer are."""

    identity: str
    """What tells this stream from another of the same name."""
    first: int
    last: int
    delivered: int
    """The highest sequence that the consumer has been sent, acknowledged or not."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages as they were delivered, in any order, some maybe once more."""

    arrivals: tuple[Arrival, ...]
    receipts: tuple[str, ...]
    last: int
    """The stream's last sequence, as far as the batch tells."""


class Trail(Protocol):
    """The stream, read by the durable consumer.

    Every method may raise `BusUnavailableError`; what was not acknowledged comes again.
    """

    async def open(self) -> Position:
        """Begin to receive, and say where the stream stands."""
        ...

    async def position(self) -> Position:
        """Say where the stream stands."""
        ...

    async def receive(self) -> Batch:
        """Return what has come, or an empty batch after a while without."""
        ...

    async def read(self, sequences: range) -> Sequence[Arrival | None]:
        """Return the messages of these sequences; None where the stream has it no longer."""
        ...

    async def acknowledge(self, batch: Batch) -> None:
        """Tell the stream that these are recorded."""
        ...


class Progress(Protocol):
    """Shows how far the recording is."""

    def recorded(self, records: Sequence[Record]) -> None:
        """Count records that are durable."""
        ...

    def behind(self, records: int) -> None:
        """Show how many messages are in the stream and not yet recorded."""
        ...
