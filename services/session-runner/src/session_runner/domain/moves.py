"""What each row of the table does: the events that it states and the status that it records."""

from dataclasses import replace
from typing import Final

from ambient_contracts.resources import Phase
from session_runner.domain import facts
from session_runner.domain.ending import FROM_OUTSIDE, Failed, Succeeded, ending_of, usage_of
from session_runner.domain.observation import Action, Admission, Decision, Observed
from session_runner.domain.obstacle import grace_left, obstacle, stuck
from session_runner.domain.refusal import refusal
from session_runner.domain.status import ACCEPTED, RUNS, Says, ended, record
from session_runner.domain.workload import DEADLINE_EXCEEDED

LOOK_AGAIN: Final = 10.0
"""Seconds until a session that waits for its project is looked at again."""
_MESSAGE_MAX: Final = 2048


def nothing(_seen: Observed) -> Decision:
    """Leave everything as it is."""
    return Decision()


def end_job(seen: Observed) -> Decision:
    """Delete the Job, and wait until it is gone."""
    gone_soon = seen.job is None or seen.job.deleting
    return Decision(action=None if gone_soon else Action.DELETE_JOB)


def let_go(seen: Observed) -> Decision:
    """State that the session is deleted, and let the API server forget it."""
    return Decision(
        events=(*facts.so_far(seen), facts.deleted(seen)), action=Action.REMOVE_FINALIZER
    )


def hold(_seen: Observed) -> Decision:
    """See to it that the session cannot go before its Job."""
    return Decision(action=Action.ADD_FINALIZER)


def refuse(seen: Observed) -> Decision:
    """Fail a session that cannot run."""
    return _fail(seen, refusal(seen) or Failed("Refused", "It cannot run."), accepted=False)


def refuse_launch(seen: Observed) -> Decision:
    """Fail a session whose Job the API server will never take."""
    said = seen.launched.message if seen.launched else ""
    why = Failed("JobRefused", f"The API server refuses the session's Job: {said}"[:_MESSAGE_MAX])
    return _fail(seen, why, accepted=False)


def launch(seen: Observed) -> Decision:
    """Make the Job."""
    return Decision(events=facts.so_far(seen), action=Action.CREATE_JOB)


def queue_for_project(seen: Observed) -> Decision:
    """Wait until the project takes work."""
    if seen.admission is Admission.MISSING:
        return _queue(seen, "ProjectNotFound", f"There is no project {seen.project} yet.")
    return _queue(seen, "ProjectSuspended", f"The project {seen.project} takes no new work.")


def queue_for_room(seen: Observed) -> Decision:
    """Wait until other sessions of the project have ended."""
    if seen.capacity < 1:
        return _queue(seen, "QuotaTooSmall", "The project's quota is less than one session needs.")
    return _queue(seen, "QuotaExceeded", "The project's quota has no room for another session.")


def queue_for_name(seen: Observed) -> Decision:
    """Wait until a Job that is not the session's is out of the way."""
    name = seen.session.metadata.name
    return _queue(seen, "JobNameTaken", f"A Job {name} that is not this session's is in the way.")


def await_pod(seen: Observed) -> Decision:
    """Record that the Job is made."""
    return _pending(seen, Says(False, "WaitingForPod", "The Job is made; its Pod is to start."))


def await_start(seen: Observed) -> Decision:
    """Record what keeps the Pod from starting, and look again when its grace is over."""
    why = obstacle(seen)
    decision = _pending(seen, Says(False, why.reason, why.message))
    return replace(decision, again_after=max(1.0, grace_left(seen)))


def give_up_start(seen: Observed) -> Decision:
    """Fail a session whose Pod did not get past its obstacle, and end its Job."""
    return replace(_fail(seen, obstacle(seen)), action=Action.DELETE_JOB)


def run(seen: Observed) -> Decision:
    """Record that the agent runs."""
    return Decision(
        events=facts.so_far(seen),
        status=record(
            seen,
            Phase.RUNNING,
            running=RUNS,
            job_name=seen.session.metadata.name,
            start_time=seen.started_at,
        ),
        again_after=max(1.0, grace_left(seen)) if stuck(seen) else None,
    )


