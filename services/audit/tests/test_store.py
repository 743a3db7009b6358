"""What every store does, whichever database it is on."""

from itertools import product

import pytest

from audit.adapters.sql.schema import schema_version
from audit.adapters.sql.store import SqlStore
from audit.domain.query import Filters, Order, Query
from audit.domain.reading import gap, read
from audit.domain.record import Arrival
from audit.ports import StoreConflictError, StoreUnavailableError

pytestmark = pytest.mark.integration


async def test_a_record_comes_back_as_it_was_kept(store, make):
    kept = [
        make.record(1),
        gap(2, make.first_time),
        read(Arrival(3, make.first_time, "ambient.x", {"a\0": "\ud800\0é"}, b"\0\xff")),
        make.record(4, project=None),
    ]
    await store.append(kept)
    assert list(await store.scan(0, 10)) == kept
    assert await store.last() == kept[-1]


async def test_an_empty_store_has_no_last_record(store):
    assert await store.last() is None
    assert await store.scan(0, 10) == []


async def test_a_sequence_is_kept_once_and_its_batch_not_at_all(store, make):
    await store.append([make.record(1)])
    with pytest.raises(StoreConflictError):
        await store.append([make.record(2), make.record(1)])
    assert [each.sequence for each in await store.scan(0, 10)] == [1]


async def test_making_the_tables_again_keeps_what_is_there(store, make):
    await store.append([make.record(1)])
    store._prepared = False
    await store.prepare()
    assert (await store.last()).sequence == 1


async def test_which_stream_is_recorded_is_kept(store):
    assert await store.stream_identity() is None
    await store.set_stream_identity("made then")
    assert await store.stream_identity() == "made then"


@pytest.mark.parametrize("order", Order)
async def test_pages_give_each_record_once(store, make, order):
    await store.append([make.record(n) for n in range(1, 26)])
    seen, after = [], None
    while True:
        page = await store.find(Query(Filters(), order, after, 7))
        seen += [each.sequence for each in page.records]
        after = seen[-1]
        if not page.more:
            break
    assert seen == sorted(range(1, 26), reverse=order is Order.DESCENDING)
    assert page.head == 25


MEANT = [
    Filters(),
    Filters(project="apollo"),
    Filters(project="gemini"),
    Filters(project="_"),
    Filters(project="nobody"),
    Filters(source="gateway", entity="session", verb="requested"),
    Filters(verb="started"),
    Filters(project="apollo", actor_id="ada"),
    Filters(actor_id="bob"),
    Filters(object_kind="AgenticSession"),
    Filters(outcome="success"),
    Filters(outcome="denied"),
    Filters(correlation_id="chain-3"),
    Filters(project="apollo", correlation_id="chain-3"),
    Filters(project="apollo", since=1_700_000_005_000_000),
    Filters(since=1_700_000_004_000_000, until=1_700_000_009_000_000),
]


async def test_the_store_and_a_live_stream_mean_the_same_records(store, make):
    records = [
        make.record(n, project=("apollo", "gemini", None)[n % 3], user=("ada", "bob")[n % 2])
        for n in range(1, 21)
    ]
    records[9] = gap(10, make.first_time + 6_500_000)
    records[10] = gap(11, make.first_time + 6_500_000)
    await store.append(records)
    for filters, order in product(MEANT, Order):
        page = await store.find(Query(filters, order, None, 100))
        expected = [each for each in records if filters.match(each)]
        if order is Order.DESCENDING:
            expected.reverse()
        assert list(page.records) == expected, filters
        first = await store.find(Query(filters, order, None, 2))
        assert (first.records, first.more) == (page.records[:2], len(expected) > 2), filters


async def test_a_page_of_large_records_ends_early_and_says_that_there_is_more(store, make):
    large = [
        read(Arrival(n, make.first_time, "ambient.x", {}, bytes(3 * 1024**2))) for n in range(1, 6)
    ]
    await store.append(large)
    page = await store.find(Query(Filters(), Order.ASCENDING, None, 100))
    assert [each.sequence for each in page.records] == [1, 2]
    assert page.more
    rest = await store.find(Query(Filters(), Order.ASCENDING, 2, 100))
    assert [each.sequence for each in rest.records] == [3, 4]


async def test_a_store_of_another_version_is_not_written_to(store):
    async with store._engine.begin() as connection:
        await connection.execute(schema_version.update().values(version=99))
    store._prepared = False
    with pytest.raises(StoreUnavailableError, match="version 99"):
        await store.prepare()


async def test_a_database_that_is_not_there_is_unavailable(tmp_path):
    for url in (
        f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'audit.db'}",
        "postgresql://nobody@127.0.0.1:1/none",
    ):
        store = SqlStore.at(url)
        with pytest.raises(StoreUnavailableError, match="does not answer"):
            await store.last()
        await store.close()
