"""The session-runner as a process, on a real API server with a real node, and a real NATS."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from runner_live import Red, Runner, runs

from ambient_contracts.events import (
    AccessDenied,
    Event,
    SessionCancelled,
    SessionCreated,
    SessionDeleted,
    SessionDenied,
    SessionFailed,
    SessionQueued,
    SessionStarted,
    SessionSucceeded,
    SessionTimedOut,
)
from ambient_contracts.names import API_GROUP, REQUESTER_ANNOTATION
from ambient_contracts.resources import AgenticSession, Phase
from ambient_kube import (
    JOBS,
    NAMESPACES,
    RESOURCE_QUOTAS,
    ROLE_BINDINGS,
    SECRETS,
    Kube,
    KubeError,
    may_i,
)
from ambient_testkit.builders import session_requested
from ambient_testkit.events import Events
from ambient_testkit.parts import Cluster, Nats
from ambient_testkit.waiting import eventually
from session_runner.adapters.resources import AGENTIC_SESSIONS
from session_runner.adapters.sessions import KubeSessions
from session_runner.domain.requests import Request, session_for
from session_runner.ports.errors import OverQuotaError, RefusedError

pytestmark = pytest.mark.integration
MakeProject = Callable[..., Awaitable[Red]]


@pytest.fixture(scope="module")
def runner(
    cluster: Cluster, nats: Nats, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runner]:
    runner = Runner(cluster, nats, tmp_path_factory.mktemp("runner"))
    runner.start()
    yield runner
    assert runner.stop() == 0, runner.log()


@pytest_asyncio.fixture
async def events(nats: Nats) -> AsyncIterator[Events]:
    observer = await nats.connect("observer")
    async with Events.watch(observer) as events:
        yield events
    await observer.close()


@pytest_asyncio.fixture
async def manager(cluster: Cluster) -> AsyncIterator[Kube]:
    async with await Kube.connect(cluster.service_kubeconfig("project-manager")) as kube:
        yield kube


@pytest.fixture
def make_project(kube: Kube, manager: Kube, runner: Runner) -> MakeProject:
    async def make(**spec: Any) -> Red:
        project = Red(f"red-{uuid4().hex[:8]}", kube, runner.folder)
        await project.make(manager, **spec)
        return project

    return make


@pytest_asyncio.fixture
async def red(make_project: MakeProject) -> Red:
    return await make_project()


@pytest_asyncio.fixture
async def alice(cluster: Cluster, runner: Runner) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(runner, cluster.token("alice")) as client:
        yield client


@pytest_asyncio.fixture
async def bob(cluster: Cluster, runner: Runner) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(runner, cluster.token("bob")) as client:
        yield client


def _client(runner: Runner, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=runner.url,
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=30,
    )


def stated(events: Events, project: Red) -> list[str]:
    """Return the verbs of a project's facts, each fact once, in their order."""
    facts = {
        fact.envelope.id: fact.event.verb
        for fact in events.of(Event, project=project.name)
        if fact.event.verb != "requested"
    }
    return list(facts.values())


def reason(session: AgenticSession) -> str:
    assert session.status is not None
    return next(each.reason for each in session.status.conditions if each.type == "Complete")


async def test_a_request_that_comes_ten_times_is_one_session_one_job_and_one_answer(
    red: Red, nats: Nats, events: Events
) -> None:
    fact = session_requested(red.name, because=red.name, prompt="say:hello use:7")
    message = fact.encode()
    gateway = await nats.connect("gateway")
    for number in range(10):
        # As after the stream's duplicate window: another message with the same event.
        headers = {**message.headers, "Nats-Msg-Id": f"{red.name}-{number}"}
        await gateway.jetstream().publish(message.subject, message.data, headers=headers)
    await gateway.close()

    succeeded = await events.next(SessionSucceeded, where=lambda e: e.project == red.name)

    name = fact.event.object.name
    session = await red.in_phase(name, Phase.SUCCEEDED)
    assert session.status is not None
    assert session.status.result == succeeded.event.result
    assert session.status.usage is not None
    assert session.status.usage.input_tokens == 7
    assert session.spec.user_context.user_id == f"system:serviceaccount:{red.namespace}:bot-jira"
    assert len(await red.kube.list(AGENTIC_SESSIONS, red.namespace)) == 1
    assert len(await red.jobs()) == 1
    assert len(await red.pods()) == 1
    assert stated(events, red) == ["created", "started", "used", "succeeded"]
    assert succeeded.envelope.cause.correlation_id == fact.envelope.cause.correlation_id
    assert session.status.trace_id is not None
    assert session.status.trace_id in await red.traceparent(name)
    assert session.status.trace_id in (succeeded.envelope.cause.traceparent or "")


