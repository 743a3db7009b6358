import json
from typing import Any

import pytest
from gateway_world import quickly
from hypothesis import given
from hypothesis import strategies as st

from ambient_testkit import jira_bodies
from webhook_gateway.domain.json_body import DEPTH_MAX, MalformedJsonError, parse

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@quickly
@given(_VALUES)
def test_what_json_says_is_what_is_read(value: Any) -> None:
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value
    assert parse(json.dumps(value).encode()) == value


@quickly
@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\u0dne1.-', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        value = parse(raw)
    except MalformedJsonError:
        return
    json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", jira_bodies.BODIES)
def test_every_body_of_jiras_is_read(name: str) -> None:
    assert isinstance(parse(jira_bodies.raw(name)), dict)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "line 1"),
        (b'{"summary": "a "quoted" word"}', "line 1, column"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 400 + b"}", "too large"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "'c' twice"),
        (b'{"a": 1, "\\u0061": 2}', "'a' twice"),
        (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        (b'{"a": "\xed\xa0\xbd"}', "not UTF-8"),
        (b"\xef\xbb\xbf{}", "line 1"),
        (b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1), "deeper"),
        (b"[" * 500_000, "deeper"),
        (b'{"a":' * 100_000, "deeper"),
        (b'{"a": 1} {}', "line 1"),
        (b'{"a": "\n"}', "line 1"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_two_readers_could_read_differently_is_refused(raw: bytes, says: str) -> None:
    with pytest.raises(MalformedJsonError, match=says):
        parse(raw)


def test_brackets_in_texts_are_no_depth() -> None:
    assert parse(json.dumps({"a": '["\\{' * 500}).encode()) == {"a": '["\\{' * 500}


def test_the_deepest_that_is_allowed_is_read() -> None:
    assert parse(b"[" * DEPTH_MAX + b"]" * DEPTH_MAX) is not None


def test_half_of_a_surrogate_pair_becomes_a_replacement_character() -> None:
    assert parse(b'{"a\\ud83d": ["\\ud83d\\ude00 \\uDE00"]}') == {"a\ufffd": ["\U0001f600 \ufffd"]}


def test_an_integer_beyond_64_bits_is_a_number_still() -> None:
    assert parse(b"12345678901234567890123") == 12345678901234567890123.0
