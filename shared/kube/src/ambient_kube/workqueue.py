"""A queue that knows each key once.

A key added while it waits is still there once; a key added while it is worked on comes again when
that work is done. So no two workers ever hold one key, and a storm of changes is one more turn.
"""

import asyncio
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class WorkQueue(Generic[K]):
    """Keys to work on, first come, first served."""

    def __init__(self) -> None:
        self._waiting: deque[K] = deque()
        self._dirty: set[K] = set()
        self._working: set[K] = set()
        self._later: dict[K, asyncio.TimerHandle] = {}
        self._available = asyncio.Event()

    def __len__(self) -> int:
        return len(self._dirty)

    def add(self, key: K) -> None:
        """Have a key worked on, now or after the work on it that is under way."""
        if key in self._dirty:
            return
        self._dirty.add(key)
        if key not in self._working:
            self._offer(key)

    def add_after(self, key: K, seconds: float) -> None:
        """Have a key worked on in some seconds, unless it is before then."""
        loop = asyncio.get_running_loop()
        due = loop.time() + seconds
        scheduled = self._later.get(key)
        if scheduled is not None:
            if scheduled.when() <= due:
                return
            scheduled.cancel()
        self._later[key] = loop.call_at(due, self._due, key)

    async def get(self) -> K:
        """Wait for a key, and hold it until `done`."""
        while not self._waiting:
            self._available.clear()
            await self._available.wait()
        key = self._waiting.popleft()
        self._dirty.discard(key)
        self._working.add(key)
        self._forget_timer(key)
        return key

    def done(self, key: K) -> None:
        """Let go of a key; if it was added meanwhile, it waits again."""
        self._working.discard(key)
        if key in self._dirty:
            self._offer(key)

    def close(self) -> None:
        """Drop the keys that are to come later."""
        for key in tuple(self._later):
            self._forget_timer(key)

    def _offer(self, key: K) -> None:
        self._waiting.append(key)
        self._available.set()

    def _due(self, key: K) -> None:
        del self._later[key]
        self.add(key)

    def _forget_timer(self, key: K) -> None:
        timer = self._later.pop(key, None)
        if timer is not None:
            timer.cancel()
