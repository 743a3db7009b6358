"""The members' rights on the Project itself, which lies outside its namespace."""

from collections.abc import Iterable
from typing import Final

from ambient_contracts.names import API_GROUP
from ambient_contracts.resources import Member, Role
from project_manager.domain.objects.base import Blueprint, Desired, Stage
from project_manager.domain.objects.member_bindings import RBAC, cluster_role, subject_of

_SEE: Final = ("get", "list", "watch")
"""Of this Project alone: `kubectl wait` and `delete` list and watch it by its name."""


def project_access(blueprint: Blueprint) -> Iterable[Desired]:
    """Build two ClusterRoles for this one Project, and who has them."""
    members = blueprint.project.spec.members
    admins = tuple(member for member in members if member.role is Role.ADMIN)
    yield from _access(blueprint, "member", _SEE, members)
    yield from _access(blueprint, "admin", (*_SEE, "update", "patch", "delete"), admins)


def access_name(project: str, level: str) -> str:
    """Name the ClusterRole of a project's members or admins, and its binding."""
    return f"ambient:project:{project}:{level}"


def _access(
    blueprint: Blueprint, level: str, verbs: tuple[str, ...], members: tuple[Member, ...]
) -> Iterable[Desired]:
    name = access_name(blueprint.name, level)
    rule = {
        "apiGroups": [API_GROUP],
        "resources": ["projects"],
        "resourceNames": [blueprint.name],
        "verbs": list(verbs),
    }
    yield Desired(
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRole",
            "metadata": blueprint.metadata(name, namespaced=False),
            "rules": [rule],
        },
        Stage.ACCESS,
    )
    yield Desired(
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": blueprint.metadata(name, namespaced=False),
            "roleRef": cluster_role(name),
            "subjects": [subject_of(member, blueprint.namespace) for member in members],
        },
        Stage.ACCESS,
    )
