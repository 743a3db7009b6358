"""`kill -9` of each part, in the middle of 500 webhooks, loses nothing and doubles nothing."""

import asyncio
from collections import Counter

import pytest

from ambient_kube import Kube, Resource
from ambient_local import Component, Platform
from ambient_testkit.waiting import eventually

from .conftest import MakeProject
from .jira import Jira
from .people import Project, trail, verified

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

WEBHOOKS = 500
VICTIMS = (
    Component.GATEWAY,
    Component.NATS,
    Component.SESSIONS,
    Component.PROJECTS,
    Component.AUDIT,
    Component.NATS,
)
SESSIONS = Resource("ambient.dev", "v1alpha1", "AgenticSession", "agenticsessions", namespaced=True)


async def test_every_acknowledged_webhook_has_one_session_and_every_event_one_record(
    platform: Platform, make_project: MakeProject
) -> None:
    # No Job may start: the sessions wait in the queue, and the machine has time for the rest.
    project = await make_project(quota={"sessions": 2 * WEBHOOKS, "jobs": 0, "pods": 0})
    jira = Jira(platform, project, WEBHOOKS)

    async with asyncio.TaskGroup() as group:
        group.create_task(jira.send_all())
        for number, victim in enumerate(VICTIMS, 1):
            await jira.acknowledged(number * WEBHOOKS // (len(VICTIMS) + 2))
            await platform.kill(victim)
            await platform.restart(victim)

    assert jira.sent_again > 0, "nothing was hit"
    acknowledged = Counter(jira.sessions.values())
    assert len(acknowledged) == WEBHOOKS
    assert Counter(await _sessions(platform, project)) == acknowledged
    assert await _created(platform, project) == acknowledged
    await _each_sequence_is_recorded_once(platform)
    for kind in ("message.dead_lettered", "session.denied", "webhook.rejected"):
        assert await trail(platform, project=project.name, type=kind) == []


async def _sessions(platform: Platform, project: Project) -> list[str]:
    """Return the project's AgenticSessions, once there are as many as webhooks."""
    async with await Kube.connect(platform.kubeconfig) as kube:

        async def made() -> list[str] | None:
            listed = await kube.list(SESSIONS, namespace=project.namespace)
            names = [session["metadata"]["name"] for session in listed]
            return names if len(names) >= WEBHOOKS else None

        return await eventually(made, seconds=60, what="a session for each webhook")


async def _created(platform: Platform, project: Project) -> Counter[str]:
    """Return how often the trail says of each session that it was created."""

    async def recorded() -> Counter[str] | None:
        found = await trail(platform, project=project.name, type="session.created")
        return Counter(each["session"] for each in found) if len(found) >= WEBHOOKS else None

    return await eventually(recorded, seconds=60, what="each session's creation is recorded")


async def _each_sequence_is_recorded_once(platform: Platform) -> None:
    found = await verified(platform)
    sequences = [record["sequence"] for record in await trail(platform)]
    assert sequences == list(range(1, len(sequences) + 1))
    assert len(sequences) >= found["streamLastSequence"]
