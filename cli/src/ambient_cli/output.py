"""Show objects: a table for people, JSON or YAML for programs."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

import typer
import yaml
from pydantic import BaseModel
from rich.markup import escape
from rich.table import Table

from ambient_cli.terminal import out

M = TypeVar("M", bound=BaseModel)


class Format(StrEnum):
    """How an answer is shown."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


Output = Annotated[
    Format, typer.Option("--output", "-o", help="How the answer is shown.", show_default=True)
]


@dataclass(frozen=True)
class Column(Generic[M]):
    """A column of a table."""

    title: str
    cell: Callable[[M], object]


def show_list(items: Sequence[M], columns: Sequence[Column[M]], form: Format, *, none: str) -> None:
    """Show a list.

    Args:
        items: What is shown.
        columns: What of each stands in the table.
        form: How.
        none: What a person reads where there is nothing.
    """
    if form is not Format.TABLE:
        _dump([plain(item) for item in items], form)
    elif not items:
        out().print(none, markup=False)
    else:
        _print(_table(items, columns))


def show(item: M, rows: Sequence[Column[M]], form: Format) -> None:
    """Show one object: what it is called on the left, what it is on the right."""
    if form is not Format.TABLE:
        _dump(plain(item), form)
        return
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        if text := as_text(row.cell(item)):
            table.add_row(row.title, _styled(text))
    _print(table)


def plain(item: BaseModel) -> Any:
    """Return an object as JSON has it."""
    return item.model_dump(mode="json", by_alias=True, exclude_none=True)


def as_text(value: object) -> str:
    """Return a value as a table shows it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(as_text(each) for each in value)
    return str(value)


def age(moment: datetime | None) -> str:
    """Return how long ago that was, as kubectl has it: `5s`, `3m`, `2h`, `9d`."""
    if moment is None:
        return ""
    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def short_name(user: str) -> str:
    """Return a user name as a table shows it: a ServiceAccount as `namespace:name`."""
    return user.removeprefix("system:serviceaccount:")


_STYLES = {
    "Succeeded": "green",
    "Ready": "green",
    "success": "green",
    "Running": "cyan",
    "Queued": "yellow",
    "Pending": "yellow",
    "Failed": "red",
    "TimedOut": "red",
    "failure": "red",
    "denied": "red",
    "Cancelled": "magenta",
}


def _styled(text: str) -> str:
    style = _STYLES.get(text)
    return f"[{style}]{escape(text)}[/{style}]" if style else escape(text)


def _table(items: Sequence[M], columns: Sequence[Column[M]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column.title.upper(), overflow="fold")
    for item in items:
        table.add_row(*(_styled(as_text(column.cell(item))) for column in columns))
    return table


def _print(table: Table) -> None:
    console = out()
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.file.write(f"{line.rstrip()}\n")


def _dump(value: Any, form: Format) -> None:
    text = (
        json.dumps(value, indent=2, ensure_ascii=False)
        if form is Format.JSON
        else yaml.safe_dump(value, sort_keys=False, allow_unicode=True).rstrip()
    )
    out().file.write(f"{text}\n")
