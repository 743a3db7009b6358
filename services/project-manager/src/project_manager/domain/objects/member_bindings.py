"""The members' roles in the project's namespace, one RoleBinding each."""

from collections.abc import Iterable
from typing import Final

from ambient_contracts.ids import derive
from ambient_contracts.resources import Member
from project_manager.domain.objects.base import Blueprint, Desired, Manifest, Stage

RBAC: Final = "rbac.authorization.k8s.io"


def member_bindings(blueprint: Blueprint) -> Iterable[Desired]:
    """Build the RoleBindings to the fixed ClusterRoles."""
    for member in blueprint.project.spec.members:
        yield Desired(
            {
                "apiVersion": f"{RBAC}/v1",
                "kind": "RoleBinding",
                "metadata": blueprint.metadata(binding_name(member)),
                "roleRef": cluster_role(f"ambient-project-{member.role}"),
                "subjects": [subject_of(member, blueprint.namespace)],
            },
            Stage.ACCESS,
        )


def binding_name(member: Member) -> str:
    """Name a member's binding; the name follows from who has which role."""
    return f"{member.role}-{derive(member.kind, member.name, member.role)[:16]}"


def cluster_role(name: str) -> Manifest:
    """Return a binding's reference to a ClusterRole."""
    return {"apiGroup": RBAC, "kind": "ClusterRole", "name": name}


def subject_of(member: Member, namespace: str) -> Manifest:
    """Return a member as a binding names them.

    A ServiceAccount that is named without its namespace is one of `namespace`.
    """
    if member.kind != "ServiceAccount":
        return {"apiGroup": RBAC, "kind": member.kind, "name": member.name}
    first, colon, second = member.name.partition(":")
    where, name = (first, second) if colon else (namespace, first)
    return {"kind": "ServiceAccount", "name": name, "namespace": where}
