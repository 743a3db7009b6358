"""Bringing a session along: what is stated, written and done, and that any of it may be cut off."""

from collections.abc import Callable

import pytest
import runner_made as made
from runner_world import Cached, Crash, Live, World, clock

from ambient_contracts.names import CORRELATION_ANNOTATION, REQUEST_ANNOTATION, TRACE_ANNOTATION
from ambient_contracts.resources import Phase
from session_runner.domain.observation import Launch, Launched
from session_runner.domain.room import Share
from session_runner.handlers.reconcile_session import Again, ReconcileSession

TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


def reconciler(world: World) -> tuple[ReconcileSession, Cached]:
    view = Cached(world)
    share = Share(cpu="500m", memory="1Gi")
    handler = ReconcileSession(view, Live(world), world, clock, share=share, start_grace=120)
    return handler, view


async def settle(world: World) -> Again | None:
    """Reconcile as often as a watch would ask for it, that is, until nothing is written."""
    reconcile, _ = reconciler(world)
    again = None
    for _ in range(10):
        before = len(world.writes)
        again = await reconcile("project-red", "s1")
        if len(world.writes) == before:
            return again
    raise AssertionError("it does not settle")


def node_starts(world: World) -> None:
    world.put(pods=[made.pod(running=True)])


def node_answers(world: World) -> None:
    world.put(made.job(complete=True), [made.pod(exit_code=0, said=made.ANSWERED)])


def somebody_cancels(world: World) -> None:
    world.change(cancel_requested=True)


def somebody_deletes(world: World) -> None:
    world.delete()


Step = Callable[[World], None]
LIVES: dict[str, tuple[Step, ...]] = {
    "answers": (node_starts, node_answers),
    "is cancelled": (node_starts, somebody_cancels),
    "is deleted": (node_starts, somebody_deletes),
    "is deleted after its end": (node_starts, node_answers, somebody_deletes),
}


async def live(world: World, steps: tuple[Step, ...]) -> None:
    """Let a session live; where the process is lost, another begins where the cluster stands."""
    for step in (lambda _: None, *steps):
        step(world)
        try:
            await settle(world)
        except Crash:
            await settle(world)


async def test_a_launch_takes_four_writes_and_its_end_one() -> None:
    world = World(made.session(finalizers=()), made.project())

    await live(world, (node_starts,))
    assert world.writes == ["add finalizer", "create Job", "status Pending", "status Running"]

    await live(world, (node_answers,))
    assert world.writes[4:] == ["status Succeeded"]
    assert world.verbs() == ["created", "started", "used", "succeeded"]
    assert world.status().result == made.ANSWERED.result
    assert world.status().usage == made.ANSWERED.usage


@pytest.mark.parametrize("life", LIVES)
async def test_wherever_the_process_is_lost_the_session_ends_the_same(life: str) -> None:
    whole = World(made.session(finalizers=()), made.project())
    await live(whole, LIVES[life])
    assert whole.calls > 5

    for call in range(1, whole.calls + 1):
        for moment in ("before", "after"):
            world = World(made.session(finalizers=()), made.project())
            world.crash_at = (call, moment)
            await live(world, LIVES[life])
            where = f"{moment} call {call}"
            assert world.stored.keys() == whole.stored.keys(), where
            assert world.verbs() == whole.verbs(), where
            assert sorted(world.writes) == sorted(whole.writes), where
            assert world.jobs == whole.jobs, where
            if whole.sessions:
                assert world.status() == whole.status(), where


async def test_a_restart_with_nothing_to_change_writes_and_states_nothing() -> None:
    for steps in ((), (node_starts,), (node_starts, node_answers)):
        world = World(made.session(), made.project())
        await live(world, steps)
        calls = world.calls

        await settle(world)

        assert world.calls == calls


async def test_events_are_stored_before_the_status_says_so() -> None:
    world = World(made.session(), made.project())
    reconcile, _ = reconciler(world)
    world.crash_at = (1, "before")

    with pytest.raises(Crash):
        await reconcile("project-red", "s1")

    assert world.writes == []
    assert world.jobs == {}


