from typing import Any

import pytest
from gateway_world import quickly
from hypothesis import given
from hypothesis import strategies as st

from ambient_testkit import jira_bodies
from webhook_gateway.domain.text import plain_text


def test_a_document_becomes_what_a_person_would_read() -> None:
    description = jira_bodies.body("issue_created")["issue"]["fields"]["description"]
    assert plain_text(description).split("\n") == [
        "Ferry times are wrong",
        "The north pier page shows last winter's times. Seen by @Toma Lindqvist on 2026-11-19.",
        "- compare with the timetable (https://ferries.example/timetable)",
        "- say which lines differ",
        "and since when",
        "line 4: 08:15 -> 08:40",
        "line 7: 09:05 -> 09:05",
        "https://ferries.example/north-pier ⛴ WAITING",
    ]


def test_wiki_markup_loses_its_macros_and_keeps_its_words() -> None:
    description = jira_bodies.body("issue_updated")["issue"]["fields"]["description"]
    assert plain_text(description) == (
        "Ferry times are wrong\n\nSee the timetable (https://ferries.example/timetable).\n"
        "line 4: 08:15 -> 08:40\n* line 7 is *right*"
    )


@pytest.mark.parametrize(
    "text", ["2 * 3 * 4", "a [b] c", "if (x) { y }", "{not a macro}", "[a|b]", "h1 is high", "#1"]
)
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, ""), ([], ""), ({}, ""), ({"a": 1}, ""), (3, "3"), (1.5, "1.5"), ("", "")],
)
def test_what_is_no_text_is_empty(value: Any, text: str) -> None:
    assert plain_text(value) == text


def test_a_table_is_rows_and_cells() -> None:
    def cell(kind: str, text: str) -> dict[str, Any]:
        content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]
        return {"type": kind, "content": content}

    rows = [("tableHeader", "line", "time"), ("tableCell", "4", "08:40")]
    table = {
        "type": "table",
        "content": [
            {"type": "tableRow", "content": [cell(kind, first), cell(kind, second)]}
            for kind, first, second in rows
        ],
    }
    assert plain_text({"type": "doc", "content": [table]}) == "line | time\n4 | 08:40"


_JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "content", "text", "attrs", "marks", "href", "timestamp"]),
            inner,
        )
    ),
    max_leaves=15,
)


@quickly
@given(_JSON)
def test_whatever_stands_there_is_text(value: Any) -> None:
    assert isinstance(plain_text(value), str)
