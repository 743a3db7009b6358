"""A session's status: its phase, three conditions that do not flap, and what came out of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ambient_contracts.resources import Condition, Phase, SessionStatus
from session_runner.domain.observation import Observed
from session_runner.domain.provenance import trace_id_of


@dataclass(frozen=True)
class Says:
    """What a condition says: yes or no, a word for programs, a sentence for people."""

    holds: bool
    reason: str
    message: str

    @property
    def status(self) -> Literal["True", "False"]:
        """As a condition spells it."""
        return "True" if self.holds else "False"


ACCEPTED = Says(True, "Accepted", "The session may run.")
NOT_YET = Says(False, "NotEnded", "The session has not ended.")
RUNS = Says(True, "AgentStarted", "The agent runs.")


def record(
    seen: Observed,
    phase: Phase,
    *,
    running: Says,
    accepted: Says = ACCEPTED,
    complete: Says = NOT_YET,
    **fields: Any,
) -> SessionStatus:
    """Return the status that records a phase.

    Args:
        seen: What it follows from; what the status already says of times and names is kept.
        phase: The phase.
        running: Whether the agent runs, and if not, why.
        accepted: Whether the session may run at all.
        complete: Whether it has ended, and how.
        fields: Other fields of the status; None leaves one as it is.
    """
    says = {"Accepted": accepted, "Running": running, "Complete": complete}
    update: dict[str, Any] = {
        "phase": phase,
        "conditions": tuple(_condition(seen, kind, each) for kind, each in says.items()),
        "observed_generation": seen.session.metadata.generation,
        "trace_id": trace_id_of(seen.session),
    }
    update |= {name: value for name, value in fields.items() if value is not None}
    return seen.status.model_copy(update=update)


def ended(
    seen: Observed,
    phase: Phase,
    reason: str,
    message: str,
    *,
    accepted: Says = ACCEPTED,
    **fields: Any,
) -> SessionStatus:
    """Return the status that records how the session ended."""
    return record(
        seen,
        phase,
        accepted=accepted,
        running=Says(False, reason, message),
        complete=Says(True, reason, message),
        job_name=seen.job.metadata.name if seen.job else None,
        start_time=seen.started_at,
        completion_time=_end(seen),
        **fields,
    )


def _condition(seen: Observed, kind: str, says: Says) -> Condition:
    before = next((each for each in seen.status.conditions if each.type == kind), None)
    since = _seconds(seen.now)
    if before is not None and before.status == says.status:
        since = before.last_transition_time
    return Condition(
        type=kind,
        status=says.status,
        reason=says.reason,
        message=says.message,
        last_transition_time=since,
        observed_generation=seen.session.metadata.generation,
    )


def _end(seen: Observed) -> datetime:
    ends = [
        pod.terminated.finished_at
        for pod in seen.pods
        if pod.terminated is not None and pod.terminated.finished_at is not None
    ]
    return max(ends) if ends else _seconds(seen.now)


def _seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
