"""The one stream, the consumers that read it, and what each identity may do on NATS.

The JetStream objects and the server's permissions are made from here, so that neither can
drift from what the services believe.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ambient_contracts.events import SessionRequested
from ambient_contracts.subjects import ROOT, Source, every

GIB: Final = 1024**3


@dataclass(frozen=True)
class StreamSpec:
    """A JetStream stream: files, discard new, no deletes, no purge."""

    name: str
    subjects: tuple[str, ...]
    max_bytes: int
    max_message_bytes: int
    duplicate_window: timedelta


@dataclass(frozen=True)
class ConsumerSpec:
    """A durable pull consumer with explicit acks."""

    name: str
    owner: Source
    filter_subject: str
    ack_wait: timedelta
    max_ack_pending: int
    delivery_limit: int
    """After so many deliveries that failed unforeseen, the chassis states a dead letter."""


STREAM: Final = StreamSpec(
    name="AMBIENT",
    subjects=(f"{ROOT}.>",),
    max_bytes=8 * GIB,
    max_message_bytes=1024**2,
    # Jira retries for up to 75 minutes.
    duplicate_window=timedelta(hours=2),
)

SESSION_REQUESTS: Final = ConsumerSpec(
    name="session-requests",
    owner=Source.RUNNER,
    filter_subject=every(kind=SessionRequested.kind()),
    ack_wait=timedelta(seconds=30),
    # A request that waits for room counts as pending: one project's must not hold up the others'.
    max_ack_pending=20_000,
    delivery_limit=8,
)

AUDIT_TRAIL: Final = ConsumerSpec(
    name="audit-trail",
    owner=Source.AUDIT,
    filter_subject=f"{ROOT}.>",
    ack_wait=timedelta(seconds=30),
    max_ack_pending=4096,
    # The trail never gives up on a message: what it cannot read it records as it came.
    delivery_limit=2**31 - 1,
)

CONSUMERS: Final = (SESSION_REQUESTS, AUDIT_TRAIL)


def inbox_of(identity: str) -> str:
    """Return the inbox prefix of an identity; no other may read replies under it."""
    return f"_INBOX_{identity}"


@dataclass(frozen=True)
class Permissions:
    """What a NATS identity may publish and subscribe to."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


OPERATIONS: Final = "operations"
"""The one identity that makes streams and consumers; no service uses it."""
OBSERVER: Final = "observer"
"""An identity that sees every event go by and can publish none."""


def permissions_of(source: Source) -> Permissions:
    """Return what a service may do: publish as itself, read its own consumers, and no more."""
    stream = STREAM.name
    publish = [every(source=source), f"$JS.API.STREAM.INFO.{stream}", "$JS.API.INFO"]
    for consumer in CONSUMERS:
        if consumer.owner is source:
            publish += [
                f"$JS.API.CONSUMER.INFO.{stream}.{consumer.name}",
                f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer.name}",
                f"$JS.ACK.{stream}.{consumer.name}.>",
            ]
    if source is Source.AUDIT:
        # A message that was delivered out of turn is read by its sequence.
        publish.append(f"$JS.API.STREAM.MSG.GET.{stream}")
    return Permissions(tuple(publish), (f"{inbox_of(source)}.>",))
