"""Wake those who follow the trail when records are durable, and hand them the newest from memory.

A follower who keeps up never asks the store. One who has fallen behind what is kept here reads the
store until it is level again: nobody is ever sent less because they are slow.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

from audit.domain.record import Record

RECENT_RECORDS: Final = 4096
RECENT_BYTES: Final = 16 * 1024**2


class Feed:
    """The newest records, and who waits for more."""

    def __init__(self) -> None:
        self.head = 0
        self._recent: deque[Record] = deque()
        self._bytes = 0
        self._changed = asyncio.Condition()

    async def reach(self, head: int) -> None:
        """Say how far the store goes, without its records."""
        async with self._changed:
            self._forget()
            self.head = head
            self._changed.notify_all()

    async def publish(self, records: Sequence[Record]) -> None:
        """Show records that have become durable."""
        async with self._changed:
            for record in records:
                self._recent.append(record)
                self._bytes += record.size
            while len(self._recent) > RECENT_RECORDS or self._bytes > RECENT_BYTES:
                self._bytes -= self._recent.popleft().size
            self.head = records[-1].sequence
            self._changed.notify_all()

    async def beyond(self, sequence: int, within: float) -> bool:
        """Wait up to `within` seconds for a record behind `sequence`, and say if there is one."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: self.head > sequence)
        except TimeoutError:
            return False
        return True

    def since(self, sequence: int) -> list[Record] | None:
        """Return the records behind `sequence`, or None if some are only in the store."""
        if not self._recent or self._recent[0].sequence > sequence + 1:
            return None
        behind = self.head - sequence
        return [self._recent[index] for index in range(-min(behind, len(self._recent)), 0)]

    def _forget(self) -> None:
        self._recent.clear()
        self._bytes = 0
