"""How records and results look over HTTP: camelCase, times as RFC 3339."""

import base64
import json
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import from_json

from audit.domain.query import Page
from audit.domain.reading import moment
from audit.domain.record import Facts, Kind, Record
from audit.domain.verification import Verification


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class EnvelopeAnswer(_Answer):
    """What is said of an event beside what it states."""

    id: str | None
    source: str | None
    type: str | None
    time: datetime | None
    correlation_id: str | None
    causation_id: str | None
    trace_id: str | None


class ActorAnswer(_Answer):
    """Who acted."""

    kind: str
    id: str | None


class ObjectAnswer(_Answer):
    """What the event is about."""

    kind: str
    name: str | None


class RecordAnswer(_Answer):
    """One record."""

    sequence: int
    kind: Kind
    stored_at: datetime = Field(
        description="When the broker stored it; for a gap, when it was noticed."
    )
    subject: str | None
    project: str | None
    entity: str | None
    verb: str | None
    session: str | None
    actor: ActorAnswer | None
    object: ObjectAnswer | None
    outcome: str | None
    envelope: EnvelopeAnswer | None = Field(description="None for a gap.")
    headers: dict[str, str] | None = Field(description="As they came.")
    data: Any = Field(default=None, description="The payload, where it is JSON.")
    raw: str | None = Field(default=None, description="The payload in base64, where it is not.")
    reason: str | None = Field(description="Why it is unreadable, or a gap.")
    payload_sha256: str | None = Field(alias="payloadSha256")
    leaf_sha256: str = Field(alias="leafSha256", description="The hash that seals the record.")

    @classmethod
    def of(cls, record: Record) -> Self:
        """Show a record."""
        facts = record.facts
        data, raw = _payload(record.payload)
        return cls(
            sequence=record.sequence,
            kind=record.kind,
            stored_at=moment(record.stored_at),
            subject=record.subject,
            project=facts.project,
            entity=facts.entity,
            verb=facts.verb,
            session=facts.session,
            actor=_actor(facts),
            object=_object(facts),
            outcome=facts.outcome,
            envelope=None if record.kind is Kind.GAP else _envelope(record),
            headers=None if record.headers is None else json.loads(record.headers),
            data=data,
            raw=raw,
            reason=record.reason,
            payload_sha256=record.payload_sha256,
            leaf_sha256=record.leaf_sha256,
        )


class PageAnswer(_Answer):
    """A page of records."""

    items: list[RecordAnswer]
    next: str | None = Field(description="The cursor of the page that follows; null at the end.")
    recorded_through: int = Field(description="The highest sequence recorded at that time.")

    @classmethod
    def of(cls, page: Page, following: str | None) -> Self:
        """Show a page."""
        return cls(
            items=[RecordAnswer.of(record) for record in page.records],
            next=following,
            recorded_through=page.head,
        )


class GapAnswer(_Answer):
    """Sequences, both ends included, that the stream no longer had."""

    first: int
    last: int


class BadAnswer(_Answer):
    """The first record that is not as it should be."""

    sequence: int
    reason: str


class VerificationAnswer(_Answer):
    """How the trail stands."""

    ok: bool = Field(description="Every sequence has its record, and every record is intact.")
    complete: bool = Field(description="And no record is a gap.")
    records: int
    first_sequence: int | None
    last_sequence: int | None
    stream_last_sequence: int = Field(description="The stream's end when the check began.")
    gaps: list[GapAnswer]
    first_bad: BadAnswer | None

    @classmethod
    def of(cls, found: Verification) -> Self:
        """Show how a check ended."""
        bad = found.first_bad
        return cls(
            ok=bad is None,
            complete=bad is None and not found.gaps,
            records=found.records,
            first_sequence=found.first_sequence,
            last_sequence=found.last_sequence,
            stream_last_sequence=found.stream_last_sequence,
            gaps=[GapAnswer(first=gap.first, last=gap.last) for gap in found.gaps],
            first_bad=None if bad is None else BadAnswer(sequence=bad.sequence, reason=bad.reason),
        )


def _actor(facts: Facts) -> ActorAnswer | None:
    if facts.actor_kind is None:
        return None
    return ActorAnswer(kind=facts.actor_kind, id=facts.actor_id)


def _object(facts: Facts) -> ObjectAnswer | None:
    if facts.object_kind is None:
        return None
    return ObjectAnswer(kind=facts.object_kind, name=facts.object_name)


def _envelope(record: Record) -> EnvelopeAnswer:
    facts = record.facts
    headers = {name.lower(): value for name, value in json.loads(record.headers or "{}").items()}
    return EnvelopeAnswer(
        id=facts.event_id,
        source=facts.source,
        type=headers.get("ce-type"),
        time=None if facts.event_time is None else moment(facts.event_time),
        correlation_id=facts.correlation_id,
        causation_id=facts.causation_id,
        trace_id=facts.trace_id,
    )


def _payload(payload: bytes | None) -> tuple[Any, str | None]:
    if payload is None:
        return None, None
    try:
        # NaN and Infinity are no JSON, and a reader's parser would stumble over them.
        return from_json(payload, allow_inf_nan=False), None
    except ValueError:
        return None, base64.b64encode(payload).decode()
