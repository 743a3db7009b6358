"""Watch events go by, as the identity `observer`, and await one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg

from ambient_contracts.envelope import Fact, MalformedEventError, decode
from ambient_contracts.events import Event
from ambient_contracts.subjects import ROOT

E = TypeVar("E", bound=Event)


class Events:
    """Every event since the watch began, in the order of arrival."""

    def __init__(self) -> None:
        self.seen: list[Fact[Any]] = []
        self._more = asyncio.Condition()

    @classmethod
    @asynccontextmanager
    async def watch(cls, observer: Client, subject: str = f"{ROOT}.>") -> AsyncIterator[Self]:
        """Watch a subject until the end of the block."""
        events = cls()
        subscription = await observer.subscribe(subject, cb=events._on_message)
        await observer.flush()
        try:
            yield events
        finally:
            if not observer.is_closed:
                await subscription.unsubscribe()

    def of(self, event_type: type[E], *, project: str | None = None) -> list[Fact[E]]:
        """Return those of a type that have been seen."""
        return [
            fact
            for fact in self.seen
            if isinstance(fact.event, event_type) and project in {None, fact.event.project}
        ]

    async def next(
        self,
        event_type: type[E],
        *,
        where: Callable[[E], bool] = lambda _event: True,
        seconds: float = 15,
    ) -> Fact[E]:
        """Return the first event of a type for which `where` holds, seen before or to come.

        Raises:
            AssertionError: If there is none in that time, with what was seen.
        """
        try:
            async with asyncio.timeout(seconds), self._more:
                while True:
                    for fact in self.of(event_type):
                        if where(fact.event):
                            return fact
                    await self._more.wait()
        except TimeoutError:
            seen = "\n".join(f"  {fact.event!r}" for fact in self.seen[-30:])
            raise AssertionError(
                f"no {event_type.kind()} within {seconds:g} s; seen:\n{seen}"
            ) from None

    async def _on_message(self, message: Msg) -> None:
        try:
            fact = decode(message.subject, message.headers, message.data)
        except MalformedEventError:
            return
        async with self._more:
            self.seen.append(fact)
            self._more.notify_all()
