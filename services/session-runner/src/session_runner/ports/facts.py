"""Where facts are stated: the chassis's bus is one."""

from typing import Any, Protocol

from ambient_contracts.envelope import Cause, Fact
from ambient_contracts.events import Event


class Facts(Protocol):
    """Publishes events under the runner's identity."""

    def fact(
        self, event: Event, *, because: tuple[str, ...], cause: Cause | None = None
    ) -> Fact[Any]:
        """Put an event into an envelope, within the current trace."""

    async def publish(self, *facts: Fact[Any]) -> object:
        """Return when each fact is stored.

        Raises:
            BusUnavailableError: If one may not be. Publishing all of them again is safe.
        """