async def test_a_launch_takes_four_writes(red: Red) -> None:
    since = (await red.kube.snapshot(AGENTIC_SESSIONS, red.namespace)).resource_version
    await red.order("s1", "say:hello wait:1")
    versions = []
    async for event in red.kube.watch(AGENTIC_SESSIONS, red.namespace, resource_version=since):
        if event.type in {"ADDED", "MODIFIED"}:
            versions.append(event.object["metadata"]["resourceVersion"])
            if event.object.get("status", {}).get("phase") == Phase.RUNNING:
                break

    # Its maker's write is the first; the Job is the runner's fourth.
    assert len(versions) - 1 + len(await red.jobs()) <= 4


async def test_a_bot_without_the_right_is_denied(red: Red, nats: Nats, events: Events) -> None:
    fact = session_requested(red.name, because=red.name, bot="unknown")
    gateway = await nats.connect("gateway")
    message = fact.encode()
    await gateway.jetstream().publish(message.subject, message.data, headers=message.headers)
    await gateway.close()

    denied = await events.next(SessionDenied, where=lambda e: e.project == red.name)

    assert "no bot unknown" in denied.event.reason
    assert await red.kube.list(AGENTIC_SESSIONS, red.namespace) == []


async def test_a_session_made_with_kubectl_is_as_good(red: Red, events: Events) -> None:
    await red.order("s1", "say:hello")

    session = await red.in_phase("s1", Phase.SUCCEEDED)

    started = await events.next(SessionStarted, where=lambda e: e.project == red.name)
    assert started.event.job == "s1"
    created = await events.next(SessionCreated, where=lambda e: e.project == red.name)
    assert created.event.actor.id == "admin"
    assert created.envelope.cause.causation_id is None
    assert session.status is not None
    assert session.status.trace_id
    assert session.status.trace_id in await red.traceparent("s1")


async def test_cancelling_ends_the_process_and_keeps_what_was_used(
    red: Red, events: Events
) -> None:
    await red.order("s1", "use:5 wait:60")
    await red.in_phase("s1", Phase.RUNNING)
    pid = await red.pid("s1")
    assert runs(pid)

    await red.change("s1", cancelRequested=True)

    session = await red.in_phase("s1", Phase.CANCELLED)
    assert not runs(pid)
    assert session.status is not None
    assert session.status.usage is not None
    assert session.status.usage.input_tokens == 5
    assert await red.jobs() == []
    cancelled = await events.next(SessionCancelled, where=lambda e: e.project == red.name)
    assert cancelled.event.usage == session.status.usage
    assert cancelled.event.actor.id == session.metadata.annotations[REQUESTER_ANNOTATION]


async def test_a_session_that_runs_out_of_time_is_stopped(red: Red, events: Events) -> None:
    await red.order("s1", "use:3 wait:60", timeoutSeconds=2)

    session = await red.in_phase("s1", Phase.TIMED_OUT, seconds=40)

    assert session.status is not None
    assert session.status.usage is not None
    assert session.status.usage.input_tokens == 3
    assert not runs(await red.pid("s1"))
    timed_out = await events.next(SessionTimedOut, where=lambda e: e.project == red.name)
    assert timed_out.event.timeout_seconds == 2


async def test_a_session_whose_agent_fails_says_why(red: Red, events: Events) -> None:
    await red.order("s1", "exit:3")

    session = await red.in_phase("s1", Phase.FAILED)

    assert reason(session) == "ExitCode"
    failed = await events.next(SessionFailed, where=lambda e: e.project == red.name)
    assert "exit code 3" in failed.event.message


async def test_a_try_that_failed_is_followed_by_another(red: Red, events: Events) -> None:
    await red.order("s1", "once-exit:3", retries=1)

    await red.in_phase("s1", Phase.SUCCEEDED, seconds=40)

    assert len(await red.pods()) == 2
    assert stated(events, red) == ["created", "started", "succeeded"]


async def test_a_job_that_somebody_deletes_fails_its_session(red: Red) -> None:
    await red.order("s1", "wait:60")
    await red.in_phase("s1", Phase.RUNNING)

    await red.kube.delete(JOBS, "s1", red.namespace, propagation="Background")

    session = await red.in_phase("s1", Phase.FAILED)
    assert reason(session) == "JobDeleted"


async def test_deleting_a_session_leaves_nothing_of_it(red: Red, events: Events) -> None:
    await red.order("s1", "wait:60")
    await red.in_phase("s1", Phase.RUNNING)
    pid = await red.pid("s1")

    await red.kube.delete(AGENTIC_SESSIONS, "s1", red.namespace)

    await red.gone("s1")
    assert not runs(pid)
    await events.next(SessionDeleted, where=lambda e: e.project == red.name)


