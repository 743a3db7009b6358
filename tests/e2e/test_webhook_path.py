"""A Jira webhook of any shape becomes a session that succeeds, and a trail that verifies."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from ambient_contracts.events import CredentialUsed, WebhookIgnored
from ambient_local import Platform
from ambient_testkit import jira_bodies
from ambient_testkit.events import Events
from ambient_testkit.messages_api import MessagesApi
from ambient_testkit.running import run_apart
from ambient_testkit.waiting import eventually

from .conftest import MakeProject
from .people import Project, call, ended_session, ok, problem, send, trail, trigger, verified

pytestmark = pytest.mark.integration
SHAPES = {**{name: jira_bodies.raw(name) for name in jira_bodies.BODIES}}
LARGE = "256 KiB"
KEY = "sk-ant-api03-not-a-real-key-but-as-long-as-one"
CHAIN = ["accepted", "requested", "created", "started", "succeeded"]


@pytest.fixture(scope="module")
def answers(platform: Platform, project: Project) -> dict[str, httpx.Response]:
    """What a webhook of each shape was answered; all were sent at once."""

    async def send_all() -> dict[str, httpx.Response]:
        bodies = {**SHAPES, LARGE: jira_bodies.large(256 * 1024)}
        sent = await asyncio.gather(*(send(platform, project, body) for body in bodies.values()))
        return dict(zip(bodies, sent, strict=True))

    return run_apart(send_all())


@pytest.mark.parametrize("shape", [*SHAPES, LARGE])
async def test_a_body_of_this_shape_goes_all_the_way(
    platform: Platform, project: Project, answers: dict[str, httpx.Response], shape: str
) -> None:
    assert answers[shape].status_code == 202, answers[shape].text
    accepted = answers[shape].json()
    (name,) = accepted["sessions"]

    session = await ended_session(platform, project, name)

    assert session["status"]["phase"] == "Succeeded", session["status"]
    assert session["status"]["result"]["agent"] == "extract"
    assert "45 minutes" in session["status"]["result"]["answer"]
    assert [record["verb"] for record in await _chain(platform, accepted["id"])] == CHAIN


async def test_the_trail_of_all_that_verifies(platform: Platform) -> None:
    found = await verified(platform)
    assert found["records"] == found["lastSequence"]


async def test_a_delivery_that_comes_again_gets_the_same_answer_and_starts_nothing(
    platform: Platform, project: Project
) -> None:
    body = jira_bodies.raw("issue_created")
    first = await send(platform, project, body, "the-same")
    await ended_session(platform, project, first.json()["sessions"][0])

    second = await send(platform, project, body, "the-same")

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.content == second.content
    await verified(platform)
    chain = await _chain(platform, first.json()["id"])
    assert [record["verb"] for record in chain] == CHAIN


async def test_an_event_that_no_trigger_is_for_starts_nothing(
    platform: Platform, page: str, make_project: MakeProject, events: Events
) -> None:
    triggers = [trigger(page, events=["jira:issue_created"])]
    project = await make_project(jira={"triggers": triggers})

    answer = await send(platform, project, jira_bodies.raw("comment_created"))

    assert answer.status_code == 202
    assert answer.json()["sessions"] == []
    ignored = await events.next(WebhookIgnored, where=lambda event: event.project == project.name)
    assert ignored.envelope.id == answer.json()["id"]
    assert (await ok(platform, "bob", "sessions", "GET", f"/api/sessions/{project.name}"))[
        "items"
    ] == []


async def test_where_a_project_has_a_key_a_model_answers_and_nobody_ever_sees_the_key(
    platform: Platform,
    make_project: MakeProject,
    messages: MessagesApi,
    events: Events,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = await make_project()
    path = f"/api/sessions/{project.name}"
    credentials = f"/api/projects/{project.name}/credentials"
    await ok(platform, "alice", "projects", "PUT", credentials, json={"anthropic-api-key": KEY})
    monkeypatch.setattr(messages, "key", KEY)  # any other is refused
    before = len(messages.calls)

    answer = await send(platform, project, jira_bodies.raw("issue_created"))
    (name,) = answer.json()["sessions"]
    session = await ended_session(platform, project, name)

    assert session["status"]["phase"] == "Succeeded", session["status"]
    assert session["status"]["result"]["agent"] == "model"
    assert session["status"]["usage"]["outputTokens"] > 0
    asked = messages.calls[before:]
    assert asked
    assert not any("traceparent" in {header.lower() for header in one.headers} for one in asked)
    used = await events.next(CredentialUsed, where=lambda event: event.project == project.name)
    assert used.envelope.cause.correlation_id == answer.json()["id"]
    await _chain(platform, answer.json()["id"])
    shown = [
        session,
        await trail(platform, project=project.name),
        (await call(platform, "bob", "sessions", "GET", f"{path}/{name}/log")).text,
    ]
    assert all(KEY not in json.dumps(each) for each in shown)


async def test_a_session_may_not_visit_a_page_that_nobody_has_excepted(
    platform: Platform, project: Project
) -> None:
    body = {"prompt": "?", "websiteURL": "http://169.254.169.254/latest/meta-data/"}
    path = f"/api/sessions/{project.name}"

    answer = await call(platform, "bob", "sessions", "POST", path, json=body)

    assert "may not visit" in problem(answer, 422)


async def _chain(platform: Platform, correlation: str) -> list[Any]:
    """Return what followed from a webhook, once it has ended."""

    async def whole() -> list[Any] | None:
        found = await trail(platform, correlation=correlation)
        return found if found and found[-1]["verb"] == CHAIN[-1] else None

    return await eventually(whole, seconds=20, what=f"the trail of {correlation} is written")
