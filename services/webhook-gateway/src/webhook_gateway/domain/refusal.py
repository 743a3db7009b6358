"""A delivery that is refused: what its sender is told, and what the trail says.

The sender may be anybody, so what they are told of a failed authentication never depends on what
was wrong; the trail names it.
"""

from http import HTTPStatus

from ambient_contracts.resources import Project


class RefusedError(Exception):
    """The delivery goes no further.

    Args:
        status: The HTTP status of the answer.
        told: What the sender is told, and what they can do about it.
        reason: What the trail says; the same where there is nothing to hide.
        project: The project, once the sender is known to belong to it.
        bot: The bot, once the sender is known.
        retry_after: Seconds after which it may be tried again.
    """

    def __init__(
        self,
        status: HTTPStatus,
        told: str,
        *,
        reason: str | None = None,
        project: Project | None = None,
        bot: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(told)
        self.status = status
        self.told = told
        self.reason = reason or told
        self.project = project
        self.bot = bot
        self.retry_after = retry_after

    def by(self, project: Project, bot: str) -> "RefusedError":
        """Return the same refusal of a sender who is known."""
        return RefusedError(
            self.status,
            self.told,
            reason=self.reason,
            project=project,
            bot=bot,
            retry_after=self.retry_after,
        )


def unauthenticated(reason: str) -> RefusedError:
    """Refuse a sender who has not proved who they are, whatever was wrong."""
    return RefusedError(
        HTTPStatus.UNAUTHORIZED,
        "There is no project of this name, or the request holds no valid token for it. Send "
        "`Authorization: Bearer` and a token that the project's admin has issued for a bot.",
        reason=reason,
    )
