"""Wait until a part is well, or say why it will not be."""

import asyncio
from pathlib import Path
from typing import Final

import psutil

from ambient_local import processes
from ambient_local.components import Component
from ambient_local.errors import LocalError
from ambient_local.home import Home
from ambient_local.part import Part

_TAIL_LINES: Final = 12
_POLL: Final = 0.05
_PATIENCE: Final = 3.0
"""Seconds that a part which runs has to show that it is well, before it is started again."""


async def wait_until_well(part: Part, process: psutil.Process) -> None:
    """Return when a part that was started is well.

    Raises:
        LocalError: If its process ends or its time is over, with the end of its log.
    """
    wrong = await _well_within(part, part.startup, process)
    if wrong is None:
        return
    words = last_words(part.setting.home, part.component)
    if not processes.is_alive(process):
        raise LocalError(f"{part.component} ended while it started.\n{words}")
    raise LocalError(
        f"{part.component} was not ready within {part.startup:.0f} s: {wrong}.\n{words}"
    )


async def is_well(part: Part, process: psutil.Process | None) -> bool:
    """Whether a part that was started before is well, or soon."""
    return await _well_within(part, _PATIENCE, process) is None


def last_words(home: Home, component: Component) -> str:
    """Return the last lines of a component's log, under a line that says where it lies."""
    log = home.logs / f"{component}.log"
    return f"The end of {log}:\n{_tail(log)}"


async def _well_within(part: Part, seconds: float, process: psutil.Process | None) -> str | None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        wrong = await part.what_is_wrong()
        if wrong is None or loop.time() > deadline:
            return wrong
        if process is not None and not processes.is_alive(process):
            return wrong
        await asyncio.sleep(_POLL)


def _tail(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
    except OSError as error:
        return f"  ({error})"
    return "\n".join(f"  {line}" for line in lines) or "  (empty)"
