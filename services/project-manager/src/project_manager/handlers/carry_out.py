"""Carry out a decision: state, change, write down, in this order.

A process that dies in between decides the same again, and what was stated is known by its id.
"""

from typing import Any, TypeVar

from ambient_contracts.resources import BotAccount, BotStatus, Project, ProjectStatus
from project_manager.domain import conditions as kinds
from project_manager.domain.conditions import Conditions
from project_manager.domain.decision import Decision
from project_manager.ports import Clock, Cluster, Facts, RefusedError

Status = TypeVar("Status", ProjectStatus, BotStatus)


class CarryOut:
    """Carries out decisions about projects and bots."""

    def __init__(self, facts: Facts, cluster: Cluster, clock: Clock) -> None:
        self._facts = facts
        self._cluster = cluster
        self._clock = clock

    async def __call__(
        self, decision: Decision[Any], resource: Project | BotAccount, finalizer: str
    ) -> None:
        """Carry out a decision about a resource.

        Raises:
            RefusedError: If the cluster does not allow it; the status says so.
        """
        for statement in decision.statements:
            await self._facts.state(statement.event, because=statement.because)
        try:
            for change in decision.changes:
                await self._cluster.carry_out(change)
        except RefusedError as error:
            await self._write(resource, self._refused(resource, str(error)))
            raise
        await self._write(resource, decision.status)
        if decision.finalizer is not None:
            await self._cluster.set_finalizer(resource, finalizer, on=decision.finalizer)

    async def _write(
        self, resource: Project | BotAccount, status: ProjectStatus | BotStatus | None
    ) -> None:
        if status is not None and status != resource.status:
            await self._cluster.write_status(resource, status)

    def _refused(self, resource: Project | BotAccount, why: str) -> ProjectStatus | BotStatus:
        empty = ProjectStatus() if isinstance(resource, Project) else BotStatus()
        status = resource.status or empty
        conditions = Conditions(status.conditions, self._clock(), resource.metadata.generation)
        failed = conditions.false(kinds.READY, "Refused", why)
        return status.model_copy(update={"conditions": failed.all})
