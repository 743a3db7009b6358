"""What to do about a project that is to be there: a pure function from what is observed.

It is asked again after every change, so it decides one step: make what can be made, and say what
is waited for. Nobody gets a role before the quota is enforced, since an API server lets any number
of objects past a new ResourceQuota until a controller has filled in its status
(https://github.com/kubernetes/kubernetes/issues/73698).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ambient_contracts.events import (
    ObjectRef,
    ProjectCreated,
    ProjectProvisioned,
    ProjectRepaired,
    ProjectResumed,
    ProjectSuspended,
    ProjectUpdated,
)
from ambient_contracts.names import CREDENTIALS_SECRET, SESSION_SERVICE_ACCOUNT
from ambient_contracts.resources import Project, ProjectPhase, ProjectStatus
from project_manager.domain import conditions as kinds
from project_manager.domain.conditions import Conditions
from project_manager.domain.decision import (
    PROJECT_FINALIZER,
    Decision,
    Observed,
    owned,
    terminating,
)
from project_manager.domain.drift import Delete, Difference, changes, fingerprint, revision
from project_manager.domain.members import member_statements
from project_manager.domain.objects import (
    Blueprint,
    Manifest,
    ObjectKey,
    Stage,
    project_objects,
)
from project_manager.domain.objects.resource_quota import NAME as QUOTA
from project_manager.domain.quota import QuotaSeen
from project_manager.domain.statement import OURSELVES, Statement, requester_of

ProjectDecision = Decision[ProjectStatus]

_STEPS: Final = {
    kinds.NETWORK_ISOLATED: ("NetworkPolicy",),
    kinds.CREDENTIALS_READY: ("Secret", "ServiceAccount"),
    kinds.ACCESS_GRANTED: ("RoleBinding", "ClusterRole", "ClusterRoleBinding"),
}
_DONE: Final = {
    kinds.NETWORK_ISOLATED: "Sessions reach the public web and nothing else.",
    kinds.CREDENTIALS_READY: f"{CREDENTIALS_SECRET} and {SESSION_SERVICE_ACCOUNT} are there.",
    kinds.ACCESS_GRANTED: "Every member has their role.",
}


def provision(blueprint: Blueprint, observed: Observed) -> ProjectDecision:
    """Decide the next step towards the project as its spec has it."""
    project = blueprint.project
    if PROJECT_FINALIZER not in project.metadata.finalizers:
        # One that has a status was stated before; somebody has taken the finalizer away.
        created = (_created(project),) if project.status is None else ()
        return Decision(created, finalizer=True)
    step = _Step.of(blueprint, observed)
    if observed.namespace is not None and not owned(observed.namespace, project):
        return Decision(status=step.blocked("NamespaceTaken", _TAKEN.format(blueprint.namespace)))
    if observed.namespace is not None and terminating(observed.namespace):
        return Decision(status=step.blocked("NamespaceTerminating", _ENDING))
    if step.in_force:
        return Decision(statements=tuple(step.news()), status=step.complete())
    repairs = tuple(step.repairs())
    recount, again = step.quota.recount(observed.now)
    due = step.due if recount is None else (*step.due, recount)
    status = step.under_way(repaired=bool(repairs))
    return Decision(repairs, due, status, again=again)


_TAKEN: Final = (
    "The namespace {} is there and is not this project's. "
    "Remove it, or give the project another name."
)
_UNCOUNTED: Final = "NotCounted"
_ENDING: Final = "The namespace is being deleted; it is made again once it is gone."


@dataclass(frozen=True)
class _Step:
    """Everything that one decision rests on."""

    project: Project
    status: ProjectStatus
    pending: tuple[Difference, ...]
    quota: QuotaSeen
    revision: str
    conditions: Conditions

    @classmethod
    def of(cls, blueprint: Blueprint, observed: Observed) -> "_Step":
        project = blueprint.project
        status = project.status or ProjectStatus()
        desired = project_objects(blueprint)
        pending = changes(desired, {**observed.objects, **_of_its_name(observed)})
        generation = project.metadata.generation
        return cls(
            project,
            status,
            pending,
            QuotaSeen(desired, observed.objects),
            revision(desired),
            Conditions(status.conditions, observed.now, generation),
        )

    @property
    def enforced(self) -> bool:
        return self.quota.enforced

    @property
    def in_force(self) -> bool:
        return not self.pending and self.enforced

    @property
    def due(self) -> tuple[Difference, ...]:
        """The changes that may be made now; a role is always taken away at once."""
        return tuple(
            change
            for change in self.pending
            if isinstance(change, Delete) or change.desired.stage < Stage.ACCESS or self.enforced
        )

    def repairs(self) -> Iterator[Statement]:
        """State a repair, where all was in force and somebody changed it."""
        drifted = [change for change in self.due if not self._taken_out_by_us(change)]
        if self.status.revision != self.revision or not drifted:
            return
        names = tuple(sorted(str(change.key) for change in drifted))
        event = ProjectRepaired(
            actor=OURSELVES,
            project=self.project.metadata.name,
            object=reference(self.project),
            repaired=names,
        )
        marks = sorted(fingerprint(change) for change in drifted)
        yield Statement(event, (self.project.metadata.uid, str(self.status.repairs), *marks))

    def news(self) -> Iterator[Statement]:
        """State what has come into force since the status was written."""
        project, status = self.project, self.status
        actor, ref = requester_of(project), reference(project)
        generation = project.metadata.generation
        mark = (project.metadata.uid, str(generation))
        name = project.metadata.name
        yield from member_statements(
            status.members, project.spec.members, project=ref, actor=actor, because=mark
        )
        if status.revision is None:
            event = ProjectProvisioned(actor=OURSELVES, project=name, object=ref)
            yield Statement(event, (project.metadata.uid,))
        elif status.observed_generation != generation:
            yield Statement(
                ProjectUpdated(actor=actor, project=name, object=ref, generation=generation), mark
            )
        was_suspended = status.phase is ProjectPhase.SUSPENDED
        if was_suspended != project.spec.suspended:
            turned = ProjectSuspended if project.spec.suspended else ProjectResumed
            yield Statement(turned(actor=actor, project=name, object=ref), mark)

    def complete(self) -> ProjectStatus:
        """Return the status of a project that is as its spec has it."""
        suspended = self.project.spec.suspended
        return self.status.model_copy(
            update={
                "phase": ProjectPhase.SUSPENDED if suspended else ProjectPhase.READY,
                "namespace": self._namespace,
                "members": self.project.spec.members,
                "observed_generation": self.project.metadata.generation,
                "revision": self.revision,
                "conditions": self._steps()
                .true(kinds.READY, "Provisioned", "The project is as its spec has it.")
                .all,
            }
        )

    def under_way(self, *, repaired: bool) -> ProjectStatus:
        """Return the status of a project on which something is still to be done.

        What was true stays so while it is set right: a condition that turns for milliseconds
        tells nobody anything.
        """
        conditions = self._steps()
        if not self.enforced:
            conditions = conditions.false(kinds.READY, "Provisioning", self._waits_for)
        elif not conditions.holds(kinds.READY):
            conditions = conditions.false(kinds.READY, "Provisioning", "Roles are being given.")
        return self.status.model_copy(
            update={
                "namespace": self._namespace,
                "repairs": self.status.repairs + repaired,
                "conditions": conditions.all,
            }
        )

    def blocked(self, reason: str, message: str) -> ProjectStatus:
        """Return the status of a project whose namespace is in the way."""
        conditions = self.conditions.false(kinds.NAMESPACE_READY, reason, message)
        return self.status.model_copy(
            update={"conditions": conditions.false(kinds.READY, reason, message).all}
        )

    def _steps(self) -> Conditions:
        missing = {change.key.kind for change in self.pending if not isinstance(change, Delete)}
        result = self.conditions
        if "Namespace" not in missing:
            result = result.true(kinds.NAMESPACE_READY, "Active", f"{self._namespace} is there.")
        elif not result.holds(kinds.NAMESPACE_READY):
            result = result.false(kinds.NAMESPACE_READY, "Applying", "It is being made.")
        for kind, objects in _STEPS.items():
            if missing.isdisjoint(objects):
                result = result.true(kind, "Applied", _DONE[kind])
            elif not result.holds(kind):
                result = result.false(kind, "Applying", f"Waiting for {', '.join(objects)}.")
        if self.enforced:
            return result.true(kinds.QUOTA_ENFORCED, "Enforced", "The API server counts.")
        reason = _UNCOUNTED if self.quota.uncounted else "NotYet"
        return result.false(kinds.QUOTA_ENFORCED, reason, self._waits_for)

    def _taken_out_by_us(self, change: Difference) -> bool:
        return change.key == self.quota.key and any(
            each.type == kinds.QUOTA_ENFORCED and each.reason == _UNCOUNTED
            for each in self.status.conditions
        )

    @property
    def _waits_for(self) -> str:
        uncounted = ", ".join(self.quota.uncounted)
        if uncounted:
            return f"Waiting until the cluster counts {uncounted}."
        return f"Waiting until the cluster enforces the ResourceQuota {QUOTA}."

    @property
    def _namespace(self) -> str:
        return Blueprint(self.project, "").namespace


def reference(project: Project) -> ObjectRef:
    """Return a project as events name it."""
    return ObjectRef(kind="Project", name=project.metadata.name, uid=project.metadata.uid)


def _created(project: Project) -> Statement:
    name = project.metadata.name
    event = ProjectCreated(actor=requester_of(project), project=name, object=reference(project))
    return Statement(event, (project.metadata.uid,))


def _of_its_name(observed: Observed) -> dict[ObjectKey, Manifest]:
    """Return the namespace even where somebody took its labels away."""
    namespace = observed.namespace
    return {} if namespace is None else {ObjectKey.of(namespace): namespace}
