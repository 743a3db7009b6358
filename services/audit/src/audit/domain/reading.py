"""Turn what the stream has into records. Nothing that arrives is refused.

A message that no consumer could handle is recorded as it came. What its subject and headers say is
still looked for, since the broker guards the subject.
"""

import json
import re
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from ambient_contracts.envelope import Fact, MalformedEventError, decode
from ambient_contracts.events import CredentialUsed, Event
from ambient_contracts.subjects import InvalidSubjectError, Subject
from audit.domain.leaf import sealed
from audit.domain.record import Arrival, Facts, Kind, Record

TEXT_MAX: Final = 512
"""Characters of a fact that are kept to look for; the payload has them all."""
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MICROSECOND: Final = timedelta(microseconds=1)
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def read(arrival: Arrival) -> Record:
    """Return the record of a message."""
    try:
        facts = _of_fact(decode(arrival.subject, arrival.headers, arrival.payload))
        kind, reason = Kind.EVENT, None
    except MalformedEventError as error:
        facts = _of_wire(arrival)
        kind, reason = Kind.UNREADABLE, _clean(str(error))
    except Exception as error:  # noqa: BLE001 - one message must never stop the trail
        facts = _of_wire(arrival)
        kind, reason = Kind.UNREADABLE, _clean(f"it cannot be read: {error!r}")
    return sealed(
        Record(
            sequence=arrival.sequence,
            kind=kind,
            stored_at=arrival.stored_at,
            subject=_clean(arrival.subject, limit=None),
            headers=json.dumps(dict(arrival.headers), separators=(",", ":")),
            payload=arrival.payload,
            payload_sha256=sha256(arrival.payload).hexdigest(),
            reason=reason,
            facts=_cleaned(facts),
        )
    )


def gap(sequence: int, noticed_at: int) -> Record:
    """Return the record of a sequence that the stream no longer has."""
    reason = "the stream has no message of this sequence"
    return sealed(Record(sequence, Kind.GAP, noticed_at, reason=reason))


def microseconds(time: datetime) -> int:
    """Return the whole microseconds from 1970 to a time; one without a zone is taken as UTC."""
    aware = time if time.tzinfo is not None else time.replace(tzinfo=_EPOCH.tzinfo)
    return (aware - _EPOCH) // _MICROSECOND


def moment(time: int) -> datetime:
    """Return the time that is so many microseconds from 1970, in UTC."""
    return _EPOCH + time * _MICROSECOND


def _of_fact(fact: Fact[Event]) -> Facts:
    envelope, event = fact.envelope, fact.event
    return Facts(
        project=event.project,
        source=envelope.source,
        entity=event.entity,
        verb=event.verb,
        actor_kind=event.actor.kind,
        actor_id=event.actor.id,
        object_kind=event.object.kind,
        object_name=event.object.name,
        outcome=event.outcome,
        session=_session_of(event),
        event_id=envelope.id,
        event_time=microseconds(envelope.time),
        correlation_id=envelope.cause.correlation_id,
        causation_id=envelope.cause.causation_id,
        trace_id=_trace_id(envelope.cause.traceparent),
    )


def _of_wire(arrival: Arrival) -> Facts:
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    said = Facts(
        event_id=headers.get("ce-id"),
        correlation_id=headers.get("ce-correlationid"),
        causation_id=headers.get("ce-causationid"),
        trace_id=_trace_id(headers.get("traceparent")),
    )
    try:
        subject = Subject.parse(arrival.subject)
    except InvalidSubjectError:
        return said
    return replace(
        said,
        project=subject.project,
        source=subject.source,
        entity=subject.entity,
        verb=subject.verb,
    )


def _session_of(event: Event) -> str | None:
    if isinstance(event, CredentialUsed):
        return event.session
    return event.object.name if event.entity == "session" else None


def _trace_id(traceparent: str | None) -> str | None:
    match = _TRACEPARENT.fullmatch(traceparent or "")
    return match and match[1]


def _cleaned(facts: Facts) -> Facts:
    texts: dict[str, Any] = {
        name: _clean(str(value)) for name, value in asdict(facts).items() if isinstance(value, str)
    }
    return replace(facts, **texts)


def _clean(text: str, limit: int | None = TEXT_MAX) -> str:
    """Keep out what a database's text cannot hold: NUL, and halves of a surrogate pair."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")[:limit]
