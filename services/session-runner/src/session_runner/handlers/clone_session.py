"""A session's name arrives; a new session with the same order leaves, owned by whoever clones."""

from dataclasses import dataclass

from ambient_contracts.names import namespace_of
from session_runner.domain.sessions import Order
from session_runner.handlers.create_session import Answer, CreateSession, Placed
from session_runner.ports.desk import Desk


@dataclass(frozen=True)
class Copy:
    """Which session is cloned, by whom, and where the clone goes."""

    user: str
    project: str
    session: str
    target: str
    name: str | None = None
    key: str | None = None


class CloneSession:
    """Makes a session that does what another was asked to do."""

    def __init__(self, create: CreateSession) -> None:
        self._create = create

    async def __call__(self, desk: Desk, copy: Copy) -> Answer:
        """Make the clone; the bot and the result of its source are not taken over.

        Raises:
            ForbiddenWebsiteError: If the website is forbidden by now.
            DifferentOrderError: If the name or the key was used for another order.
            ApiAwayError: If the API server cannot be asked now.
        """
        source = await desk.get(namespace_of(copy.project), copy.session)
        return await self._create(
            desk,
            Placed(
                user=copy.user,
                project=copy.target,
                order=Order.of(source.spec),
                name=copy.name,
                key=copy.key,
                cloned_from=f"{copy.project}/{copy.session}",
            ),
        )
