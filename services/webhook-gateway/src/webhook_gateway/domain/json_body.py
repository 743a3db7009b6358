"""Read JSON that somebody else wrote: bounded, strict, and the same for every reader.

RFC 8259 leaves open what a repeated name means and how large a number is; here a text that two
parsers could read differently is refused. What comes out can be encoded again: half of a surrogate
pair, which a text cut in the middle of an emoji holds, becomes U+FFFD.
"""

import json
import math
import re
from itertools import accumulate
from typing import Any, Final, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

DEPTH_MAX: Final = 64
"""Objects and arrays within each other; Jira's richest documents have about 20."""
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_DEEPER, _BACK = b"[{", b"]}"
_STEP: Final = tuple((byte in _DEEPER) - (byte in _BACK) for byte in range(256))
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if _STEP[byte] == 0)
_SURROGATE_ESCAPE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_INTEGER_DIGITS: Final = 18
"""An integer of so many digits fits into 64 bits; a longer one is read as a float."""


class MalformedJsonError(ValueError):
    """The text is not JSON as it is taken here; the message says what is wrong, and where."""


def parse(raw: bytes) -> Json:
    """Return what a JSON text says.

    Raises:
        MalformedJsonError: If it is not UTF-8 or not JSON, repeats a name within an object, holds
            a number that is no finite double, or is nested deeper than `DEPTH_MAX`.
    """
    if _depth(raw) > DEPTH_MAX:
        raise MalformedJsonError(f"it is nested deeper than {DEPTH_MAX} levels")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"byte {error.start} is not UTF-8") from error
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedJsonError(f"{where}: {error.msg[:1].lower()}{error.msg[1:]}") from error
    return _mended(value) if _SURROGATE_ESCAPE.search(raw) else value


def _depth(raw: bytes) -> int:
    """Return how deep it is nested, in time linear in its length and before it is parsed."""
    brackets = _STRING.sub(b"", raw).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise MalformedJsonError(f"an object has the name {repeated[:64]!r} twice")
    return found


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= _INTEGER_DIGITS else _number(text)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MalformedJsonError(f"the number {text[:24]} is too large")
    return number


def _constant(text: str) -> float:
    raise MalformedJsonError(f"{text} is no number in JSON")


def _mended(value: Json) -> Json:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", name): _mended(item) for name, item in value.items()}
    return value
