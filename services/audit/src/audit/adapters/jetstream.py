"""The stream AMBIENT, read through its durable consumer and, by sequence, beside it.

A client's own `fetch` takes a message with a header `Status` for one of the server's: a publisher
could hide an event from the trail by it. Here a message is what has an ack subject, and what has
none is the server's word.
"""

import asyncio
import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from pydantic import BaseModel, Field

from ambient_chassis.bus import Bus
from ambient_chassis.errors import BusUnavailableError
from ambient_contracts.streams import AUDIT_TRAIL, STREAM
from audit.domain.reading import microseconds
from audit.domain.record import Arrival
from audit.ports import Batch, Position

API: Final = "$JS.API"
PULL: Final = {
    "batch": 500,
    "max_bytes": 16 * 1024**2,
    "expires": 30_000_000_000,
    "idle_heartbeat": 1_000_000_000,
}
PATIENCE: Final = 2.5
"""Seconds without a message or heartbeat after which a pull counts as lost."""
TIMEOUT: Final = 5.0
_NO_MESSAGE_FOUND: Final = 10037
_OVER: Final = {"404", "408"}
_OVER_WHEN_FULL: Final = ("Batch Completed", "Message Size Exceeds MaxBytes")
_HEARTBEAT: Final = "100"
_ACK: Final = b"+ACK"


class _Error(BaseModel):
    code: int
    err_code: int = 0
    description: str = ""


class _Answer(BaseModel):
    error: _Error | None = None


class _State(BaseModel):
    first_seq: int
    last_seq: int


class _StreamInfo(_Answer):
    created: str = ""
    state: _State = _State(first_seq=0, last_seq=0)


class _Delivered(BaseModel):
    stream_seq: int = 0


class _ConsumerInfo(_Answer):
    delivered: _Delivered = _Delivered()


class _Stored(BaseModel):
    subject: str
    seq: int
    time: str
    hdrs: str = ""
    data: str = ""


class _StoredAnswer(_Answer):
    message: _Stored | None = Field(default=None)


A = TypeVar("A", bound=_Answer)


