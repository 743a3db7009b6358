"""Sessions over HTTP: what is asked, what is answered, and every refusal a problem."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest
import runner_made as made
from fastapi import FastAPI
from runner_desk import MemoryDesk
from runner_world import World, clock

from ambient_chassis.http import api
from ambient_chassis.identity import Authenticator, Caller
from ambient_contracts.resources import Phase
from ambient_contracts.website import WebsiteException
from ambient_kube import Forbidden, Kube, Unavailable
from session_runner.entrypoints.http import add_sessions
from session_runner.handlers.clone_session import CloneSession
from session_runner.handlers.create_session import CreateSession
from session_runner.handlers.follow_log import FollowLog
from session_runner.handlers.state_denial import StateDenial

ORDER = {"prompt": "Why?", "websiteURL": "https://example.org/"}
PATH = "/api/sessions/red"


class People(Authenticator):
    def __init__(self) -> None:
        """Know everybody by a token that is their name."""

    async def authenticate(self, token: str) -> Caller | None:
        if token == "nobody":
            return None
        return Caller(username=token, groups=(), uid="", kube=cast("Kube", None))


class NoExceptions:
    async def exceptions(self) -> tuple[WebsiteException, ...]:
        return ()


async def _ready() -> None: ...


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


@pytest.fixture
def world() -> World:
    return World(None, None)


@pytest.fixture
async def client(desk: MemoryDesk, world: World) -> AsyncIterator[httpx.AsyncClient]:
    app: FastAPI = api("test", description="", ready=_ready, authenticator=People())
    create_session = CreateSession(NoExceptions())
    add_sessions(
        app,
        desk_of=lambda _kube: desk,
        create_session=create_session,
        clone_session=CloneSession(create_session),
        follow_log=FollowLog(look_again=0),
        state_denial=StateDenial(world, clock),
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://runner",
        headers={"Authorization": "Bearer ada"},
    ) as client:
        yield client


def problem(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["detail"])


async def test_whoever_creates_is_the_requester(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        PATH, json={**ORDER, "timeoutSeconds": 90, "limits": {"costUSD": 0.5}, "retries": 1}
    )

    assert answer.status_code == 201
    session = answer.json()
    assert session["kind"] == "AgenticSession"
    assert session["metadata"]["namespace"] == "project-red"
    assert session["spec"]["userContext"]["userId"] == "ada"
    assert session["spec"]["projectRef"] == {"name": "red", "namespace": "project-red"}
    assert session["spec"]["websiteURL"] == "https://example.org/"
    assert session["spec"]["timeoutSeconds"] == 90
    assert session["spec"]["limits"] == {"costUSD": 0.5}
    assert session["status"]["phase"] == "Pending"
    assert answer.headers["location"] == f"{PATH}/{session['metadata']['name']}"


async def test_an_order_under_the_same_key_finds_its_session(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k1"}
    first = await client.post(PATH, json=ORDER, headers=key)
    again = await client.post(PATH, json=ORDER, headers=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()

    other = {**ORDER, "prompt": "Something else"}
    assert "key" in problem(await client.post(PATH, json=other, headers=key), 409)

    somebody_else = {**key, "Authorization": "Bearer bob"}
    theirs = await client.post(PATH, json=ORDER, headers=somebody_else)
    assert theirs.status_code == 201
    assert theirs.json()["metadata"]["name"] != first.json()["metadata"]["name"]


async def test_orders_without_a_key_are_each_a_session(
    client: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    for _ in range(2):
        await client.post(PATH, json=ORDER)
    assert len(desk.sessions) == 2


async def test_a_name_that_is_taken_is_a_conflict(client: httpx.AsyncClient) -> None:
    await client.post(PATH, json={**ORDER, "name": "mine"})
    assert "mine" in problem(await client.post(PATH, json={**ORDER, "name": "mine"}), 409)


@pytest.mark.parametrize(
    "body",
    [
        {"prompt": "Why?"},
        {**ORDER, "prompt": ""},
        {**ORDER, "timeoutSeconds": 0},
        {**ORDER, "name": "Not A Name"},
        {**ORDER, "name": "n" * 64},
        {**ORDER, "tiemoutSeconds": 5},
        {**ORDER, "userContext": {"userId": "root"}},
    ],
)
async def test_what_is_no_order_is_a_problem_that_says_where(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await client.post(PATH, json=body)
    problem(answer, 422)
    assert answer.json()["errors"]


async def test_a_website_that_may_not_be_visited_is_refused_at_once(
    client: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    answer = await client.post(PATH, json={**ORDER, "websiteURL": "http://10.0.0.1/"})
    assert "10.0.0.1" in problem(answer, 422)
    assert desk.sessions == {}


@pytest.mark.parametrize("header", ["", "Bearer nobody", "Basic YWRhOg=="])
async def test_nobody_gets_in_without_a_token(client: httpx.AsyncClient, header: str) -> None:
    problem(await client.get(PATH, headers={"Authorization": header}), 401)


async def test_what_the_api_server_refuses_is_a_problem(
    client: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    problem(await client.get(f"{PATH}/none"), 404)
    desk.refusal = Forbidden(403, "Forbidden", "ada may not")
    assert problem(await client.post(PATH, json=ORDER), 403) == "ada may not"
    desk.refusal = Unavailable(0, "Unavailable", "no answer")
    answer = await client.get(PATH)
    problem(answer, 503)
    assert answer.headers["retry-after"]


async def test_a_refusal_is_stated_once_a_minute(
    client: httpx.AsyncClient, desk: MemoryDesk, world: World
) -> None:
    desk.refusal = Forbidden(403, "Forbidden", "ada may not")
    for _ in range(3):
        await client.delete(f"{PATH}/s1")

    (fact,) = world.stored.values()
    assert fact.event.kind() == "access.denied"
    assert fact.event.actor.id == "ada"
    assert fact.event.project == "red"
    assert fact.event.action == "DELETE /api/sessions/red/s1"


async def test_the_list_goes_from_the_newest_to_the_oldest_page_by_page(
    client: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    for age in range(5):
        session = made.session(name=f"s{age}", phase=Phase.FAILED if age == 3 else None)
        created = made.NOW - timedelta(seconds=age // 2)
        metadata = session.metadata.model_copy(update={"creation_timestamp": created})
        desk.put(session.model_copy(update={"metadata": metadata}))

    names, after, pages = [], "", 0
    while True:
        page = (await client.get(PATH, params={"limit": 2, "continue": after})).json()
        names += [each["metadata"]["name"] for each in page["items"]]
        pages += 1
        after = page.get("continue", "")
        if not after:
            break
    assert names == ["s1", "s0", "s3", "s2", "s4"]
    assert pages == 3

    failed = (await client.get(PATH, params={"phase": "Failed"})).json()
    assert [each["metadata"]["name"] for each in failed["items"]] == ["s3"]
    problem(await client.get(PATH, params={"phase": "Lost"}), 422)
    problem(await client.get(PATH, params={"continue": "x"}), 422)


async def test_cancelling_asks_once_and_not_after_the_end(
    client: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    desk.put(made.session(phase=Phase.RUNNING))
    for _ in range(2):
        answer = await client.post(f"{PATH}/s1/cancel")
        assert answer.status_code == 202
        assert answer.json()["spec"]["cancelRequested"] is True

    desk.put(made.session(phase=Phase.SUCCEEDED))
    assert "Succeeded" in problem(await client.post(f"{PATH}/s1/cancel"), 409)


async def test_a_clone_belongs_to_whoever_clones_and_to_the_target(
    client: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    desk.put(
        made.session(
            userContext={"userId": "bob"},
            botAccount={"serviceAccountName": "bot-jira"},
            limits={"turns": 2},
            cancelRequested=True,
            phase=Phase.CANCELLED,
        )
    )

    here = (await client.post(f"{PATH}/s1/clone")).json()
    there = (await client.post(f"{PATH}/s1/clone", json={"project": "blue", "name": "c"})).json()

    for clone in (here, there):
        assert clone["spec"]["userContext"]["userId"] == "ada"
        assert "botAccount" not in clone["spec"]
        assert clone["spec"]["cancelRequested"] is False
        assert clone["spec"]["clonedFrom"] == "red/s1"
        assert clone["spec"]["limits"] == {"turns": 2}
        assert clone["status"]["phase"] == "Pending"
    assert here["metadata"]["namespace"] == "project-red"
    assert there["metadata"]["namespace"] == "project-blue"
    assert there["metadata"]["name"] == "c"
    problem(await client.post(f"{PATH}/none/clone"), 404)


async def test_a_deleted_session_is_on_its_way_out(
    client: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    desk.put(made.session())
    assert (await client.delete(f"{PATH}/s1")).status_code == 202
    problem(await client.delete(f"{PATH}/s1"), 404)


async def test_a_log_that_is_followed_waits_for_each_try_and_ends_with_the_session(
    client: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    desk.put(made.session())
    desk.logs = {"first": [b"one\n"], "second": [b"two\n", b"three\n"]}
    looks = 0

    def time_goes_by() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            desk.pod_list = [made.pod(exit_code=1, uid="first", age=9)]
        if looks == 5:
            desk.pod_list += [made.pod(exit_code=0, uid="second", age=5)]
        if looks == 7:
            desk.put(made.session(phase=Phase.SUCCEEDED))

    desk.on_look = time_goes_by
    answer = await client.get(f"{PATH}/s1/log", params={"follow": True})

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "one\ntwo\nthree\n"


async def test_a_log_that_is_not_followed_is_what_there_is(
    client: httpx.AsyncClient, desk: MemoryDesk
) -> None:
    desk.put(made.session())
    assert "follow" in problem(await client.get(f"{PATH}/s1/log"), 404)

    desk.pod_list, desk.logs = [made.pod(running=True)], {"pod-1": [b"one\n"]}
    assert (await client.get(f"{PATH}/s1/log")).text == "one\n"

    desk.put(made.session(phase=Phase.FAILED))
    desk.pod_list = []
    problem(await client.get(f"{PATH}/s1/log", params={"follow": True}), 410)
