"""What the watches keep: whose turn it is, and how Pods ended that are gone."""

from datetime import timedelta

import runner_made as made

from ambient_contracts.resources import AgenticSession, Phase, Quota
from ambient_kube import Key
from session_runner.adapters.backlog import Backlog
from session_runner.adapters.tries import Tries
from session_runner.domain.room import Share, capacity

SESSION = Key(made.NAMESPACE, "s1")
POD = Key(made.NAMESPACE, "pod-1")


def aged(name: str, age: float, phase: Phase | None = None) -> AgenticSession:
    session = made.session(name=name, phase=phase)
    created = made.NOW - timedelta(seconds=age)
    metadata = session.metadata.model_copy(update={"creation_timestamp": created})
    return session.model_copy(update={"metadata": metadata})


def test_the_oldest_session_that_has_not_ended_comes_first() -> None:
    backlog = Backlog()
    old, young, twin = aged("old", 9), aged("b-young", 1), aged("a-young", 1)
    for each in (young, old, twin, aged("ended", 20, Phase.FAILED)):
        backlog.on_session(Key(made.NAMESPACE, each.metadata.name), each)

    assert [backlog.before(each) for each in (old, twin, young)] == [0, 1, 2]

    backlog.on_session(Key(made.NAMESPACE, "old"), None)

    assert [backlog.before(each) for each in (twin, young)] == [0, 1]


def test_those_that_wait_are_woken_in_their_order() -> None:
    backlog = Backlog()
    for age in range(6):
        each = aged(f"s{age}", age, Phase.QUEUED)
        backlog.on_session(Key(made.NAMESPACE, each.metadata.name), each)

    assert [key.name for key in backlog.waiting(made.NAMESPACE, 2)] == ["s5", "s4"]
    assert backlog.waiting("project-blue") == []


def test_a_pod_that_ended_is_kept_until_its_session_has() -> None:
    tries = Tries()
    running, ended = made.pod(running=True), made.pod(exit_code=0, said=made.ANSWERED)
    tries.on_pod(POD, None, running)
    tries.on_pod(POD, running, ended)
    tries.on_pod(POD, ended, None)
    assert tries.of(SESSION) == (ended,)

    tries.forget(SESSION)
    assert tries.of(SESSION) == ()


def test_a_pod_that_vanished_while_it_ran_is_not_kept() -> None:
    tries = Tries()
    tries.on_pod(POD, None, made.pod(running=True))
    tries.on_pod(POD, made.pod(running=True), None)
    assert tries.of(SESSION) == ()


def test_the_scarcest_of_pods_cpu_and_memory_is_the_room() -> None:
    share = Share(cpu="500m", memory="1Gi")
    assert capacity(Quota(), share) == 100
    assert capacity(Quota(pods=7), share) == 7
    assert capacity(Quota(cpu="2"), share) == 4
    assert capacity(Quota(memory="3500Mi"), share) == 3
    assert capacity(Quota(cpu="400m"), share) == 0
