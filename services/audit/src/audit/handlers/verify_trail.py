"""Verify the whole trail, up to where the stream stood when the check began."""

import asyncio
from typing import Final

from audit.domain.verification import Check, Verification
from audit.handlers.feed import Feed
from audit.ports import Store, Trail

PAGE: Final = 500
PATIENCE: Final = 5.0
"""Seconds that the recording has to catch up with the stream before it counts as missing."""


class VerifyTrail:
    """Reads every record once; one check at a time."""

    def __init__(self, trail: Trail, store: Store, feed: Feed) -> None:
        self._trail = trail
        self._store = store
        self._feed = feed
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self) -> Verification:
        """Return how the trail stands.

        Raises:
            StoreUnavailableError: If the store does not answer.
            BusUnavailableError: If the stream cannot say how far it goes.
        """
        async with self._one_at_a_time:
            target = (await self._trail.position()).last
            await self._feed.beyond(target - 1, PATIENCE)
            check = Check()
            while check.last < target:
                records = await self._store.scan(check.last, min(PAGE, target - check.last))
                records = [record for record in records if record.sequence <= target]
                if not records:
                    break
                # Hashing is work for the processor; requests and the recording go on meanwhile.
                await asyncio.to_thread(check.take, records)
            return check.finish(target)
