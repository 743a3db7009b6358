from typing import Any

import pytest
from gateway_world import quickly
from hypothesis import given
from hypothesis import strategies as st

from ambient_testkit import jira_bodies
from webhook_gateway.domain.jira import COMMENT_MARKER, check, event_of, is_echo
from webhook_gateway.domain.json_body import parse
from webhook_gateway.domain.refusal import RefusedError

EVENTS = {
    "issue_created": "jira:issue_created",
    "issue_updated": "jira:issue_updated",
    "issue_transitioned": "jira:issue_updated",
    "comment_created": "comment_created",
    "automation_issue": "automation:issue",
    "automation_custom_data": "unknown",
    "data_center_issue_created": "jira:issue_created",
    "post_function": "unknown",
    "unicode": "jira:issue_created",
}


@pytest.mark.parametrize("name", jira_bodies.BODIES)
def test_every_body_of_jiras_is_taken_and_named(name: str) -> None:
    body = parse(jira_bodies.raw(name))
    check(body)
    assert event_of(body) == EVENTS[name]
    assert not is_echo(body)


def test_a_large_body_is_taken() -> None:
    raw = jira_bodies.large()
    assert len(raw) == 256 * 1024
    check(parse(raw))


@pytest.mark.parametrize(
    "body",
    [
        {"webhookEvent": "jira:something_new", "issue": {"id": 7, "more": [1]}},
        {"webhookEvent": "sprint_started", "timestamp": 1, "sprint": {"id": 3}},
        {"webhookEvent": "user_created", "user": None},
        {"webhookEvent": "jira:issue_updated", "issue": None, "changelog": None, "comment": None},
        {"webhookEvent": "jira:issue_created", "issue": {"fields": {"description": None}}},
        {"issue": "PIER-1"},
        {"issue": 7, "comment": [], "user": "ines"},
        [], [{"webhookEvent": 3}], "text", 3, None, True,
    ],
    ids=str,
)  # fmt: skip
def test_what_jira_may_send_one_day_is_taken(body: Any) -> None:
    check(body)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"webhookEvent": 3}, "/webhookEvent"),
        ({"webhookEvent": ""}, "/webhookEvent"),
        ({"webhookEvent": "x" * 129}, "/webhookEvent"),
        ({"webhookEvent": "jira:issue_created", "issue": "PIER-1"}, "/issue"),
        ({"webhookEvent": "jira:issue_created", "issue": {"fields": []}}, "/issue/fields"),
        ({"webhookEvent": "jira:issue_created", "issue": {"id": {}}}, "/issue/id"),
        ({"webhookEvent": "comment_created", "comment": {"body": 3}}, "/comment/body"),
        ({"webhookEvent": "jira:issue_updated", "changelog": {"items": [3]}}, "/changelog/items/0"),
    ],
)
def test_what_calls_itself_jiras_and_is_not_is_refused_with_its_place(
    body: Any, where: str
) -> None:
    with pytest.raises(RefusedError, match=f"{where} breaks") as refused:
        check(body)
    assert refused.value.status == 422


@pytest.mark.parametrize("as_document", [False, True])
def test_a_comment_of_our_own_is_known(as_document: bool) -> None:
    body = jira_bodies.body("comment_created")
    text = f"Done: {COMMENT_MARKER}session-1"
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    body["comment"]["body"] = {"type": "doc", "content": [paragraph]} if as_document else text
    assert is_echo(body)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["webhookEvent", "issue", "comment", "body", "fields", "key", "user"]),
            inner,
        )
    ),
    max_leaves=12,
)


@quickly
@given(_ANY)
def test_any_json_is_taken_or_refused_and_named(body: Any) -> None:
    try:
        check(body)
    except RefusedError:
        return
    assert isinstance(event_of(body), str)
    assert is_echo(body) is False
