"""The demo's screen: a story in a terminal, the same story in plain lines without one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

INDENT: Final = 4
_WIDTH: Final = 110
"""Lines longer than this are hard to read, however wide the terminal."""


class Stage:
    """Where the demo is shown."""

    def __init__(self, console: Console) -> None:
        if console.is_terminal and console.width > _WIDTH:
            console.width = _WIDTH
        self.console = console
        self._chapters = 0

    @property
    def alive(self) -> bool:
        """Whether a person watches."""
        return self.console.is_terminal

    def title(self, text: str, under: str) -> None:
        """Open the story."""
        if self.alive:
            words = Text.assemble((text, "bold"), "\n", (under, "dim"))
            self.console.print(Panel(words, border_style="cyan", padding=(0, 2)))
        else:
            self._plain(f"{text}: {under}")

    def chapter(self, text: str) -> None:
        """Begin a part."""
        self._chapters += 1
        if self.alive:
            self.console.print()
            title = f"[bold cyan]{self._chapters}[/bold cyan]  [bold]{text}[/bold]"
            self.console.print(Rule(title, align="left", style="dim cyan"))
        else:
            self._plain(f"== {self._chapters} {text}")

    def done(self, what: str, text: str | Text = "") -> None:
        """Say that something is done."""
        said = Text.assemble(("✓ ", "green"), (what, ""), "  ")
        said.append_text(text if isinstance(text, Text) else Text(text, style="dim"))
        self._show(said)

    def line(self, text: str | Text, style: str = "") -> None:
        """Say something."""
        self._show(text if isinstance(text, Text) else Text(text, style=style))

    def answer(self, text: str, quotes: Sequence[str], source: str) -> None:
        """Show what the agent answered, and the sentences it rests on."""
        if not self.alive:
            for line in (text, *(f"“{quote}”" for quote in quotes)):
                if line:
                    self._plain(line)
            self._plain(source)
            return
        parts: list[RenderableType] = [Text(text)] if text else []
        parts += [Text(f"“{quote}”", style="italic") for quote in quotes]
        panel = Panel(Group(*parts), subtitle=Text(source, style="dim"), border_style="green")
        self.console.print(Padding(panel, (0, 0, 0, INDENT)))

    def table(self, table: Table) -> None:
        """Show a table; without a terminal its cells stand apart by two blanks."""
        if self.alive:
            self.console.print(Padding(table, (0, 0, 0, INDENT)))
            return
        columns = [[str(cell) for cell in column.cells] for column in table.columns]
        widths = [max(map(len, column), default=0) for column in columns]
        for row in zip(*columns, strict=True):
            cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            self._plain("  ".join(cells))

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show that something goes on, below whatever is said meanwhile."""
        if not self.alive:
            yield
            return
        spinner = Padding(Spinner("dots", Text(text, style="dim"), style="cyan"), (0, 0, 0, INDENT))
        with Live(spinner, console=self.console, refresh_per_second=12, transient=True):
            yield

    def _show(self, text: Text) -> None:
        if self.alive:
            self.console.print(Padding(text, (0, 0, 0, INDENT)))
        else:
            self._plain(text.plain)

    def _plain(self, text: str) -> None:
        self.console.file.write(f"{text.rstrip()}\n")
        self.console.file.flush()
