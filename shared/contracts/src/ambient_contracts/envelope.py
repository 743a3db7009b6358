"""CloudEvents 1.0 over NATS in binary mode: attributes in `ce-*` headers, the event as JSON data.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/nats-protocol-binding.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, Self, TypeVar

from pydantic import Field, ValidationError

from ambient_contracts.events import CATALOGUE, Event
from ambient_contracts.ids import derive
from ambient_contracts.model import Frozen
from ambient_contracts.subjects import InvalidSubjectError, Subject

E = TypeVar("E", bound=Event)

MESSAGE_ID: Final = "Nats-Msg-Id"
CONTENT_TYPE: Final = "application/json"
_TYPES: Final = {event.kind(): event for event in CATALOGUE}


class MalformedEventError(ValueError):
    """A message that is no event of ours: it can never be handled, however often it comes."""


class Cause(Frozen):
    """What an event follows from."""

    correlation_id: str = Field(description="The id of the first event of the chain.")
    causation_id: str | None = Field(default=None, description="The id of the event before.")
    traceparent: str | None = Field(default=None, description="W3C Trace Context.")


class Envelope(Frozen):
    """What is said of an event beside what it states."""

    id: str = Field(min_length=1, max_length=256)
    source: str
    time: datetime
    cause: Cause

    def caused(self, traceparent: str | None = None) -> Cause:
        """Return the cause of what follows from this event."""
        return Cause(
            correlation_id=self.cause.correlation_id,
            causation_id=self.id,
            traceparent=traceparent or self.cause.traceparent,
        )


@dataclass(frozen=True)
class Message:
    """An event as it goes over the wire."""

    subject: str
    headers: dict[str, str]
    data: bytes


@dataclass(frozen=True)
class Fact(Generic[E]):
    """An event in its envelope."""

    envelope: Envelope
    event: E

    @classmethod
    def state(
        cls,
        event: E,
        *,
        source: str,
        because: tuple[str, ...],
        cause: Cause | None = None,
        time: datetime | None = None,
    ) -> Self:
        """Put an event into an envelope whose id follows from what caused it.

        Args:
            event: What is stated.
            source: Who states it: a service, or `bot-{name}`.
            because: What tells this event from every other of its kind, and stays the same when
                it is stated again: a delivery's id, or an object's uid and its phase.
            cause: What it follows from; None where it begins a chain.
            time: When it happened; now if not given.
        """
        identity = derive(event.type(), event.project or "", *because)
        return cls(
            Envelope(
                id=identity,
                source=source,
                time=time or datetime.now(UTC),
                cause=cause or Cause(correlation_id=identity),
            ),
            event,
        )

    def encode(self) -> Message:
        """Return the message that carries this fact."""
        envelope = self.envelope
        headers = {
            "ce-specversion": "1.0",
            "ce-id": envelope.id,
            "ce-source": f"/{envelope.source}",
            "ce-type": self.event.type(),
            "ce-time": envelope.time.isoformat(),
            "ce-subject": self.event.object.name,
            "ce-correlationid": envelope.cause.correlation_id,
            "content-type": CONTENT_TYPE,
            MESSAGE_ID: envelope.id,
        }
        if envelope.cause.causation_id is not None:
            headers["ce-causationid"] = envelope.cause.causation_id
        if envelope.cause.traceparent is not None:
            headers["traceparent"] = envelope.cause.traceparent
        return Message(
            subject=str(self.event.subject(envelope.source)),
            headers=headers,
            data=self.event.model_dump_json(by_alias=True, exclude_none=True).encode(),
        )


def decode(subject: str, headers: Mapping[str, str] | None, data: bytes) -> Fact[Event]:
    """Read a message.

    The subject, which the broker guards, decides the type, the source and the project; headers or
    data that say otherwise make the message malformed.

    Raises:
        MalformedEventError: If it is no event of the catalogue, with the reason.
    """
    fields = {name.lower(): value for name, value in (headers or {}).items()}
    try:
        parsed = Subject.parse(subject)
        event_type = _TYPES[f"{parsed.entity}.{parsed.verb}"]
        event = event_type.model_validate_json(data)
        envelope = Envelope(
            id=fields["ce-id"],
            source=parsed.source,
            time=datetime.fromisoformat(fields["ce-time"]),
            cause=Cause(
                correlation_id=fields.get("ce-correlationid", fields["ce-id"]),
                causation_id=fields.get("ce-causationid"),
                traceparent=fields.get("traceparent"),
            ),
        )
    except InvalidSubjectError as error:
        raise MalformedEventError(str(error)) from error
    except KeyError as error:
        raise MalformedEventError(f"{subject}: {error} is missing or unknown") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise MalformedEventError(f"{subject}: {where}: {first['msg']}") from error
    except ValueError as error:
        raise MalformedEventError(f"{subject}: {error}") from error
    if fields.get("ce-type") != event.type() or event.project != parsed.project:
        raise MalformedEventError(f"{subject}: its type or project is not that of its subject")
    return Fact(envelope, event)
