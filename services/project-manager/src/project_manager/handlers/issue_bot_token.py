"""Give a bot a webhook token, which is shown once and kept nowhere."""

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from ambient_contracts.events import BotTokenIssued
from ambient_contracts.resources import BotAccount, IssuedToken
from ambient_contracts.tokens import BotTokenClaims
from project_manager.domain.bot_tokens import record_of, sign, with_token
from project_manager.domain.bots import reference
from project_manager.ports import (
    Bots,
    Clock,
    Credentials,
    DeniedError,
    Facts,
    NotProvisionedError,
    OutrunError,
    Requester,
)

_TRIES: Final = 5


@dataclass(frozen=True)
class NewToken:
    """A token, for the one who asked for it."""

    record: IssuedToken
    token: str

    def __repr__(self) -> str:
        return f"NewToken({self.record.id})"


class IssueBotToken:
    """Signs a token with the project's webhook secret."""

    def __init__(self, facts: Facts, bots: Bots, credentials: Credentials, clock: Clock) -> None:
        self._facts = facts
        self._bots = bots
        self._credentials = credentials
        self._clock = clock

    async def __call__(
        self, requester: Requester, project: str, bot: str, lifetime_seconds: int
    ) -> NewToken:
        """Return a new token.

        Raises:
            DeniedError: If the caller may not give this project's bots tokens.
            NotProvisionedError: If there is no webhook secret to sign it with.
            TooManyTokensError: If the bot has as many as it may have.
        """
        if not await requester.may("create", "botaccounts", project=project, subresource="token"):
            raise DeniedError(f"You may not issue tokens for bots of {project}; its admins may.")
        account = await self._bots.read(project, bot)
        secret = await self._credentials.webhook_secret(project)
        if secret is None:
            raise NotProvisionedError(
                "The project has no jira-webhook-secret to sign a token with. Set one first."
            )
        now = self._clock()
        claims = BotTokenClaims.issue(
            project=project,
            bot=bot,
            jti=uuid4().hex,
            now=int(now.timestamp()),
            lifetime_seconds=lifetime_seconds,
        )
        record = record_of(claims)
        tokens = with_token(_tokens_of(account), record, now)
        event = BotTokenIssued(
            actor=requester.actor,
            project=project,
            object=reference(account),
            token_id=record.id,
            expires_at=record.expires_at,
        )
        await self._facts.state(event, because=(account.metadata.uid, record.id))
        await self._record(account, project, record, tokens)
        return NewToken(record, sign(claims, secret))

    async def _record(
        self,
        account: BotAccount,
        project: str,
        record: IssuedToken,
        tokens: tuple[IssuedToken, ...],
    ) -> None:
        for _ in range(_TRIES):
            try:
                await self._bots.record_tokens(account, tokens)
            except OutrunError:
                account = await self._bots.read(project, account.metadata.name)
                tokens = with_token(_tokens_of(account), record, self._clock())
            else:
                return
        raise OutrunError("The bot keeps changing; the token was not recorded. Ask again.")


def _tokens_of(account: BotAccount) -> tuple[IssuedToken, ...]:
    return account.status.tokens if account.status else ()
