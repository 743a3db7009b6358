"""Whatever is added and worked on in whatever order, each key is known once."""

import asyncio

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ambient_kube.workqueue import WorkQueue


class QueueModel(RuleBasedStateMachine):
    """The queue beside a model of it: who waits, who is worked on, who was added meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.queue: WorkQueue[int] = WorkQueue()
        self.waiting: list[int] = []
        self.working: set[int] = set()
        self.again: list[int] = []

    @rule(key=st.integers(0, 3))
    def add(self, key: int) -> None:
        self.queue.add(key)
        if key in self.working:
            self.again += [key] if key not in self.again else []
        elif key not in self.waiting:
            self.waiting.append(key)

    @precondition(lambda self: self.waiting)
    @rule()
    def get(self) -> None:
        key = self.loop.run_until_complete(self.queue.get())
        assert key == self.waiting.pop(0)
        assert key not in self.working
        self.working.add(key)

    @precondition(lambda self: self.working)
    @rule(data=st.data())
    def done(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.working)))
        self.queue.done(key)
        self.working.discard(key)
        if key in self.again:
            self.again.remove(key)
            self.waiting.append(key)

    @invariant()
    def each_key_counts_once(self) -> None:
        assert len(self.queue) == len(self.waiting) + len(self.again)

    def teardown(self) -> None:
        self.loop.close()


def test_a_key_is_never_held_twice_and_never_lost() -> None:
    run_state_machine_as_test(QueueModel, settings=settings(max_examples=40, deadline=None))


async def test_a_key_for_later_comes_when_it_is_due() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add_after("late", 0.02)
    queue.add("now")
    assert await queue.get() == "now"
    assert await asyncio.wait_for(queue.get(), 5) == "late"


async def test_the_earlier_of_two_times_counts() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add_after("key", 60)
    queue.add_after("key", 0.01)
    queue.add_after("key", 60)
    assert await asyncio.wait_for(queue.get(), 5) == "key"
    queue.close()


async def test_a_key_that_comes_sooner_does_not_come_again_for_its_later_time() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add_after("key", 0.01)
    queue.add("key")
    queue.done(await queue.get())
    await asyncio.sleep(0.02)
    assert len(queue) == 0
