"""Take a delivery in: who sent it, may they, what does it say, and which sessions does it ask for.

What arrives is a delivery whose size is bounded; what leaves is one event that states what became
of it, and one for each session. Nothing of the body is parsed before its sender is known. Nothing
is answered before what it says is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog

from ambient_contracts.names import session_name
from webhook_gateway.domain.delivery import (
    Received,
    Sender,
    accepted,
    because_of,
    ignored,
    requested,
)
from webhook_gateway.domain.json_body import Json, MalformedJsonError, parse
from webhook_gateway.domain.judging import Judgement, listening
from webhook_gateway.domain.refusal import RefusedError
from webhook_gateway.ports import (
    BusyError,
    Directory,
    Facts,
    Judge,
    RateLimit,
    Reading,
    Rights,
    WebhookSource,
)

_log = structlog.get_logger()


@dataclass(frozen=True)
class Answer:
    """What became of a delivery; the same when it comes again."""

    id: str
    """The id of the event that states it."""
    sessions: tuple[str, ...] = ()
    reason: str | None = None
    """Why it starts nothing, where it does not."""


class ReceiveWebhook:
    """Turns an authentic delivery into events."""

    def __init__(
        self,
        *,
        directory: Directory,
        rights: Rights,
        rate: RateLimit,
        judge: Judge,
        facts: Facts,
        clock: Callable[[], float],
    ) -> None:
        self._directory = directory
        self._rights = rights
        self._rate = rate
        self._judge = judge
        self._facts = facts
        self._clock = clock

    async def __call__(self, source: WebhookSource, received: Received) -> Answer:
        """Return what became of it, once that is stored.

        Raises:
            RefusedError: If it is refused.
            BusyError: If it cannot be judged now.
            BusUnavailableError: If it cannot be stored.
            KubeError: If the API server cannot say what the sender may.
        """
        sender = self._authenticate(source, received)
        try:
            await self._authorise(sender)
            self._bound_rate(sender)
            reading = source.read(_parsed(received))
        except RefusedError as refused:
            raise refused.by(sender.project, sender.bot) from refused
        return await self._decide(received, sender, reading)

    def _authenticate(self, source: WebhookSource, received: Received) -> Sender:
        if not self._directory.complete:
            # A refusal would be final: whoever sends it drops the delivery.
            raise BusyError("The gateway has just started, and has not read its projects yet.")
        project = self._directory.project(received.project)
        secret = self._directory.webhook_secret(received.project) if project else None
        bot = source.bot_of(received, secret, self._clock())
        if project is None:
            raise RuntimeError("a source authenticated a sender without a secret")
        return Sender(project, bot)

    async def _authorise(self, sender: Sender) -> None:
        account = self._directory.bot(sender.name, sender.bot)
        if account is None:
            raise _forbidden(f"The project {sender.name} has no bot {sender.bot} any more.")
        if "webhook" not in account.spec.sources:
            raise _forbidden(f"The `sources` of bot {sender.bot} do not name `webhook`.")
        if not await self._rights.may_create_sessions(sender.name, sender.bot):
            raise _forbidden(
                f"Bot {sender.bot} has no right to create sessions in project {sender.name}."
            )

    def _bound_rate(self, sender: Sender) -> None:
        seconds = self._rate.wait_for(f"{sender.name}/{sender.bot}")
        if seconds:
            raise RefusedError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"Bot {sender.bot} sends more than it may. Try again in {seconds} s.",
                reason=f"Bot {sender.bot} sends more than it may.",
                retry_after=seconds,
            )

    async def _decide(self, received: Received, sender: Sender, reading: Reading) -> Answer:
        spec = sender.project.spec
        if sender.project.metadata.deletion_timestamp is not None:
            return await self._ignore(received, sender, reading, "The project is being deleted.")
        if spec.suspended:
            return await self._ignore(received, sender, reading, "The project is suspended.")
        if reading.echo:
            return await self._ignore(received, sender, reading, "It is a comment of our own.")
        triggers = listening(spec.jira.triggers, reading.event)
        if not triggers:
            none = f"No trigger of the project is for the event {reading.event[:128]!r}."
            return await self._ignore(received, sender, reading, none)
        judgements = await self._judge(sender.name, triggers, reading.event, received.body or b"")
        for judgement in judgements:
            if judgement.kind == "failed":
                _log.warning(
                    "trigger_failed",
                    project=sender.name,
                    trigger=judgement.trigger,
                    reason=judgement.reason,
                )
        matched = [judgement for judgement in judgements if judgement.order is not None]
        if not matched:
            return await self._ignore(received, sender, reading, _why_none(judgements))
        return await self._request_sessions(received, sender, reading, matched)

    async def _request_sessions(
        self, received: Received, sender: Sender, reading: Reading, matched: list[Judgement]
    ) -> Answer:
        because = because_of(received, sender)
        orders = {judgement.trigger: judgement.order for judgement in matched if judgement.order}
        # An event's id follows from its causes alone, so the sessions can be named beforehand.
        ids = {
            trigger: self._facts.fact(
                requested(sender, trigger, order, ""), because=(*because, trigger)
            ).envelope.id
            for trigger, order in orders.items()
        }
        sessions = {trigger: session_name(identity) for trigger, identity in ids.items()}
        first = self._facts.fact(
            accepted(received, sender, reading.event, sessions), because=because
        )
        cause = first.envelope.caused()
        asked = [
            self._facts.fact(
                requested(sender, trigger, order, sessions[trigger]),
                because=(*because, trigger),
                cause=cause,
            )
            for trigger, order in orders.items()
        ]
        await self._facts.publish(first, *asked)
        return Answer(first.envelope.id, tuple(sessions.values()))

    async def _ignore(
        self, received: Received, sender: Sender, reading: Reading, reason: str
    ) -> Answer:
        event = ignored(received, sender, reading.event, reason)
        fact = self._facts.fact(event, because=because_of(received, sender))
        await self._facts.publish(fact)
        return Answer(fact.envelope.id, reason=event.reason)


def _forbidden(told: str) -> RefusedError:
    return RefusedError(HTTPStatus.FORBIDDEN, f"{told} An admin of the project can mend that.")


def _parsed(received: Received) -> Json:
    try:
        return parse(received.body or b"")
    except MalformedJsonError as error:
        raise RefusedError(
            HTTPStatus.BAD_REQUEST,
            f"The body is not JSON: {error}. In custom data, escape smart values with "
            "`.asJsonString`.",
        ) from error


def _why_none(judgements: tuple[Judgement, ...]) -> str:
    said = "; ".join(f"{judgement.trigger}: {judgement.reason}" for judgement in judgements)
    return f"No trigger matched: {said}."
