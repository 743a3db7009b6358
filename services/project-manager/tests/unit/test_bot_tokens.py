"""Bot tokens: what is signed, and what is written down of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from ambient_contracts.events import Actor, ActorKind, BotTokenIssued, Event
from ambient_contracts.resources import BotAccount, BotStatus, IssuedToken
from ambient_contracts.tokens import HEADER, BotTokenClaims
from project_manager.domain.bot_tokens import TOKENS_MAX, TooManyTokensError, with_token
from project_manager.handlers.issue_bot_token import IssueBotToken
from project_manager.ports import DeniedError, NotProvisionedError, OutrunError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = b"Zm9yIHRlc3RzLCB0aGlzIGlzIG5vdCBhIHNlY3JldA"


def issued(number: int, *, lasts: timedelta = timedelta(days=1)) -> IssuedToken:
    return IssuedToken(id=f"t{number}", issued_at=NOW, expires_at=NOW + lasts)


class FakeCluster:
    """Every port of the use case: a bot, a webhook secret, and what was stated."""

    def __init__(self) -> None:
        self.bot = BotAccount.model_validate(
            {"metadata": {"name": "jira", "namespace": "project-ml", "uid": "b1"}}
        )
        self.secret: bytes | None = SECRET
        self.allowed = True
        self.outruns = 0
        self.log: list[object] = []

    actor = Actor(kind=ActorKind.USER, id="alice")

    async def may(self, verb: str, resource: str, *, project: str, subresource: str = "") -> bool:
        assert (verb, resource, project, subresource) == ("create", "botaccounts", "ml", "token")
        return self.allowed

    async def read(self, project: str, name: str) -> BotAccount:
        return self.bot

    async def record_tokens(self, bot: BotAccount, tokens: Sequence[IssuedToken]) -> None:
        if self.outruns:
            self.outruns -= 1
            raise OutrunError("changed")
        self.log.append("recorded")
        status = BotStatus(tokens=tuple(tokens))
        self.bot = self.bot.model_copy(update={"status": status})

    async def webhook_secret(self, project: str) -> bytes | None:
        return self.secret

    async def state(self, event: Event, *, because: tuple[str, ...]) -> object:
        self.log.append(event)
        return event

    async def keys(self, project: str) -> tuple[str, ...]:
        raise NotImplementedError

    async def version(self, project: str) -> str:
        raise NotImplementedError

    async def write(self, project: str, values: Mapping[str, str | None]) -> None:
        raise NotImplementedError

    async def issue(self, seconds: int = 3600) -> Any:
        use_case = IssueBotToken(self, self, self, lambda: NOW)
        return await use_case(self, "ml", "jira", seconds)  # type: ignore[arg-type]


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


async def test_a_token_has_one_header_and_verifies_under_the_projects_secret(
    cluster: FakeCluster,
) -> None:
    new = await cluster.issue(seconds=120)

    assert jwt.get_unverified_header(new.token) == HEADER
    payload = jwt.decode(
        new.token,
        SECRET,
        algorithms=["HS256"],
        audience="ambient:ml:webhooks",
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    claims = BotTokenClaims.model_validate(payload)
    assert (claims.bot, claims.project, claims.exp - claims.iat) == ("jira", "ml", 120)


async def test_the_event_comes_before_the_record_and_neither_has_the_token(
    cluster: FakeCluster,
) -> None:
    new = await cluster.issue()

    event, record = cluster.log
    assert isinstance(event, BotTokenIssued)
    assert record == "recorded"
    assert cluster.bot.status is not None
    assert [token.id for token in cluster.bot.status.tokens] == [event.token_id] == [new.record.id]
    assert new.token not in event.model_dump_json() + cluster.bot.model_dump_json() + repr(new)


async def test_a_bot_that_changes_meanwhile_has_its_token_recorded_all_the_same(
    cluster: FakeCluster,
) -> None:
    cluster.outruns = 2

    await cluster.issue()

    assert len([each for each in cluster.log if isinstance(each, BotTokenIssued)]) == 1
    assert cluster.bot.status is not None
    assert len(cluster.bot.status.tokens) == 1


async def test_who_may_not_gets_none(cluster: FakeCluster) -> None:
    cluster.allowed = False

    with pytest.raises(DeniedError):
        await cluster.issue()
    assert cluster.log == []


async def test_without_a_webhook_secret_there_is_none(cluster: FakeCluster) -> None:
    cluster.secret = None

    with pytest.raises(NotProvisionedError, match="Set one first"):
        await cluster.issue()


def test_expired_tokens_make_room() -> None:
    old = issued(0, lasts=timedelta(0))

    assert with_token([old, issued(1)], issued(2), NOW) == (issued(1), issued(2))


def test_a_bot_has_no_more_tokens_than_its_status_holds() -> None:
    full = [issued(number) for number in range(TOKENS_MAX)]

    with pytest.raises(TooManyTokensError):
        with_token(full, issued(99), NOW)
