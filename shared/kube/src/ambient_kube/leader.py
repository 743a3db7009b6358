"""Run something in one process at a time, by a Lease.

Whoever holds the Lease renews it; when it cannot, it ends its process before another may take the
Lease, or as soon as it runs again if it was frozen. While it leads, each request over its
connections is preceded by a look at the clocks, so a process that wakes up too late writes nothing
more. A clean stop releases the Lease for the next.
"""

import asyncio
import math
import os
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from ambient_kube.errors import AlreadyExists, Conflict, KubeError, NotFound
from ambient_kube.kube import Kube
from ambient_kube.lease import Clock, LeaseRecord, Moment, released, taken
from ambient_kube.resources import LEASES

LOOK_SECONDS: Final = 2.0
"""Seconds between two looks of a candidate at another's Lease, at most."""
AGAIN_SECONDS: Final = 0.5
"""Seconds between two tries to renew after one that failed."""
LOST: Final = 75
"""The exit status of a process that lost its Lease (EX_TEMPFAIL: start it again)."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class LeaseTiming:
    """Seconds that a Lease holds, within which it must be renewed, and between two renewals.

    Raises:
        ValueError: If they are not each longer than the next.
    """

    duration: float
    deadline: float
    period: float

    def __post_init__(self) -> None:
        if not self.duration > self.deadline > self.period > 0:
            raise ValueError("a Lease needs duration > deadline > period > 0")


class LeadershipLost(Exception):  # noqa: N818 - it states a fact, as the errors of the API do
    """The Lease is no longer ours. Seen only where `exit` returns."""


def end_process(status: int) -> None:
    """End this process at once, without a chance for anything to finish."""
    os._exit(status)


async def lead(
    kube: Kube,
    *,
    namespace: str,
    name: str,
    identity: str,
    run: Callable[[], Awaitable[None]],
    lease_seconds: float = 15,
    renew_seconds: float = 5,
    deadline_seconds: float = 10,
    exit: Callable[[int], object] = end_process,  # noqa: A002 - it stands in for the function
    clock: Clock = Moment.now,
) -> None:
    """Wait for the Lease, then run until that returns, holding the Lease.

    Args:
        kube: The connection that renews the Lease; what runs should write over it, or over one
            with the same connections, as these are guarded.
        namespace: The Lease's namespace.
        name: The Lease's name.
        identity: Who we are, for people; made unique to this call.
        run: What the leader does. It is cancelled when this is.
        lease_seconds: How long the Lease holds after it was last renewed.
        renew_seconds: How often it is renewed.
        deadline_seconds: After how long without a renewal the process ends. An event loop that is
            blocked for as long counts as frozen, and so does a wall clock that is set forward.
        exit: What ends the process.
        clock: What time it is.

    Raises:
        ValueError: If the three durations are not in their order.
    """
    timing = LeaseTiming(lease_seconds, deadline_seconds, renew_seconds)
    holder = f"{identity}_{uuid.uuid4().hex[:8]}"
    claim = Claim(kube, namespace, name, holder, timing, clock)
    await claim.acquire()
    tenure = Tenure(claim, timing.deadline, exit)
    with kube.guarded(tenure.check):
        await tenure.hold(run)


class Claim:
    """One candidate's view of a Lease, and its writes to it."""

    def __init__(
        self,
        kube: Kube,
        namespace: str,
        name: str,
        holder: str,
        timing: LeaseTiming,
        clock: Clock,
    ) -> None:
        self.holder = holder
        self.timing = timing
        self.clock = clock
        self.renewed = clock()
        """When the last renewal that succeeded was sent."""
        self._kube = kube
        self._namespace = namespace
        self._name = name
        self._record: LeaseRecord | None = None
        self._seen = clock()

    async def acquire(self) -> None:
        """Return when the Lease is ours."""
        _log.info("lease_awaited", lease=self._name, holder=self.holder)
        while not await self._tried():  # noqa: ASYNC110 - the event is in the API server
            await asyncio.sleep(min(self.timing.period, LOOK_SECONDS))
        _log.info("lease_acquired", lease=self._name, holder=self.holder)

    async def take(self) -> None:
        """Write the Lease as ours, if it still is as we last saw it.

        Raises:
            KubeError: If it is not, or cannot be written.
        """
        sent = self.clock()
        lease = taken(
            self._record,
            namespace=self._namespace,
            name=self._name,
            holder=self.holder,
            seconds=math.ceil(self.timing.duration),
        )
        async with asyncio.timeout(self.timing.deadline):
            write = self._kube.create if self._record is None else self._kube.replace
            self._record = LeaseRecord.of(await write(LEASES, lease))
        self.renewed = sent

    async def look(self) -> None:
        """Read the Lease, and note when it last changed before our eyes.

        Raises:
            KubeError: If it cannot be read.
        """
        async with asyncio.timeout(self.timing.deadline):
            try:
                record = LeaseRecord.of(await self._kube.get(LEASES, self._name, self._namespace))
            except NotFound:
                self._record = None
                return
        if self._record is None or record.version != self._record.version:
            self._seen = self.clock()
        self._record = record

    @property
    def is_ours(self) -> bool:
        """Whether the Lease was ours when we last saw it."""
        return self._record is not None and self._record.holder == self.holder

    async def release(self) -> None:
        """Leave the Lease to the next, if it can be done at once."""
        if self._record is None or not self.is_ours:
            return
        lease = released(self._record, namespace=self._namespace, name=self._name)
        try:
            async with asyncio.timeout(self.timing.deadline):
                await self._kube.replace(LEASES, lease)
        except (KubeError, TimeoutError) as error:
            _log.warning("lease_not_released", lease=self._name, error=str(error))
        else:
            _log.info("lease_released", lease=self._name, holder=self.holder)

    async def _tried(self) -> bool:
        try:
            await self.look()
            if not self._is_free():
                return False
            await self.take()
        except (AlreadyExists, Conflict):
            return False
        except (KubeError, TimeoutError) as error:
            _log.warning("lease_not_read", lease=self._name, error=str(error) or "time-out")
            return False
        return True

    def _is_free(self) -> bool:
        if self._record is None or not self._record.holder or self.is_ours:
            return True
        # What counts is how long we saw no renewal, by a clock that nobody can set forward.
        return self.clock().steady - self._seen.steady > self._record.seconds


