"""What an identity may not do on NATS, the broker refuses."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from nats.js.errors import APIError

from ambient_contracts.streams import (
    AUDIT_TRAIL,
    CONSUMERS,
    OBSERVER,
    OPERATIONS,
    SESSION_REQUESTS,
    STREAM,
    inbox_of,
)
from ambient_contracts.subjects import Source
from ambient_testkit.builders import session_requested
from ambient_testkit.parts import Nats

from .nats_identity import Identity

pytestmark = pytest.mark.integration
SERVICES = tuple(str(source) for source in Source)
EVERYBODY = (*SERVICES, OBSERVER, OPERATIONS)
API = "$JS.API"


def identity(nats: Nats, name: str) -> AbstractAsyncContextManager[Identity]:
    return Identity.of(nats.url, name, nats.password(name))


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_publishes_under_its_own_source_and_no_other(nats: Nats, name: str) -> None:
    async with identity(nats, name) as service:
        may = {
            source: await service.may_publish(f"ambient.p.{source}.test.happened")
            for source in (*SERVICES, "bot-x", "*", "operations", "observer")
        }

    assert {source for source, allowed in may.items() if allowed} == {name}


@pytest.mark.parametrize("name", [OBSERVER, OPERATIONS])
async def test_who_is_no_service_publishes_no_event(nats: Nats, name: str) -> None:
    async with identity(nats, name) as other:
        for source in (*SERVICES, "bot-x"):
            assert not await other.may_publish(f"ambient.p.{source}.test.happened")


@pytest.mark.parametrize("name", EVERYBODY)
async def test_nobody_publishes_beside_the_platforms_subjects(nats: Nats, name: str) -> None:
    async with identity(nats, name) as anyone:
        for subject in ("ambient", "elsewhere", f"{inbox_of('gateway')}.x", "$SYS.REQ.SERVER.PING"):
            assert not await anyone.may_publish(subject)


@pytest.mark.parametrize("name", [*SERVICES, OBSERVER])
async def test_none_but_operations_changes_the_stream_or_its_consumers(
    nats: Nats, name: str
) -> None:
    stream = STREAM.name
    async with identity(nats, name) as service:
        for request in (
            f"STREAM.DELETE.{stream}",
            f"STREAM.PURGE.{stream}",
            f"STREAM.UPDATE.{stream}",
            f"STREAM.MSG.DELETE.{stream}",
            "STREAM.CREATE.OTHER",
            f"STREAM.RESTORE.{stream}",
            f"STREAM.SNAPSHOT.{stream}",
            f"CONSUMER.DELETE.{stream}.{AUDIT_TRAIL.name}",
            f"CONSUMER.PAUSE.{stream}.{AUDIT_TRAIL.name}",
            f"CONSUMER.CREATE.{stream}.other",
            f"CONSUMER.CREATE.{stream}.other.ambient.>",
            f"CONSUMER.DURABLE.CREATE.{stream}.other",
        ):
            assert not await service.may_publish(f"{API}.{request}"), request


@pytest.mark.parametrize("name", EVERYBODY)
async def test_replies_are_for_whoever_asked_alone(nats: Nats, name: str) -> None:
    async with identity(nats, name) as anyone:
        assert await anyone.may_subscribe(f"{inbox_of(name)}.>")
        for other in {*EVERYBODY} - {name}:
            assert not await anyone.may_subscribe(f"{inbox_of(other)}.>"), other
        for wide in (">", "*.>", "_INBOX.>", "_INBOX_*.>"):
            assert not await anyone.may_subscribe(wide), wide


@pytest.mark.parametrize("name", [*SERVICES, OPERATIONS])
async def test_events_go_by_the_observer_alone(nats: Nats, name: str) -> None:
    async with identity(nats, OBSERVER) as observer, identity(nats, name) as other:
        assert await observer.may_subscribe("ambient.>")
        assert not await other.may_subscribe("ambient.>")


@pytest.mark.parametrize("name", [*SERVICES, OBSERVER])
async def test_a_consumer_is_read_and_acknowledged_by_its_owner_alone(
    nats: Nats, name: str
) -> None:
    assert {SESSION_REQUESTS, AUDIT_TRAIL} == set(CONSUMERS)
    async with identity(nats, name) as service:
        for consumer in CONSUMERS:
            own = consumer.owner == name
            where = f"{STREAM.name}.{consumer.name}"
            # An ack for a delivery that never was changes nothing.
            assert await service.may_publish(f"$JS.ACK.{where}.1.999999.999999.1.0") is own
            assert await service.may_publish(f"{API}.CONSUMER.INFO.{where}") is own


async def test_not_even_operations_deletes_what_has_happened(nats: Nats) -> None:
    async with connected(nats, "gateway") as gateway:
        message = session_requested("kept").encode()
        ack = await gateway.jetstream().publish(
            message.subject, message.data, headers=message.headers
        )
    async with connected(nats, OPERATIONS) as operations:
        jetstream = operations.jetstream()
        with pytest.raises(APIError, match="message delete not permitted"):
            await jetstream.delete_msg(STREAM.name, ack.seq)
        with pytest.raises(APIError, match="stream purge not permitted"):
            await jetstream.purge_stream(STREAM.name)
        assert (await jetstream.get_msg(STREAM.name, ack.seq)).data == message.data


@pytest.mark.parametrize(
    ("name", "password"),
    [("gateway", "guessed"), ("gateway", ""), ("nobody", "guessed"), ("", "")],
)
async def test_who_does_not_know_a_password_does_not_get_in(
    nats: Nats, name: str, password: str
) -> None:
    with pytest.raises(PermissionError):
        async with Identity.of(nats.url, name, password):
            pass


@asynccontextmanager
async def connected(nats: Nats, name: str) -> AsyncIterator[Any]:
    client = await nats.connect(name)
    try:
        yield client
    finally:
        await client.close()
