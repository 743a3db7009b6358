"""Bring a bot one step closer to its spec, or to its end."""

from ambient_contracts.names import project_of
from project_manager.domain.bots import tend_bot
from project_manager.domain.decision import BOT_FINALIZER, Observed
from project_manager.handlers.carry_out import CarryOut
from project_manager.ports import Clock, View


class ReconcileBot:
    """Reads what is there, decides, and carries it out."""

    def __init__(self, view: View, carry_out: CarryOut, clock: Clock) -> None:
        self._view = view
        self._carry_out = carry_out
        self._clock = clock

    async def __call__(self, namespace: str, name: str) -> float | None:
        """Take the next step; a later change of anything that it waits for calls again.

        Returns:
            The seconds after which to call again even if nothing changes, if any.
        """
        bot = self._view.bot(namespace, name)
        if bot is None:
            return None
        project = project_of(namespace)
        observed = Observed(
            self._view.objects_of_bot(namespace, name),
            self._view.namespace(namespace),
            self._clock(),
        )
        decision = tend_bot(bot, self._view.project(project) if project else None, observed)
        await self._carry_out(decision, bot, BOT_FINALIZER)
        return decision.again