async def test_sessions_beyond_the_quota_wait_and_then_run(
    make_project: MakeProject, events: Events
) -> None:
    red = await make_project(quota={"pods": 1})
    await red.order("a", "wait:2")
    await red.in_phase("a", Phase.RUNNING)
    await red.order("b", "say:hello")

    await red.in_phase("b", Phase.QUEUED)
    await events.next(SessionQueued, where=lambda e: e.project == red.name)

    await red.in_phase("b", Phase.SUCCEEDED)
    assert sorted(stated(events, red)) == sorted(
        ["created", "started", "succeeded", "created", "queued", "started", "succeeded"]
    )


async def _count_at_most(red: Red, what: str, most: int) -> None:
    """Bound a count by a ResourceQuota, and return when it is enforced."""
    manifest = {"metadata": {"name": "count"}, "spec": {"hard": {what: str(most)}}}

    async def enforced() -> bool:
        found = await red.kube.get(RESOURCE_QUOTAS, "count", red.namespace)
        return what in found.get("status", {}).get("used", {})

    async def made_and_enforced() -> bool:
        # The quota controller learns of new definitions every 30 seconds, and looks again at a
        # quota that it could not fill every 5 minutes: a new one is filled sooner.
        await red.kube.create(RESOURCE_QUOTAS, manifest, red.namespace)
        try:
            return await eventually(enforced, seconds=3)
        except AssertionError:
            await red.kube.delete(RESOURCE_QUOTAS, "count", red.namespace)
            return False

    await eventually(made_and_enforced, seconds=60)


async def test_a_job_that_the_quota_refuses_waits_for_room(red: Red) -> None:
    await _count_at_most(red, "count/jobs.batch", 0)
    await red.order("s1", "say:hello")
    session = await red.in_phase("s1", Phase.QUEUED)
    assert session.status is not None
    assert "QuotaExceeded" in {each.reason for each in session.status.conditions}
    assert await red.jobs() == []

    await red.kube.delete(RESOURCE_QUOTAS, "count", red.namespace)

    await red.in_phase("s1", Phase.SUCCEEDED, seconds=40)


async def test_what_the_api_server_refuses_is_told_apart(
    red: Red, manager: Kube, cluster: Cluster
) -> None:
    request = Request.of(session_requested(red.name, because=red.name))
    session = session_for(request, None)
    async with await Kube.connect(cluster.service_kubeconfig("session-runner")) as kube:
        sessions = KubeSessions(kube)
        await _count_at_most(red, f"count/agenticsessions.{API_GROUP}", 0)
        with pytest.raises(OverQuotaError):
            await sessions.create(session)
        await red.kube.delete(RESOURCE_QUOTAS, "count", red.namespace)

        suspend = {"metadata": {"labels": {"ambient.dev/suspended": "true"}}}
        await manager.patch(NAMESPACES, red.namespace, suspend)

        async def refused() -> bool:
            # The policy reads the namespace's labels from a cache.
            name = session.metadata.model_copy(update={"name": f"s-{uuid4().hex[:8]}"})
            try:
                await sessions.create(session.model_copy(update={"metadata": name}))
            except RefusedError as error:
                return "suspended" in str(error)
            return False

        await eventually(refused)
        await manager.delete(NAMESPACES, red.namespace)
        with pytest.raises(RefusedError, match=r"terminated|suspended"):
            await sessions.create(session)


async def test_sessions_of_a_suspended_project_wait_until_it_resumes(red: Red) -> None:
    await red.suspend(True)
    await red.order("s1", "say:hello")
    session = await red.in_phase("s1", Phase.QUEUED)
    assert session.status is not None
    assert {each.reason for each in session.status.conditions} >= {"ProjectSuspended"}

    await red.suspend(False)

    await red.in_phase("s1", Phase.SUCCEEDED)


async def test_a_runner_that_is_killed_goes_on_where_it_was(
    red: Red, runner: Runner, events: Events
) -> None:
    await red.order("s1", "wait:4")
    await red.in_phase("s1", Phase.RUNNING)

    runner.kill()
    await red.order("s2", "say:hello")
    runner.start()

    await red.in_phase("s1", Phase.SUCCEEDED, seconds=60)
    await red.in_phase("s2", Phase.SUCCEEDED, seconds=60)
    assert sorted(stated(events, red)) == sorted(["created", "started", "succeeded"] * 2)


