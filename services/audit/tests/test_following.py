"""A follower gets each record once, in order, from memory or from the store."""

import asyncio
import json
from itertools import pairwise

from ambient_chassis.problems import Problem
from audit.domain.query import Filters
from audit.domain.reading import gap
from audit.entrypoints.events_stream import HEARTBEAT, event_stream
from audit.handlers import feed as feed_module
from audit.handlers.feed import Feed
from audit.handlers.follow_records import FollowRecords
from audit.ports import StoreUnavailableError


async def _take(steps, count: int) -> list[int]:
    sequences: list[int] = []
    async with asyncio.timeout(5):
        while len(sequences) < count:
            sequences += [each.sequence for each in (await anext(steps)).records]
    return sequences


async def _allowed() -> None:
    return


async def test_records_come_from_the_store_and_then_as_they_are_made(sqlite, make):
    feed = Feed()
    await sqlite.append([make.record(n) for n in range(1, 1201)])
    await feed.reach(1200)
    steps = FollowRecords(sqlite, feed, 5)(Filters(), 0)
    assert await _take(steps, 1200) == list(range(1, 1201))
    waiting = asyncio.create_task(_take(steps, 2))
    for number in (1201, 1202):
        await sqlite.append([make.record(number)])
        await feed.publish([make.record(number)])
    assert await waiting == [1201, 1202]


async def test_one_who_keeps_up_never_asks_the_store(sqlite, make, monkeypatch):
    async def asked(_query):
        raise AssertionError("the store was asked")

    monkeypatch.setattr(sqlite, "find", asked)
    feed = Feed()
    await feed.reach(10)
    steps = FollowRecords(sqlite, feed, 5)(Filters(project="apollo"), 10)
    await feed.publish([make.record(11), make.record(12, project="gemini"), make.record(13)])
    assert await _take(steps, 2) == [11, 13]


async def test_one_who_falls_behind_what_memory_holds_is_sent_all(sqlite, make, monkeypatch):
    monkeypatch.setattr(feed_module, "RECENT_RECORDS", 3)
    feed = Feed()
    steps = FollowRecords(sqlite, feed, 5)(Filters(), 0)
    for number in range(1, 51):
        await sqlite.append([make.record(number)])
        await feed.publish([make.record(number)])
    assert await _take(steps, 50) == list(range(1, 51))


async def test_without_a_sequence_one_begins_at_the_newest(sqlite, make):
    follow = FollowRecords(sqlite, Feed(), 5)
    assert await follow.start(None) == 0
    await sqlite.append([make.record(1)])
    assert await follow.start(None) == 1
    assert await follow.start(0) == 0


async def test_frames_carry_the_sequence_and_tell_gaps(sqlite, make):
    feed = Feed()
    kept = [make.record(1), gap(2, 1), gap(3, 1), make.record(4)]
    await sqlite.append(kept)
    await feed.publish(kept)
    stream = event_stream(FollowRecords(sqlite, feed, 0.01), Filters(), 0, _allowed)
    assert await anext(stream) == b"retry: 2000\n\n"
    frames = (await anext(stream)).decode().split("\n\n")
    assert [frame.split("\n")[:2] for frame in frames[:-1]] == [
        ["id: 1", "event: record"],
        ["id: 3", "event: gap"],
        ["id: 4", "event: record"],
    ]
    assert json.loads(frames[1].split("data: ")[1]) == {"first": 2, "last": 3}
    assert await anext(stream) == HEARTBEAT
    await stream.aclose()


async def test_a_stream_ends_when_the_right_to_it_does(sqlite, make):
    async def no_longer() -> None:
        raise Problem(403, "no longer")

    feed = Feed()
    await feed.publish([make.record(1)])
    stream = event_stream(FollowRecords(sqlite, feed, 5), Filters(), 0, no_longer)
    assert [frame async for frame in stream] == [b"retry: 2000\n\n"]


async def test_a_stream_ends_when_the_store_does(sqlite, monkeypatch):
    async def down(_query):
        raise StoreUnavailableError("down")

    monkeypatch.setattr(sqlite, "find", down)
    feed = Feed()
    await feed.reach(9)
    stream = event_stream(FollowRecords(sqlite, feed, 5), Filters(), 0, _allowed)
    assert [frame async for frame in stream] == [b"retry: 2000\n\n"]


async def test_many_followers_get_the_same(sqlite, make):
    feed = Feed()
    follow = FollowRecords(sqlite, feed, 5)
    waiting = [asyncio.create_task(_take(follow(Filters(), 0), 30)) for _ in range(20)]
    for start, end in pairwise(range(1, 32, 10)):
        fresh = [make.record(n) for n in range(start, end)]
        await sqlite.append(fresh)
        await feed.publish(fresh)
    assert await asyncio.gather(*waiting) == [list(range(1, 31))] * 20
