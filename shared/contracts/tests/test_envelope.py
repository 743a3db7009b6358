from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambient_contracts.envelope import Fact, MalformedEventError, Message, decode
from ambient_contracts.events import Actor, ActorKind, Event, ObjectRef, SessionDeleted
from ambient_contracts.ids import derive


def _event(project: str | None = "ml") -> Event:
    return SessionDeleted(
        actor=Actor(kind=ActorKind.USER, id="alice"),
        project=project,
        object=ObjectRef(kind="AgenticSession", name="s"),
    )


def _message(**headers: str) -> Message:
    message = Fact[Any].state(_event(), source="runner", because=("uid",)).encode()
    return Message(message.subject, message.headers | headers, message.data)


def test_stating_the_same_thing_twice_gives_the_same_id() -> None:
    first = Fact[Any].state(_event(), source="runner", because=("uid",))
    second = Fact[Any].state(_event(), source="runner", because=("uid",))
    assert first.envelope.id == second.envelope.id


def test_the_same_cause_in_two_projects_gives_two_ids() -> None:
    ids = {
        Fact[Any].state(_event(project), source="runner", because=("uid",)).envelope.id
        for project in ("a", "b", None)
    }
    assert len(ids) == 3


def test_what_follows_names_its_cause_and_keeps_the_correlation() -> None:
    first = Fact[Any].state(_event(), source="runner", because=("uid",))
    cause = first.envelope.caused("00-aa-bb-01")
    assert cause.correlation_id == first.envelope.id
    assert cause.causation_id == first.envelope.id
    assert cause.traceparent == "00-aa-bb-01"


def test_the_message_id_of_jetstream_is_the_id_of_the_event() -> None:
    headers = _message().headers
    assert headers["Nats-Msg-Id"] == headers["ce-id"]


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("ambient.ml.runner.session.exploded", "unknown"),
        ("other.ml.runner.session.deleted", "shape"),
        ("ambient.ml.session.deleted", "shape"),
        ("ambient.other.runner.session.deleted", "project"),
        ("ambient.ml.runner.session.created", "type"),
    ],
)
def test_a_subject_that_is_not_the_events_own_is_malformed(subject: str, says: str) -> None:
    message = _message()
    with pytest.raises(MalformedEventError, match=says):
        decode(subject, message.headers, message.data)


@pytest.mark.parametrize("missing", ["ce-id", "ce-time", "ce-type"])
def test_a_message_without_its_attributes_is_malformed(missing: str) -> None:
    message = _message()
    headers = {name: value for name, value in message.headers.items() if name != missing}
    with pytest.raises(MalformedEventError):
        decode(message.subject, headers, message.data)


def test_header_names_are_read_whatever_their_case() -> None:
    message = _message()
    headers = {name.title(): value for name, value in message.headers.items()}
    assert decode(message.subject, headers, message.data).envelope.id == message.headers["ce-id"]


@given(data=st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_malformed(data: bytes) -> None:
    message = _message()
    with pytest.raises(MalformedEventError):
        decode(message.subject, message.headers, data)


def test_unknown_fields_of_a_newer_publisher_are_passed_over() -> None:
    message = _message()
    newer = message.data.replace(b'{"actor"', b'{"from_the_future":1,"actor"')
    assert decode(message.subject, message.headers, newer).event == _event()


def test_times_keep_their_zone() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    fact = Fact[Any].state(_event(), source="runner", because=("uid",), time=noon)
    message = fact.encode()
    assert decode(message.subject, message.headers, message.data).envelope.time == noon


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_two_lists_of_parts_have_one_id_only_if_they_are_equal(
    one: list[str], other: list[str]
) -> None:
    assert (derive(*one) == derive(*other)) == (one == other)
