"""The objects of one kind as they were last seen, with indexes over them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ambient_kube.manifests import Key

T = TypeVar("T")

Index = Callable[[T], Iterable[str]]


@dataclass(frozen=True)
class Change(Generic[T]):
    """What became of one object; None where it was not there, or could not be parsed."""

    key: Key
    old: T | None
    new: T | None


class Cache(Generic[T]):
    """Parsed objects by key; one that could not be parsed is known by its version alone."""

    def __init__(self, indexes: Mapping[str, Index[T]]) -> None:
        self._indexes = indexes
        self._items: dict[Key, T] = {}
        self._versions: dict[Key, str] = {}
        self._indexed: dict[tuple[str, str], set[Key]] = defaultdict(set)

    def get(self, key: Key) -> T | None:
        """Return an object."""
        return self._items.get(key)

    def items(self) -> list[T]:
        """Return all objects."""
        return list(self._items.values())

    def select(self, index: str, value: str) -> list[T]:
        """Return the objects that an index has under a value.

        Raises:
            KeyError: If there is no such index.
        """
        if index not in self._indexes:
            raise KeyError(index)
        return [self._items[key] for key in self._indexed.get((index, value), ())]

    def known(self) -> set[Key]:
        """Return the keys of all that is there, parsed or not."""
        return set(self._versions)

    def version(self, key: Key) -> str | None:
        """Return the version in which an object was last seen."""
        return self._versions.get(key)

    def put(self, key: Key, version: str, item: T | None) -> Change[T]:
        """Keep an object, or the fact that this version of it cannot be parsed."""
        old = self._take(key)
        self._versions[key] = version
        if item is not None:
            self._items[key] = item
            for entry in self._entries(item):
                self._indexed[entry].add(key)
        return Change(key, old, item)

    def drop(self, key: Key) -> Change[T]:
        """Forget an object that is no more."""
        self._versions.pop(key, None)
        return Change(key, self._take(key), None)

    def _take(self, key: Key) -> T | None:
        old = self._items.pop(key, None)
        if old is not None:
            for entry in self._entries(old):
                self._indexed[entry].discard(key)
                if not self._indexed[entry]:
                    del self._indexed[entry]
        return old

    def _entries(self, item: T) -> set[tuple[str, str]]:
        return {(name, value) for name, index in self._indexes.items() for value in index(item)}
