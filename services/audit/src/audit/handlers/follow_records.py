"""Follow the trail from a sequence on: nothing is left out, however slow the follower."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from audit.domain.query import Filters, Order, Query
from audit.domain.record import Record
from audit.handlers.feed import Feed
from audit.ports import Store

PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Step:
    """Records that were meant, oldest first; none when only time has passed."""

    records: Sequence[Record] = ()


class FollowRecords:
    """Gives the records behind a sequence, and then each as it becomes durable."""

    def __init__(self, store: Store, feed: Feed, heartbeat: float) -> None:
        self._store = store
        self._feed = feed
        self._heartbeat = heartbeat

    async def start(self, after: int | None) -> int:
        """Return the sequence behind which to begin: `after`, or the newest recorded.

        Raises:
            StoreUnavailableError: If the store does not answer.
        """
        last = await self._store.last()
        if after is not None:
            return after
        return last.sequence if last else 0

    async def __call__(self, filters: Filters, after: int) -> AsyncIterator[Step]:
        """Give what is meant, for ever; an empty step at least every `heartbeat` seconds.

        Raises:
            StoreUnavailableError: If the store does not answer; begin again where it ended.
        """
        while True:
            if not await self._feed.beyond(after, self._heartbeat):
                yield Step()
                continue
            recent = self._feed.since(after)
            if recent is not None:
                after = recent[-1].sequence
                yield Step([record for record in recent if filters.match(record)])
                continue
            page = await self._store.find(Query(filters, Order.ASCENDING, after, PAGE))
            if page.records:
                after = page.records[-1].sequence
            if not page.more:
                after = max(after, page.head)
            yield Step(page.records)
