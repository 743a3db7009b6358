"""State that a delivery was refused, before its sender is told."""

from webhook_gateway.domain.delivery import Received, because_of_refusal, rejected
from webhook_gateway.domain.refusal import RefusedError
from webhook_gateway.ports import Directory, Facts


class RejectWebhook:
    """Puts a refusal on the trail."""

    def __init__(self, facts: Facts, directory: Directory) -> None:
        self._facts = facts
        self._directory = directory

    async def __call__(self, received: Received, refused: RefusedError) -> None:
        """State it.

        A project that does not exist is not named: a stranger could else fill any name's trail.

        Raises:
            BusUnavailableError: If it cannot be stored.
        """
        exists = self._directory.project(received.project) is not None
        project = received.project if exists else None
        await self._facts.publish(
            self._facts.fact(
                rejected(received, refused, project),
                because=because_of_refusal(received, refused),
            )
        )