def cancel(seen: Observed) -> Decision:
    """Record that the session was stopped, with what it had used."""
    usage = usage_of(seen.pods)
    message = "The session was stopped on request."
    return Decision(
        events=(
            *facts.so_far(seen),
            *facts.credential_used(seen, usage),
            facts.cancelled(seen),
        ),
        status=ended(seen, Phase.CANCELLED, "CancelRequested", message, usage=usage),
    )


def time_out(seen: Observed) -> Decision:
    """Record that the session ran into its time limit, with what it had used."""
    usage = usage_of(seen.pods)
    did = "start" if seen.started_at is None else "end"
    message = f"The agent did not {did} within {seen.session.spec.timeout_seconds} seconds."
    return Decision(
        events=(
            *facts.so_far(seen),
            *facts.credential_used(seen, usage),
            facts.timed_out(seen),
        ),
        status=ended(seen, Phase.TIMED_OUT, DEADLINE_EXCEEDED, message, usage=usage),
    )


def complete(seen: Observed) -> Decision:
    """Record what the agent reports."""
    lost = Failed("ResultLost", "The Job ended well, but its Pod was gone before it was read.")
    return _as_tried(seen, lost)


def job_gone(seen: Observed) -> Decision:
    """Record how the last try ended, or that somebody deleted the Job."""
    deleted = Failed("JobDeleted", "The session's Job was deleted before it ended.")
    ending = ending_of(seen.pods, otherwise=deleted)
    if isinstance(ending, Failed) and ending.reason in FROM_OUTSIDE:
        return _fail(seen, replace(deleted, usage=ending.usage))
    return _as_tried(seen, deleted)


def job_failed(seen: Observed) -> Decision:
    """Record why the last try failed."""
    failure = seen.job.failure if seen.job else None
    said = failure.message if failure and failure.message else "no more is known."
    reason = failure.reason if failure and failure.reason else "JobFailed"
    by_job = Failed(reason, f"The Job failed: {said}"[:_MESSAGE_MAX], usage_of(seen.pods))
    ending = ending_of(seen.pods, otherwise=by_job)
    return _fail(seen, by_job if isinstance(ending, Succeeded) else ending)


def _as_tried(seen: Observed, otherwise: Failed) -> Decision:
    ending = ending_of(seen.pods, otherwise=otherwise)
    return _fail(seen, ending) if isinstance(ending, Failed) else _succeed(seen, ending)


def _succeed(seen: Observed, ending: Succeeded) -> Decision:
    return Decision(
        events=(
            *facts.so_far(seen),
            *facts.credential_used(seen, ending.usage),
            facts.succeeded(seen, ending),
        ),
        status=ended(
            seen,
            Phase.SUCCEEDED,
            "Answered",
            "The agent answered.",
            result=ending.result,
            usage=ending.usage,
        ),
    )


def _fail(seen: Observed, why: Failed, *, accepted: bool = True) -> Decision:
    return Decision(
        events=(
            *facts.so_far(seen),
            *facts.credential_used(seen, why.usage),
            facts.failed(seen, why),
        ),
        status=ended(
            seen,
            Phase.FAILED,
            why.reason,
            why.message,
            accepted=ACCEPTED if accepted else Says(False, why.reason, why.message),
            usage=why.usage,
        ),
    )


def _queue(seen: Observed, reason: str, message: str) -> Decision:
    waits = () if seen.queued else (facts.queued(seen, message),)
    return Decision(
        events=(*facts.so_far(seen), *waits),
        status=record(seen, Phase.QUEUED, running=Says(False, reason, message)),
        again_after=LOOK_AGAIN,
    )


def _pending(seen: Observed, running: Says) -> Decision:
    return Decision(
        events=facts.so_far(seen),
        status=record(seen, Phase.PENDING, running=running, job_name=seen.session.metadata.name),
    )
