"""A lock that the kernel drops with the process that holds it, so that none is ever stale."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

_PAUSE: Final = 0.1


@asynccontextmanager
async def locked(path: Path, on_wait: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
    """Hold a file's lock; the holder may remove the file.

    Args:
        path: The file; it is made where it is missing, and so is its folder.
        on_wait: Called once if somebody else holds it.
    """
    descriptor = await _take(path, on_wait)
    try:
        yield
    finally:
        os.close(descriptor)


async def _take(path: Path, on_wait: Callable[[], None]) -> int:
    told = False
    while True:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            if not told:
                told = True
                on_wait()
            await asyncio.sleep(_PAUSE)
            continue
        if _is_still(descriptor, path):
            return descriptor
        # Whoever held it before removed the file: this lock is on nothing.
        os.close(descriptor)


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), found)
