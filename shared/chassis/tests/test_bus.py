"""The bus on a real NATS server."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ambient_chassis.bus import Bus
from ambient_chassis.errors import BusUnavailableError, GiveUpError, RetryLaterError
from ambient_chassis.settings import ServiceSettings
from ambient_contracts.envelope import Fact, decode
from ambient_contracts.events import (
    Actor,
    ActorKind,
    Event,
    MessageDeadLettered,
    ObjectRef,
    SessionDeleted,
    SessionOrder,
    SessionRequested,
)
from ambient_contracts.streams import SESSION_REQUESTS
from ambient_contracts.subjects import Source
from ambient_testkit.parts import Nats

pytestmark = pytest.mark.integration


def _settings(nats: Nats, source: Source) -> ServiceSettings:
    return ServiceSettings(
        nats_url=nats.url, nats_user=source, nats_password=nats.password(source), port=0
    )


@asynccontextmanager
async def _running(*buses: Bus) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(bus.run()) for bus in buses]
    try:
        for bus in buses:
            await _until_ready(bus)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until_ready(bus: Bus) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                return await bus.ready()
            except BusUnavailableError:
                await asyncio.sleep(0.02)


@pytest.fixture
def project(request: pytest.FixtureRequest) -> str:
    """The stream keeps what other tests said: each test has a project of its own."""
    return hashlib.sha256(request.node.name.encode()).hexdigest()[:12]


def _request(project: str, prompt: str) -> Event:
    return SessionRequested(
        actor=Actor(kind=ActorKind.BOT, id="b"),
        project=project,
        object=ObjectRef(kind="AgenticSession", name="s"),
        bot="b",
        order=SessionOrder(prompt=prompt, website_url="https://example.org/"),
    )


class Handled:
    """A handler that remembers what it saw and fails as it is told."""

    def __init__(self, project: str, *errors: Exception) -> None:
        self._project = project
        self.facts: asyncio.Queue[Fact[Any]] = asyncio.Queue()
        self._errors = list(errors)

    async def __call__(self, fact: Fact[Any]) -> None:
        if fact.event.project != self._project:
            return
        self.facts.put_nowait(fact)
        if self._errors:
            raise self._errors.pop(0)

    async def next(self) -> Fact[Any]:
        return await asyncio.wait_for(self.facts.get(), 10)


async def test_what_is_published_is_handled_with_its_envelope(nats: Nats, project: str) -> None:
    gateway = Bus.of(_settings(nats, Source.GATEWAY), Source.GATEWAY)
    runner = Bus.of(_settings(nats, Source.RUNNER), Source.RUNNER)
    handled = Handled(project)
    runner.on(SESSION_REQUESTS, handled)
    async with _running(gateway, runner):
        stated = await gateway.state(_request(project, "hello"), because=("handled",))
        assert await handled.next() == stated


async def test_the_same_fact_is_stored_once(nats: Nats, project: str) -> None:
    gateway = Bus.of(_settings(nats, Source.GATEWAY), Source.GATEWAY)
    async with _running(gateway):
        fact = gateway.fact(_request(project, "hello"), because=("stored once",))
        (first,) = await gateway.publish(fact)
        (second,) = await gateway.publish(fact)
    assert not first.duplicate
    assert second.duplicate
    assert second.sequence == first.sequence


async def test_a_message_whose_handler_fails_comes_again(nats: Nats, project: str) -> None:
    gateway = Bus.of(_settings(nats, Source.GATEWAY), Source.GATEWAY)
    runner = Bus.of(_settings(nats, Source.RUNNER), Source.RUNNER)
    handled = Handled(project, RetryLaterError("not yet", after=0.05), OSError("broken"))
    runner.on(SESSION_REQUESTS, handled)
    async with _running(gateway, runner):
        stated = await gateway.state(_request(project, "again"), because=("comes again",))
        seen = [await handled.next() for _ in range(3)]
    assert [fact.envelope.id for fact in seen] == [stated.envelope.id] * 3


async def test_what_a_handler_gives_up_on_becomes_a_dead_letter(nats: Nats, project: str) -> None:
    gateway = Bus.of(_settings(nats, Source.GATEWAY), Source.GATEWAY)
    runner = Bus.of(_settings(nats, Source.RUNNER), Source.RUNNER)
    runner.on(SESSION_REQUESTS, Handled(project, GiveUpError("it can never be")))
    observer = await nats.connect("observer")
    letters = await observer.subscribe(f"ambient.{project}.runner.message.dead_lettered")
    await observer.flush()
    async with _running(gateway, runner):
        await gateway.state(_request(project, "never"), because=("dead letter",))
        message = await letters.next_msg(timeout=10)
    await observer.close()
    event = decode(message.subject, message.headers, message.data).event
    assert isinstance(event, MessageDeadLettered)
    assert event.reason == "it can never be"
    assert event.subject_of_message == f"ambient.{project}.gateway.session.requested"


async def test_nobody_can_publish_in_anothers_name(nats: Nats, project: str) -> None:
    runner = Bus.of(_settings(nats, Source.RUNNER), Source.RUNNER)
    deleted = SessionDeleted(
        actor=Actor(kind=ActorKind.USER, id="mallory"),
        project=project,
        object=ObjectRef(kind="AgenticSession", name="s"),
    )
    async with _running(runner):
        with pytest.raises(BusUnavailableError):
            await runner.publish(Fact[Any].state(deleted, source="gateway", because=("forged",)))


async def test_without_nats_nothing_is_acknowledged(project: str) -> None:
    bus = Bus.of(
        ServiceSettings(nats_url="nats://127.0.0.1:9", nats_user="x", nats_password="x", port=0),
        Source.GATEWAY,
    )
    with pytest.raises(BusUnavailableError):
        await bus.state(_request(project, "lost"), because=("unavailable",))
    with pytest.raises(BusUnavailableError):
        await bus.ready()


async def test_a_message_that_is_no_text_deafens_nobody(nats: Nats, project: str) -> None:
    gateway = Bus.of(_settings(nats, Source.GATEWAY), Source.GATEWAY)
    runner = Bus.of(_settings(nats, Source.RUNNER), Source.RUNNER)
    handled = Handled(project)
    runner.on(SESSION_REQUESTS, handled)
    async with _running(gateway, runner):
        subject = f"ambient.{project}.gateway.session.requested"
        await gateway.client.publish(subject, b"x", headers={"Status": "404"})
        await _publish_raw(gateway, b"ambient.\xff\xfe.gateway.session.requested")
        stated = await gateway.state(_request(project, "after"), because=("not deaf",))
        assert await handled.next() == stated


async def _publish_raw(bus: Bus, subject: bytes) -> None:
    """Publish on a subject that the client itself would refuse, as another client could."""
    await bus.client._send_command(b"PUB " + subject + b" 1\r\nx\r\n")
    await bus.client.flush()