class Tenure:
    """The time in which a claim holds: renewed while something runs, or the end of the process."""

    def __init__(
        self,
        claim: Claim,
        deadline_seconds: float,
        exit: Callable[[int], object],  # noqa: A002 - as in `lead`
    ) -> None:
        self._claim = claim
        self._deadline = deadline_seconds
        self._exit = exit

    @property
    def remaining(self) -> float:
        """Seconds until the process has to end."""
        return self._deadline - self._claim.renewed.until(self._claim.clock())

    def check(self) -> None:
        """Return if the Lease is surely ours, else end the process.

        Raises:
            LeadershipLost: If the process is still there after that.
        """
        if self.remaining <= 0:
            self._end("it was not renewed in time")

    async def hold(self, run: Callable[[], Awaitable[None]]) -> None:
        """Run something while renewing the Lease; stop it before the Lease is released."""
        renewing = asyncio.create_task(self._renew())
        working = asyncio.ensure_future(run())
        try:
            await asyncio.wait({renewing, working}, return_when=asyncio.FIRST_COMPLETED)
            if renewing.done():
                renewing.result()
        finally:
            await _stopped(working)
            await _stopped(renewing)
            if self.remaining > 0:
                await self._claim.release()
        working.result()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(min(self._claim.timing.period, max(self.remaining, 0)))
            self.check()
            while not await self._renewed():
                self.check()
                await asyncio.sleep(min(AGAIN_SECONDS, max(self.remaining, 0)))
                self.check()
            self.check()

    async def _renewed(self) -> bool:
        try:
            async with asyncio.timeout(max(self.remaining, 0)):
                await self._claim.take()
        except Conflict:
            return await self._still_ours()
        except (KubeError, TimeoutError) as error:
            _log.warning("lease_not_renewed", error=str(error) or "time-out")
            return False
        return True

    async def _still_ours(self) -> bool:
        """Look who has changed the Lease: if not its holder's name, it is written again."""
        try:
            await self._claim.look()
        except (KubeError, TimeoutError):
            return False
        if not self._claim.is_ours:
            self._end("another holds it")
        return False

    def _end(self, why: str) -> None:
        try:
            _log.error("lease_lost", holder=self._claim.holder, why=why)
        finally:
            self._exit(LOST)
        raise LeadershipLost(why)


async def _stopped(task: "asyncio.Future[Any]") -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # Seen, so that nobody warns of it: `hold` raises what matters.
