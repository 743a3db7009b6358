"""Keys that changed, handed to a function that brings the world into line.

The function reads, decides and applies. What it raises is logged, and its key comes again, later
each time; what it returns may ask for another turn.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar

import structlog

from ambient_kube.backoff import Backoff
from ambient_kube.cache import Change
from ambient_kube.errors import Conflict, KubeError
from ambient_kube.informer import Informer
from ambient_kube.manifests import Key
from ambient_kube.workqueue import WorkQueue

T = TypeVar("T")

RETRY: Final = Backoff(first=0.2, maximum=60.0)

Outcome: TypeAlias = Literal["done", "requeued", "failed"]

_log = structlog.get_logger()


@dataclass(frozen=True)
class Requeue:
    """Another turn in so many seconds, unless a change comes first."""

    after: float


class Metrics(Protocol):
    """Whoever counts what a controller does."""

    def queued(self, controller: str, keys: int) -> None:
        """Note how many keys wait."""

    def reconciled(self, controller: str, outcome: Outcome, seconds: float) -> None:
        """Note that one turn is over, and how long it took."""


Reconcile: TypeAlias = Callable[[Key], Awaitable[Requeue | None]]
ToKeys: TypeAlias = Callable[[Key, T | None], Iterable[Key]]


class Controller:
    """Workers over a queue of keys; no two of them ever have the same.

    Args:
        name: What it is called in logs and metrics.
        reconcile: Brings what a key names into line; safe to call at any time, any number of times.
        workers: How many keys are worked on at the same time.
        retry: How long a key waits after failures.
        metrics: Whoever counts.
    """

    def __init__(
        self,
        name: str,
        reconcile: Reconcile,
        *,
        workers: int = 4,
        retry: Backoff = RETRY,
        metrics: Metrics | None = None,
    ) -> None:
        self.name = name
        self._reconcile = reconcile
        self._workers = workers
        self._retry = retry
        self._metrics = metrics
        self._queue: WorkQueue[Key] = WorkQueue()
        self._failures: dict[Key, int] = {}
        self._informers: list[Informer[Any]] = []

    def watch(
        self,
        informer: Informer[T],
        to_keys: ToKeys[T] | None = None,
    ) -> None:
        """Have changes of an informer's objects reconciled.

        Args:
            informer: It runs elsewhere.
            to_keys: Which keys an object concerns, its own where None. It is asked about the object
                before a change and after it; about None where the object could not be parsed.
        """

        def on_change(change: Change[T]) -> None:
            for key in _concerned(change, to_keys):
                self.enqueue(key)

        self._informers.append(informer)
        informer.subscribe_changes(on_change)

    def enqueue(self, key: Key) -> None:
        """Have a key reconciled soon, for a reason other than a change."""
        self._queue.add(key)
        self._note_queue()

    async def run(self) -> None:
        """Wait for the informers, then reconcile until cancelled."""
        for informer in self._informers:
            await informer.wait_synced()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._workers):
                    group.create_task(self._work())
        finally:
            self._queue.close()

    async def _work(self) -> None:
        while True:
            key = await self._queue.get()
            self._note_queue()
            try:
                await self._turn(key)
            finally:
                self._queue.done(key)

    async def _turn(self, key: Key) -> None:
        started = time.monotonic()
        outcome: Outcome = "failed"
        try:
            requeue = await self._reconcile(key)
        except Exception as error:  # noqa: BLE001 - whatever it was, the key comes again
            self._failed(key, error)
        else:
            outcome = "requeued" if requeue else "done"
            self._failures.pop(key, None)
            if requeue:
                self._queue.add_after(key, requeue.after)
        if self._metrics:
            self._metrics.reconciled(self.name, outcome, time.monotonic() - started)

    def _failed(self, key: Key, error: Exception) -> None:
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        expected = isinstance(error, KubeError)
        retry_after = error.retry_after if isinstance(error, KubeError) else None
        delay = self._retry.delay(failures, retry_after)
        log = _log.info if isinstance(error, Conflict) else _log.warning
        log(
            "reconcile_failed",
            controller=self.name,
            key=str(key),
            error=str(error) or type(error).__name__,
            failures=failures,
            seconds=round(delay, 3),
            exc_info=None if expected else error,
        )
        self._queue.add_after(key, delay)

    def _note_queue(self) -> None:
        if self._metrics:
            self._metrics.queued(self.name, len(self._queue))


def _concerned(change: Change[T], to_keys: ToKeys[T] | None) -> set[Key]:
    key, old, new = change.key, change.old, change.new
    if to_keys is None:
        return {key}
    if old is None or new is None:
        return set(to_keys(key, old if new is None else new))
    return {*to_keys(key, old), *to_keys(key, new)}
