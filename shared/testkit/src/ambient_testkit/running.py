"""Parts of the platform for one run of the tests, in a folder of their own."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

from ambient_local import Component, Platform

T = TypeVar("T")
ALL: Final = frozenset(Component)
_PREFIX: Final = "ambient-test-"
_KEPT_LOGS: Final = f"ambient-test-logs-{os.getuid()}"


@contextmanager
def running(session: pytest.Session, *only: Component) -> Iterator[Platform]:
    """Run these components, or all, until the end of the block.

    Where a test has failed, the logs are kept in the folder of temporary files.
    """
    _clear_what_a_killed_run_left()
    home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    platform = Platform(home, only=only or ALL, preferred_ports=False)
    try:
        run_apart(platform.up())
        yield platform
    finally:
        if session.testsfailed:
            kept = Path(tempfile.gettempdir()) / _KEPT_LOGS / home.name
            shutil.copytree(home / "logs", kept, dirs_exist_ok=True)
        run_apart(platform.down())


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread with a loop of its own, whatever loop a test has."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _clear_what_a_killed_run_left() -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}[0-9]*-*"):
        pid = left.name.removeprefix(_PREFIX).partition("-")[0]
        if not Path("/proc", pid).exists():
            run_apart(Platform(left).down())
