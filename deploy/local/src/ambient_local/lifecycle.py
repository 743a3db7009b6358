"""Start, end and watch single parts."""

import asyncio
import time
from collections.abc import Iterable
from typing import Final

from ambient_local import processes
from ambient_local.errors import LocalError
from ambient_local.health import is_well, wait_until_well
from ambient_local.home import Home
from ambient_local.part import Part
from ambient_local.progress import Progress, Report
from ambient_local.status import ComponentStatus

LOOKING: Final = "looking"
"""What is said of a part before anything is done to it."""


async def ensure_all(parts: Iterable[Part]) -> None:
    """Have all parts run and well, at the same time.

    Raises:
        LocalError: The first thing that went wrong.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(_ensure(part))
    except ExceptionGroup as errors:
        ours, others = errors.split(LocalError)
        if ours is None or others is not None:
            raise
        raise _first(ours) from None


async def start(part: Part) -> None:
    """Start a part that does not run, and return when it is well and settled.

    Raises:
        LocalError: If it does not become well.
    """
    command = await part.command()
    process = processes.start(part.setting.home, part.component, command, part.environment())
    await wait_until_well(part, process)
    await part.settle()


async def end_all(home: Home, parts: Iterable[Part], progress: Progress) -> None:
    """End these parts at the same time, and what they left behind if they were killed."""
    running = processes.of_home(home)
    async with asyncio.TaskGroup() as group:
        for part in parts:
            found = running.get(part.component)
            if found:
                progress(Report(part.component, "working", "ending"))
                group.create_task(processes.end(found, grace=part.grace))
    for part in parts:
        if part.component in running:
            progress(Report(part.component, "done", "ended"))


async def look_at(part: Part) -> ComponentStatus:
    """Say how a part is."""
    running = processes.of_home(part.setting.home).get(part.component, [])
    if part.is_ours and not running:
        return ComponentStatus(running=False, healthy=False, reason="it does not run")
    wrong = await part.what_is_wrong()
    pid = running[0].pid if running else None
    return ComponentStatus(running=True, healthy=wrong is None, pid=pid, reason=wrong)


async def _ensure(part: Part) -> None:
    part.setting.progress(Report(part.component, "working", LOOKING))
    try:
        text = await _have_run(part)
    except BaseException:
        part.setting.progress(Report(part.component, "failed", "not ready"))
        raise
    part.setting.progress(Report(part.component, "done", text))


async def _have_run(part: Part) -> str:
    began = time.monotonic()
    running = processes.of_home(part.setting.home).get(part.component, [])
    if (running or not part.is_ours) and await is_well(part, next(iter(running), None)):
        await part.settle()
        return "runs already"
    if not part.is_ours:
        raise LocalError(f"{part.component}: {await part.what_is_wrong()}")
    await processes.end(running, grace=part.grace)
    part.setting.progress(Report(part.component, "working", "starting"))
    await start(part)
    return f"ready in {time.monotonic() - began:.1f} s"


def _first(errors: BaseExceptionGroup[LocalError]) -> BaseException:
    found: BaseException = errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