class JetStreamTrail:
    """Receives, reads and acknowledges under the identity of the audit service."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._subscription: Subscription | None = None
        self._requested = 0
        self._reconnects = 0

    async def open(self) -> Position:
        """Begin to receive anew; a pull that was under way is forgotten."""
        client = self._bus.client
        if self._subscription is not None:
            await _quietly_unsubscribe(self._subscription)
        try:
            self._subscription = await client.subscribe(client.new_inbox())
        except nats.errors.Error as error:
            raise _unavailable(error) from error
        self._requested = 0
        self._reconnects = client.stats["reconnects"]
        return await self.position()

    async def position(self) -> Position:
        """Say where the stream and the consumer stand."""
        stream = await self._ask(f"STREAM.INFO.{STREAM.name}", _StreamInfo)
        consumer = await self._ask(f"CONSUMER.INFO.{STREAM.name}.{AUDIT_TRAIL.name}", _ConsumerInfo)
        return Position(
            identity=stream.created,
            first=stream.state.first_seq,
            last=stream.state.last_seq,
            delivered=consumer.delivered.stream_seq,
        )

    async def receive(self) -> Batch:
        """Return what has come, as much of it as is here, or an empty batch after a while."""
        subscription = self._subscription
        if subscription is None:
            raise BusUnavailableError("the trail is not open")
        client = self._bus.client
        if client.stats["reconnects"] != self._reconnects:
            raise BusUnavailableError("the connection to NATS was lost, and is back")
        arrivals: list[Arrival] = []
        receipts: list[str] = []
        last = 0
        try:
            if self._requested <= 0:
                await self._pull(client, subscription)
            message = await subscription.next_msg(timeout=PATIENCE)
            while True:
                if message.reply:
                    arrival, pending = _arrival_of(message)
                    arrivals.append(arrival)
                    receipts.append(message.reply)
                    last = max(last, arrival.sequence + pending)
                    self._requested -= 1
                elif self._is_over(message):
                    self._requested = 0
                if not subscription.pending_msgs or len(arrivals) >= PULL["batch"]:
                    break
                message = await subscription.next_msg(timeout=PATIENCE)
        except nats.errors.TimeoutError:
            self._requested = 0
        except nats.errors.Error as error:
            raise _unavailable(error) from error
        return Batch(tuple(arrivals), tuple(receipts), last)

    async def read(self, sequences: range) -> Sequence[Arrival | None]:
        """Return messages by their sequences, asked of the stream's leader all at once."""
        return await asyncio.gather(*(self._read(sequence) for sequence in sequences))

    async def acknowledge(self, batch: Batch) -> None:
        """Acknowledge each message; an acknowledgement that is lost costs a repeat."""
        client = self._bus.client
        try:
            for receipt in batch.receipts:
                await client.publish(receipt, _ACK)
        except nats.errors.Error as error:
            raise _unavailable(error) from error

    async def _pull(self, client: Client, subscription: Subscription) -> None:
        await client.publish(
            f"{API}.CONSUMER.MSG.NEXT.{STREAM.name}.{AUDIT_TRAIL.name}",
            json.dumps(PULL).encode(),
            reply=subscription.subject,
        )
        self._requested = PULL["batch"]

    def _is_over(self, message: Msg) -> bool:
        headers = message.headers or {}
        status, description = headers.get("Status"), headers.get("Description", "")
        if status == _HEARTBEAT:
            return False
        if status in _OVER or description.startswith(_OVER_WHEN_FULL):
            return True
        raise BusUnavailableError(f"NATS ended the pull: {status} {description}")

    async def _read(self, sequence: int) -> Arrival | None:
        answer = await self._ask(
            f"STREAM.MSG.GET.{STREAM.name}", _StoredAnswer, {"seq": sequence}, {_NO_MESSAGE_FOUND}
        )
        if answer.message is None:
            return None
        stored = answer.message
        return Arrival(
            sequence=stored.seq,
            stored_at=microseconds(_time_of(stored.time)),
            subject=stored.subject,
            headers=_headers_of(base64.b64decode(stored.hdrs)),
            payload=base64.b64decode(stored.data),
        )

    async def _ask(
        self,
        subject: str,
        kind: type[A],
        request: dict[str, Any] | None = None,
        expected: Sequence[int] | set[int] = (),
    ) -> A:
        body = b"" if request is None else json.dumps(request).encode()
        try:
            message = await self._bus.client.request(f"{API}.{subject}", body, timeout=TIMEOUT)
            answer = kind.model_validate_json(message.data)
        except (nats.errors.Error, TimeoutError, ValueError) as error:
            raise _unavailable(error) from error
        if answer.error is not None and answer.error.err_code not in expected:
            raise BusUnavailableError(f"NATS answers {subject}: {answer.error.description}")
        return answer


def _arrival_of(message: Msg) -> tuple[Arrival, int]:
    """Return the message, and how many more the consumer has before it.

    The reply is `$JS.ACK.{stream}.{consumer}.{deliveries}.{stream sequence}.{consumer sequence}
    .{nanoseconds}.{pending}`, or the same with a domain and an account's hash behind `ACK`.
    """
    tokens = message.reply.split(".")
    base = 0 if len(tokens) == 9 else 2
    sequence, nanoseconds, pending = (int(tokens[base + index]) for index in (5, 7, 8))
    arrival = Arrival(
        sequence=sequence,
        stored_at=nanoseconds // 1000,
        subject=message.subject,
        headers=dict(message.headers or {}),
        payload=message.data,
    )
    return arrival, pending


def _headers_of(block: bytes) -> dict[str, str]:
    """Read a header block as the client reads that of a delivered message."""
    return Client._parse_header_lines(block.partition(b"\r\n")[2])


def _time_of(text: str) -> datetime:
    """Read RFC 3339 with nanoseconds, of which the microseconds are kept."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")


async def _quietly_unsubscribe(subscription: Subscription) -> None:
    try:
        await subscription.unsubscribe()
    except nats.errors.Error:
        # It belonged to a connection that is gone.
        return


def _unavailable(error: Exception) -> BusUnavailableError:
    return BusUnavailableError(f"NATS does not answer: {str(error) or type(error).__name__}")
