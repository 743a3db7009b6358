"""The project's namespace, in which Pods must keep the restricted Pod Security Standard."""

from collections.abc import Iterable
from typing import Final

from ambient_contracts.names import SUSPENDED_LABEL
from project_manager.domain.objects.base import Blueprint, Desired, Stage

_POD_SECURITY: Final = {
    f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
}


def namespace(blueprint: Blueprint) -> Iterable[Desired]:
    """Build the namespace."""
    suspended = {SUSPENDED_LABEL: str(blueprint.project.spec.suspended).lower()}
    yield Desired(
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": blueprint.metadata(
                blueprint.namespace, namespaced=False, labels=_POD_SECURITY | suspended
            ),
        },
        Stage.NAMESPACE,
    )
