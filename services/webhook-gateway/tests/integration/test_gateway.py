"""The gateway on real parts: what Jira is told, and what is on the stream."""

import asyncio
import time
from uuid import uuid4

import pytest
from gateway_project import BOTS, PROJECTS, SESSIONS, ProjectInUse
from gateway_world import OTHER_SECRET

from ambient_contracts.events import (
    SessionRequested,
    WebhookAccepted,
    WebhookIgnored,
    WebhookRejected,
)
from ambient_contracts.names import session_name
from ambient_contracts.streams import STREAM
from ambient_kube import CONFIG_MAPS, ROLE_BINDINGS, SECRETS, Forbidden, Kube
from ambient_testkit import jira_bodies
from ambient_testkit.builders import session_manifest
from ambient_testkit.parts import Cluster, Nats
from ambient_testkit.waiting import eventually

pytestmark = pytest.mark.integration


async def test_an_issue_becomes_a_request_for_a_session(project: ProjectInUse) -> None:
    answer = await project.send(identifier="d-2")
    assert answer.status_code == 202
    accepted = await project.events.next(WebhookAccepted)
    requested = await project.events.next(SessionRequested)
    assert answer.json() == {
        "id": accepted.envelope.id,
        "sessions": [session_name(requested.envelope.id)],
    }
    assert requested.event.order.website_url == "https://ferries.example/north-pier"
    assert requested.envelope.cause.causation_id == accepted.envelope.id
    assert requested.envelope.cause.traceparent is not None


async def test_a_delivery_that_comes_again_is_stored_once(
    project: ProjectInUse, nats: Nats
) -> None:
    answers = await asyncio.gather(*(project.send(identifier="d-3") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    client = await nats.connect("operations")
    try:
        found = await client.jetstream().stream_info(
            STREAM.name, subjects_filter=f"ambient.{project.name}.>"
        )
    finally:
        await client.close()
    assert found.state.subjects == {
        f"ambient.{project.name}.gateway.webhook.ignored": 1,  # the fixture's
        f"ambient.{project.name}.gateway.webhook.accepted": 1,
        f"ambient.{project.name}.gateway.session.requested": 1,
    }


async def test_a_trace_goes_on_from_the_senders(project: ProjectInUse) -> None:
    trace = uuid4().hex
    await project.jira.post(
        f"/webhooks/jira/{project.name}",
        content=jira_bodies.raw("issue_created"),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {project.token()}",
            "traceparent": f"00-{trace}-00f067aa0ba902b7-01",
        },
    )
    requested = await project.events.next(SessionRequested)
    assert requested.envelope.cause.traceparent is not None
    assert requested.envelope.cause.traceparent.split("-")[1] == trace


async def test_a_forged_token_is_refused_and_stated(project: ProjectInUse) -> None:
    answer = await project.send(token=project.token(OTHER_SECRET))
    assert answer.status_code == 401
    rejected = await project.events.next(WebhookRejected)
    assert (rejected.event.status, rejected.event.project) == (401, project.name)


async def test_a_rotated_secret_ends_the_tokens_before_it(project: ProjectInUse) -> None:
    before = project.token()
    await project.set_secret(OTHER_SECRET)
    await project.answers(401, token=before)
    assert (await project.send(token=project.token(OTHER_SECRET))).status_code == 202


async def test_a_bot_whose_right_is_taken_away_is_refused_within_seconds(
    project: ProjectInUse,
) -> None:
    await project.kube.delete(ROLE_BINDINGS, "bot-jira", project.namespace)
    answer = await project.answers(403)
    assert "no right to create sessions" in answer.json()["detail"]
    rejected = await project.events.next(WebhookRejected)
    assert rejected.event.actor.id.endswith(":bot-jira")


async def test_a_bot_that_is_deleted_is_refused(project: ProjectInUse) -> None:
    await project.kube.patch(BOTS, "jira", {"metadata": {"finalizers": None}}, project.namespace)
    await project.kube.delete(BOTS, "jira", project.namespace)
    answer = await project.answers(403)
    assert "no bot jira" in answer.json()["detail"]


async def test_a_suspended_project_starts_nothing(project: ProjectInUse) -> None:
    await project.kube.patch(PROJECTS, project.name, {"spec": {"suspended": True}})

    async def is_suspended() -> bool:
        answer = await project.send(identifier=uuid4().hex)
        return answer.json().get("reason") == "The project is suspended."

    await eventually(is_suspended)
    await project.events.next(
        WebhookIgnored, where=lambda event: event.reason == "The project is suspended."
    )


async def test_a_body_larger_than_a_mebibyte_is_refused(project: ProjectInUse) -> None:
    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(17):
            yield b" " * 65536

    answer = await project.send(chunks())
    assert answer.status_code == 413
    assert (await project.send(jira_bodies.large())).status_code == 202


async def test_without_nats_jira_is_told_to_come_again_and_then_loses_nothing(
    project: ProjectInUse, nats: Nats
) -> None:
    await nats.kill()
    try:
        began = time.monotonic()
        answer = await project.send(identifier="d-9")
        forged = await project.send(token=project.token(OTHER_SECRET))
        took = time.monotonic() - began
        unready = await project.jira.get("/readyz")
    finally:
        await nats.restart()
    assert (answer.status_code, forged.status_code, unready.status_code) == (503, 503, 503)
    assert int(answer.headers["retry-after"]) > 0
    assert took < 4
    again = await project.answers(202, identifier="d-9")
    repeated = await project.send(identifier="d-9")
    assert again.content == repeated.content
    assert len(again.json()["sessions"]) == 1


async def test_the_gateways_own_right_is_to_read_little(
    project: ProjectInUse, cluster: Cluster
) -> None:
    async with await Kube.connect(cluster.service_kubeconfig("webhook-gateway")) as own:
        selected = await own.list(SECRETS, field_selector="metadata.name=project-credentials")
        assert project.namespace in {each["metadata"]["namespace"] for each in selected}
        for refused in (
            own.list(SECRETS),
            own.list(SECRETS, project.namespace),
            own.list(SECRETS, field_selector="metadata.name=other"),
            own.get(SECRETS, "project-credentials", project.namespace),
            own.delete(SECRETS, "project-credentials", project.namespace),
            own.list(CONFIG_MAPS),
            own.patch(PROJECTS, project.name, {"spec": {"suspended": False}}),
            own.create(PROJECTS, {"metadata": {"name": "another"}}),
            own.create(BOTS, {"metadata": {"name": "b", "namespace": project.namespace}}),
            own.create(SESSIONS, session_manifest(project.name, "mine")),
        ):
            with pytest.raises(Forbidden):
                await refused
