"""Run a service: its HTTP server, its consumers and its loops, until one ends or it is told to.

A process whose parts do not all run is worse than none: if one fails, the process ends, non-zero,
and whoever started it starts it again.
"""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from ambient_chassis.bus import Bus
from ambient_chassis.settings import ServiceSettings

GRACE: Final = 10
"""Seconds that requests under way have to end after a SIGTERM."""
Background = Callable[[], Awaitable[None]]


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling, which would leave our loops running."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`."""
        yield


async def serve(
    *,
    api: FastAPI,
    settings: ServiceSettings,
    bus: Bus,
    background: Sequence[Background] = (),
) -> None:
    """Run until SIGTERM or SIGINT, then drain.

    Args:
        api: What HTTP shows.
        settings: Where it listens.
        bus: Connected and consumed from here.
        background: Loops that run as long as the service.

    Raises:
        ExceptionGroup: If a part failed.
    """
    server = _Server(
        uvicorn.Config(
            api,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE,
            server_header=False,
            lifespan="off",
        )
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def forever(part: Background) -> None:
        await part()
        raise RuntimeError(f"{part!r} ended by itself")

    async with asyncio.TaskGroup() as group:
        http = group.create_task(server.serve())
        loops = [group.create_task(forever(part)) for part in (bus.run, *background)]
        stopped = group.create_task(stop.wait())
        await asyncio.wait([http, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        server.should_exit = True
        api.state.streams.end()
        await http
        for each in loops:
            each.cancel()


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a service's main function, and end the process as it ended."""
    try:
        asyncio.run(main())
    except OSError as error:
        sys.exit(f"The service cannot start: {error}")
