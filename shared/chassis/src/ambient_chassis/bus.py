"""NATS under one identity: state facts, and handle those that others state.

What is published is stored before `publish` returns; what is consumed follows `policy`. Publishing
goes over nats-py, consuming over FastStream's pull subscribers, both on one connection. Streams and
consumers are made elsewhere (`topology`): no service has the right to.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import nats.errors
import nats.js.errors
import structlog
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsUserPassword, PullSub
from faststream.nats.message import NatsMessage
from nats.aio.client import Client
from nats.js import JetStreamContext
from opentelemetry.trace import SpanKind

from ambient_chassis.errors import BusUnavailableError, GiveUpError, RetryLaterError
from ambient_chassis.policy import DeadLetter, after_failure
from ambient_chassis.settings import ServiceSettings
from ambient_chassis.telemetry import current_traceparent, span
from ambient_chassis.tolerance import tolerate
from ambient_contracts.envelope import Cause, Fact, MalformedEventError, decode
from ambient_contracts.events import Actor, ActorKind, Event, MessageDeadLettered, ObjectRef
from ambient_contracts.streams import STREAM, ConsumerSpec, inbox_of
from ambient_contracts.subjects import InvalidSubjectError, Source, Subject

PUBLISH_TIMEOUT: Final = 1.0
"""Seconds until an event that is not acknowledged counts as not stored."""
WORKERS: Final = 16
"""Messages of one consumer that a process handles at the same time."""

Handler = Callable[[Fact[Any]], Awaitable[None]]
_log = structlog.get_logger()


@dataclass(frozen=True)
class Stored:
    """JetStream's word that it has an event."""

    sequence: int
    duplicate: bool