async def test_events_carry_the_cause_that_the_annotations_name() -> None:
    annotations = {
        TRACE_ANNOTATION: TRACE,
        REQUEST_ANNOTATION: "request-1",
        CORRELATION_ANNOTATION: "chain-1",
    }
    world = World(made.session(annotations=annotations), made.project())

    await live(world, (node_starts, node_answers))

    for fact in world.stored.values():
        assert fact.envelope.cause.correlation_id == "chain-1"
        assert fact.envelope.cause.causation_id == "request-1"
        assert (fact.envelope.cause.traceparent or "").startswith("00-" + "a" * 32)
    assert world.traces[0].startswith("00-" + "a" * 32)
    assert world.status().trace_id == "a" * 32


@pytest.mark.parametrize("bad", ["", "not a trace", "a\r\nce-source: /audit"])
async def test_a_session_without_annotations_begins_its_own_chain_and_trace(bad: str) -> None:
    annotations = {TRACE_ANNOTATION: bad, CORRELATION_ANNOTATION: bad, REQUEST_ANNOTATION: bad}
    world = World(made.session(annotations=annotations), made.project())

    await live(world, (node_starts,))

    created, started = world.stored.values()
    assert created.envelope.cause.correlation_id == created.envelope.id
    assert created.envelope.cause.causation_id is None
    assert started.envelope.cause.correlation_id == created.envelope.id
    assert started.envelope.cause.causation_id == created.envelope.id
    trace_id = world.status().trace_id
    assert trace_id
    assert trace_id in (started.envelope.cause.traceparent or "")


async def test_a_suspended_project_has_its_sessions_wait() -> None:
    world = World(made.session(), made.project(suspended=True))

    again = await settle(world)

    assert world.status().phase is Phase.QUEUED
    assert again is not None
    world.projects["red"] = made.project()
    await live(world, (node_starts,))
    assert world.status().phase is Phase.RUNNING
    assert world.verbs() == ["created", "queued", "started"]


async def test_a_full_project_has_its_youngest_sessions_wait() -> None:
    world = World(made.session(), made.project(pods=2))
    world.older = 2
    await settle(world)
    assert world.jobs == {}

    world.older = 1
    await settle(world)

    assert "s1" in world.jobs
    assert world.status().phase is Phase.PENDING


async def test_a_job_that_the_quota_refuses_is_tried_again() -> None:
    world = World(made.session(), made.project())
    world.refuse = Launched(Launch.OVER_QUOTA, "exceeded quota")
    again = await settle(world)
    assert again is not None
    assert world.status().phase is Phase.QUEUED

    world.refuse = None
    await settle(world)

    assert world.status().phase is Phase.PENDING
    assert world.verbs() == ["created", "queued"]


async def test_a_job_that_the_watch_does_not_show_yet_is_not_gone() -> None:
    world = World(made.session(), made.project())
    await settle(world)
    reconcile, view = reconciler(world)
    view.hidden = {"job", "pods"}

    await reconcile("project-red", "s1")

    assert world.status().phase is Phase.PENDING


async def test_a_result_that_the_watch_does_not_show_yet_is_read() -> None:
    world = World(made.session(), made.project())
    await live(world, (node_starts,))
    node_answers(world)
    reconcile, view = reconciler(world)
    view.kept = [made.pod(running=True)]

    await reconcile("project-red", "s1")

    assert world.status().phase is Phase.SUCCEEDED


async def test_the_end_of_a_pod_that_is_gone_is_waited_for() -> None:
    world = World(made.session(cancelRequested=True), made.project())
    world.sessions["s1"] = made.session(
        cancelRequested=True, phase=Phase.RUNNING, status={"jobName": "s1"}
    )
    reconcile, view = reconciler(world)
    view.kept = [made.pod(running=True)]
    assert await reconcile("project-red", "s1") is not None
    assert world.writes == []

    view.kept = [made.pod(exit_code=1, said=made.ANSWERED)]
    await reconcile("project-red", "s1")

    assert world.status().phase is Phase.CANCELLED
    assert world.status().usage == made.ANSWERED.usage


async def test_another_sessions_job_is_neither_read_nor_deleted() -> None:
    world = World(made.session(deleting=True), made.project())
    world.put(made.job(owner="somebody-else"))

    await settle(world)

    assert world.sessions == {}
    assert "s1" in world.jobs


async def test_a_session_outside_of_every_project_is_left_alone() -> None:
    stray = made.session()
    stray = stray.model_copy(
        update={"metadata": stray.metadata.model_copy(update={"namespace": "default"})}
    )
    world = World(stray, made.project())

    await settle(world)

    assert world.calls == 0
