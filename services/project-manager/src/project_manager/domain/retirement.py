"""What to do about a project that is to be gone: a pure function from what is observed.

The namespace goes first with all that is in it, then the roles on the Project itself, so that its
admins can watch it end; last the event, and the finalizer.
"""

from collections.abc import Iterator

from ambient_contracts.events import ProjectDeleted
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
from project_manager.domain.drift import Delete
from project_manager.domain.members import member_statements
from project_manager.domain.objects import Manifest, ObjectKey
from project_manager.domain.provisioning import ProjectDecision, reference
from project_manager.domain.statement import SOMEBODY, Statement


def retire(project: Project, observed: Observed) -> ProjectDecision:
    """Decide the next step towards a project that has left nothing behind."""
    if PROJECT_FINALIZER not in project.metadata.finalizers:
        return Decision()
    namespace = observed.namespace
    if namespace is not None and owned(namespace, project):
        removal = () if terminating(namespace) else (Delete(ObjectKey.of(namespace), namespace),)
        status = _ending(project, observed, _remaining(namespace))
        return Decision(changes=removal, status=status)
    outside = tuple(
        Delete(key, manifest)
        for key, manifest in observed.objects.items()
        if not key.namespace and key.kind != "Namespace"
    )
    if outside:
        return Decision(changes=outside, status=_ending(project, observed, "Removing its roles."))
    return Decision(statements=tuple(_last_words(project)), finalizer=False)


def _last_words(project: Project) -> Iterator[Statement]:
    uid, ref = project.metadata.uid, reference(project)
    members = () if project.status is None else project.status.members
    yield from member_statements(
        members, (), project=ref, actor=SOMEBODY, because=(uid, "deletion")
    )
    event = ProjectDeleted(actor=SOMEBODY, project=project.metadata.name, object=ref)
    yield Statement(event, (uid,))


def _ending(project: Project, observed: Observed, message: str) -> ProjectStatus:
    status = project.status or ProjectStatus()
    conditions = Conditions(status.conditions, observed.now, project.metadata.generation)
    return status.model_copy(
        update={
            "phase": ProjectPhase.TERMINATING,
            "conditions": conditions.false(kinds.READY, "Terminating", message).all,
        }
    )


def _remaining(namespace: Manifest) -> str:
    """Say what the namespace still waits for, in its own words."""
    reasons = sorted(
        condition.get("message", "")
        for condition in namespace.get("status", {}).get("conditions", [])
        if condition.get("status") == "True"
    )
    name = namespace["metadata"]["name"]
    return " ".join((f"Waiting until the namespace {name} is gone.", *reasons))
