"""One at a time, even where the one before removes the lock's file."""

import asyncio
import shutil
from pathlib import Path

from ambient_local.lock import locked


async def test_two_do_not_hold_it_at_the_same_time(tmp_path: Path) -> None:
    holding, most, waited = 0, 0, list[str]()

    async def hold() -> None:
        nonlocal holding, most
        async with locked(tmp_path / "lock", lambda: waited.append("waited")):
            holding += 1
            most = max(most, holding)
            await asyncio.sleep(0.01)
            holding -= 1

    await asyncio.gather(hold(), hold(), hold())

    assert most == 1
    assert waited == ["waited", "waited"]


async def test_whoever_waits_gets_the_lock_of_the_file_that_is_there_then(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    began = asyncio.Event()

    async def first() -> None:
        async with locked(folder / "lock"):
            began.set()
            await asyncio.sleep(0.02)
            shutil.rmtree(folder)

    async def second() -> None:
        await began.wait()
        async with locked(folder / "lock"):
            assert (folder / "lock").exists()

    await asyncio.gather(first(), second())
