from typing import Any

import pytest
from gateway_world import trigger

from ambient_testkit import jira_bodies
from webhook_gateway.domain.judging import PROMPT_MAX, Judgement, judge, listening

ISSUE = jira_bodies.body("issue_created")


def judged(body: Any = ISSUE, event: str = "jira:issue_created", **changes: Any) -> Judgement:
    return judge(trigger(**changes), event, body)


def prompt(template: str, body: Any = ISSUE) -> str:
    judgement = judged(body, prompt=template)
    return judgement.order.prompt if judgement.order else f"! {judgement.reason}"


@pytest.mark.parametrize(
    ("events", "event", "listens"),
    [
        ([], "jira:issue_created", True),
        ([], "unknown", True),
        (["jira:issue_created"], "jira:issue_created", True),
        (["jira:issue_created"], "jira:issue_updated", False),
        (["comment_created", "unknown"], "unknown", True),
    ],
)
def test_a_trigger_listens_to_the_events_it_names(
    events: list[str], event: str, listens: bool
) -> None:
    assert bool(listening([trigger(events=events)], event)) is listens


@pytest.mark.parametrize(
    "expression",
    [
        "body.issue.key.startsWith('PIER-')",
        "event == 'jira:issue_created'",
        "'north-pier' in body.issue.fields.labels",
        "body.issue.fields.customfield_10016 > 2.5",
        "body.issue.fields.assignee == null",
        "has(body.issue) && !has(body.comment)",
        "body.issue.fields.labels.exists(l, l.startsWith('time'))",
        "body.issue.fields.priority.name in ['High', 'Highest']",
        "body.issue.fields.summary.matches('(?i)FERRY')",
        "body.changelog.items.exists(i, i.field == 'reporter')",
    ],
)
def test_a_filter_that_holds_matches(expression: str) -> None:
    assert judged(filter=expression).kind == "matched"


def test_a_filter_that_does_not_hold_is_no_match() -> None:
    judgement = judged(filter="body.issue.key == 'OTHER-1'")
    assert (judgement.kind, judgement.reason) == ("unmatched", "its filter is false")


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("body.issue.nothing == 'x'", "has no 'nothing'"),
        ("body.issue.key", "neither true nor false but a str"),
        ("1", "neither true nor false but a int"),
        ("null", "neither true nor false"),
        ("body.issue.key ==", "Syntax error"),
        ("body.issue.key > 3", "its filter"),
        ("1 / 0 == 1", "zero"),
        ("secret == 'x'", "secret"),
        ("size(body) > 'a'", "its filter"),
        ("(" * 300 + "true" + ")" * 300, "its filter"),
        ("[1].all(a, [1].all(b, [1].all(c, true)))", "comprehensions"),
        ("[1] .all (a, [1]. map(b, [1].filter(c, true)) == [])", "comprehensions"),
    ],
)
def test_a_filter_that_cannot_be_decided_is_no_match_and_says_why(
    expression: str, says: str
) -> None:
    judgement = judged(filter=expression)
    assert judgement.kind == "failed"
    assert says in judgement.reason


def test_a_loop_in_a_text_is_no_comprehension() -> None:
    expression = "body.issue.key != '.all(.all(.all(' && [1].all(x, [2].exists(y, x < y))"
    assert judged(filter=expression).kind == "matched"


def test_a_filter_that_does_not_hold_asks_nothing_of_the_templates() -> None:
    assert judged(filter="false", prompt="{{ body.nothing }}").kind == "unmatched"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ body.issue.key }}: {{ event }}", "PIER-41: jira:issue_created"),
        ("{{ body.issue.fields.summary | upper | truncate(12) }}", "FERRY..."),
        (
            "{{ body.changelog.items | map(attribute='field') | join(', ') }}",
            "description, reporter",
        ),
        ("{{ body.issue.fields.labels[1] }}", "north-pier"),
        ("{{ body['issue']['key'].split('-')[0] }}", "PIER"),
        ("{% for l in body.issue.fields.labels %}{{ l }} {% endfor %}", "timetable north-pier"),
        ("{{ body.comment.body if body.comment is defined else 'none' }}", "none"),
        ("{{ body.issue.fields.missing | default('none') }}", "none"),
        ("{{ 7 * 6 }} {{ 2 ** 10 }} {{ 7 % 4 }}", "42 1024 3"),
        ("<{{ body.issue.fields.assignee }}>", "<>"),
    ],
)
def test_a_template_says_what_the_delivery_says(template: str, text: str) -> None:
    assert prompt(template) == text


