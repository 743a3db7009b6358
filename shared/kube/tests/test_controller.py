"""What a controller promises about turns, failures and storms."""

import asyncio
from collections.abc import Iterable

from scripted_api import ScriptedApi, running

from ambient_kube import (
    CONFIG_MAPS,
    Backoff,
    Conflict,
    Controller,
    Informer,
    Key,
    Kube,
    Manifest,
    Outcome,
    Requeue,
    TooManyRequests,
    ensure,
)

QUICK = Backoff(first=0.001, maximum=0.004)
A, B = Key("ns", "a"), Key("ns", "b")


class Turns:
    """A reconcile function that tells of each turn, waits for its gate, and does as it is told."""

    def __init__(self, *results: Requeue | Exception | None) -> None:
        self.begun: asyncio.Queue[Key] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()
        self.under_way: list[Key] = []
        self._results = list(results)

    async def __call__(self, key: Key) -> Requeue | None:
        assert key not in self.under_way, "two workers on one key"
        self.under_way.append(key)
        self.begun.put_nowait(key)
        try:
            await self.gate.wait()
        finally:
            self.under_way.remove(key)
        result = self._results.pop(0) if self._results else None
        if isinstance(result, Exception):
            raise result
        return result

    async def next(self) -> Key:
        return await asyncio.wait_for(self.begun.get(), 5)


class Counts:
    """Metrics that remember."""

    def __init__(self) -> None:
        self.outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self.depths: list[int] = []

    def queued(self, controller: str, keys: int) -> None:
        self.depths.append(keys)

    def reconciled(self, controller: str, outcome: Outcome, seconds: float) -> None:
        self.outcomes.put_nowait(outcome)


async def test_a_storm_on_one_key_is_one_more_turn() -> None:
    turns, counts = Turns(), Counts()
    turns.gate.clear()
    controller = Controller("c", turns, workers=4, metrics=counts)
    async with running(controller.run()):
        controller.enqueue(A)
        await turns.next()
        for _ in range(1000):
            controller.enqueue(A)
        controller.enqueue(B)
        assert await turns.next() == B
        turns.gate.set()
        assert await turns.next() == A
        for _ in range(3):
            assert await asyncio.wait_for(counts.outcomes.get(), 5) == "done"
        assert turns.begun.empty()


async def test_what_fails_comes_again_until_it_does_not() -> None:
    turns, counts = Turns(ValueError("no"), Conflict(409, "Conflict", "changed")), Counts()
    controller = Controller("c", turns, retry=QUICK, metrics=counts)
    async with running(controller.run()):
        controller.enqueue(A)
        outcomes = [await asyncio.wait_for(counts.outcomes.get(), 5) for _ in range(3)]
    assert outcomes == ["failed", "failed", "done"]


async def test_a_failure_that_says_when_to_come_back_is_believed() -> None:
    loop = asyncio.get_running_loop()
    turns = Turns(TooManyRequests(429, "TooManyRequests", "slow down", retry_after=0.1))
    controller = Controller("c", turns, retry=QUICK)
    async with running(controller.run()):
        controller.enqueue(A)
        await turns.next()
        began = loop.time()
        await turns.next()
        assert loop.time() - began >= 0.09


async def test_a_reconcile_can_ask_for_another_turn() -> None:
    turns, counts = Turns(Requeue(0.01)), Counts()
    controller = Controller("c", turns, metrics=counts)
    async with running(controller.run()):
        controller.enqueue(A)
        assert [await turns.next(), await turns.next()] == [A, A]
        assert await asyncio.wait_for(counts.outcomes.get(), 5) == "requeued"


async def test_a_failing_key_holds_no_other_up() -> None:
    turns = Turns(ValueError("no"))
    controller = Controller("c", turns, workers=1, retry=Backoff(first=60))
    async with running(controller.run()):
        controller.enqueue(A)
        controller.enqueue(B)
        assert [await turns.next(), await turns.next()] == [A, B]


def _owner(key: Key, item: Manifest | None) -> Iterable[Key]:
    return [Key(None, item["owner"])] if item else []


async def test_work_begins_when_the_cache_is_full_and_reaches_old_and_new_owners(
    api: ScriptedApi, kube: Kube
) -> None:
    informer = Informer(kube, CONFIG_MAPS, parse=lambda manifest: manifest)
    turns = Turns()
    controller = Controller("c", turns, workers=1)
    controller.watch(informer, _owner)
    api.put("configmaps", "ns", "a", owner="x")
    async with running(controller.run()):
        controller.enqueue(B)
        await asyncio.sleep(0)
        assert turns.begun.empty()
        async with running(informer.run()):
            assert {await turns.next(), await turns.next()} == {B, Key(None, "x")}
            await asyncio.wait_for(api.watching.wait(), 5)
            api.put("configmaps", "ns", "a", owner="y")
            assert {await turns.next(), await turns.next()} == {Key(None, "x"), Key(None, "y")}
            api.remove("configmaps", "ns", "a")
            assert await turns.next() == Key(None, "y")


async def test_a_restart_with_nothing_to_change_makes_no_write(
    api: ScriptedApi, kube: Kube
) -> None:
    names = [f"c{number}" for number in range(20)]

    async def start() -> None:
        informer = Informer(kube, CONFIG_MAPS, parse=lambda manifest: manifest)
        missing, complete = set(names), asyncio.Event()

        async def reconcile(key: Key) -> None:
            metadata = {"name": key.name, "namespace": key.namespace, "labels": {"of": "us"}}
            desired = {"metadata": metadata, "data": {"v": "1"}}
            await ensure(kube, CONFIG_MAPS, desired, informer.get("ns", key.name), "us")
            missing.discard(key.name)
            if not missing:
                complete.set()

        controller = Controller("c", reconcile)
        controller.watch(informer)
        for name in names:
            controller.enqueue(Key("ns", name))
        async with running(informer.run(), controller.run()):
            await asyncio.wait_for(complete.wait(), 5)

    await start()
    assert len(api.writes()) == len(names)
    await start()
    assert len(api.writes()) == len(names)
