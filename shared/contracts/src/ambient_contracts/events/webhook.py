"""Deliveries to the gateway."""

from typing import ClassVar

from pydantic import Field

from ambient_contracts.events.base import Event, Outcome, Sentence
from ambient_contracts.model import Frozen
from ambient_contracts.subjects import Source


class Delivery(Frozen):
    """What is known of one HTTP delivery, whoever sent it."""

    provider: str = Field(description="Which kind of source it claims to be, as in the URL.")
    identifier: str | None = Field(
        default=None, max_length=256, description="The sender's delivery id."
    )
    event: str | None = Field(default=None, max_length=128, description="The sender's event name.")
    remote_address: str | None = None
    size: int = Field(ge=0, description="The body's length in bytes, as far as it was read.")
    body_sha256: str | None = Field(default=None, description="SHA-256 of the raw body, in hex.")


class _WebhookEvent(Event):
    entity: ClassVar[str] = "webhook"
    sources: ClassVar[tuple[Source, ...]] = (Source.GATEWAY,)

    delivery: Delivery


class WebhookAccepted(_WebhookEvent):
    """An authentic delivery matched at least one trigger; each asks for a session."""

    verb: ClassVar[str] = "accepted"
    outcome: Outcome = Outcome.SUCCESS
    triggers: tuple[str, ...]
    sessions: tuple[str, ...] = Field(description="The sessions that it asks for, by name.")


class WebhookIgnored(_WebhookEvent):
    """An authentic delivery matched no trigger."""

    verb: ClassVar[str] = "ignored"
    outcome: Outcome = Outcome.SUCCESS
    reason: Sentence


class WebhookRejected(_WebhookEvent):
    """A delivery was refused; `status` is what the sender was told."""

    verb: ClassVar[str] = "rejected"
    outcome: Outcome = Outcome.DENIED
    status: int = Field(ge=400, le=599)
    reason: Sentence
