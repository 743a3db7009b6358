"""The table of phases: every row, what leads to it and what follows from it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import runner_made as made

from ambient_contracts.agent import AgentReport
from ambient_contracts.resources import Phase, Usage
from session_runner.domain.observation import Action, Admission, Launch, Launched, Observed
from session_runner.domain.phases import RULES, decide, rule_for

PENDING = {"jobName": "s1"}
CANCELLED_REPORT = AgentReport(
    outcome="failed", reason="Cancelled", message="it was stopped", usage=Usage(input_tokens=7)
)

# row, what is seen, events, phase, reason, action
TABLE: list[tuple[str, Observed, list[str], Phase | None, str | None, Action | None]] = [
    (
        "deleted, not held",
        made.seen(session=made.session(deleting=True, finalizers=("other/finalizer",))),
        [],
        None,
        None,
        None,
    ),
    (
        "deleted, Job there",
        made.seen(session=made.session(deleting=True), job=made.job()),
        [],
        None,
        None,
        Action.DELETE_JOB,
    ),
    (
        "deleted, Job there",
        made.seen(session=made.session(deleting=True), job=made.job(deleting=True)),
        [],
        None,
        None,
        None,
    ),
    (
        "deleted, Job gone",
        made.seen(session=made.session(deleting=True)),
        ["created", "deleted"],
        None,
        None,
        Action.REMOVE_FINALIZER,
    ),
    (
        "ended, Job runs",
        made.seen(session=made.session(phase=Phase.FAILED), job=made.job()),
        [],
        None,
        None,
        Action.DELETE_JOB,
    ),
    (
        "ended",
        made.seen(session=made.session(phase=Phase.FAILED), job=made.job(complete=True)),
        [],
        None,
        None,
        None,
    ),
    (
        "ended",
        made.seen(session=made.session(phase=Phase.SUCCEEDED, cancelRequested=True)),
        [],
        None,
        None,
        None,
    ),
    (
        "not held",
        made.seen(session=made.session(finalizers=())),
        [],
        None,
        None,
        Action.ADD_FINALIZER,
    ),
    (
        "cannot run",
        made.seen(session=made.session(websiteURL="http://169.254.169.254/")),
        ["created", "failed"],
        Phase.FAILED,
        "ForbiddenWebsite",
        None,
    ),
    (
        "cannot run",
        made.seen(session=made.session(name="n" * 64)),
        ["created", "failed"],
        Phase.FAILED,
        "NameTooLong",
        None,
    ),
    (
        "cancelled, Job runs",
        made.seen(session=made.session(cancelRequested=True), job=made.job()),
        [],
        None,
        None,
        Action.DELETE_JOB,
    ),
    (
        "cancelled, no Job",
        made.seen(session=made.session(cancelRequested=True)),
        ["created", "cancelled"],
        Phase.CANCELLED,
        "CancelRequested",
        None,
    ),
    (
        "cancelled, no Job",
        made.seen(
            session=made.session(cancelRequested=True, phase=Phase.PENDING, status=PENDING),
            pods=(made.pod(exit_code=1, said=CANCELLED_REPORT),),
        ),
        ["created", "started", "used", "cancelled"],
        Phase.CANCELLED,
        "CancelRequested",
        None,
    ),
    (
        "Job complete",
        made.seen(job=made.job(complete=True), pods=(made.pod(exit_code=0, said=made.ANSWERED),)),
        ["created", "started", "used", "succeeded"],
        Phase.SUCCEEDED,
        "Answered",
        None,
    ),
    (
        "Job complete",
        made.seen(
            session=made.session(cancelRequested=True),
            job=made.job(complete=True),
            pods=(made.pod(exit_code=0, said=made.ANSWERED),),
        ),
        ["created", "started", "used", "succeeded"],
        Phase.SUCCEEDED,
        "Answered",
        None,
    ),
    (
        "Job complete",
        made.seen(job=made.job(complete=True), pods=(made.pod(exit_code=0, said="{"),)),
        ["created", "started", "failed"],
        Phase.FAILED,
        "BadReport",
        None,
    ),
    (
        "Job complete",
        made.seen(job=made.job(complete=True)),
        ["created", "failed"],
        Phase.FAILED,
        "ResultLost",
        None,
    ),
    (
        "Job over time",
        made.seen(job=made.job(failed="DeadlineExceeded"), pods=(made.pod(exit_code=143),)),
        ["created", "started", "timed_out"],
        Phase.TIMED_OUT,
        "DeadlineExceeded",
        None,
    ),
    (
        "Job over time",
        made.seen(
            job=made.job(failed="BackoffLimitExceeded"),
            pods=(
                made.pod(
                    exit_code=1,
                    said=AgentReport(outcome="failed", reason="TimedOut", message="too slow"),
                ),
            ),
        ),
        ["created", "started", "timed_out"],
        Phase.TIMED_OUT,
        "DeadlineExceeded",
        None,
    ),
    (
        "Job failed",
        made.seen(job=made.job(failed="BackoffLimitExceeded"), pods=(made.pod(exit_code=3),)),
        ["created", "started", "failed"],
        Phase.FAILED,
        "ExitCode",
        None,
    ),
    (
        "Job failed",
        made.seen(
            job=made.job(failed="BackoffLimitExceeded"),
            pods=(made.pod(exit_code=137, reason="OOMKilled"),),
        ),
        ["created", "started", "failed"],
        Phase.FAILED,
        "OOMKilled",
        None,
    ),
    (
        "Job failed",
        made.seen(
            job=made.job(failed="BackoffLimitExceeded"),
            pods=(made.pod(phase="Failed", reason="Evicted"),),
        ),
        ["created", "failed"],
        Phase.FAILED,
        "Evicted",
        None,
    ),
    (
        "Job failed",
        made.seen(
            job=made.job(failed="BackoffLimitExceeded"),
            pods=(made.pod(exit_code=1, said=CANCELLED_REPORT, phase="Failed", reason="Evicted"),),
        ),
        ["created", "started", "used", "failed"],
        Phase.FAILED,
        "Evicted",
        None,
    ),
    (
        "Job failed",
        made.seen(
            job=made.job(failed="BackoffLimitExceeded"),
            pods=(made.pod(exit_code=1, said=CANCELLED_REPORT),),
        ),
        ["created", "started", "used", "failed"],
        Phase.FAILED,
        "Stopped",
        None,
    ),
    (
        "Job failed",
        made.seen(
            job=made.job(failed="BackoffLimitExceeded"),
            pods=(made.pod(exit_code=137, signal=9),),
        ),
        ["created", "started", "failed"],
        Phase.FAILED,
        "Killed",
        None,
    ),
    (
        "Job failed",
        made.seen(
            job=made.job(failed="BackoffLimitExceeded"),
            pods=(
                made.pod(
                    exit_code=1,
                    said=AgentReport(outcome="failed", reason="PageNotFound", message="404"),
                ),
            ),
        ),
        ["created", "started", "failed"],
        Phase.FAILED,
        "PageNotFound",
        None,
    ),
    (
        "Job failed",
        made.seen(job=made.job(failed="BackoffLimitExceeded")),
        ["created", "failed"],
        Phase.FAILED,
        "BackoffLimitExceeded",
        None,
    ),
    ("Job going", made.seen(job=made.job(deleting=True)), [], None, None, None),
    (
        "Job gone",
        made.seen(session=made.session(phase=Phase.PENDING, status=PENDING)),
        ["created", "failed"],
        Phase.FAILED,
        "JobDeleted",
        None,
    ),
    (
        "Job gone",
        made.seen(
            session=made.session(phase=Phase.PENDING, status=PENDING),
            pods=(made.pod(exit_code=0, said=made.ANSWERED),),
        ),
        ["created", "started", "used", "succeeded"],
        Phase.SUCCEEDED,
        "Answered",
        None,
    ),
    (
        "Job gone",
        made.seen(
            session=made.session(phase=Phase.PENDING, status=PENDING),
            pods=(made.pod(exit_code=1, said=CANCELLED_REPORT),),
        ),
        ["created", "started", "used", "failed"],
        Phase.FAILED,
        "JobDeleted",
        None,
    ),
    (
        "Job made",
        made.seen(launched=Launched(Launch.MADE)),
        ["created"],
        Phase.PENDING,
        "WaitingForPod",
        None,
    ),
    (
        "Job over quota",
        made.seen(launched=Launched(Launch.OVER_QUOTA)),
        ["created", "queued"],
        Phase.QUEUED,
        "QuotaExceeded",
        None,
    ),
    (
        "Job's name taken",
        made.seen(launched=Launched(Launch.NAME_TAKEN)),
        ["created", "queued"],
        Phase.QUEUED,
        "JobNameTaken",
        None,
    ),
    (
        "Job refused",
        made.seen(launched=Launched(Launch.REFUSED, "no such field")),
        ["created", "failed"],
        Phase.FAILED,
        "JobRefused",
        None,
    ),
    (
        "project takes no work",
        made.seen(admission=Admission.SUSPENDED),
        ["created", "queued"],
        Phase.QUEUED,
        "ProjectSuspended",
        None,
    ),
    (
        "project takes no work",
        made.seen(admission=Admission.MISSING),
        ["created", "queued"],
        Phase.QUEUED,
        "ProjectNotFound",
        None,
    ),
    (
        "no room",
        made.seen(before=3, capacity=3),
        ["created", "queued"],
        Phase.QUEUED,
        "QuotaExceeded",
        None,
    ),
    (
        "no room",
        made.seen(before=3, capacity=0, session=made.session(phase=Phase.QUEUED)),
        ["created"],
        Phase.QUEUED,
        "QuotaTooSmall",
        None,
    ),
    ("no Job", made.seen(before=2, capacity=3), ["created"], None, None, Action.CREATE_JOB),
    (
        "Pod stuck for too long",
        made.seen(job=made.job(), pods=(made.pod(waiting="ImagePullBackOff", age=121),)),
        ["created", "failed"],
        Phase.FAILED,
        "ImagePullBackOff",
        Action.DELETE_JOB,
    ),
    (
        "agent started",
        made.seen(job=made.job(), pods=(made.pod(running=True),)),
        ["created", "started"],
        Phase.RUNNING,
        "AgentStarted",
        None,
    ),
    (
        "agent started",
        made.seen(
            job=made.job(),
            pods=(made.pod(exit_code=1, uid="first"), made.pod(waiting="ErrImagePull")),
        ),
        ["created", "started"],
        Phase.RUNNING,
        "AgentStarted",
        None,
    ),
    (
        "Pod stuck",
        made.seen(job=made.job(), pods=(made.pod(waiting="CreateContainerConfigError"),)),
        ["created"],
        Phase.PENDING,
        "CreateContainerConfigError",
        None,
    ),
    (
        "Pod awaited",
        made.seen(job=made.job(), pods=(made.pod(waiting="ContainerCreating"),)),
        ["created"],
        Phase.PENDING,
        "WaitingForPod",
        None,
    ),
]


@pytest.mark.parametrize(
    ("row", "seen", "events", "phase", "reason", "action"),
    TABLE,
    ids=[f"{number}-{row[0]}" for number, row in enumerate(TABLE)],
)
def test_what_is_seen_decides(
    row: str,
    seen: Observed,
    events: list[str],
    phase: Phase | None,
    reason: str | None,
    action: Action | None,
) -> None:
    assert rule_for(seen).name == row

    decision = decide(seen)

    assert [event.verb for event in decision.events] == events
    assert decision.action is action
    assert (decision.status.phase if decision.status else None) == phase
    if decision.status:
        running = next(each for each in decision.status.conditions if each.type == "Running")
        assert running.reason == reason


def test_every_row_has_an_example() -> None:
    assert {row for row, *_ in TABLE} == {rule.name for rule in RULES}


def test_the_readme_shows_the_rows_in_their_order() -> None:
    readme = Path(__file__).parents[1].joinpath("README.md").read_text()
    assert re.findall(r"^\| \d+ \| ([^|]+?) \|", readme, re.MULTILINE) == [r.name for r in RULES]


@pytest.mark.parametrize(
    "seen", [row[1] for row in TABLE], ids=[f"{n}-{row[0]}" for n, row in enumerate(TABLE)]
)
def test_what_is_recorded_is_neither_stated_nor_recorded_again(seen: Observed) -> None:
    status = decide(seen).status
    if status is None:
        return
    recorded = made.session(name=seen.session.metadata.name).model_copy(
        update={"spec": seen.session.spec, "status": status}
    )
    later = Observed(
        session=recorded,
        now=seen.now + timedelta(seconds=5),
        job=seen.job,
        pods=seen.pods,
        admission=seen.admission,
        before=seen.before,
        capacity=seen.capacity,
        launched=seen.launched,
    )
    if status.job_name is not None and seen.job is None and not status.phase.final:
        later = Observed(session=recorded, now=later.now, job=made.job(), pods=seen.pods)

    again = decide(later)

    assert again.status is None
    assert again.events == ()


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.final])
def test_nothing_leads_out_of_a_final_phase(phase: Phase) -> None:
    for _, seen, *_ in TABLE:
        if seen.deleting:
            continue
        ended = seen.session.model_copy(update={"status": made.session(phase=phase).status})
        decision = decide(
            Observed(
                session=ended,
                now=seen.now,
                job=seen.job,
                pods=seen.pods,
                admission=seen.admission,
                launched=seen.launched,
            )
        )
        assert decision.status is None
        assert decision.events == ()
