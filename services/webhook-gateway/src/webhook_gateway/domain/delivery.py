"""One delivery: what is known of it, and the events that state what became of it.

Every id follows from the delivery itself, so that the same delivery, sent again, states the same
facts and asks for the same sessions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

from ambient_contracts.events import (
    Actor,
    ActorKind,
    Delivery,
    ObjectRef,
    SessionOrder,
    SessionRequested,
    WebhookAccepted,
    WebhookIgnored,
    WebhookRejected,
)
from ambient_contracts.names import (
    bot_service_account,
    namespace_of,
    service_account_user,
)
from ambient_contracts.resources import Project
from webhook_gateway.domain.refusal import RefusedError

REASON_MAX: Final = 2048
EVENT_MAX: Final = 128
_IDENTIFIER: Final = re.compile(r"[!-~]{1,256}")


@dataclass(frozen=True)
class Received:
    """A delivery as it came in; nothing of it is believed yet."""

    source: str
    project: str
    """As the URL has it."""
    headers: Mapping[str, str]
    """By lower-case name."""
    remote_address: str | None
    identifier: str | None = None
    """The sender's own id of the delivery, where it gives one."""
    body: bytes | None = None
    """None where it was not read to its end."""
    size: int = 0
    """Bytes of the body that came, in so far as they were read."""

    @cached_property
    def body_sha256(self) -> str | None:
        """SHA-256 of the raw body, in hexadecimal digits."""
        return None if self.body is None else sha256(self.body).hexdigest()

    @property
    def key(self) -> str:
        """What tells this delivery from others of its sender, and stays when it is sent again."""
        if self.identifier is not None:
            return f"id:{self.identifier}"
        return f"sha256:{self.body_sha256 or ''}"

    @property
    def credential(self) -> str:
        """What the sender proves themselves with."""
        return self.headers.get("authorization", "")


def valid_identifier(value: str | None) -> str | None:
    """Return a delivery's id if it can be one: printable ASCII, 256 characters at most."""
    return value if value is not None and _IDENTIFIER.fullmatch(value) else None


@dataclass(frozen=True)
class Sender:
    """A bot of a project, authentic."""

    project: Project
    bot: str

    @property
    def name(self) -> str:
        """The project's name."""
        return self.project.metadata.name

    @property
    def actor(self) -> Actor:
        """The bot as events name it."""
        user = service_account_user(namespace_of(self.name), bot_service_account(self.bot))
        return Actor(kind=ActorKind.BOT, id=user)


def because_of(received: Received, sender: Sender) -> tuple[str, ...]:
    """Return what tells an authentic delivery from every other of its project."""
    return (received.source, sender.bot, received.key)


def accepted(
    received: Received,
    sender: Sender,
    event: str,
    sessions: Mapping[str, str],
) -> WebhookAccepted:
    """State that triggers matched, each of which asks for a session.

    Args:
        received: The delivery.
        sender: Who sent it.
        event: The source's name of what happened.
        sessions: The session's name by the trigger's.
    """
    return WebhookAccepted(
        actor=sender.actor,
        project=sender.name,
        object=_reference(received),
        delivery=_delivery(received, event),
        triggers=tuple(sessions),
        sessions=tuple(sessions.values()),
    )


def requested(sender: Sender, trigger: str, order: SessionOrder, session: str) -> SessionRequested:
    """State that a trigger asks for a session."""
    return SessionRequested(
        actor=sender.actor,
        project=sender.name,
        object=ObjectRef(kind="AgenticSession", name=session, namespace=namespace_of(sender.name)),
        bot=sender.bot,
        trigger=trigger,
        order=order,
    )


def ignored(received: Received, sender: Sender, event: str, reason: str) -> WebhookIgnored:
    """State that an authentic delivery starts nothing."""
    return WebhookIgnored(
        actor=sender.actor,
        project=sender.name,
        object=_reference(received),
        delivery=_delivery(received, event),
        reason=reason[:REASON_MAX],
    )


def rejected(received: Received, refused: RefusedError, project: str | None) -> WebhookRejected:
    """State that a delivery was refused.

    Args:
        received: As much of it as was read.
        refused: Why.
        project: The project, where there is one of the name in the URL.
    """
    actor = Actor(kind=ActorKind.UNKNOWN, id="")
    if refused.project is not None and refused.bot is not None:
        actor = Sender(refused.project, refused.bot).actor
    return WebhookRejected(
        actor=actor,
        project=project,
        object=_reference(received),
        delivery=_delivery(received, None),
        status=int(refused.status),
        reason=refused.reason[:REASON_MAX],
    )


def because_of_refusal(received: Received, refused: RefusedError) -> tuple[str, ...]:
    """Return what tells a refused delivery from every other.

    The credential is part of it, so that each guess is a fact of its own; of an id nobody can
    tell what it was made from.
    """
    return (
        received.source,
        received.project,
        received.remote_address or "",
        received.credential,
        received.key,
        str(int(refused.status)),
        refused.reason,
    )


def _reference(received: Received) -> ObjectRef:
    return ObjectRef(kind="Webhook", name=received.identifier or received.key)


def _delivery(received: Received, event: str | None) -> Delivery:
    return Delivery(
        provider=received.source,
        identifier=received.identifier,
        event=None if event is None else event[:EVENT_MAX],
        remote_address=received.remote_address,
        size=received.size,
        body_sha256=received.body_sha256,
    )