class Bus:
    """NATS under one service's identity."""

    def __init__(self, broker: NatsBroker, source: Source) -> None:
        self.source = source
        self._broker = broker
        self._client: Client | None = None

    @classmethod
    def of(cls, settings: ServiceSettings, source: Source) -> Self:
        """Build the bus of a service; nothing connects before `run`."""
        broker = NatsBroker(
            settings.nats_url,
            security=NatsUserPassword(
                settings.nats_user, settings.nats_password.get_secret_value()
            ),
            name=f"ambient-{source}",
            inbox_prefix=inbox_of(source),
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=2,
            apply_types=False,
            logger=None,
            ack_policy=AckPolicy.MANUAL,
        )
        return cls(broker, source)

    @property
    def client(self) -> Client:
        """The connection, for those who read the stream by other means than `on`.

        Raises:
            BusUnavailableError: While there is none.
        """
        if self._client is None or not self._client.is_connected:
            raise BusUnavailableError("there is no connection to NATS")
        return self._client

    async def run(self) -> None:
        """Connect and consume, until cancelled."""
        self._client = await self._broker.connect()
        tolerate(self._client)
        try:
            await self._start_consumers()
            await asyncio.Event().wait()
        finally:
            await self._broker.stop()

    async def ready(self) -> None:
        """Return when NATS has the stream.

        Raises:
            BusUnavailableError: If it has not, or does not answer within a second.
        """
        try:
            await self._jetstream().stream_info(STREAM.name)
        except (nats.errors.Error, TimeoutError) as error:
            raise _unavailable(error) from error

    def fact(
        self, event: Event, *, because: tuple[str, ...], cause: Cause | None = None
    ) -> Fact[Any]:
        """Put an event into an envelope of this service, within the current trace."""
        fact = Fact[Any].state(event, source=self.source, because=because, cause=cause)
        traceparent = current_traceparent()
        if traceparent is None:
            return fact
        traced = fact.envelope.cause.model_copy(update={"traceparent": traceparent})
        return Fact(fact.envelope.model_copy(update={"cause": traced}), event)

    async def publish(self, *facts: Fact[Any]) -> tuple[Stored, ...]:
        """Publish facts, and return when JetStream has stored each.

        Raises:
            BusUnavailableError: If one was not stored in time. Publishing all of them again is
                safe: those that were stored are known by their ids.
        """
        try:
            return tuple(await asyncio.gather(*(self._publish(fact) for fact in facts)))
        except (nats.errors.Error, TimeoutError) as error:
            raise _unavailable(error) from error

    async def state(
        self, event: Event, *, because: tuple[str, ...], cause: Cause | None = None
    ) -> Fact[Any]:
        """Publish one event, and return the fact once it is stored.

        Raises:
            BusUnavailableError: As `publish`.
        """
        fact = self.fact(event, because=because, cause=cause)
        await self.publish(fact)
        return fact

    def on(self, consumer: ConsumerSpec, handler: Handler) -> None:
        """Have each message of a consumer handled; called before `run`."""

        async def keep_message(message: NatsMessage) -> NatsMessage:
            return message

        subscribe = self._broker.subscriber(
            consumer.filter_subject,
            stream=JStream(STREAM.name, declare=False),
            durable=consumer.name,
            pull_sub=PullSub(batch_size=WORKERS, timeout=5),
            inbox_prefix=f"{inbox_of(self.source)}.".encode(),
            max_workers=WORKERS,
            decoder=keep_message,
            ack_policy=AckPolicy.MANUAL,
        )

        async def receive(message: NatsMessage) -> None:
            await self._receive(message, consumer, handler)

        subscribe(receive)

    async def _receive(
        self, message: NatsMessage, consumer: ConsumerSpec, handler: Handler
    ) -> None:
        raw = message.raw_message
        try:
            fact = decode(raw.subject, raw.headers, raw.data)
            with span(
                f"process {raw.subject}",
                parent=fact.envelope.cause.traceparent,
                kind=SpanKind.CONSUMER,
                **{"messaging.system": "nats", "messaging.message.id": fact.envelope.id},
            ):
                await handler(fact)
        except Exception as error:  # noqa: BLE001 - the policy decides, whatever it was
            await self._failed(message, consumer, error)
        else:
            await message.ack()

    async def _failed(self, message: NatsMessage, consumer: ConsumerSpec, error: Exception) -> None:
        raw = message.raw_message
        deliveries = raw.metadata.num_delivered
        verdict = after_failure(error, deliveries, consumer.delivery_limit)
        expected = isinstance(error, MalformedEventError | GiveUpError | RetryLaterError)
        _log.warning(
            "message_failed",
            subject=raw.subject,
            deliveries=deliveries,
            reason=str(error),
            verdict=repr(verdict),
            exc_info=None if expected else error,
        )
        if isinstance(verdict, DeadLetter):
            try:
                await self._dead_letter(
                    raw.subject, raw.metadata.sequence.stream, deliveries, consumer, verdict.reason
                )
            except BusUnavailableError:
                # Not stated, so not given up: the message comes again when its ack wait is over.
                return
            await message.reject()
        else:
            await message.nack(delay=verdict.delay)

    async def _dead_letter(
        self, subject: str, sequence: int, deliveries: int, consumer: ConsumerSpec, reason: str
    ) -> None:
        name = f"{STREAM.name}/{sequence}"
        await self.state(
            MessageDeadLettered(
                actor=Actor(kind=ActorKind.SERVICE, id=self.source),
                project=_project_of(subject),
                object=ObjectRef(kind="Message", name=name),
                consumer=consumer.name,
                stream_sequence=sequence,
                subject_of_message=subject,
                deliveries=deliveries,
                reason=reason[:2048],
            ),
            because=(consumer.name, name),
        )

    def _jetstream(self) -> JetStreamContext:
        return self.client.jetstream(timeout=PUBLISH_TIMEOUT)

    async def _publish(self, fact: Fact[Any]) -> Stored:
        message = fact.encode()
        ack = await self._jetstream().publish(
            message.subject, message.data, stream=STREAM.name, headers=message.headers
        )
        return Stored(ack.seq, bool(ack.duplicate))

    async def _start_consumers(self) -> None:
        while True:
            try:
                await self._broker.start()
            except (nats.errors.Error, TimeoutError) as error:
                _log.warning("consumers_not_ready", error=str(error) or type(error).__name__)
                await asyncio.sleep(1)
            else:
                return


def _project_of(subject: str) -> str | None:
    try:
        return Subject.parse(subject).project
    except InvalidSubjectError:
        return None


def _unavailable(error: Exception) -> BusUnavailableError:
    if isinstance(error, nats.js.errors.NotFoundError):
        return BusUnavailableError(f"NATS has no stream {STREAM.name} yet")
    return BusUnavailableError(f"NATS cannot store events: {str(error) or type(error).__name__}")
