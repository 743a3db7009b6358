"""Events that ask for a session arrive; `RequestSession` answers each."""

from ambient_chassis.bus import Bus
from ambient_contracts.envelope import Fact
from ambient_contracts.events import SessionRequested
from ambient_contracts.streams import SESSION_REQUESTS
from session_runner.handlers.request_session import RequestSession


def consume(bus: Bus, request_session: RequestSession) -> None:
    """Have every `session.requested` of the stream answered."""

    async def on_session_requested(fact: Fact[SessionRequested]) -> None:
        await request_session(fact)

    bus.on(SESSION_REQUESTS, on_session_requested)
