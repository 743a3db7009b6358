"""How long to wait after failures: doubling, bounded, and spread so that no two march in step."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Delays in seconds that double from `first` up to `maximum`."""

    first: float = 0.2
    maximum: float = 60.0

    def ceiling(self, failures: int) -> float:
        """Return the longest wait after so many failures in a row."""
        return min(self.maximum, self.first * 2.0 ** min(max(failures - 1, 0), 64))

    def delay(self, failures: int, retry_after: float | None = None) -> float:
        """Return a wait between half the ceiling and the ceiling, or longer if the server says."""
        spread = 0.5 + random.random() / 2  # noqa: S311 - only to spread the load
        return max(self.ceiling(failures) * spread, retry_after or 0.0)
