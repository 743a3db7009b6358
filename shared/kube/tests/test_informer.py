"""What an informer promises, against a server that forgets, cuts, falls silent and puts off."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from scripted_api import ScriptedApi, running

from ambient_kube import CONFIG_MAPS, Backoff, Change, Informer, Key, Kube, Manifest

pytestmark = pytest.mark.integration
QUICK = Backoff(first=0.01, maximum=0.05)


def _parse(manifest: Manifest) -> str:
    return str(manifest["data"]["v"])


class Watched:
    """An informer under test and the changes it told of."""

    def __init__(self, kube: Kube, **options: Any) -> None:
        self.informer = Informer(kube, CONFIG_MAPS, parse=_parse, retry=QUICK, **options)
        self.changes: asyncio.Queue[Change[str]] = asyncio.Queue()
        self.informer.subscribe_changes(self.changes.put_nowait)

    async def next(self) -> tuple[str, str | None, str | None]:
        change = await asyncio.wait_for(self.changes.get(), 5)
        return change.key.name, change.old, change.new

    @asynccontextmanager
    async def running(self, api: ScriptedApi) -> AsyncIterator[None]:
        async with running(self.informer.run()):
            await asyncio.wait_for(api.watching.wait(), 5)
            yield


def _lists(api: ScriptedApi) -> int:
    return sum("watch" not in seen.query for seen in api.seen)


async def _watched_again(api: ScriptedApi) -> None:
    api.watching.clear()
    await asyncio.wait_for(api.watching.wait(), 5)


@pytest.fixture
def watched(kube: Kube) -> Watched:
    return Watched(kube)


async def test_it_holds_what_there_is_and_follows_what_changes(
    api: ScriptedApi, watched: Watched
) -> None:
    api.put("configmaps", "ns", "a", data={"v": "1"})
    assert not watched.informer.is_synced
    async with watched.running(api):
        await watched.informer.wait_synced()
        assert await watched.next() == ("a", None, "1")
        api.put("configmaps", "ns", "a", data={"v": "2"})
        assert await watched.next() == ("a", "1", "2")
        api.put("configmaps", "ns", "b", data={"v": "3"})
        assert await watched.next() == ("b", None, "3")
        assert sorted(watched.informer.items()) == ["2", "3"]
        api.remove("configmaps", "ns", "a")
        assert await watched.next() == ("a", "2", None)
        assert watched.informer.get("ns", "a") is None
        assert watched.informer.get("ns", "b") == "3"


async def test_a_watch_asks_for_bookmarks_and_an_end(api: ScriptedApi, watched: Watched) -> None:
    async with watched.running(api):
        query = api.seen[-1].query
        assert query["allowWatchBookmarks"] == "true"
        assert int(query["timeoutSeconds"]) > 0


async def test_a_subscriber_that_comes_late_hears_of_what_is_there(
    api: ScriptedApi, watched: Watched
) -> None:
    api.put("configmaps", "ns", "a", data={"v": "1"})
    async with watched.running(api):
        keys: list[Key] = []
        watched.informer.subscribe(keys.append)
        assert keys == [Key("ns", "a")]


async def test_a_watch_that_ends_is_resumed_after_the_last_bookmark(
    api: ScriptedApi, watched: Watched
) -> None:
    async with watched.running(api):
        api.version = 77
        api.bookmark("configmaps")
        api.end_watches()
        await _watched_again(api)
        assert api.seen[-1].query["resourceVersion"] == "77"
        assert _lists(api) == 1


async def test_a_watch_that_is_cut_is_resumed_and_misses_nothing(
    api: ScriptedApi, watched: Watched
) -> None:
    async with watched.running(api):
        api.put("configmaps", "ns", "a", data={"v": "1"})
        assert await watched.next() == ("a", None, "1")
        api.answer(lambda _: None, watch=True)
        api.cut_watches()
        api.put("configmaps", "ns", "a", data={"v": "2"})
        assert await watched.next() == ("a", "1", "2")
        assert _lists(api) == 1


async def test_a_connection_that_falls_silent_is_given_up(api: ScriptedApi, kube: Kube) -> None:
    watched = Watched(kube, silence=0.1)
    api.mute_watches = 1
    async with watched.running(api):
        api.put("configmaps", "ns", "a", data={"v": "1"})
        assert await watched.next() == ("a", None, "1")
        assert _lists(api) == 1


@pytest.mark.parametrize("told_by", ["status", "event"])
async def test_a_version_that_is_forgotten_is_answered_by_a_list_that_finds_missed_deletions(
    api: ScriptedApi, watched: Watched, told_by: str
) -> None:
    api.put("configmaps", "ns", "a", data={"v": "1"})
    api.put("configmaps", "ns", "b", data={"v": "1"})
    async with watched.running(api):
        assert {await watched.next(), await watched.next()} == {("a", None, "1"), ("b", None, "1")}
        api.remove("configmaps", "ns", "a", silently=True)
        api.put("configmaps", "ns", "c", data={"v": "1"})
        assert await watched.next() == ("c", None, "1")
        if told_by == "status":
            api.version += 1
            api.compact()
            api.end_watches()
        else:
            api.error("configmaps", 410, "Expired")
        assert await watched.next() == ("a", "1", None)
        assert sorted(watched.informer.items()) == ["1", "1"]
        assert watched.changes.empty()


async def test_a_deleted_and_recreated_object_is_one_change(
    api: ScriptedApi, watched: Watched
) -> None:
    api.put("configmaps", "ns", "a", data={"v": "1"})
    async with watched.running(api):
        assert await watched.next() == ("a", None, "1")
        api.remove("configmaps", "ns", "a", silently=True)
        api.put("configmaps", "ns", "a", data={"v": "2"})
        assert await watched.next() == ("a", "1", "2")


async def test_a_first_list_that_fails_is_tried_again(api: ScriptedApi, watched: Watched) -> None:
    api.refuse(410, "Expired", watch=False)
    api.refuse(410, "Expired", watch=False)
    api.refuse(404, "NotFound", watch=False)
    api.refuse(503, "ServiceUnavailable", watch=False)
    async with watched.running(api):
        assert watched.informer.is_synced


async def test_a_watch_that_is_put_off_waits_as_long_as_the_server_says(
    api: ScriptedApi, watched: Watched
) -> None:
    watched.informer._kube._connection.retry_budget = 0
    api.refuse(429, "TooManyRequests", after="0.2", watch=True)
    began = time.monotonic()
    async with watched.running(api):
        assert time.monotonic() - began >= 0.2
        assert _lists(api) == 1


async def test_an_object_that_cannot_be_parsed_stops_nothing_and_its_key_is_told(
    api: ScriptedApi, watched: Watched
) -> None:
    api.put("configmaps", "ns", "bad")
    api.put("configmaps", "ns", "good", data={"v": "1"})
    async with watched.running(api):
        assert await watched.next() == ("bad", None, None)
        assert await watched.next() == ("good", None, "1")
        assert watched.informer.items() == ["1"]
        api.put("configmaps", "ns", "good")
        assert await watched.next() == ("good", "1", None)
        api.put("configmaps", "ns", "bad", data={"v": "2"})
        assert await watched.next() == ("bad", None, "2")


async def test_an_unparsed_object_whose_deletion_was_missed_is_told_of(
    api: ScriptedApi, watched: Watched
) -> None:
    api.put("configmaps", "ns", "bad")
    async with watched.running(api):
        assert await watched.next() == ("bad", None, None)
        api.remove("configmaps", "ns", "bad", silently=True)
        api.error("configmaps", 410, "Expired")
        assert await watched.next() == ("bad", None, None)


async def test_a_handler_that_fails_stops_neither_the_informer_nor_other_handlers(
    api: ScriptedApi, kube: Kube
) -> None:
    informer = Informer(kube, CONFIG_MAPS, parse=_parse)
    keys: asyncio.Queue[Key] = asyncio.Queue()

    def broken(_: Key) -> None:
        raise ValueError("broken")

    informer.subscribe(broken)
    informer.subscribe(keys.put_nowait)
    async with running(informer.run()):
        await informer.wait_synced()
        api.put("configmaps", "ns", "a", data={"v": "1"})
        assert await asyncio.wait_for(keys.get(), 5) == Key("ns", "a")


async def test_an_index_finds_objects_by_a_value(api: ScriptedApi, kube: Kube) -> None:
    watched = Watched(kube, indexes={"first": lambda text: [text[0]]})
    api.put("configmaps", "ns", "a", data={"v": "x1"})
    api.put("configmaps", "ns", "b", data={"v": "x2"})
    async with watched.running(api):
        assert sorted(watched.informer.select("first", "x")) == ["x1", "x2"]
        await watched.next()
        await watched.next()
        api.put("configmaps", "ns", "a", data={"v": "y1"})
        await watched.next()
        assert watched.informer.select("first", "x") == ["x2"]
        assert watched.informer.select("first", "y") == ["y1"]
        with pytest.raises(KeyError):
            watched.informer.select("last", "y")
