"""Keep the recording going: when it fails, wait, and begin again where the store is."""

import asyncio
import random
from typing import Final

import structlog

from ambient_chassis.errors import BusUnavailableError
from ambient_chassis.http import NotReadyError
from audit.handlers.record_trail import RecordTrail
from audit.ports import StoreConflictError, StoreUnavailableError, TrailReplacedError

FIRST_WAIT: Final = 0.2
LONGEST_WAIT: Final = 10.0
_log = structlog.get_logger()


class Recording:
    """The loop around `RecordTrail`, and what keeps it from recording now."""

    def __init__(self, record: RecordTrail) -> None:
        self._record = record
        self._trouble: str | None = "the recording has not begun"

    def ready(self) -> None:
        """Return if records are being made.

        Raises:
            NotReadyError: With what keeps them from being made.
        """
        if self._trouble is not None:
            raise NotReadyError(self._trouble)

    async def run(self) -> None:
        """Record for ever."""
        wait = FIRST_WAIT
        while True:
            try:
                await self._record.begin()
                self._now(None)
                while True:
                    await self._record.step()
                    wait = FIRST_WAIT
            except (
                BusUnavailableError,
                StoreConflictError,
                StoreUnavailableError,
                TrailReplacedError,
            ) as error:
                self._now(str(error))
            await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 - only spreads load
            wait = min(wait * 2, LONGEST_WAIT)

    def _now(self, trouble: str | None) -> None:
        if trouble != self._trouble:
            if trouble is None:
                _log.info("recording")
            else:
                _log.warning("not_recording", reason=trouble)
        self._trouble = trouble
