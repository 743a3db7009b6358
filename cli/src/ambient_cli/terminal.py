"""Where the command writes: answers to standard output, everything said about them to the other."""

from typing import Final

from rich.console import Console

_UNBOUNDED: Final = 4096
"""Without a terminal no line is cut: a pipe has no width."""


def out() -> Console:
    """Return the console for answers."""
    return _console(stderr=False)


def err() -> Console:
    """Return the console for what is said about an answer."""
    console = Console(stderr=True, highlight=False)
    return (
        console if console.is_terminal else Console(stderr=True, highlight=False, width=_UNBOUNDED)
    )


def say(text: str) -> None:
    """Say something to a person, beside the answer; nothing in it is taken for markup."""
    err().print(text, markup=False, style="dim")


def complain(text: str) -> None:
    """Say what is wrong."""
    console = err()
    console.print("[red]ambient:[/red] ", end="")
    console.print(text, markup=False)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if console.is_terminal:
        return console
    return Console(stderr=stderr, highlight=False, width=_UNBOUNDED)
