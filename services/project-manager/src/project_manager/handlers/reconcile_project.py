"""Bring a project one step closer to its spec, or to its end."""

from project_manager.domain.decision import PROJECT_FINALIZER, Observed
from project_manager.domain.objects import Blueprint, ObjectKey
from project_manager.domain.provisioning import provision
from project_manager.domain.retirement import retire
from project_manager.handlers.carry_out import CarryOut
from project_manager.ports import Clock, Cluster, OutrunError, Random, View


class ReconcileProject:
    """Reads what is there, decides, and carries it out."""

    def __init__(
        self, view: View, cluster: Cluster, carry_out: CarryOut, clock: Clock, random: Random
    ) -> None:
        self._view = view
        self._cluster = cluster
        self._carry_out = carry_out
        self._clock = clock
        self._random = random

    async def __call__(self, name: str) -> float | None:
        """Take the next step; a later change of anything that it waits for calls again.

        Returns:
            The seconds after which to call again even if nothing changes, if any.
        """
        project = self._view.project(name)
        if project is None:
            return None
        blueprint = Blueprint(project, self._random())
        observed = Observed(
            self._view.objects_of_project(name),
            self._view.namespace(blueprint.namespace),
            self._clock(),
        )
        if project.metadata.deletion_timestamp is None:
            decision = provision(blueprint, observed)
        else:
            decision = retire(project, observed)
            if decision.finalizer is False:
                await self._make_sure_it_is_gone(blueprint)
        await self._carry_out(decision, project, PROJECT_FINALIZER)
        return decision.again

    async def _make_sure_it_is_gone(self, blueprint: Blueprint) -> None:
        # A namespace that was made a moment ago may not have been heard of yet.
        heard = self._view.namespace(blueprint.namespace)
        if heard is None and await self._cluster.exists(
            ObjectKey("Namespace", blueprint.namespace)
        ):
            raise OutrunError(f"{blueprint.namespace} is still there")
