"""Record every message of the stream, in its order, each sequence once.

The store's highest sequence is the truth. What is not above it is acknowledged and let go; what is
further than the next is not waited for: what lies between is read from the stream by its sequence,
and what the stream no longer has becomes a gap. A message is acknowledged after its record is
durable, so a death at any line costs a repeat and never a record.
"""

import time
from collections.abc import Sequence
from typing import Final

from audit.domain.reading import gap, read
from audit.domain.record import Arrival, Record
from audit.handlers.feed import Feed
from audit.ports import Position, Progress, Store, Trail, TrailReplacedError

READ_BATCH: Final = 64
"""Messages that are read by their sequence at a time: at most 64 MiB."""


class RecordTrail:
    """Records until something fails; then it is called again, and finds where it was."""

    def __init__(self, trail: Trail, store: Store, feed: Feed, progress: Progress) -> None:
        self._trail = trail
        self._store = store
        self._feed = feed
        self._progress = progress
        self._head = 0

    async def begin(self) -> None:
        """Find where to go on, and record what was delivered before and is not recorded.

        Raises:
            TrailReplacedError: If the stream is not the one recorded so far.
            StoreUnavailableError: If the store does not answer; nothing was acknowledged.
            BusUnavailableError: If NATS does not.
        """
        position = await self._trail.open()
        self._progress.behind(max(0, position.last - self._head))
        await self._store.prepare()
        last = await self._store.last()
        await self._recognise(position, last)
        self._head = last.sequence if last else 0
        await self._feed.reach(self._head)
        await self._fill(position.delivered, position.first)
        self._progress.behind(max(0, position.last - self._head))

    async def step(self) -> None:
        """Record what comes next.

        Raises:
            StoreConflictError: If another process records too.
            StoreUnavailableError: If the store does not answer; nothing was acknowledged.
            BusUnavailableError: If NATS does not.
        """
        batch = await self._trail.receive()
        fresh = {each.sequence: each for each in batch.arrivals if each.sequence > self._head}
        while fresh:
            await self._fill(min(fresh) - 1)
            run: list[Arrival] = []
            while (arrival := fresh.pop(self._head + len(run) + 1, None)) is not None:
                run.append(arrival)
            await self._keep([read(each) for each in run])
        await self._trail.acknowledge(batch)
        if batch.arrivals:
            self._progress.behind(max(0, batch.last - self._head))

    async def _recognise(self, position: Position, last: Record | None) -> None:
        recorded = await self._store.stream_identity()
        if recorded is None:
            await self._store.set_stream_identity(position.identity)
        elif recorded != position.identity:
            raise TrailReplacedError(
                f"The stream was made at {position.identity}, and what is recorded comes from one "
                f"made at {recorded}. Restore that stream, or start with an empty store."
            )
        if last is None:
            return
        if last.sequence > position.last:
            raise TrailReplacedError(
                f"The stream ends at {position.last}, and {last.sequence} is recorded: it has lost "
                "its end. Restore it, or start with an empty store."
            )
        (arrival,) = await self._trail.read(range(last.sequence, last.sequence + 1))
        if arrival is not None and last.payload is not None and not _same(arrival, last):
            raise TrailReplacedError(
                f"The stream's message {last.sequence} is not the one that is recorded: it has "
                "lost its end and grown another. Restore it, or start with an empty store."
            )

    async def _fill(self, through: int, first: int = 1) -> None:
        """Record, from the stream itself, what lies between the head and `through`."""
        while self._head < through:
            start = self._head + 1
            end = min(start + READ_BATCH, through + 1)
            # What is before the stream's first message needs no asking.
            arrivals = (
                [None] * (end - start)
                if end <= first
                else await self._trail.read(range(start, end))
            )
            await self._keep(
                [
                    read(arrival) if arrival else gap(sequence, time.time_ns() // 1000)
                    for sequence, arrival in zip(range(start, end), arrivals, strict=True)
                ]
            )

    async def _keep(self, records: Sequence[Record]) -> None:
        await self._store.append(records)
        self._head = records[-1].sequence
        self._progress.recorded(records)
        await self._feed.publish(records)


def _same(arrival: Arrival, record: Record) -> bool:
    return (arrival.stored_at, arrival.payload) == (record.stored_at, record.payload)
