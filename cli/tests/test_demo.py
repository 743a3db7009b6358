"""The demo tells the same story in a terminal and in plain lines."""

import io
import json
import urllib.request
from datetime import UTC, datetime

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ambient_cli.demo.narration import log_line, told
from ambient_cli.demo.page import ASSETS, served, url_of
from ambient_cli.demo.stage import Stage
from ambient_cli.steps import steps
from ambient_contracts.envelope import Fact
from ambient_contracts.events import Actor, ActorKind, Event, ObjectRef, SessionStarted
from ambient_local import Component, Report


def _started() -> Fact[Event]:
    return Fact[Event].state(
        SessionStarted(
            actor=Actor(kind=ActorKind.SERVICE, id="runner"),
            project="demo",
            object=ObjectRef(kind="AgenticSession", name="session-1"),
            job="session-1",
        ),
        source="runner",
        because=("x",),
        time=datetime(2030, 1, 1, tzinfo=UTC),
    )


def _tell(width: int, *, terminal: bool) -> str:
    console = Console(
        file=io.StringIO(), force_terminal=terminal, width=width, highlight=False, no_color=True
    )
    stage = Stage(console)
    stage.title("Ambient", "What is seen.")
    stage.chapter("First")
    stage.done("bot jira", "made")
    stage.line(told(_started(), 12.3))
    stage.line(log_line('{"event": "fetching the page", "level": "info"}'))
    stage.answer("", ["The window is 45 minutes."], "agent extract")
    table = Table("#", "event")
    table.add_row("1", "session.started")
    stage.table(table)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    "words",
    [
        "Ambient",
        "First",
        "bot jira",
        "+12 ms",
        "session.started",
        "fetching the page",
        "45 minutes",
    ],
)
def test_everything_is_told_with_and_without_a_terminal(words: str, *, terminal: bool) -> None:
    assert words in _tell(100, terminal=terminal)


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = Text.from_ansi(_tell(width, terminal=True)).plain.splitlines()

    assert max(map(len, lines)) <= width


def test_plain_lines_have_no_frame_and_no_escape() -> None:
    assert not set(_tell(100, terminal=False)) & set("╭│╰─\x1b")


def test_the_page_is_served_while_the_demo_runs_and_no_longer() -> None:
    with served() as where:
        url = url_of(where)
        with urllib.request.urlopen(url) as answer:
            assert b"45 minutes" in answer.read()

    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url)


def test_the_body_is_as_jira_sends_it() -> None:
    body = json.loads((ASSETS / "issue_created.json").read_bytes())

    assert body["webhookEvent"] == "jira:issue_created"
    assert body["issue"]["fields"]["issuetype"]["name"] == "Question"


def test_without_a_terminal_a_step_that_counts_does_not_fill_the_screen() -> None:
    console = Console(file=io.StringIO(), width=200)
    with steps(console) as progress:
        for number in range(100):
            progress(Report("build", "working", f"{number} of 100", number / 100))
        progress(Report("build", "done", "in 3 s"))
        progress(Report(Component.NATS, "working", "looking"))

    said = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert said == ["build: 0 of 100", "build: in 3 s"]
