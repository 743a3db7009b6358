"""Answering a request for a session: who may ask, what is made, what is refused, what waits."""

from dataclasses import replace
from typing import Any

import pytest
import runner_made as made
from runner_world import World

from ambient_chassis.errors import GiveUpError, RetryLaterError
from ambient_contracts.envelope import Cause, Fact
from ambient_contracts.events import (
    Actor,
    ActorKind,
    ObjectRef,
    SessionDenied,
    SessionOrder,
    SessionRequested,
)
from ambient_contracts.names import (
    CORRELATION_ANNOTATION,
    PROJECT_LABEL,
    REQUEST_ANNOTATION,
    TRACE_ANNOTATION,
    session_name,
)
from ambient_contracts.resources import AgenticSession, BotAccount, Project
from ambient_contracts.website import WebsiteException
from session_runner.domain.observation import FINALIZER
from session_runner.handlers.request_session import ROOM_AFTER, RequestSession
from session_runner.ports.errors import ApiAwayError, OverQuotaError, RefusedError

TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
USER = "system:serviceaccount:project-red:bot-jira"


def request(*, source: str = "gateway", bot: str | None = "jira", **order: Any) -> Fact[Any]:
    event = SessionRequested(
        actor=Actor(kind=ActorKind.BOT, id=USER),
        project="red",
        object=ObjectRef(kind="AgenticSession", name="whatever"),
        bot=bot,
        order=SessionOrder.model_validate(
            {"prompt": "Why?", "website_url": "https://example.org/", **order}
        ),
    )
    cause = Cause(correlation_id="chain-1", causation_id="webhook-1", traceparent=TRACE)
    return Fact[Any].state(event, source=source, because=("delivery-1",), cause=cause)


def bot(*sources: str) -> BotAccount:
    return BotAccount.model_validate(
        {"metadata": {"name": "jira", "namespace": "project-red"}, "spec": {"sources": sources}}
    )


class Api:
    """Implements `Admissions`, `Websites` and `Sessions`."""

    def __init__(self) -> None:
        self.projects: dict[str, Project] = {"red": made.project()}
        self.bots: dict[str, BotAccount] = {"jira": bot("webhook", "publish")}
        self.allowed = {("project-red", "bot-jira")}
        self.allowed_websites: tuple[WebsiteException, ...] = ()
        self.made: dict[str, AgenticSession] = {}
        self.fails: Exception | None = None
        self.away_for = 0

    async def project(self, name: str) -> Project | None:
        return self.projects.get(name)

    async def bot(self, namespace: str, name: str) -> BotAccount | None:
        return self.bots.get(name)

    async def may_create_sessions(self, namespace: str, account: str) -> bool:
        return (namespace, account) in self.allowed

    async def exceptions(self) -> tuple[WebsiteException, ...]:
        return self.allowed_websites

    async def exists(self, namespace: str, name: str) -> bool:
        self.away_for -= 1
        if self.away_for >= 0:
            raise ApiAwayError("the API server does not answer")
        return name in self.made

    async def create(self, session: AgenticSession) -> None:
        if self.fails is not None:
            raise self.fails
        self.made.setdefault(session.metadata.name, session)


class Desk:
    """The handler with everything around it."""

    def __init__(self) -> None:
        self.api, self.world = Api(), World(None, None)
        self.handle = RequestSession(self.api, self.api, self.api, self.world)

    def denied(self) -> list[str]:
        events = [fact.event for fact in self.world.stored.values()]
        assert all(isinstance(event, SessionDenied) for event in events)
        return [event.reason for event in events]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_request_becomes_a_session_named_after_it(desk: Desk) -> None:
    fact = request(timeout_seconds=90, model="m")

    await desk.handle(fact)

    (session,) = desk.api.made.values()
    assert session.metadata.name == session_name(fact.envelope.id)
    assert session.metadata.namespace == "project-red"
    assert session.metadata.labels == {PROJECT_LABEL: "red"}
    assert session.metadata.finalizers == (FINALIZER,)
    assert session.metadata.annotations[REQUEST_ANNOTATION] == fact.envelope.id
    assert session.metadata.annotations[CORRELATION_ANNOTATION] == "chain-1"
    assert session.metadata.annotations[TRACE_ANNOTATION].startswith("00-" + "a" * 32)
    assert session.spec.user_context.user_id == USER
    assert session.spec.bot_account is not None
    assert session.spec.bot_account.service_account_name == "bot-jira"
    assert (session.spec.prompt, session.spec.model) == ("Why?", "m")
    assert session.spec.timeout_seconds == 90
    assert desk.denied() == []


