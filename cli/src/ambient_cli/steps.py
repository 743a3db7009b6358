"""Long steps as a person sees them: a living list in a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ambient_cli.terminal import err
from ambient_local import Component, Progress, Report
from ambient_local.lifecycle import LOOKING

_LABELS: Final = {
    Component.CLUSTER: "Kubernetes (local cluster)",
    Component.NATS: "NATS with JetStream",
}
_QUIET_SECONDS: Final = 10.0
"""Without a terminal, a step that only counts says so no more often."""


@contextmanager
def steps(console: Console | None = None, *, indent: int = 0) -> Iterator[Progress]:
    """Show what is reported within the block."""
    shown = console or err()
    if not shown.is_terminal:
        yield _Lines(shown).take
        return
    view = _View()
    with Live(Padding(view, (0, 0, 0, indent)), console=shown, refresh_per_second=12):
        yield view.take


def label(step: str) -> str:
    """Return what a person reads for a step."""
    return _LABELS.get(step, step) if isinstance(step, Component) else step


class _View:
    def __init__(self) -> None:
        self._reports: dict[str, Report] = {}
        self._spinner = Spinner("dots", style="cyan")

    def take(self, report: Report) -> None:
        self._reports[report.step] = report

    def __rich__(self) -> Table:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(no_wrap=True, min_width=27)
        table.add_column(overflow="ellipsis", no_wrap=True)
        for report in self._reports.values():
            text = Text(report.text, style="dim")
            table.add_row(self._mark(report), Text(label(report.step)), text)
            if report.fraction is not None and report.state == "working":
                bar = ProgressBar(total=1, completed=report.fraction, width=40)
                table.add_row("", "", bar)
        return table

    def _mark(self, report: Report) -> Spinner | Text:
        if report.state == "working":
            return self._spinner
        return Text("✓", style="green") if report.state == "done" else Text("✗", style="red")


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: dict[str, float] = {}

    def take(self, report: Report) -> None:
        now = time.monotonic()
        if report.state == "working" and report.text == LOOKING:
            return
        counts = report.fraction is not None and report.state == "working"
        if counts and now - self._said.get(report.step, -_QUIET_SECONDS) < _QUIET_SECONDS:
            return
        if counts:
            self._said[report.step] = now
        self._console.print(f"{label(report.step)}: {report.text}", markup=False)