async def test_nothing_starts_unrecorded_while_nats_is_away(red: Red, nats: Nats) -> None:
    await nats.kill()
    await red.order("s1", "say:hello")
    session = await red.held("s1")
    assert session.status is None
    assert await red.jobs() == []

    await nats.restart()

    await red.in_phase("s1", Phase.SUCCEEDED, seconds=60)
    operations = await nats.connect("operations")
    info = await operations.jetstream().stream_info(
        "AMBIENT", subjects_filter=f"ambient.{red.name}.>"
    )
    await operations.close()
    kinds = {
        subject.split(".", 3)[3]: count for subject, count in (info.state.subjects or {}).items()
    }
    assert kinds == {"session.created": 1, "session.started": 1, "session.succeeded": 1}


async def test_a_request_outlives_the_api_server(
    red: Red, nats: Nats, cluster: Cluster, runner: Runner
) -> None:
    fact = session_requested(red.name, because=red.name, prompt="say:hello")
    message = fact.encode()
    await cluster.platform.kill("cluster")
    gateway = await nats.connect("gateway")
    await gateway.jetstream().publish(message.subject, message.data, headers=message.headers)
    await gateway.close()

    await cluster.platform.restart("cluster")

    async def made() -> bool:
        # A leader that could not renew its Lease has ended; whoever runs it starts it again.
        runner.start_if_ended()
        try:
            await red.session(fact.event.object.name)
        except KubeError:
            return False
        return True

    await eventually(made, seconds=80)
    await red.in_phase(fact.event.object.name, Phase.SUCCEEDED, seconds=60)


async def test_a_restart_writes_nothing(red: Red, runner: Runner) -> None:
    await red.order("s1", "say:hello")
    await red.in_phase("s1", Phase.SUCCEEDED)
    before = (await red.session("s1")).metadata.resource_version

    assert runner.stop() == 0
    runner.start()
    # What was made after the start is brought along only once everything before it was looked at.
    await red.order("s2", "say:hello")
    await red.in_phase("s2", Phase.SUCCEEDED, seconds=60)

    assert (await red.session("s1")).metadata.resource_version == before


async def test_people_work_with_sessions_over_http(
    red: Red, alice: httpx.AsyncClient, events: Events
) -> None:
    path = f"/api/sessions/{red.name}"
    order = {"prompt": "say:one wait:1 say:two", "websiteURL": "https://example.org/"}
    key = {"Idempotency-Key": "k"}

    made = await alice.post(path, json=order, headers=key)
    again = await alice.post(path, json=order, headers=key)

    assert made.status_code == 201, made.text
    assert again.status_code == 200
    name = made.json()["metadata"]["name"]
    assert made.json()["spec"]["userContext"]["userId"] == "alice"
    async with alice.stream("GET", f"{path}/{name}/log", params={"follow": True}) as log:
        assert log.status_code == 200
        lines = [line async for line in log.aiter_lines()]
    assert lines == ["one", "two"]
    shown = (await alice.get(f"{path}/{name}")).json()
    assert shown["status"]["phase"] == "Succeeded"
    listed = (await alice.get(path, params={"phase": "Succeeded"})).json()
    assert [each["metadata"]["name"] for each in listed["items"]] == [name]

    clone = (await alice.post(f"{path}/{name}/clone", json={"name": "clone"})).json()
    assert clone["spec"]["clonedFrom"] == f"{red.name}/{name}"
    assert (await alice.post(f"{path}/clone/cancel")).status_code in {202, 409}
    assert (await alice.delete(f"{path}/clone")).status_code == 202
    assert (await alice.delete(f"{path}/{name}")).status_code == 202
    await red.gone("clone")
    await red.gone(name)


async def test_a_viewer_reads_and_changes_nothing(
    red: Red, bob: httpx.AsyncClient, events: Events
) -> None:
    path = f"/api/sessions/{red.name}"
    await red.order("s1", "say:hello")
    await red.in_phase("s1", Phase.SUCCEEDED)

    assert (await bob.get(f"{path}/s1")).status_code == 200
    assert (await bob.get(f"{path}/s1/log")).text == "hello\n"
    order = {"prompt": "x", "websiteURL": "https://example.org/"}
    for refused in (
        await bob.post(path, json=order),
        await bob.post(f"{path}/s1/clone"),
        await bob.delete(f"{path}/s1"),
    ):
        assert refused.status_code == 403, refused.text
        assert refused.headers["content-type"] == "application/problem+json"
    denied = await events.next(AccessDenied, where=lambda e: e.project == red.name)
    assert denied.event.actor.id == "bob"
    assert (await bob.get("/api/sessions/not-mine")).status_code == 403


async def test_the_runner_can_read_no_secret_and_change_no_job(cluster: Cluster) -> None:
    async with await Kube.connect(cluster.service_kubeconfig("session-runner")) as kube:
        for verb, resource in (
            ("get", SECRETS),
            ("list", SECRETS),
            ("create", ROLE_BINDINGS),
            ("patch", JOBS),
        ):
            assert not await may_i(kube, verb, resource, namespace="project-red"), (verb, resource)
