"""Facts about the platform itself."""

from typing import ClassVar

from pydantic import Field

from ambient_contracts.events.base import Event, Outcome, Sentence
from ambient_contracts.subjects import Source


class MessageDeadLettered(Event):
    """A consumer gave up on a message. The message itself stays in the stream."""

    entity: ClassVar[str] = "message"
    verb: ClassVar[str] = "dead_lettered"
    sources: ClassVar[tuple[Source, ...]] = tuple(Source)
    outcome: Outcome = Outcome.FAILURE
    consumer: str
    stream_sequence: int = Field(ge=1)
    subject_of_message: str
    deliveries: int = Field(ge=1)
    reason: Sentence


class LedgerCheckpointed(Event):
    """The audit service states how far its record goes, and what it adds up to."""

    entity: ClassVar[str] = "ledger"
    verb: ClassVar[str] = "checkpointed"
    published: ClassVar[bool] = False
    sources: ClassVar[tuple[Source, ...]] = (Source.AUDIT,)
    outcome: Outcome = Outcome.SUCCESS
    size: int = Field(ge=0)
    root_sha256: str
