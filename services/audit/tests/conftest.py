"""What the tests stand on: a stream in memory, a store on disk, a broker of their own.

The broker is not the one that all integration tests share: here messages are deleted from the
stream, and the service is killed.
"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nats
import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, StorageType, StreamConfig

from ambient_chassis.errors import BusUnavailableError
from ambient_chassis.topology import ensure_topology
from ambient_contracts.envelope import Cause, Fact
from ambient_contracts.events import Actor, ActorKind, ObjectRef, SessionOrder, SessionRequested
from ambient_contracts.names import session_name
from ambient_contracts.streams import AUDIT_TRAIL, OBSERVER, OPERATIONS, STREAM, inbox_of
from ambient_contracts.subjects import Source
from audit.adapters.sql.schema import metadata
from audit.adapters.sql.store import SqlStore
from audit.domain.reading import read
from audit.domain.record import Arrival, Record
from audit.ports import Batch, Position

FIRST_TIME = 1_700_000_000_000_000
PASSWORD = "word"


def requested(number: int, project: str | None = "apollo", user: str = "ada") -> Fact:
    """A fact that differs from every other by its number."""
    because = (f"delivery-{number}",)
    event = SessionRequested(
        actor=Actor(kind=ActorKind.USER, id=user),
        project=project,
        object=ObjectRef(kind="AgenticSession", name=session_name(str(number))),
        order=SessionOrder(prompt=f"do {number}", website_url="https://example.org/"),
    )
    return Fact.state(
        event,
        source=Source.GATEWAY,
        because=because,
        cause=Cause(
            correlation_id=f"chain-{number % 7}",
            traceparent=f"00-{number:032x}-00f067aa0ba902b7-01",
        ),
    )


def arrival(sequence: int, **said: str) -> Arrival:
    """A well-formed message, as the stream has it."""
    message = requested(sequence, **said).encode()
    at = FIRST_TIME + sequence * 1_000_000
    return Arrival(sequence, at, message.subject, message.headers, message.data)


def record(sequence: int, **said: str) -> Record:
    return read(arrival(sequence, **said))


@dataclass
class Make:
    """Builders, for tests cannot import each other's modules."""

    requested: Callable[..., Fact] = requested
    arrival: Callable[..., Arrival] = arrival
    record: Callable[..., Record] = record
    first_time: int = FIRST_TIME


@pytest.fixture
def make() -> Make:
    return Make()


@dataclass
class MemoryTrail:
    """A stream in memory; it delivers what it is told to, in the order it is told."""

    identity: str = "2026-01-01T00:00:00Z"
    messages: dict[int, Arrival] = field(default_factory=dict)
    deliveries: list[list[Arrival]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    delivered: int = 0
    down: bool = False

    def hold(self, *arrivals: Arrival) -> None:
        self.messages.update({each.sequence: each for each in arrivals})

    def deliver(self, *sequences: int) -> None:
        self.deliveries.append([self.messages[sequence] for sequence in sequences])

    async def open(self) -> Position:
        return await self.position()

    async def position(self) -> Position:
        if self.down:
            raise BusUnavailableError("down")
        return Position(
            self.identity,
            min(self.messages, default=0),
            max(self.messages, default=0),
            self.delivered,
        )

    async def receive(self) -> Batch:
        if not self.deliveries:
            return Batch((), (), 0)
        arrivals = self.deliveries.pop(0)
        self.delivered = max([self.delivered, *(each.sequence for each in arrivals)])
        return Batch(
            tuple(arrivals),
            tuple(str(each.sequence) for each in arrivals),
            max(self.messages),
        )

    async def read(self, sequences: range) -> Sequence[Arrival | None]:
        return [self.messages.get(sequence) for sequence in sequences]

    async def acknowledge(self, batch: Batch) -> None:
        self.acknowledged.extend(batch.receipts)


@pytest.fixture
def trail() -> MemoryTrail:
    return MemoryTrail()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = SqlStore.at(f"sqlite:///{tmp_path / 'audit.db'}")
    await store.prepare()
    yield store
    await store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """A store of each kind that there is, empty."""
    url = f"sqlite:///{tmp_path / 'audit.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")
    made = SqlStore.at(url)
    async with made._engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
    await made.prepare()
    yield made
    await made.close()


