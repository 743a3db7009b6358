"""Server-sent events are read as the standard says."""

from ambient_cli.sse import Message, messages


def test_an_event_has_its_id_type_and_data() -> None:
    lines = ["id: 7", "event: record", 'data: {"a":', "data:1}", ""]

    assert list(messages(lines)) == [Message("record", '{"a":\n1}', "7")]


def test_comments_and_empty_events_are_passed_over() -> None:
    assert list(messages([": the stream lives", "", "retry: 2000", ""])) == []


def test_an_id_holds_until_the_next() -> None:
    lines = ["id: 7", "data: x", "", "data: y", ""]

    assert [message.id for message in messages(lines)] == ["7", "7"]


def test_an_event_that_was_cut_is_left_out() -> None:
    assert list(messages(["data: whole", "", "data: hal"])) == [Message("message", "whole", None)]
