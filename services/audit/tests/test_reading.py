"""What a record keeps of a message."""

import json
from dataclasses import replace

import pytest

from audit.domain.leaf import is_intact, leaf_of, sealed
from audit.domain.reading import gap, moment, read
from audit.domain.record import Arrival, Kind


def test_an_event_is_found_by_what_it_says(make):
    fact = make.requested(9, user="ada")
    record = make.record(9, user="ada")
    facts = record.facts
    assert record.kind is Kind.EVENT
    assert (facts.project, facts.source) == ("apollo", "gateway")
    assert (facts.entity, facts.verb) == ("session", "requested")
    assert (facts.actor_kind, facts.actor_id) == ("user", "ada")
    assert (facts.object_kind, facts.object_name) == ("AgenticSession", fact.event.object.name)
    assert facts.session == fact.event.object.name
    assert facts.outcome == "success"
    assert facts.event_id == fact.envelope.id
    assert facts.correlation_id == "chain-2"
    assert facts.trace_id == f"{9:032x}"


def test_what_came_is_kept_to_the_byte(make):
    arrival = make.arrival(3)
    record = read(arrival)
    assert record.payload == arrival.payload
    assert json.loads(record.headers) == arrival.headers
    assert record.subject == arrival.subject
    assert record.stored_at == arrival.stored_at


@pytest.mark.parametrize(
    "broken",
    [
        {"payload": b""},
        {"payload": b"[" * 200_000},
        {"payload": b"\xff\xfe"},
        {"payload": b"{}"},
        {"headers": {}},
        {"headers": {"ce-id": "x", "ce-time": "yesterday"}},
        {"subject": "ambient.apollo"},
        {"subject": "ambient.apollo.gateway.session.exploded"},
        {"subject": "elsewhere.\0\ufffd"},
    ],
    ids=str,
)
def test_what_is_no_event_is_kept_with_the_reason(make, broken):
    arrival = replace(make.arrival(1), **broken)
    record = read(arrival)
    assert record.kind is Kind.UNREADABLE
    assert record.reason
    assert record.payload == arrival.payload
    assert is_intact(record)


def test_a_publisher_is_known_by_the_subject_though_the_rest_is_unreadable(make):
    record = read(replace(make.arrival(1), payload=b"?"))
    assert (record.facts.project, record.facts.source) == ("apollo", "gateway")
    assert record.facts.event_id == make.requested(1).envelope.id


def test_a_long_name_is_cut_where_it_is_looked_for_and_nowhere_else(make):
    record = make.record(1, user="a" * 5000)
    assert record.facts.actor_id == "a" * 512
    assert b"a" * 5000 in record.payload


@pytest.mark.parametrize(
    "change",
    [
        {"payload": b"{}"},
        {"headers": "{}"},
        {"subject": "ambient.apollo.gateway.session.denied"},
        {"stored_at": 1},
        {"sequence": 2},
        {"kind": Kind.UNREADABLE},
        {"reason": "because"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_no_part_of_a_record_changes_unseen(make, change):
    record = make.record(1)
    assert is_intact(record)
    assert not is_intact(replace(record, **change))


def test_what_a_record_is_found_by_does_not_change_unseen(make):
    record = make.record(1)
    forged = replace(record, facts=replace(record.facts, actor_id="mallory"))
    assert not is_intact(forged)


def test_a_leaf_is_small_whatever_the_message(make):
    huge = Arrival(1, make.first_time, "ambient.x", {"a": "b" * 100_000}, b"x" * 1_000_000)
    assert len(leaf_of(read(huge))) < 65_535


def test_a_gap_is_sealed_as_every_record():
    assert is_intact(gap(7, 1))
    assert sealed(gap(7, 1)) == gap(7, 1)


def test_microseconds_come_back_as_the_time_they_were(make):
    assert moment(make.first_time).isoformat() == "2023-11-14T22:13:20+00:00"
