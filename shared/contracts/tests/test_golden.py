"""What was once published must parse for ever: the bytes of each event, kept in `golden/`.

A new event's file is written by `python shared/contracts/tests/test_golden.py`; a file that is
there is never rewritten.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ambient_contracts.envelope import Fact, Message, decode
from ambient_contracts.events import CATALOGUE

sys.path.insert(0, str(Path(__file__).parent))

from samples import FACTS

GOLDEN = Path(__file__).parent / "golden"


def _file(fact: Fact[Any]) -> Path:
    return GOLDEN / f"{fact.event.kind()}.json"


def _text(message: Message) -> str:
    whole = {"subject": message.subject, "headers": message.headers, "data": message.data.decode()}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def test_every_event_of_the_catalogue_has_a_sample() -> None:
    assert [type(fact.event) for fact in FACTS] == list(CATALOGUE)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.event.kind())
def test_the_golden_bytes_still_parse_to_the_same_fact(fact: Fact[Any]) -> None:
    golden = json.loads(_file(fact).read_text())
    assert decode(golden["subject"], golden["headers"], golden["data"].encode()) == fact


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.event.kind())
def test_the_bytes_that_we_publish_have_not_changed(fact: Fact[Any]) -> None:
    assert _text(fact.encode()) == _file(fact).read_text()


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for each in FACTS:
        if not _file(each).exists():
            _file(each).write_text(_text(each.encode()))
