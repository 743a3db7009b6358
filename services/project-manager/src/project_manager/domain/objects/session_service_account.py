"""The ServiceAccount of every session's Pod: it has no right, and its Pods get no token."""

from collections.abc import Iterable

from ambient_contracts.names import SESSION_SERVICE_ACCOUNT
from project_manager.domain.objects.base import Blueprint, Desired, Stage


def session_service_account(blueprint: Blueprint) -> Iterable[Desired]:
    """Build the ServiceAccount."""
    yield Desired(
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": blueprint.metadata(SESSION_SERVICE_ACCOUNT),
            "automountServiceAccountToken": False,
        },
        Stage.FOUNDATION,
    )