@dataclass
class Broker:
    """A real nats-server with the permissions of the contracts."""

    port: int
    folder: Path
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it with the platform's own configuration."""
        config = Path(__file__).parents[3] / "deploy" / "nats" / "nats-server.conf"
        identities = (*Source, OPERATIONS, OBSERVER)
        self.process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("nats-server"),
            "-c",
            config,
            env={
                "NATS_HOST": "127.0.0.1",
                "NATS_PORT": str(self.port),
                "NATS_STORE": f'"{self.folder}"',
                **{f"NATS_{identity.upper()}_PASSWORD": PASSWORD for identity in identities},
            },
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.01)
                else:
                    writer.close()
                    return

    async def kill(self) -> None:
        assert self.process
        self.process.kill()
        await self.process.wait()

    @asynccontextmanager
    async def connect(self, identity: str) -> AsyncIterator[Client]:
        client = await nats.connect(
            self.url,
            user=identity,
            password=PASSWORD,
            inbox_prefix=inbox_of(identity),
            reconnect_time_wait=0.05,
            max_reconnect_attempts=200,
        )
        try:
            yield client
        finally:
            await client.close()

    async def make_stream(self, *, deletable: bool = False) -> None:
        async with self.connect(OPERATIONS) as client:
            if not deletable:
                await ensure_topology(client)
                return
            jetstream = client.jetstream()
            await jetstream.add_stream(
                StreamConfig(
                    name=STREAM.name, subjects=list(STREAM.subjects), storage=StorageType.FILE
                )
            )
            await jetstream.add_consumer(
                STREAM.name,
                ConsumerConfig(
                    durable_name=AUDIT_TRAIL.name,
                    ack_policy=AckPolicy.EXPLICIT,
                    ack_wait=2,
                    filter_subject=AUDIT_TRAIL.filter_subject,
                ),
            )

    async def publish(self, *facts: Fact) -> None:
        """Store facts, in their order."""
        async with self.connect(Source.GATEWAY) as client:
            jetstream = client.jetstream()
            for start in range(0, len(facts), 500):
                sent = [
                    await jetstream.publish_async(each.subject, each.data, headers=each.headers)
                    for each in (fact.encode() for fact in facts[start : start + 500])
                ]
                await asyncio.gather(*sent)

    async def publish_raw(self, subject: str, data: bytes, headers: dict[str, str]) -> int:
        async with self.connect(Source.GATEWAY) as client:
            ack = await client.jetstream().publish(subject, data, headers=headers)
            return ack.seq

    async def send(self, *operations: bytes) -> None:
        """Send what no client library would, as the gateway."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        await reader.readline()
        login = f'{{"user":"{Source.GATEWAY}","pass":"{PASSWORD}","headers":true,"verbose":false}}'
        writer.writelines([f"CONNECT {login}\r\n".encode(), *operations, b"PING\r\n"])
        assert await reader.readline() == b"PONG\r\n"
        writer.close()
        await writer.wait_closed()

    async def delete(self, *sequences: int) -> None:
        async with self.connect(OPERATIONS) as client:
            for sequence in sequences:
                await client.jetstream().delete_msg(STREAM.name, sequence)


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    folder = tmp_path / "nats"
    folder.mkdir()
    made = Broker(free_port(), folder)
    await made.start()
    try:
        yield made
    finally:
        await made.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Program:
    """The audit service as a process, where everybody may read everything."""

    broker: Broker
    folder: Path
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'audit.db'}"

    async def start(self) -> None:
        with (self.folder / "service.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                Path(__file__).with_name("service_process.py"),
                env={
                    **os.environ,
                    "AMBIENT_NATS_URL": self.broker.url,
                    "AMBIENT_NATS_USER": Source.AUDIT,
                    "AMBIENT_NATS_PASSWORD": PASSWORD,
                    "AMBIENT_PORT": str(self.port),
                    "AMBIENT_DATABASE_URL": self.database_url,
                    "AMBIENT_HEARTBEAT_SECONDS": "0.3",
                },
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )

    async def kill(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@pytest.fixture
async def program(broker: Broker, tmp_path: Path) -> AsyncIterator[Program]:
    made = Program(broker, tmp_path)
    yield made
    await made.kill()
