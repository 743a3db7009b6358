"""How a long step tells whoever waits what it is doing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Report:
    """One word on a step. A step ends with `done` or `failed`."""

    step: str
    """The same for all reports of a step: what a person reads on the left."""
    state: Literal["working", "done", "failed"]
    text: str = ""
    fraction: float | None = None
    """How much of it is done, from 0 to 1, where that can be told."""


Progress = Callable[[Report], None]


def silent(_report: Report) -> None:
    """Tell nobody."""
