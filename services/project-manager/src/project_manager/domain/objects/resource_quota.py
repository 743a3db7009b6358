"""The most that the project's namespace holds at once, whoever creates it."""

from collections.abc import Iterable
from typing import Final

from ambient_contracts.names import API_GROUP
from project_manager.domain.objects.base import Blueprint, Desired, Stage

NAME: Final = "project-quota"


def resource_quota(blueprint: Blueprint) -> Iterable[Desired]:
    """Build the ResourceQuota."""
    quota = blueprint.project.spec.quota
    yield Desired(
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": blueprint.metadata(NAME),
            "spec": {
                "hard": {
                    f"count/agenticsessions.{API_GROUP}": str(quota.sessions),
                    "count/jobs.batch": str(quota.jobs),
                    "pods": str(quota.pods),
                    "requests.cpu": quota.cpu,
                    "requests.memory": quota.memory,
                    "limits.cpu": quota.cpu,
                    "limits.memory": quota.memory,
                    "services.nodeports": "0",
                    "services.loadbalancers": "0",
                }
            },
        },
        Stage.FOUNDATION,
    )
