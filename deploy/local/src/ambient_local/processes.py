"""The processes of a home, found by a mark in their environment.

The process table is the truth: no file with a process id can be stale, because there is none. A
process that was started by another (a node's Pod, a component's child) carries the mark as well,
and so is found when its parent is gone.
"""

import asyncio
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from ambient_local.components import Component
from ambient_local.home import HOME_VARIABLE, Home

COMPONENT_VARIABLE: Final = "AMBIENT_COMPONENT"
_POLL: Final = 0.02


def start(
    home: Home,
    component: Component,
    argv: Sequence[str | Path],
    environment: Mapping[str, str],
) -> psutil.Process:
    """Start a component that outlives this process, with its output at the end of its log."""
    marked = {**environment, HOME_VARIABLE: str(home.path), COMPONENT_VARIABLE: component.value}
    log = home.logs / f"{component}.log"
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawn(
        argv[0],
        [str(word) for word in argv],
        marked,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigmask=[],
    )
    return psutil.Process(pid)


def of_home(home: Home) -> dict[Component, list[psutil.Process]]:
    """Return the living processes of a home by component, a parent before its children."""
    found: dict[Component, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error, ValueError):
            environment = process.environ()
            if environment.get(HOME_VARIABLE) != str(home.path) or not is_alive(process):
                continue
            component = Component(environment.get(COMPONENT_VARIABLE, ""))
            found.setdefault(component, []).append(process)
    for processes in found.values():
        processes.sort(key=_age)
    return found


def is_alive(process: psutil.Process) -> bool:
    """Whether a process runs; one of ours that has ended is taken off the process table."""
    with suppress(psutil.NoSuchProcess):
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            return True
    try:
        ended, _status = os.waitpid(process.pid, os.WNOHANG)
    except ChildProcessError:
        return False
    # The kernel has 0 while any thread of it is still ending.
    return not ended


async def end(processes: Iterable[psutil.Process], *, grace: float) -> None:
    """End processes and return when they are gone: asked first, made to after `grace` seconds.

    The first of them is asked: it ends its own children in order. What is left is killed.
    """
    listed = list(processes)
    if not listed:
        return
    first, *_ = listed
    _signal(first, signal.SIGTERM)
    await _gone([first], grace)
    for process in listed:
        _signal(process, signal.SIGKILL)
    await _gone(listed, 5)


async def kill(processes: Iterable[psutil.Process]) -> None:
    """Kill processes (SIGKILL), and return when they are gone."""
    listed = list(processes)
    for process in listed:
        _signal(process, signal.SIGKILL)
    await _gone(listed, 5)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


async def _gone(processes: list[psutil.Process], seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            # The kernel tells only a parent that a process has ended, and we may be none.
            while any(is_alive(process) for process in processes):  # noqa: ASYNC110
                await asyncio.sleep(_POLL)


def _age(process: psutil.Process) -> tuple[float, int]:
    return (process.create_time(), process.pid)
