"""Rates, counted in this process's memory: each replica counts for itself."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter


class MemoryRateLimit:
    """So many in each window, for each key; the rate is written as `1200/minute`."""

    def __init__(self, rate: str) -> None:
        self._item: RateLimitItem = parse(rate)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def wait_for(self, key: str) -> int:
        """Count one more; return 0 if it is within the limit, else seconds until one may be."""
        if self._limiter.hit(self._item, key):
            return 0
        resets = self._limiter.get_window_stats(self._item, key).reset_time
        return max(1, math.ceil(resets - time.time()))
