"""Wait for what no event tells."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")
_PAUSES: Final = (0.01, 0.02, 0.05, 0.1)


async def eventually(
    look: Callable[[], Awaitable[T | None]], *, seconds: float = 10, what: str = ""
) -> T:
    """Look again and again until there is something other than None or False; return that.

    Raises:
        AssertionError: If there was nothing in that time.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    tries = 0
    while True:
        found = await look()
        if found is not None and found is not False:
            return found
        if loop.time() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what or look!r}")
        await asyncio.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
        tries += 1
