"""A session's Job and its Pods, as far as a session's fate depends on them.

They are read from what the API server says; the Job that the runner makes is built elsewhere.
"""

from datetime import datetime
from typing import Final

from pydantic import Field

from ambient_contracts.model import KubernetesModel
from ambient_contracts.resources.base import ObjectMeta

DEADLINE_EXCEEDED: Final = "DeadlineExceeded"


class JobCondition(KubernetesModel):
    """A statement about a Job."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


class JobStatus(KubernetesModel):
    """How far a Job has come."""

    conditions: tuple[JobCondition, ...] = ()
    active: int = 0
    completion_time: datetime | None = None


class Job(KubernetesModel):
    """The Job of a session."""

    metadata: ObjectMeta
    status: JobStatus = JobStatus()

    def belongs_to(self, uid: str) -> bool:
        """Whether the object with this uid is the Job's controller."""
        return any(
            owner.uid == uid and owner.controller for owner in self.metadata.owner_references
        )

    @property
    def deleting(self) -> bool:
        """Whether the Job is on its way out."""
        return self.metadata.deletion_timestamp is not None

    @property
    def complete(self) -> bool:
        """Whether the Job ended well."""
        return self._condition("Complete") is not None

    @property
    def failure(self) -> JobCondition | None:
        """Why the Job ended badly, or None."""
        return self._condition("Failed")

    @property
    def ended(self) -> bool:
        """Whether nothing of the Job runs any more."""
        return self.complete or self.failure is not None

    def _condition(self, kind: str) -> JobCondition | None:
        return next(
            (
                each
                for each in self.status.conditions
                if each.type == kind and each.status == "True"
            ),
            None,
        )


class Waiting(KubernetesModel):
    """Why a container does not run yet."""

    reason: str = ""
    message: str = ""


class Running(KubernetesModel):
    """A container that runs."""

    started_at: datetime | None = None


class Terminated(KubernetesModel):
    """How a container ended."""

    exit_code: int
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ContainerState(KubernetesModel):
    """One of the three."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(KubernetesModel):
    """Where a container stands."""

    name: str
    state: ContainerState = ContainerState()


class PodStatus(KubernetesModel):
    """Where a Pod stands."""

    phase: str = "Pending"
    reason: str = ""
    message: str = ""
    container_statuses: tuple[ContainerStatus, ...] = ()


class Pod(KubernetesModel):
    """One try of a session's Job."""

    metadata: ObjectMeta
    status: PodStatus = Field(default_factory=PodStatus)

    @property
    def state(self) -> ContainerState:
        """How the agent's container is doing."""
        statuses = self.status.container_statuses
        return statuses[0].state if statuses else ContainerState()

    @property
    def started_at(self) -> datetime | None:
        """When the agent started, or None if it never did."""
        state = self.state
        if state.running is not None:
            return state.running.started_at or self.metadata.creation_timestamp
        if state.terminated is not None:
            return state.terminated.started_at
        return None

    @property
    def terminated(self) -> Terminated | None:
        """How the agent ended, or None if it did not."""
        return self.state.terminated
