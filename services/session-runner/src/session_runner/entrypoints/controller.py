"""Changes of the cluster arrive; each session that one concerns is brought along.

One replica leads and does this. What cannot be done now is done again, later and later.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from ambient_chassis.errors import BusUnavailableError
from ambient_contracts.names import PLATFORM_NAMESPACE
from ambient_contracts.resources import AgenticSession
from ambient_kube import Controller, Key, Kube, Requeue, lead
from session_runner.handlers.reconcile_session import Again
from session_runner.ports.errors import ApiAwayError, StaleError

LEASE: Final = "session-runner"
STALE: Final = 0.05
"""Seconds until a session is looked at again that somebody else has changed."""
AWAY: Final = 1.0
"""Seconds until a session is looked at again when NATS or the API server is away."""
_log = structlog.get_logger()

Reconcile = Callable[[str, str], Awaitable[Again | None]]


class Feed(Protocol):
    """What watches the cluster."""

    def feed(self, controller: Controller) -> None:
        """Have the controller look at what changes."""

    async def run(self) -> None:
        """Watch, until cancelled."""


def controller_of(reconcile: Reconcile, workers: int) -> Controller:
    """Return the loop that brings sessions along."""

    async def on_session_changed(key: Key) -> Requeue | None:
        try:
            again = await reconcile(key.namespace or "", key.name)
        except StaleError:
            return Requeue(STALE)
        except (ApiAwayError, BusUnavailableError) as error:
            _log.warning("session_postponed", session=str(key), why=str(error))
            return Requeue(AWAY)
        return None if again is None else Requeue(again.seconds)

    return Controller(AgenticSession.definition.plural, on_session_changed, workers=workers)


async def lead_controller(kube: Kube, watches: Feed, controller: Controller, identity: str) -> None:
    """Watch and reconcile as long as this process leads."""

    async def run() -> None:
        watches.feed(controller)
        async with asyncio.TaskGroup() as group:
            group.create_task(watches.run())
            group.create_task(controller.run())

    await lead(kube, namespace=PLATFORM_NAMESPACE, name=LEASE, identity=identity, run=run)
