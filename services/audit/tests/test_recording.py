"""Every message is recorded once, in order, whatever the deliveries look like."""

import pytest

from audit.domain.record import Kind, Record
from audit.handlers.feed import Feed
from audit.handlers.record_trail import RecordTrail
from audit.ports import StoreUnavailableError, TrailReplacedError


class Counted:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.records = 0
        self.lag = 0

    def recorded(self, records: list[Record]) -> None:
        self.records += len(records)

    def behind(self, records: int) -> None:
        self.lag = records


@pytest.fixture
def progress() -> Counted:
    return Counted()


@pytest.fixture
def record_trail(trail, sqlite, progress) -> RecordTrail:
    return RecordTrail(trail, sqlite, Feed(), progress)


async def _recorded(store) -> list[int]:
    return [each.sequence for each in await store.scan(0, 1000)]


async def test_messages_are_recorded_in_order_and_acknowledged(
    trail, sqlite, make, record_trail, progress
):
    trail.hold(*(make.arrival(n) for n in range(1, 6)))
    await record_trail.begin()
    trail.deliver(1, 2, 3)
    await record_trail.step()
    assert await _recorded(sqlite) == [1, 2, 3]
    assert trail.acknowledged == ["1", "2", "3"]
    assert (progress.records, progress.lag) == (3, 2)


async def test_a_repeat_is_acknowledged_and_changes_nothing(trail, sqlite, make, record_trail):
    trail.hold(*(make.arrival(n) for n in range(1, 4)))
    await record_trail.begin()
    trail.deliver(1, 2)
    trail.deliver(2, 1, 3, 3)
    await record_trail.step()
    await record_trail.step()
    assert await _recorded(sqlite) == [1, 2, 3]
    assert trail.acknowledged == ["1", "2", "2", "1", "3", "3"]


async def test_what_is_still_outstanding_is_read_from_the_stream(trail, sqlite, make, record_trail):
    trail.hold(*(make.arrival(n) for n in range(1, 9)))
    await record_trail.begin()
    trail.deliver(8, 3, 4)
    await record_trail.step()
    assert await _recorded(sqlite) == list(range(1, 9))
    assert trail.acknowledged == ["8", "3", "4"]


async def test_what_the_stream_no_longer_has_is_a_gap(trail, sqlite, make, record_trail):
    trail.hold(make.arrival(1), make.arrival(4))
    await record_trail.begin()
    trail.deliver(4)
    await record_trail.step()
    kinds = [each.kind for each in await sqlite.scan(0, 10)]
    assert kinds == [Kind.EVENT, Kind.GAP, Kind.GAP, Kind.EVENT]


async def test_a_stream_that_begins_late_has_a_gap_before_its_first_message(
    trail, sqlite, make, record_trail
):
    trail.hold(*(make.arrival(n) for n in range(200, 203)))
    trail.delivered = 202
    await record_trail.begin()
    records = await sqlite.scan(0, 1000)
    assert [each.kind for each in records] == [Kind.GAP] * 199 + [Kind.EVENT] * 3


async def test_after_a_restart_what_was_delivered_and_not_recorded_is_recorded_at_once(
    trail, sqlite, make, record_trail
):
    trail.hold(*(make.arrival(n) for n in range(1, 301)))
    trail.delivered = 300
    await record_trail.begin()
    assert await _recorded(sqlite) == list(range(1, 301))


async def test_what_is_no_event_is_recorded_as_it_came(trail, sqlite, make, record_trail):
    good = make.arrival(1)
    poison = type(good)(1, good.stored_at, good.subject, {"Status": "404"}, b"\xff\x00{")
    trail.hold(poison)
    trail.delivered = 1
    await record_trail.begin()
    (record,) = await sqlite.scan(0, 10)
    assert record.kind is Kind.UNREADABLE
    assert record.payload == b"\xff\x00{"
    assert (record.facts.project, record.facts.source) == ("apollo", "gateway")


async def test_nothing_is_acknowledged_while_the_store_is_down(
    trail, sqlite, make, record_trail, monkeypatch
):
    trail.hold(make.arrival(1))
    await record_trail.begin()

    async def down(_records):
        raise StoreUnavailableError("the disk is full")

    monkeypatch.setattr(sqlite, "append", down)
    trail.deliver(1)
    with pytest.raises(StoreUnavailableError):
        await record_trail.step()
    assert trail.acknowledged == []
    monkeypatch.undo()
    await record_trail.begin()
    assert await _recorded(sqlite) == [1]


async def test_another_stream_of_the_same_name_is_refused(trail, sqlite, make, record_trail):
    trail.hold(make.arrival(1))
    await record_trail.begin()
    trail.identity = "2027-01-01T00:00:00Z"
    with pytest.raises(TrailReplacedError, match="empty store"):
        await record_trail.begin()


async def test_a_stream_that_lost_its_end_is_refused(trail, sqlite, make, record_trail):
    trail.hold(make.arrival(1), make.arrival(2))
    trail.delivered = 2
    await record_trail.begin()
    del trail.messages[2]
    with pytest.raises(TrailReplacedError, match="lost its end"):
        await record_trail.begin()
    trail.hold(make.arrival(2, user="mallory"), make.arrival(3))
    with pytest.raises(TrailReplacedError, match="grown another"):
        await record_trail.begin()
