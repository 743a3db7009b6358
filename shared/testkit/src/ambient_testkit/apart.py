"""Keep something asynchronous running in a thread of its own, whatever loops the tests have."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def kept(work: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Hold an asynchronous context open until the end of the block.

    Raises:
        Exception: What entering or leaving the context raises.
    """
    entered: Future[T] = Future()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def hold() -> None:
        async with work as held:
            entered.set_result(held)
            await over.wait()

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(hold())
        except BaseException as error:
            if entered.done():
                raise
            entered.set_exception(error)

    thread = threading.Thread(target=run, name="kept")
    thread.start()
    try:
        held = entered.result()
    except BaseException:
        thread.join()
        raise
    try:
        yield held
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
