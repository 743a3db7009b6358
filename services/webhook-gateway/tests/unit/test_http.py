"""The gateway as Jira sees it, over ports in memory."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from gateway_world import OTHER_SECRET, SECRET, World, bot, claims, project, signed, token, trigger

from ambient_contracts.events import (
    ActorKind,
    SessionRequested,
    WebhookAccepted,
    WebhookIgnored,
    WebhookRejected,
)
from ambient_contracts.names import session_name
from ambient_contracts.tokens import HEADER
from ambient_kube import Unavailable
from ambient_testkit import jira_bodies
from webhook_gateway.domain.jira import COMMENT_MARKER

BOT = "system:serviceaccount:project-harbour:bot-jira"
ISSUE_CREATED = jira_bodies.raw("issue_created")


@pytest.fixture
def world() -> World:
    return World.with_project(
        trigger(
            name="new-issue",
            events=["jira:issue_created"],
            filter="body.issue.key.startsWith('PIER-')",
            prompt="{{ body.issue.key }}: {{ body.issue.fields.summary }}",
            websiteURL="{{ body.issue.fields.customfield_10041 }}",
        )
    )


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["detail"]


async def test_a_delivery_that_matches_asks_for_a_session(world: World) -> None:
    async with world.gateway() as jira:
        answer = await jira.send(ISSUE_CREATED, identifier="d-1")
    accepted, requested = world.stated.values()
    assert answer.status_code == 202
    assert answer.json() == {
        "id": accepted.envelope.id,
        "sessions": [session_name(requested.envelope.id)],
    }
    event = accepted.event
    assert isinstance(event, WebhookAccepted)
    assert (event.project, event.actor.kind, event.actor.id) == ("harbour", ActorKind.BOT, BOT)
    assert event.triggers == ("new-issue",)
    assert event.sessions == (session_name(requested.envelope.id),)
    assert event.delivery.identifier == "d-1"
    assert event.delivery.event == "jira:issue_created"
    assert event.delivery.remote_address == "192.0.2.7"
    assert event.delivery.size == len(ISSUE_CREATED)
    assert event.delivery.body_sha256 == hashlib.sha256(ISSUE_CREATED).hexdigest()
    asked = requested.event
    assert isinstance(asked, SessionRequested)
    assert (asked.bot, asked.trigger) == ("jira", "new-issue")
    assert asked.object.name == session_name(requested.envelope.id)
    assert asked.order.prompt == "PIER-41: Ferry times at the north pier are last winter's"
    assert asked.order.website_url == "https://ferries.example/north-pier"
    assert requested.envelope.cause.causation_id == accepted.envelope.id
    assert requested.envelope.cause.correlation_id == accepted.envelope.id


async def test_each_trigger_that_matches_asks_for_its_own_session() -> None:
    world = World.with_project(
        trigger(name="one"), trigger(name="two"), trigger(name="no", filter="false")
    )
    async with world.gateway() as jira:
        answer = await jira.send(ISSUE_CREATED)
    assert len(set(answer.json()["sessions"])) == 2
    asked = [event.trigger for event in world.events() if isinstance(event, SessionRequested)]
    assert asked == ["one", "two"]


@pytest.mark.parametrize("identifier", ["d-1", None])
async def test_a_delivery_that_comes_again_gets_the_same_answer_and_starts_nothing(
    world: World, identifier: str | None
) -> None:
    async with world.gateway() as jira:
        first = await jira.send(ISSUE_CREATED, identifier=identifier)
        stated = dict(world.stated)
        second = await jira.send(
            ISSUE_CREATED, identifier=identifier, X_Atlassian_Webhook_Retry="1"
        )
    assert second.content == first.content
    assert second.status_code == first.status_code == 202
    assert world.stated == stated


async def test_another_delivery_is_another_event(world: World) -> None:
    async with world.gateway() as jira:
        answers = [
            await jira.send(ISSUE_CREATED, identifier="d-1"),
            await jira.send(ISSUE_CREATED, identifier="d-2"),
            await jira.send(ISSUE_CREATED),
            await jira.send(ISSUE_CREATED + b" "),
        ]
    assert len({answer.json()["id"] for answer in answers}) == 4
    assert len({answer.json()["sessions"][0] for answer in answers}) == 4


async def test_an_identifier_is_one_bots_own(world: World) -> None:
    world.bots["harbour", "other"] = bot("other")
    async with world.gateway() as jira:
        first = await jira.send(ISSUE_CREATED, identifier="d-1")
        other = f"Bearer {token(sub='bot-other')}"
        second = await jira.send(ISSUE_CREATED, identifier="d-1", authorization=other)
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("identifier", ["x" * 257, "a b", "é", ""])
async def test_an_identifier_that_can_be_none_is_as_if_there_were_none(
    world: World, identifier: str
) -> None:
    async with world.gateway() as jira:
        plain = await jira.send(ISSUE_CREATED)
        odd = await jira.client.post(
            "/webhooks/jira/harbour",
            content=ISSUE_CREATED,
            headers=[
                (b"Content-Type", b"application/json"),
                (b"Authorization", f"Bearer {token()}".encode()),
                (b"X-Atlassian-Webhook-Identifier", identifier.encode()),
            ],
        )
    assert odd.content == plain.content


@pytest.mark.parametrize(("status", "body"), [(200, True), (202, True), (204, False)])
async def test_the_success_status_is_a_setting(world: World, status: int, body: bool) -> None:
    async with world.gateway(success_status=status) as jira:
        answer = await jira.send(ISSUE_CREATED)
    assert answer.status_code == status
    assert bool(answer.content) is body
    assert len(world.stated) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "No trigger of the project is for the event 'jira:issue_updated'."),
        ({"suspended": True}, "The project is suspended."),
    ],
)
async def test_what_starts_nothing_is_answered_with_success_and_the_reason(
    world: World, changes: dict[str, Any], reason: str
) -> None:
    triggers = world.projects["harbour"].spec.jira.triggers
    world.projects["harbour"] = project("harbour", *triggers, **changes)
    async with world.gateway() as jira:
        answer = await jira.send(jira_bodies.raw("issue_updated"), identifier="d-3")
    event = world.only()
    assert isinstance(event, WebhookIgnored)
    assert answer.status_code == 202
    assert answer.json() == {"id": next(iter(world.stated)), "sessions": [], "reason": reason}
    assert event.reason == reason


async def test_a_trigger_that_fails_is_no_match_and_the_event_says_why() -> None:
    world = World.with_project(
        trigger(name="a", filter="body.nothing == 1"), trigger(name="b", prompt="{{ body.no }}")
    )
    async with world.gateway() as jira:
        answer = await jira.send(ISSUE_CREATED)
    assert answer.status_code == 202
    assert "a: its filter: the delivery has no 'nothing'" in world.only().reason
    assert "b: its prompt: the delivery has no 'no'" in world.only().reason


async def test_a_project_that_is_being_deleted_starts_nothing(world: World) -> None:
    gone = world.projects["harbour"].model_dump(by_alias=True)
    gone["metadata"]["deletionTimestamp"] = "2026-11-24T12:00:00Z"
    world.projects["harbour"] = type(world.projects["harbour"]).model_validate(gone)
    async with world.gateway() as jira:
        assert "deleted" in (await jira.send(ISSUE_CREATED)).json()["reason"]


async def test_our_own_comment_starts_nothing() -> None:
    world = World.with_project(trigger(events=["comment_created"]))
    body = jira_bodies.body("comment_created")
    async with world.gateway() as jira:
        theirs = await jira.send(json.dumps(body).encode())
        body["comment"]["body"] += f"\n{COMMENT_MARKER}session-1"
        ours = await jira.send(json.dumps(body).encode())
    assert len(theirs.json()["sessions"]) == 1
    assert ours.json()["sessions"] == []


@pytest.mark.parametrize("name", jira_bodies.BODIES)
async def test_every_body_of_jiras_is_taken_in(name: str) -> None:
    world = World.with_project(trigger(prompt="{{ body | tojson }}"))
    async with world.gateway() as jira:
        answer = await jira.send(jira_bodies.raw(name))
    assert answer.status_code == 202
    assert len(answer.json()["sessions"]) == 1
    for fact in world.stated.values():
        assert fact.encode().data


async def test_a_body_of_256_kib_is_taken_in() -> None:
    world = World.with_project(trigger(prompt="{{ body.issue.fields.description | text }}"))
    async with world.gateway() as jira:
        assert (await jira.send(jira_bodies.large())).status_code == 202


UNAUTHENTIC = {
    "no header": {"authorization": None},
    "another scheme": {"authorization": "Basic amlyYTpqaXJh"},
    "Jira's other scheme": {"authorization": f"JWT {token()}"},
    "no token": {"authorization": "Bearer"},
    "no JWT": {"authorization": "Bearer abc"},
    "a wrong signature": {"authorization": f"Bearer {token(secret=OTHER_SECRET)}"},
    "alg none": {"authorization": f"Bearer {signed({**HEADER, 'alg': 'none'}, claims())}"},
    "an old token": {"authorization": f"Bearer {token(exp=1_799_999_900)}"},
    "another project's token": {"authorization": f"Bearer {token('quay')}"},
    "no such project": {"project": "quay", "authorization": f"Bearer {token('quay')}"},
    "a project without a secret": {"project": "bare"},
    "no name of a project": {"project": "Harbour"},
    "a wild card": {"project": "*"},
    "a dot": {"project": "harbour.x"},
    "a very long name": {"project": "h" * 300},
}


@pytest.mark.parametrize("sent", UNAUTHENTIC.values(), ids=UNAUTHENTIC)
async def test_a_sender_who_proves_nothing_is_told_nothing(
    world: World, sent: dict[str, Any]
) -> None:
    world.projects["bare"] = project("bare")
    async with world.gateway() as jira:
        answer = await jira.send(ISSUE_CREATED, **sent)
        known = await jira.send(ISSUE_CREATED, authorization="Bearer known.to.be")
    assert problem(answer)[0] == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.content == known.content
    assert answer.headers == known.headers
    event = world.events()[0]
    assert isinstance(event, WebhookRejected)
    assert event.status == 401
    assert event.actor.kind is ActorKind.UNKNOWN
    named = sent.get("project", "harbour")
    assert event.project == (named if named in world.projects else None)


async def test_the_trail_says_why_and_holds_no_token(world: World) -> None:
    bad = token(secret=OTHER_SECRET)
    async with world.gateway() as jira:
        await jira.send(ISSUE_CREATED, authorization=f"Bearer {bad}")
    assert world.only().reason == "the token is not signed with the project's webhook secret"
    for fact in world.stated.values():
        message = fact.encode()
        said = message.data.decode() + str(message.headers)
        assert bad not in said
        assert bad.rpartition(".")[2] not in said
        assert SECRET.decode() not in said


async def test_each_guess_at_a_token_is_a_fact_of_its_own(world: World) -> None:
    async with world.gateway() as jira:
        for guess in ("a.b.c", "a.b.d", "a.b.d"):
            await jira.send(ISSUE_CREATED, authorization=f"Bearer {guess}")
    assert len(world.stated) == 2


async def test_nothing_of_a_body_is_parsed_before_its_sender_is_known(world: World) -> None:
    async with world.gateway() as jira:
        answer = await jira.send(b"[" * 100_000, authorization="Bearer a.b.c")
    assert answer.status_code == 401


def _has_no_bot(world: World) -> None:
    world.bots.clear()


def _only_publishes(world: World) -> None:
    world.bots["harbour", "jira"] = bot("jira", "harbour", "publish")


def _is_not_allowed(world: World) -> None:
    world.allowed = False


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_has_no_bot, "has no bot jira any more"),
        (_only_publishes, "do not name `webhook`"),
        (_is_not_allowed, "no right to create sessions"),
    ],
)
async def test_a_bot_without_the_right_is_told_so(world: World, change: Any, says: str) -> None:
    change(world)
    async with world.gateway() as jira:
        status, detail = problem(await jira.send(ISSUE_CREATED))
    assert status == 403
    assert says in detail
    event = world.only()
    assert isinstance(event, WebhookRejected)
    assert (event.status, event.project, event.actor.id) == (403, "harbour", BOT)
    assert says in event.reason


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "not JSON"),
        (b'{"summary": "a "quoted" word"}', 400, "asJsonString"),
        (b'{"a": NaN}', 400, "NaN"),
        (b'{"a": 1, "a": 2}', 400, "twice"),
        (b"\xff\xfe{}", 400, "UTF-8"),
        (b"[" * 200_000, 400, "deeper"),
        (b'{"webhookEvent": "jira:issue_created", "issue": 3}', 422, "/issue"),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_a_body_that_cannot_be_read_is_refused_and_stated(
    world: World, body: bytes, status: int, says: str
) -> None:
    async with world.gateway() as jira:
        got, detail = problem(await jira.send(body))
    assert got == status
    assert says in detail
    event = world.only()
    assert (event.status, event.project, event.actor.id) == (status, "harbour", BOT)
    assert event.delivery.body_sha256 == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    "sent",
    [
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "application/json; charset=utf-16"},
        {"Content_Encoding": "gzip"},
    ],
    ids=str,
)
async def test_a_body_of_another_type_is_refused(world: World, sent: dict[str, str]) -> None:
    async with world.gateway() as jira:
        status, detail = problem(await jira.send(ISSUE_CREATED, **sent))
    assert status == 415
    assert "Content-Type: application/json" in detail
    assert world.only().status == 415


@pytest.mark.parametrize("kind", ["application/json;charset=UTF-8", "Application/JSON"])
async def test_json_may_name_its_charset(world: World, kind: str) -> None:
    async with world.gateway() as jira:
        assert (await jira.send(ISSUE_CREATED, content_type=kind)).status_code == 202


async def test_a_body_that_says_it_is_too_large_is_refused_unread(world: World) -> None:
    async with world.gateway() as jira:
        answer = await jira.send(b" " * (1024**2 + 1))
    assert problem(answer)[0] == 413
    assert answer.headers["connection"] == "close"
    assert (world.only().status, world.only().delivery.size) == (413, 0)


async def test_a_body_that_turns_out_too_large_is_refused_as_it_streams(world: World) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1024
            yield b" " * 1024

    async with world.gateway(body_bytes=4096) as jira:
        status, _detail = problem(await jira.send(endless()))
    assert status == 413
    # As much again is read and dropped, so that the sender gets to see the answer.
    assert sent <= 2 * 4096 + 3 * 1024
    assert world.only().status == 413


async def test_a_body_that_turns_out_too_large_with_its_last_byte_is_refused(world: World) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b" " * 4096
        yield b" "

    async with world.gateway(body_bytes=4096) as jira:
        assert problem(await jira.send(chunks()))[0] == 413
    assert world.only().status == 413


async def test_a_body_of_just_the_size_is_taken(world: World) -> None:
    async with world.gateway(body_bytes=32 * 1024) as jira:
        answer = await jira.send(ISSUE_CREATED.ljust(32 * 1024))
    assert answer.status_code == 202


async def test_a_body_that_never_ends_is_given_up(world: World) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with world.gateway(body_seconds=0.02) as jira:
        assert problem(await jira.send(slow()))[0] == 408
    assert world.stated == {}


async def test_an_address_over_its_rate_is_turned_away_and_fills_no_trail(world: World) -> None:
    async with world.gateway(rate_per_address="2/hour") as jira:
        answers = [await jira.send(ISSUE_CREATED, authorization="Bearer x") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 429, 429]
    assert 0 < int(answers[2].headers["retry-after"]) <= 3600
    assert {event.status for event in world.events()} == {401}


async def test_a_bot_over_its_rate_is_told_when_to_come_again(world: World) -> None:
    world.bots["harbour", "other"] = bot("other")
    async with world.gateway(rate_per_bot="1/hour") as jira:
        first = await jira.send(ISSUE_CREATED)
        second = await jira.send(ISSUE_CREATED)
        other = await jira.send(ISSUE_CREATED, authorization=f"Bearer {token(sub='bot-other')}")
    assert [first.status_code, second.status_code, other.status_code] == [202, 429, 202]
    assert 0 < int(second.headers["retry-after"]) <= 3600
    assert [event.status for event in world.events() if isinstance(event, WebhookRejected)] == [429]


@pytest.mark.parametrize(
    "sent",
    [{}, {"authorization": "Bearer a.b.c"}, {"content": b"{"}, {"content_type": "text/plain"}],
    ids=["accepted", "unauthentic", "malformed", "other type"],
)
async def test_without_a_stored_event_nothing_is_acknowledged(
    world: World, sent: dict[str, Any]
) -> None:
    world.nats_is_up = False
    async with world.gateway() as jira:
        answer = await jira.send(**{"content": ISSUE_CREATED, **sent})
    assert problem(answer)[0] == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_an_api_server_that_is_away_is_no_refusal(world: World) -> None:
    world.api_server_error = Unavailable(503, "Unavailable", "no API server")
    async with world.gateway() as jira:
        answer = await jira.send(ISSUE_CREATED)
    assert problem(answer)[0] == 503
    assert int(answer.headers["retry-after"]) > 0
    assert world.stated == {}


async def test_without_room_to_judge_it_may_come_again(world: World) -> None:
    world.busy = True
    async with world.gateway() as jira:
        answer = await jira.send(ISSUE_CREATED)
    assert problem(answer)[0] == 503
    assert int(answer.headers["retry-after"]) > 0
    assert world.stated == {}


async def test_before_the_projects_are_read_nobody_is_refused(world: World) -> None:
    world.complete = False
    async with world.gateway() as jira:
        answer = await jira.send(ISSUE_CREATED)
    assert problem(answer)[0] == 503
    assert int(answer.headers["retry-after"]) > 0
    assert world.stated == {}


async def test_another_source_and_another_method_are_no_routes(world: World) -> None:
    async with world.gateway() as jira:
        assert (await jira.client.post("/webhooks/gitea/harbour")).status_code == 404
        assert (await jira.client.get("/webhooks/jira/harbour")).status_code == 405


async def test_the_api_says_of_itself_what_it_answers(world: World) -> None:
    async with world.gateway() as jira:
        page = (await jira.client.get("/openapi.json")).json()
    operation = page["paths"]["/webhooks/jira/{project}"]["post"]
    responses = operation["responses"]
    assert operation["security"] == [{"HTTPBearer": []}]
    assert {"202", "400", "401", "403", "413", "415", "422", "429", "503"} <= responses.keys()