async def test_a_request_that_comes_ten_times_makes_one_session(desk: Desk) -> None:
    for _ in range(10):
        await desk.handle(request())

    assert len(desk.api.made) == 1
    assert desk.denied() == []


async def test_a_session_that_was_made_is_not_denied_afterwards(desk: Desk) -> None:
    await desk.handle(request())
    desk.api.projects = {"red": made.project(suspended=True)}

    await desk.handle(request())

    assert desk.denied() == []


async def test_a_bots_own_subject_says_which_bot_asks(desk: Desk) -> None:
    await desk.handle(request(source="bot-jira", bot=None))

    (session,) = desk.api.made.values()
    assert session.spec.user_context.user_id == USER


async def test_a_denial_that_is_repeated_is_one_event(desk: Desk) -> None:
    desk.api.allowed = set()
    for _ in range(10):
        await desk.handle(request())

    (fact,) = desk.world.stored.values()
    assert fact.envelope.cause.correlation_id == "chain-1"
    assert fact.envelope.cause.causation_id == request().envelope.id
    assert fact.event.actor.id == USER
    assert fact.event.object.name == session_name(request().envelope.id)


@pytest.mark.parametrize(
    ("fact", "change", "reason"),
    [
        (request(source="bot-other"), {}, "in the name of"),
        (request(source="projects"), {}, "does not ask"),
        (request(bot=None), {}, "names no bot"),
        (request(), {"projects": {}}, "no project red"),
        (request(), {"projects": {"red": made.project(suspended=True)}}, "suspended"),
        (request(), {"projects": {"red": made.project(deleting=True)}}, "being deleted"),
        (request(), {"bots": {}}, "no bot jira"),
        (request(), {"bots": {"jira": bot("publish")}}, "by webhook"),
        (request(source="bot-jira"), {"bots": {"jira": bot("webhook")}}, "by publish"),
        (request(), {"allowed": set()}, "may not create"),
        (request(website_url="http://127.0.0.1/"), {}, "not an address of the public"),
        (request(website_url="ftp://example.org/"), {}, "http"),
        (request(), {"fails": RefusedError("the namespace is going")}, "the namespace is going"),
    ],
)
async def test_what_may_not_be_is_denied_with_its_reason(
    desk: Desk, fact: Fact[Any], change: dict[str, Any], reason: str
) -> None:
    for name, value in change.items():
        setattr(desk.api, name, value)

    await desk.handle(fact)

    assert desk.api.made == {}
    (said,) = desk.denied()
    assert reason in said


async def test_a_website_that_an_administrator_allows_is_visited(desk: Desk) -> None:
    desk.api.allowed_websites = (WebsiteException(host="127.0.0.1", port=8099),)

    await desk.handle(request(website_url="http://127.0.0.1:8099/"))

    assert len(desk.api.made) == 1


async def test_a_request_waits_for_the_api_server(desk: Desk) -> None:
    desk.api.away_for = 99

    with pytest.raises(RetryLaterError):
        await desk.handle(request())
    assert desk.denied() == []

    desk.api.away_for = 0
    await desk.handle(request())
    assert len(desk.api.made) == 1


async def test_a_request_without_a_project_is_given_up(desk: Desk) -> None:
    fact = request()
    stray = replace(fact, event=fact.event.model_copy(update={"project": None}))

    with pytest.raises(GiveUpError):
        await desk.handle(stray)


async def test_a_request_waits_for_room_and_is_not_lost(desk: Desk) -> None:
    desk.api.fails = OverQuotaError("exceeded quota")

    with pytest.raises(RetryLaterError) as raised:
        await desk.handle(request())

    assert raised.value.after == ROOM_AFTER
    assert desk.denied() == []


async def test_an_object_that_names_another_session_changes_nothing(desk: Desk) -> None:
    fact = request()
    event = fact.event.model_copy(update={"object": ObjectRef(kind="Secret", name="x")})

    await desk.handle(replace(fact, event=event))

    assert list(desk.api.made) == [session_name(fact.envelope.id)]
