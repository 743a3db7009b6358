"""A person's order arrives; an AgenticSession leaves.

The person is its requester. An order that comes again under the same key finds its session.
"""

from dataclasses import dataclass
from uuid import uuid4

from ambient_chassis.telemetry import current_traceparent
from ambient_contracts.ids import derive
from ambient_contracts.names import TRACE_ANNOTATION, namespace_of, session_name
from ambient_contracts.resources import AgenticSession, UserContext
from ambient_contracts.website import check_website
from session_runner.domain.sessions import Order, new_session, same_order
from session_runner.ports.desk import Desk
from session_runner.ports.errors import AlreadyThereError
from session_runner.ports.requests import Websites


class DifferentOrderError(Exception):
    """There is a session of that name, and it was asked to do something else."""


@dataclass(frozen=True)
class Placed:
    """A person's order, and where it goes."""

    user: str
    project: str
    order: Order
    name: str | None = None
    key: str | None = None
    """The Idempotency-Key."""
    cloned_from: str | None = None

    def session_name(self) -> str:
        """Return the session's name: the one asked for, else the key's, else a new one."""
        if self.name is not None:
            return self.name
        if self.key is not None:
            return session_name(derive("idempotency-key", self.project, self.user, self.key))
        return session_name(uuid4().hex)


@dataclass(frozen=True)
class Answer:
    """The session, and whether this order made it."""

    session: AgenticSession
    new: bool


class CreateSession:
    """Makes a session on behalf of whoever asks, with their own rights."""

    def __init__(self, websites: Websites) -> None:
        self._websites = websites

    async def __call__(self, desk: Desk, placed: Placed) -> Answer:
        """Make the session, or find that it was made.

        Raises:
            ForbiddenWebsiteError: If the session may not visit its website.
            DifferentOrderError: If the name or the key was used for another order.
            ApiAwayError: If the API server cannot be asked now.
        """
        check_website(placed.order.website_url, await self._websites.exceptions())
        trace = current_traceparent()
        wanted = new_session(
            project=placed.project,
            name=placed.session_name(),
            order=placed.order,
            requester=UserContext(user_id=placed.user),
            cloned_from=placed.cloned_from,
            annotations={TRACE_ANNOTATION: trace} if trace else {},
        )
        try:
            return Answer(await desk.create(wanted), new=True)
        except AlreadyThereError:
            return await self._found(desk, placed, wanted)

    async def _found(self, desk: Desk, placed: Placed, wanted: AgenticSession) -> Answer:
        name = wanted.metadata.name
        there = await desk.get(namespace_of(placed.project), name)
        if placed.key is None or not same_order(there, wanted):
            raise DifferentOrderError(
                f"There is a session {name} already."
                if placed.key is None
                else f"The key was used for another order, which became session {name}."
            )
        return Answer(there, new=False)
