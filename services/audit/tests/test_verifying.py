"""The check finds what was changed, removed or never recorded."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, text, update

from audit.adapters.sql.schema import records
from audit.domain.reading import gap
from audit.domain.verification import Bad, Check, Gap
from audit.handlers import verify_trail
from audit.handlers.feed import Feed
from audit.handlers.verify_trail import VerifyTrail

pytestmark = pytest.mark.integration


@pytest.fixture
async def verify(trail, sqlite, make, monkeypatch) -> VerifyTrail:
    """Over 700 records, more than one page of them, all that the stream has."""
    monkeypatch.setattr(verify_trail, "PATIENCE", 0.01)
    trail.hold(*(make.arrival(n) for n in range(1, 701)))
    await sqlite.append([make.record(n) for n in range(1, 701)])
    feed = Feed()
    await feed.reach(700)
    return VerifyTrail(trail, sqlite, feed)


async def _do(store, statement) -> None:
    async with store._engine.begin() as connection:
        await connection.execute(statement)


async def test_a_trail_as_it_was_recorded_is_intact(verify):
    found = await verify()
    assert (found.records, found.first_sequence, found.last_sequence) == (700, 1, 700)
    assert (found.first_bad, found.gaps) == (None, ())


async def test_one_changed_byte_is_found(verify, sqlite):
    changed = "payload = CAST(replace(CAST(payload AS TEXT), 'do 613', 'do 614') AS BLOB)"
    await _do(sqlite, text(f"UPDATE records SET {changed} WHERE sequence = 613"))
    assert (await verify()).first_bad.sequence == 613


async def test_a_changed_column_is_found(verify, sqlite):
    await _do(sqlite, update(records).where(records.c.sequence == 5).values(actor_id="mallory"))
    assert (await verify()).first_bad.sequence == 5


@pytest.mark.parametrize("sequence", [1, 350, 700], ids=["first", "middle", "last"])
async def test_a_removed_row_is_found(verify, sqlite, sequence):
    await _do(sqlite, delete(records).where(records.c.sequence == sequence))
    found = await verify()
    assert found.first_bad.sequence == sequence
    assert found.records == 699


async def test_what_the_stream_has_and_nobody_recorded_is_found(verify, trail, make):
    trail.hold(make.arrival(701))
    found = await verify()
    assert found.first_bad.sequence == 701
    assert found.stream_last_sequence == 701


async def test_what_arrives_during_the_check_is_left_to_the_next(verify, sqlite, make):
    await sqlite.append([make.record(701)])
    found = await verify()
    assert (found.last_sequence, found.first_bad) == (700, None)


def test_gaps_are_told_together_and_are_no_damage(make):
    check = Check()
    check.take([make.record(1), gap(2, 1), gap(3, 1), make.record(4), gap(5, 1)])
    found = check.finish(5)
    assert found.gaps == (Gap(2, 3), Gap(5, 5))
    assert found.first_bad is None


def test_the_first_of_several_is_told(make):
    check = Check()
    check.take([make.record(1), replace(make.record(2), reason="x"), make.record(5)])
    assert check.finish(9).first_bad == Bad(2, "its content is not what its hash says")


def test_an_empty_trail_of_an_empty_stream_is_intact():
    found = Check().finish(0)
    assert (found.records, found.first_sequence, found.first_bad) == (0, None, None)
