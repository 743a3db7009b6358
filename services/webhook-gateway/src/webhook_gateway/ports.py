"""What the handlers need of the world, by role."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ambient_contracts.envelope import Cause, Fact
from ambient_contracts.events import Event
from ambient_contracts.resources import BotAccount, Project, Trigger
from webhook_gateway.domain.delivery import Received
from webhook_gateway.domain.json_body import Json
from webhook_gateway.domain.judging import Judgement


@dataclass(frozen=True)
class Reading:
    """What a source says of a body."""

    event: str
    """The source's name of what happened; `unknown` where it gives none."""
    echo: bool = False
    """Whether we caused it ourselves."""


class WebhookSource(Protocol):
    """A kind of sender: who sent this, which delivery is it, and what does it tell."""

    @property
    def name(self) -> str:
        """The word in the URL."""

    def bot_of(self, received: Received, secret: bytes | None, now: float) -> str:
        """Return the name of the bot that sent it.

        A secret of None takes as long, and is refused.

        Raises:
            RefusedError: If the sender has not proved who they are.
        """

    def identifier_of(self, received: Received) -> str | None:
        """Return the sender's id of the delivery, the same when it is sent again."""

    def read(self, body: Json) -> Reading:
        """Return what the body tells.

        Raises:
            RefusedError: If it calls itself one of the source's, and is not.
        """


class Directory(Protocol):
    """Projects, their webhook secrets and their bots, without a request to anybody."""

    @property
    def complete(self) -> bool:
        """Whether all has been read once; before that nobody can be told from a stranger."""

    def project(self, name: str) -> Project | None:
        """Return a project."""

    def webhook_secret(self, project: str) -> bytes | None:
        """Return the secret that signs a project's tokens."""

    def bot(self, project: str, name: str) -> BotAccount | None:
        """Return a bot of a project."""


class Rights(Protocol):
    """What the API server allows."""

    async def may_create_sessions(self, project: str, bot: str) -> bool:
        """Whether a bot may create sessions in its project.

        Raises:
            KubeError: If the API server cannot say.
        """


class RateLimit(Protocol):
    """So many in so long, for each key."""

    def wait_for(self, key: str) -> int:
        """Count one more; return 0 if it is within the limit, else seconds until one may be."""


class BusyError(Exception):
    """The delivery cannot be judged now; it may come again."""


class Judge(Protocol):
    """Evaluates triggers where their time and memory are bounded."""

    async def __call__(
        self, project: str, triggers: Sequence[Trigger], event: str, raw: bytes
    ) -> tuple[Judgement, ...]:
        """Judge a project's triggers over a body that has been parsed before.

        Raises:
            BusyError: If there is no room for it now.
        """


class Facts(Protocol):
    """Publishes events under the gateway's identity."""

    def fact(
        self, event: Event, *, because: tuple[str, ...], cause: Cause | None = None
    ) -> Fact[Any]:
        """Put an event into an envelope, within the current trace."""

    async def publish(self, *facts: Fact[Any]) -> object:
        """Return when each fact is stored.

        Raises:
            BusUnavailableError: If one may not be. Publishing all of them again is safe.
        """
