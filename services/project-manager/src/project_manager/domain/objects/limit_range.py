"""What a container gets that asks for nothing: without it, the quota would refuse its Pod."""

from collections.abc import Iterable
from typing import Final

from project_manager.domain.objects.base import Blueprint, Desired, Stage
from project_manager.domain.quantity import smaller

_LIMIT: Final = {"cpu": "500m", "memory": "1Gi"}
_REQUEST: Final = {"cpu": "100m", "memory": "256Mi"}


def limit_range(blueprint: Blueprint) -> Iterable[Desired]:
    """Build the LimitRange; its defaults are never more than the whole quota."""
    quota = blueprint.project.spec.quota
    ceiling = {"cpu": quota.cpu, "memory": quota.memory}
    yield Desired(
        {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": blueprint.metadata("container-defaults"),
            "spec": {
                "limits": [
                    {
                        "type": "Container",
                        "default": _at_most(_LIMIT, ceiling),
                        "defaultRequest": _at_most(_REQUEST, ceiling),
                    }
                ]
            },
        },
        Stage.FOUNDATION,
    )


def _at_most(wanted: dict[str, str], ceiling: dict[str, str]) -> dict[str, str]:
    return {name: smaller(value, ceiling[name]) for name, value in wanted.items()}
