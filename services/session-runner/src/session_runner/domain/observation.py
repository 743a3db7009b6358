"""What the decision about a session looks at, and what it says is to be done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from ambient_contracts.events import Event
from ambient_contracts.names import API_GROUP
from ambient_contracts.resources import AgenticSession, Phase, SessionStatus
from ambient_contracts.website import WebsiteException
from session_runner.domain.provenance import project_name
from session_runner.domain.workload import Job, Pod

FINALIZER: Final = f"{API_GROUP}/session-runner"
"""While a session has it, its Job is not yet known to be gone."""


class Launch(StrEnum):
    """What became of the try to make a session's Job."""

    MADE = "made"
    OVER_QUOTA = "over quota"
    NAME_TAKEN = "name taken"
    REFUSED = "refused"


@dataclass(frozen=True)
class Launched:
    """What the API server said to the Job; `MADE` also where the Job was there already."""

    outcome: Launch
    message: str = ""


class Admission(StrEnum):
    """Whether the project takes new work."""

    OPEN = "open"
    SUSPENDED = "suspended"
    MISSING = "missing"


@dataclass(frozen=True)
class Observed:
    """A session and everything that its fate depends on, at one moment."""

    session: AgenticSession
    now: datetime
    job: Job | None = None
    """The session's own Job."""
    pods: tuple[Pod, ...] = ()
    """The tries of the Job, with those that were seen to end and are gone since."""
    admission: Admission = Admission.OPEN
    before: int = 0
    """How many sessions of the project are older and have not ended."""
    capacity: int = 1
    """How many sessions the project's quota has room for at once."""
    exceptions: tuple[WebsiteException, ...] = ()
    launched: Launched | None = None
    """What became of a Job that was tried in this very pass."""
    start_grace: float = 120
    """Seconds that a container may take to get past an obstacle before the session fails."""

    @property
    def status(self) -> SessionStatus:
        """The recorded status; that of a new session where there is none."""
        return self.session.status or SessionStatus()

    @property
    def project(self) -> str:
        """The name of the project.

        Raises:
            ValueError: If the namespace is no project's; such a session is never observed.
        """
        name = project_name(self.session)
        if name is None:
            raise ValueError(f"{self.session.metadata.namespace} is no project's namespace")
        return name

    @property
    def deleting(self) -> bool:
        """Whether somebody has deleted the session."""
        return self.session.metadata.deletion_timestamp is not None

    @property
    def final(self) -> bool:
        """Whether the session has ended, and that is recorded."""
        return self.status.phase.final

    @property
    def accepted(self) -> bool:
        """Whether its creation is recorded, and so was stated."""
        return any(each.type == "Accepted" for each in self.status.conditions)

    @property
    def queued(self) -> bool:
        """Whether it is recorded that the session waits for its project."""
        return self.status.phase is Phase.QUEUED

    @property
    def room(self) -> bool:
        """Whether it is this session's turn."""
        return self.before < self.capacity

    @property
    def launch(self) -> Launch | None:
        """How the try to make the Job ended, or None if it was not tried in this pass."""
        return self.launched.outcome if self.launched else None

    @property
    def job_runs(self) -> bool:
        """Whether something of the Job may still run."""
        return self.job is not None and not self.job.ended

    @property
    def started_at(self) -> datetime | None:
        """When the first try started, or None if none did."""
        starts = [pod.started_at for pod in self.pods if pod.started_at is not None]
        return self.status.start_time or min(starts, default=None)


class Action(StrEnum):
    """What is done to the cluster."""

    ADD_FINALIZER = "add finalizer"
    CREATE_JOB = "create Job"
    DELETE_JOB = "delete Job"
    REMOVE_FINALIZER = "remove finalizer"


@dataclass(frozen=True)
class Decision:
    """What is to be done: first the events, then the status, then the action.

    `CREATE_JOB` is the exception: it comes after the events, and what becomes of it is observed
    and decided upon in turn.
    """

    events: tuple[Event, ...] = ()
    status: SessionStatus | None = None
    """The status to record; None where nothing is to be recorded."""
    action: Action | None = None
    again_after: float | None = None
    """Seconds until the session is looked at again, where no watch will say so."""


@dataclass(frozen=True)
class Rule:
    """A row of the table: the first that holds decides."""

    name: str
    holds: Callable[[Observed], bool]
    decide: Callable[[Observed], Decision]
