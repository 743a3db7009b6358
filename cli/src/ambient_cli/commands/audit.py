"""`ambient audit`: what has happened, who did it, and whether the record of it is whole."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import typer
from pydantic import Field

from ambient_cli.account import As, account
from ambient_cli.errors import CliError, ExitCode
from ambient_cli.http import Api
from ambient_cli.output import Column, Format, Output, as_text, short_name, show, show_list
from ambient_cli.sse import Message, messages
from ambient_cli.terminal import out, say
from ambient_cli.view import Listed, View

app = typer.Typer(no_args_is_help=True, help="The audit trail: query, tail, verify.")
EVENTS: Final = "/api/audit/events"
STREAM: Final = "/api/audit/stream"
VERIFY: Final = "/api/audit/verify"
_PAUSE: Final = 1.0
Text = str | None
ProjectFilter = Annotated[Text, typer.Option("--project", "-p", help="Of this project.")]
TypeFilter = Annotated[Text, typer.Option("--type", help="As `session.requested`.")]
ActorFilter = Annotated[Text, typer.Option("--actor", help="By this actor's id.")]
SessionFilter = Annotated[Text, typer.Option("--session", help="Of this session.")]
OutcomeFilter = Annotated[Text, typer.Option("--outcome", help="success, failure or denied.")]


class ActorView(View):
    """Who acted."""

    kind: str
    id: str | None = None


class ObjectView(View):
    """What it is about."""

    kind: str
    name: str | None = None


class RecordView(View):
    """One record of the trail."""

    sequence: int
    kind: str
    stored_at: datetime
    project: str | None = None
    entity: str | None = None
    verb: str | None = None
    actor: ActorView | None = None
    object: ObjectView | None = None
    outcome: str | None = None
    reason: str | None = None
    data: Any = None

    @property
    def what(self) -> str:
        """Return `entity.verb`, or what it is instead."""
        return f"{self.entity}.{self.verb}" if self.entity else self.kind


class PageView(Listed[RecordView]):
    """A page of records."""

    next: str | None = None


class GapView(View):
    """Sequences that the stream no longer had."""

    first: int
    last: int


class BadView(View):
    """The first record that is not as it should be."""

    sequence: int
    reason: str


class VerificationView(View):
    """How the trail stands."""

    ok: bool
    complete: bool
    records: int
    first_sequence: int | None = None
    last_sequence: int | None = None
    stream_last_sequence: int
    gaps: tuple[GapView, ...] = ()
    first_bad: BadView | None = Field(default=None)


COLUMNS: Sequence[Column[RecordView]] = (
    Column("sequence", lambda record: record.sequence),
    Column("stored", lambda record: record.stored_at),
    Column("project", lambda record: record.project),
    Column("event", lambda record: record.what),
    Column("actor", lambda record: short_name((record.actor and record.actor.id) or "")),
    Column("object", lambda record: record.object and record.object.name),
    Column("outcome", lambda record: record.outcome),
)
VERIFICATION: Sequence[Column[VerificationView]] = (
    Column("intact", lambda found: found.ok),
    Column("complete", lambda found: found.complete),
    Column("records", lambda found: found.records),
    Column("first", lambda found: found.first_sequence),
    Column("last", lambda found: found.last_sequence),
    Column("in the stream", lambda found: found.stream_last_sequence),
    Column("gaps", lambda found: [f"{gap.first}-{gap.last}" for gap in found.gaps]),
    Column("first bad", lambda found: found.first_bad and found.first_bad.reason),
)


@app.command("query")
def query(
    project: ProjectFilter = None,
    type_: TypeFilter = None,
    actor: ActorFilter = None,
    session: SessionFilter = None,
    outcome: OutcomeFilter = None,
    since: Annotated[Text, typer.Option(help="From this time, as 2030-01-31T12:00:00Z.")] = None,
    until: Annotated[Text, typer.Option(help="Before this time.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 50,
    as_: As = None,
    output: Output = Format.TABLE,
) -> None:
    """List what has happened, the latest first."""
    filters = _filters(
        project=project, type=type_, actor=actor, session=session, outcome=outcome
    ) | _filters(since=since, until=until)
    found = list(_pages(account(as_).api("audit"), filters, limit))
    show_list(found, COLUMNS, output, none="Nothing has happened that matches.")


@app.command("tail")
def tail(
    project: ProjectFilter = None,
    type_: TypeFilter = None,
    actor: ActorFilter = None,
    session: SessionFilter = None,
    output: Output = Format.TABLE,
    as_: As = None,
) -> None:
    """Follow what happens, until you press Ctrl-C. A cut is resumed where it was."""
    api = account(as_).api("audit")
    filters = _filters(project=project, type=type_, actor=actor, session=session)
    for message in _followed(api, filters):
        if message.event == "record":
            _print_record(RecordView.model_validate_json(message.data), output)
        elif message.event == "gap":
            gap = GapView.model_validate_json(message.data)
            say(f"The stream no longer had {gap.first} to {gap.last}: the trail has a gap there.")


@app.command("verify")
def verify(as_: As = None, output: Output = Format.TABLE) -> None:
    """Verify the whole trail; exit code 1 if a record is missing or was changed."""
    found = account(as_).api("audit").call("GET", VERIFY, VerificationView)
    show(found, VERIFICATION, output)
    if not found.ok:
        raise CliError("The trail is not intact.")
    if not found.complete:
        raise CliError("The trail is intact but not complete: the gaps above were lost.")


def _followed(api: Api, filters: dict[str, str | int]) -> Iterator[Message]:
    last: str | None = None
    while True:
        headers = {"last-event-id": last} if last else {}
        try:
            with api.lines(STREAM, params=filters, headers=headers) as lines:
                for message in messages(lines):
                    last = message.id or last
                    yield message
        except CliError as error:
            if last is None or error.code is not ExitCode.UNREACHABLE:
                raise
            say("The stream was cut; coming back.")
        time.sleep(_PAUSE)


def _pages(api: Api, filters: dict[str, str | int], limit: int) -> Iterator[RecordView]:
    cursor: str | None = None
    left = limit
    while left > 0:
        asked = filters | {"limit": min(left, 500)} | _filters(cursor=cursor)
        page = api.call("GET", EVENTS, PageView, params=asked)
        yield from page.items
        left -= len(page.items)
        cursor = page.next
        if cursor is None or not page.items:
            return


def _print_record(record: RecordView, form: Format) -> None:
    if form is not Format.TABLE:
        out().file.write(f"{record.model_dump_json(by_alias=True)}\n")
    else:
        cells = [as_text(column.cell(record)) for column in COLUMNS]
        out().print("  ".join(cell or "-" for cell in cells), markup=False)
    out().file.flush()


def _filters(**given: str | None) -> dict[str, str | int]:
    return {name: value for name, value in given.items() if value is not None}