def test_a_description_of_any_form_becomes_text() -> None:
    template = "{{ body.issue.fields.description | text }}"
    assert "timetable (https://ferries.example/timetable)" in prompt(template)
    for name in ("issue_updated", "data_center_issue_created"):
        assert "time" in prompt(template, jira_bodies.body(name))
    nothing = prompt(
        "[{{ body.issue.fields.description | text }}]", {"issue": {"fields": {"description": None}}}
    )
    assert nothing == "[]"


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{ body.issue.nothing }}", "the delivery has no 'nothing'"),
        ("{{ body.comment.body }}", "the delivery has no 'comment'"),
        ("{{ body.issue.fields.labels[9] }}", "the delivery has no '9'"),
        ("{{ secrets }}", "the delivery has no 'secrets'"),
        ("{{ body.issue.keys() }}", "the delivery has no 'keys'"),
        ("{{ body.__class__ }}", "the delivery has no '__class__'"),
        ("{{ event.__class__.__mro__ }}", "unsafe"),
        ("{{ event.__init__.__globals__ }}", "unsafe"),
        ("{{ ''.join.__self__ }}", "unsafe"),
        ("{{ body | attr('__class__') }}", "attr"),
        ("{{ 'x' | random }}", "random"),
        ("{{ lipsum() }}", "lipsum"),
        ("{{ cycler }}", "cycler"),
        ("{% include '/etc/passwd' %}", "loader"),
        ("{% for %}", "Expected an expression"),
        ("{{ 'a' * 1000000000 }}", "for numbers only"),
        ("{{ [0] * 1000000000 }}", "for numbers only"),
        ("{{ '%999999999d' % 1 }}", "for numbers only"),
        ("{{ 9 ** 999999999 }}", "up to"),
        ("{{ range(999999999) | list }}", "Range too big"),
        ("{{ 'a' | center(999999999) }}", "center"),
        ("{{ '%999999999d' | format(1) }}", "format"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "without end"),
        ("{{ body.nothing * 2 }}", "the delivery has no 'nothing'"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{% if false %}x{% endif %}", "is empty"),
        ("  \n ", "is empty"),
    ],
)
def test_a_template_that_asks_for_what_is_not_there_or_not_allowed_says_so(
    template: str, says: str
) -> None:
    judgement = judged(prompt=template)
    assert judgement.kind == "failed"
    assert judgement.reason.startswith("its prompt")
    assert says in judgement.reason


def test_a_prompt_that_is_too_long_is_cut_and_says_so() -> None:
    said = prompt("{% for a in range(100000) %}{{ event }} {% endfor %}")
    assert len(said) == PROMPT_MAX
    assert said.endswith("[cut here: the prompt was longer]")


def test_a_prompt_holds_no_control_characters() -> None:
    assert prompt("{{ body.a }}", {"a": "b\0\x1b[31mc\td\ne"}) == "b[31mc\td\ne"


@pytest.mark.parametrize(
    "url", ["https://a.example/b?c=d#e", "http://10.0.0.1:8080/", "https://é.example"]
)
def test_a_website_is_a_url_of_the_web(url: str) -> None:
    judgement = judged({"page": f" {url}\n"}, websiteURL="{{ body.page }}")
    assert judgement.order is not None
    assert judgement.order.website_url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://a.example",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "HTTPS://a.example",
        "https://a.example/\nb",
        "https://a b.example",
        "https://[::1",
        "https://a.example/" + "x" * 2048,
    ],
    ids=lambda url: url[:20],
)
def test_anything_else_is_no_website(url: str) -> None:
    judgement = judged({"page": url}, websiteURL="{{ body.page }}")
    assert judgement.kind == "failed"
    assert judgement.reason.startswith("its websiteURL")


def test_templates_run_over_every_body_of_jiras() -> None:
    for name in jira_bodies.BODIES:
        assert judged(jira_bodies.body(name), prompt="{{ body | tojson }}").kind == "matched"
