"""The events of a session's life, each made from what was observed.

The requester is named as the actor of what they asked for, the runner of what it found. The API
server does not tell a controller who deleted: that actor is unknown.
"""

from ambient_contracts.events import (
    Actor,
    ActorKind,
    CredentialUsed,
    Event,
    ObjectRef,
    SessionCancelled,
    SessionCreated,
    SessionDeleted,
    SessionFailed,
    SessionQueued,
    SessionStarted,
    SessionSucceeded,
    SessionTimedOut,
)
from ambient_contracts.events.base import Outcome
from ambient_contracts.names import ANTHROPIC_API_KEY, CREDENTIALS_SECRET
from ambient_contracts.resources import Usage
from ambient_contracts.subjects import Source
from session_runner.domain.ending import Failed, Succeeded, usage_of
from session_runner.domain.observation import Observed
from session_runner.domain.provenance import canceller_of, reference_to, requester_of

RUNNER = Actor(kind=ActorKind.SERVICE, id=Source.RUNNER)
UNKNOWN = Actor(kind=ActorKind.UNKNOWN, id="")


def so_far(seen: Observed) -> tuple[Event, ...]:
    """Return the events that have happened and are not recorded in the status yet."""
    events: list[Event] = [] if seen.accepted else [created(seen)]
    if seen.started_at is not None and seen.status.start_time is None:
        events.append(started(seen))
    return tuple(events)


def created(seen: Observed) -> Event:
    """State that the session exists."""
    return SessionCreated(
        actor=requester_of(seen.session),
        project=seen.project,
        object=reference_to(seen.session),
        cloned_from=seen.session.spec.cloned_from,
    )


def queued(seen: Observed, reason: str) -> Event:
    """State that the session waits."""
    return SessionQueued(
        actor=RUNNER,
        project=seen.project,
        object=reference_to(seen.session),
        reason=reason,
    )


def started(seen: Observed) -> Event:
    """State that the agent runs."""
    return SessionStarted(
        actor=RUNNER,
        project=seen.project,
        object=reference_to(seen.session),
        job=seen.session.metadata.name,
    )


def succeeded(seen: Observed, ending: Succeeded) -> Event:
    """State that the agent answered."""
    return SessionSucceeded(
        actor=RUNNER,
        project=seen.project,
        object=reference_to(seen.session),
        result=ending.result,
        usage=ending.usage,
    )


def failed(seen: Observed, ending: Failed) -> Event:
    """State that the session ended without an answer."""
    return SessionFailed(
        actor=RUNNER,
        project=seen.project,
        object=reference_to(seen.session),
        reason=ending.reason,
        message=ending.message,
        usage=ending.usage,
    )


def cancelled(seen: Observed) -> Event:
    """State that the session was stopped on request."""
    return SessionCancelled(
        actor=canceller_of(seen.session),
        project=seen.project,
        object=reference_to(seen.session),
        usage=usage_of(seen.pods),
    )


def timed_out(seen: Observed) -> Event:
    """State that the session ran into its time limit."""
    return SessionTimedOut(
        actor=RUNNER,
        project=seen.project,
        object=reference_to(seen.session),
        timeout_seconds=seen.session.spec.timeout_seconds,
        usage=usage_of(seen.pods),
    )


def deleted(seen: Observed) -> Event:
    """State that the session and its Job are gone."""
    return SessionDeleted(actor=UNKNOWN, project=seen.project, object=reference_to(seen.session))


def credential_used(seen: Observed, usage: Usage | None) -> tuple[Event, ...]:
    """State that the project's key was used, where the agent has used a model.

    The runner cannot read the project's Secret, so it cannot say beforehand that there is a key.
    """
    if usage is None or usage.input_tokens + usage.output_tokens == 0:
        return ()
    return (
        CredentialUsed(
            actor=requester_of(seen.session),
            project=seen.project,
            object=ObjectRef(
                kind="Secret",
                name=CREDENTIALS_SECRET,
                namespace=seen.session.metadata.namespace,
            ),
            outcome=Outcome.SUCCESS,
            key=ANTHROPIC_API_KEY,
            session=seen.session.metadata.name,
        ),
    )
