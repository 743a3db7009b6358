"""The table of a session's phases: what was observed, and what follows from it.

The first rule that holds decides. Nothing is read and nothing is written here. A rule that changes
nothing yields an empty decision, so a restart writes nothing.
"""

from dataclasses import replace
from typing import Final

from session_runner.domain import moves
from session_runner.domain.ending import says_over_time
from session_runner.domain.observation import (
    FINALIZER,
    Admission,
    Decision,
    Launch,
    Observed,
    Rule,
)
from session_runner.domain.obstacle import grace_left, stuck
from session_runner.domain.refusal import refusal
from session_runner.domain.workload import DEADLINE_EXCEEDED


def decide(seen: Observed) -> Decision:
    """Return what is to be done about a session."""
    decision = rule_for(seen).decide(seen)
    if decision.status == seen.session.status:
        return replace(decision, status=None)
    return decision


def rule_for(seen: Observed) -> Rule:
    """Return the row of the table that holds."""
    return next(rule for rule in RULES if rule.holds(seen))


def _held(seen: Observed) -> bool:
    return FINALIZER in seen.session.metadata.finalizers


def _cancelled(seen: Observed) -> bool:
    return seen.session.spec.cancel_requested


def _refused(seen: Observed) -> bool:
    return seen.job is None and seen.status.job_name is None and refusal(seen) is not None


def _over_time(seen: Observed) -> bool:
    failure = seen.job.failure if seen.job else None
    if failure is None:
        return False
    return failure.reason == DEADLINE_EXCEEDED or says_over_time(seen.pods)


def _had_job(seen: Observed) -> bool:
    return seen.job is None and seen.status.job_name is not None


RULES: Final = (
    # Deleted: what is left of it goes.
    Rule("deleted, not held", lambda o: o.deleting and not _held(o), moves.nothing),
    Rule("deleted, Job there", lambda o: o.deleting and o.job is not None, moves.end_job),
    Rule("deleted, Job gone", lambda o: o.deleting, moves.let_go),
    # Ended: a final phase never changes.
    Rule("ended, Job runs", lambda o: o.final and o.job_runs, moves.end_job),
    Rule("ended", lambda o: o.final, moves.nothing),
    # New.
    Rule("not held", lambda o: not _held(o), moves.hold),
    Rule("cannot run", _refused, moves.refuse),
    # Cancelled: what had ended before stays as it ended.
    Rule("cancelled, Job runs", lambda o: _cancelled(o) and o.job_runs, moves.end_job),
    Rule("cancelled, no Job", lambda o: _cancelled(o) and o.job is None, moves.cancel),
    # The Job has ended.
    Rule("Job complete", lambda o: o.job is not None and o.job.complete, moves.complete),
    Rule("Job over time", _over_time, moves.time_out),
    Rule("Job failed", lambda o: o.job is not None and o.job.ended, moves.job_failed),
    Rule("Job going", lambda o: o.job is not None and o.job.deleting, moves.nothing),
    Rule("Job gone", _had_job, moves.job_gone),
    # The Job was tried in this pass.
    Rule("Job made", lambda o: o.launch is Launch.MADE, moves.await_pod),
    Rule("Job over quota", lambda o: o.launch is Launch.OVER_QUOTA, moves.queue_for_room),
    Rule("Job's name taken", lambda o: o.launch is Launch.NAME_TAKEN, moves.queue_for_name),
    Rule("Job refused", lambda o: o.launch is Launch.REFUSED, moves.refuse_launch),
    # There is no Job yet.
    Rule(
        "project takes no work",
        lambda o: o.job is None and o.admission is not Admission.OPEN,
        moves.queue_for_project,
    ),
    Rule("no room", lambda o: o.job is None and not o.room, moves.queue_for_room),
    Rule("no Job", lambda o: o.job is None, moves.launch),
    # The Job runs.
    Rule(
        "Pod stuck for too long",
        lambda o: stuck(o) is not None and grace_left(o) <= 0,
        moves.give_up_start,
    ),
    Rule("agent started", lambda o: o.started_at is not None, moves.run),
    Rule("Pod stuck", lambda o: stuck(o) is not None, moves.await_start),
    Rule("Pod awaited", lambda _: True, moves.await_pod),
)
"""The rows, in their order."""
