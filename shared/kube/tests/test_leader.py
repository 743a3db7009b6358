"""What a leader promises: never two at a time, not even after a freeze."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from scripted_api import ScriptedApi, Seen

from ambient_kube import CONFIG_MAPS, Kube, LeadershipLost, lead
from ambient_kube.leader import LOST
from ambient_kube.lease import Moment

pytestmark = pytest.mark.integration
PATIENT = {"lease_seconds": 30.0, "deadline_seconds": 20.0, "renew_seconds": 0.02}
HASTY = {"lease_seconds": 1.0, "deadline_seconds": 0.3, "renew_seconds": 0.02}
LEASE = ("leases", "ns", "it")


class Candidate:
    """One process that would lead."""

    def __init__(self, kube: Kube, **options: Any) -> None:
        self.leads = asyncio.Event()
        self.exits: list[int] = []
        self.steady = self.wall = 0.0
        self._kube = kube
        self._options = {**PATIENT, **options}

    def now(self) -> Moment:
        now = Moment.now()
        return Moment(now.steady + self.steady, now.wall + self.wall)

    async def work(self) -> None:
        self.leads.set()
        await asyncio.Event().wait()

    async def lead(self) -> None:
        await lead(
            self._kube,
            namespace="ns",
            name="it",
            identity="me",
            run=self._options.pop("run", self.work),
            exit=self.exits.append,
            clock=self.now,
            **self._options,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator["asyncio.Task[None]"]:
        task = asyncio.create_task(self.lead())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def leading(self) -> None:
        await asyncio.wait_for(self.leads.wait(), 5)


def _holder(api: ScriptedApi) -> str:
    return str(api.objects[LEASE]["spec"]["holderIdentity"])


async def _lost(task: "asyncio.Task[None]") -> None:
    with pytest.raises(LeadershipLost):
        await asyncio.wait_for(task, 5)


async def test_the_first_leads_and_a_second_waits_until_the_lease_is_released(
    api: ScriptedApi, kube: Kube
) -> None:
    first, second = Candidate(kube), Candidate(kube)
    async with first.running():
        await first.leading()
        assert _holder(api).startswith("me_")
        async with second.running():
            looked = len(api.seen) + 10
            await api.until(lambda: len(api.seen) >= looked)
            assert not second.leads.is_set()
    third = Candidate(kube)
    async with third.running():
        await third.leading()
    assert _holder(api) == ""
    assert not first.exits


async def test_a_lease_is_released_after_the_work_has_stopped_and_not_before(
    api: ScriptedApi, kube: Kube
) -> None:
    held: list[str] = []
    candidate = Candidate(kube)

    async def work() -> None:
        try:
            await candidate.work()
        finally:
            renewed = len(api.writes()) + 3
            await api.until(lambda: len(api.writes()) >= renewed)
            held.append(_holder(api))

    candidate._options["run"] = work
    async with candidate.running():
        await candidate.leading()
    assert held[0].startswith("me_")
    assert _holder(api) == ""
    assert not candidate.exits


async def test_work_that_ends_or_fails_releases_the_lease(api: ScriptedApi, kube: Kube) -> None:
    async def work() -> None:
        raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        await Candidate(kube, run=work).lead()
    assert _holder(api) == ""


async def test_a_lease_whose_holder_is_silent_is_taken_when_it_has_run_out(
    api: ScriptedApi, kube: Kube
) -> None:
    spec = {"holderIdentity": "another", "leaseDurationSeconds": 1, "leaseTransitions": 4}
    api.put(*LEASE, spec=spec)
    candidate = Candidate(kube)
    async with candidate.running():
        await api.until(lambda: len(api.seen) >= 3)
        candidate.wall += 3600
        await api.until(lambda: len(api.seen) >= 6)
        assert not candidate.leads.is_set(), "a clock that was set forward counts for nothing"
        candidate.wall = 0
        candidate.steady += 1
        await candidate.leading()
    assert api.objects[LEASE]["spec"]["leaseTransitions"] == 5


async def test_a_leader_that_cannot_renew_ends_its_process_before_its_lease_runs_out(
    api: ScriptedApi, kube: Kube
) -> None:
    loop = asyncio.get_running_loop()
    candidate = Candidate(kube, **HASTY)
    async with candidate.running() as task:
        await candidate.leading()
        for _ in range(100):
            api.refuse(503, "ServiceUnavailable", method="PUT")
        began = loop.time()
        await _lost(task)
        assert loop.time() - began < 1.0
    assert candidate.exits == [LOST]


async def test_a_server_that_falls_silent_counts_as_no_renewal(
    api: ScriptedApi, kube: Kube
) -> None:
    candidate = Candidate(kube, **HASTY)
    async with candidate.running() as task:
        await candidate.leading()
        api.answering.clear()
        await _lost(task)
        api.answering.set()
    assert candidate.exits == [LOST]


async def test_a_renewal_that_fails_once_is_tried_again(api: ScriptedApi, kube: Kube) -> None:
    candidate = Candidate(kube)
    async with candidate.running():
        await candidate.leading()
        api.refuse(503, "ServiceUnavailable", method="PUT")
        renewed = len(api.writes()) + 3
        await api.until(lambda: len(api.writes()) >= renewed)
    assert not candidate.exits


async def test_a_leader_whose_lease_another_holds_ends_its_process(
    api: ScriptedApi, kube: Kube
) -> None:
    candidate = Candidate(kube)
    async with candidate.running() as task:
        await candidate.leading()
        api.put(*LEASE, spec={"holderIdentity": "another", "leaseDurationSeconds": 1})
        await _lost(task)
    assert candidate.exits == [LOST]
    assert _holder(api) == "another"


async def test_a_lease_that_somebody_annotates_is_still_ours(api: ScriptedApi, kube: Kube) -> None:
    candidate = Candidate(kube)
    async with candidate.running():
        await candidate.leading()
        api.put(*LEASE, spec=api.objects[LEASE]["spec"], metadata={"annotations": {"a": "b"}})
        renewed = len(api.writes()) + 3
        await api.until(lambda: len(api.writes()) >= renewed)
    assert not candidate.exits


@pytest.mark.parametrize("clock", ["steady", "wall"])
async def test_a_process_that_was_frozen_past_its_deadline_writes_nothing_more(
    api: ScriptedApi, kube: Kube, clock: str
) -> None:
    thaw = asyncio.Event()
    candidate = Candidate(kube)

    async def work() -> None:
        candidate.leads.set()
        await thaw.wait()
        await kube.with_token("theirs").create(CONFIG_MAPS, {"metadata": {"namespace": "ns"}})

    candidate._options["run"] = work
    async with candidate.running() as task:
        await candidate.leading()
        # As after a freeze: the work is awake before the renewal is.
        setattr(candidate, clock, 60.0)
        thaw.set()
        await _lost(task)
    assert candidate.exits[0] == LOST
    assert all("leases" in seen.path for seen in api.writes())
    assert _holder(api).startswith("me_"), "a lease that may be another's is not released"


async def test_a_renewal_counts_from_when_it_was_sent(api: ScriptedApi, kube: Kube) -> None:
    candidate = Candidate(kube)

    def slowly(seen: Seen) -> web.StreamResponse:
        candidate.steady += 60
        return api.write(seen, *LEASE)

    async with candidate.running() as task:
        await candidate.leading()
        api.answer(slowly, method="PUT")
        await _lost(task)
    assert candidate.exits == [LOST]


async def test_a_deadline_after_the_lease_is_refused(kube: Kube) -> None:
    with pytest.raises(ValueError, match="deadline"):
        await Candidate(kube, deadline_seconds=31).lead()
