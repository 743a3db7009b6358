"""A cache of one kind that follows the API server, and tells whom it concerns.

A paged list, then a watch from the list's version, resumed wherever it ended. A version that the
server has forgotten (410) is answered by a new list, whose difference from the cache includes the
deletions that nobody saw. An object that cannot be parsed is logged and kept out of the cache; its
key is handed on like any other.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Final, Generic, TypeVar

import structlog

from ambient_kube.backoff import Backoff
from ambient_kube.cache import Cache, Change, Index
from ambient_kube.errors import Gone, KubeError, NotFound, Unavailable
from ambient_kube.kube import WATCH_SECONDS, WATCH_SILENCE, Kube
from ambient_kube.manifests import Key, Manifest, version_of
from ambient_kube.resources import Resource
from ambient_kube.watching import WatchEvent

T = TypeVar("T")

RETRY: Final = Backoff(first=0.1, maximum=30.0)
HASTY: Final = 1.0
"""Seconds under which a watch that brought nothing has failed, even if it ended in order."""

_log = structlog.get_logger()


class Informer(Generic[T]):
    """The objects of one kind, parsed, as of a moment ago.

    Args:
        kube: The identity that lists and watches.
        resource: The kind.
        parse: Makes of an object what the cache holds; whatever it raises condemns this object
            alone.
        namespace: The namespace; all where None.
        label_selector: Which objects.
        field_selector: Which objects.
        indexes: By name, what values an object is found under with `select`.
        retry: How long to wait after failures.
        watch_seconds: The time after which the server ends a watch.
        silence: Seconds without a byte after which a watch counts as cut.
    """

    def __init__(
        self,
        kube: Kube,
        resource: Resource,
        *,
        parse: Callable[[Manifest], T],
        namespace: str | None = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
        indexes: Mapping[str, Index[T]] | None = None,
        retry: Backoff = RETRY,
        watch_seconds: int = WATCH_SECONDS,
        silence: float = WATCH_SILENCE,
    ) -> None:
        self.resource = resource
        self._kube = kube
        self._parse = parse
        self._namespace = namespace
        self._label_selector = label_selector
        self._field_selector = field_selector
        self._retry = retry
        self._watch_seconds = watch_seconds
        self._silence = silence
        self._cache: Cache[T] = Cache(indexes or {})
        self._handlers: list[Callable[[Change[T]], None]] = []
        self._synced = asyncio.Event()
        self._version: str | None = None
        self._failures = 0

    @property
    def is_synced(self) -> bool:
        """Whether the first list is in the cache."""
        return self._synced.is_set()

    async def wait_synced(self) -> None:
        """Return when the first list is in the cache."""
        await self._synced.wait()

    def get(self, namespace: str | None, name: str) -> T | None:
        """Return an object, or None if it is not there or could not be parsed."""
        return self._cache.get(Key(namespace, name))

    def items(self) -> list[T]:
        """Return all objects that could be parsed."""
        return self._cache.items()

    def select(self, index: str, value: str) -> list[T]:
        """Return the objects that one of the indexes has under a value.

        Raises:
            KeyError: If there is no such index.
        """
        return self._cache.select(index, value)

    def subscribe(self, handler: Callable[[Key], None]) -> None:
        """Have the key of each object handed on that is there, appears, changes or goes."""
        self.subscribe_changes(lambda change: handler(change.key))

    def subscribe_changes(self, handler: Callable[[Change[T]], None]) -> None:
        """Have each change handed on, with the object before and after it.

        What is there already counts as having appeared.
        """
        self._handlers.append(handler)
        for key in self._cache.known():
            self._hand(handler, Change(key, None, self._cache.get(key)))

    async def run(self) -> None:
        """Follow the API server until cancelled."""
        while True:
            try:
                await self._follow()
            except (Gone, NotFound) as error:
                self._version = None
                if isinstance(error, NotFound) or self._failures:
                    await self._pause(error)
                self._failures += 1
            except KubeError as error:
                self._failures += 1
                await self._pause(error)

    async def _follow(self) -> None:
        if self._version is None:
            await self._relist()
        loop = asyncio.get_running_loop()
        started, version = loop.time(), self._version
        async with aclosing(self._watch(self._version or "")) as events:
            async for event in events:
                self._failures = 0
                self._take(event)
        if self._version == version and loop.time() - started < HASTY:
            raise Unavailable(0, "Cut", "the watch ended as soon as it had begun")
        self._failures = 0

    async def _pause(self, error: KubeError) -> None:
        delay = self._retry.delay(self._failures, error.retry_after)
        _log.warning(
            "informer_interrupted",
            resource=self.resource.plural,
            error=str(error),
            failures=self._failures,
            seconds=round(delay, 3),
        )
        await asyncio.sleep(delay)

    async def _relist(self) -> None:
        snapshot = await self._kube.snapshot(
            self.resource,
            self._namespace,
            label_selector=self._label_selector,
            field_selector=self._field_selector,
        )
        gone = self._cache.known()
        for item in snapshot.items:
            gone.discard(self._put(item))
        for key in gone:
            self._emit(self._cache.drop(key))
        self._version = snapshot.resource_version
        self._synced.set()

    def _watch(self, version: str) -> AsyncGenerator[WatchEvent]:
        return self._kube.watch(
            self.resource,
            self._namespace,
            resource_version=version,
            label_selector=self._label_selector,
            field_selector=self._field_selector,
            seconds=self._watch_seconds,
            silence=self._silence,
        )

    def _take(self, event: WatchEvent) -> None:
        if event.type == "DELETED":
            self._emit(self._cache.drop(Key.of(event.object)))
        elif event.type in {"ADDED", "MODIFIED"}:
            self._put(event.object)
        self._version = version_of(event.object) or self._version

    def _put(self, manifest: Manifest) -> Key:
        key, version = Key.of(manifest), version_of(manifest)
        if self._cache.version(key) == version:
            return key
        item: T | None = None
        try:
            item = self._parse(manifest)
        except Exception as error:  # noqa: BLE001 - one bad object must not stop the others
            _log.error(
                "object_not_parsed", resource=self.resource.plural, key=str(key), error=str(error)
            )
        self._emit(self._cache.put(key, version, item))
        return key

    def _emit(self, change: Change[T]) -> None:
        for handler in self._handlers:
            self._hand(handler, change)

    def _hand(self, handler: Callable[[Change[T]], None], change: Change[T]) -> None:
        try:
            handler(change)
        except Exception:  # noqa: BLE001 - one bad handler must not stop the others
            _log.exception("handler_failed", resource=self.resource.plural, key=str(change.key))
