"""Watch one webhook's events on NATS and its session's log, in the order in which they come."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from nats.aio.client import Client
from nats.aio.msg import Msg

from ambient_cli.commands.sessions import path_of
from ambient_cli.errors import CliError
from ambient_cli.http import Api
from ambient_contracts.envelope import Fact, MalformedEventError, decode
from ambient_contracts.events import Event, SessionCreated
from ambient_contracts.subjects import every

_FINAL: Final = frozenset({"succeeded", "failed", "cancelled", "timed_out", "denied"})
_LOG_ENDS_WITHIN: Final = 3.0


@dataclass(frozen=True)
class Passed:
    """An event, or a line of the log, and when it came (seconds, monotonic)."""

    what: Fact[Any] | str
    at: float


class Watch:
    """What has come and was not looked at yet."""

    def __init__(self, project: str, sessions_api: Api) -> None:
        self._project = project
        self._api = sessions_api
        self._queue: asyncio.Queue[Passed] = asyncio.Queue()
        self._log: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def on(self, observer: Client) -> AsyncIterator[None]:
        """Watch until the end of the block."""
        subscription = await observer.subscribe(every(project=self._project), cb=self._on_message)
        await observer.flush()
        try:
            yield
        finally:
            await subscription.unsubscribe()

    async def until_the_end(self, seconds: float) -> AsyncIterator[Passed]:
        """Give what passes, up to the session's end and the end of its log.

        Raises:
            CliError: If the session has not ended in that time.
        """
        seen: set[str] = set()
        try:
            async with asyncio.timeout(seconds):
                while True:
                    passed = await self._queue.get()
                    if isinstance(passed.what, str):
                        yield passed
                        continue
                    if passed.what.envelope.id in seen:
                        continue
                    seen.add(passed.what.envelope.id)
                    yield passed
                    if _ends(passed.what):
                        break
                    if isinstance(passed.what.event, SessionCreated):
                        self._log = asyncio.create_task(
                            asyncio.to_thread(
                                self._read_log,
                                passed.what.event.object.name,
                                asyncio.get_running_loop(),
                            )
                        )
        except TimeoutError:
            raise CliError(
                f"The session had not ended after {seconds:.0f} s: look with "
                f"`ambient demo --keep` and `ambient session list -p {self._project}`."
            ) from None
        for passed in await self._rest_of_the_log():
            yield passed

    async def _rest_of_the_log(self) -> list[Passed]:
        if self._log is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._log), _LOG_ENDS_WITHIN)
        rest: list[Passed] = []
        while not self._queue.empty():
            rest.append(self._queue.get_nowait())
        return [passed for passed in rest if isinstance(passed.what, str)]

    def _read_log(self, session: str, loop: asyncio.AbstractEventLoop) -> None:
        path = f"{path_of(self._project, session)}/log"
        # A session that ends at once may have no log; its events tell what became of it.
        with suppress(CliError), self._api.lines(path, params={"follow": "true"}) as lines:
            for line in lines:
                passed = Passed(line, time.monotonic())
                loop.call_soon_threadsafe(self._queue.put_nowait, passed)

    async def _on_message(self, message: Msg) -> None:
        with suppress(MalformedEventError):
            fact = decode(message.subject, message.headers, message.data)
            self._queue.put_nowait(Passed(fact, time.monotonic()))


def _ends(fact: Fact[Any]) -> bool:
    event: Event = fact.event
    if event.entity == "webhook":
        return event.verb != "accepted"
    return event.entity == "session" and event.verb in _FINAL
