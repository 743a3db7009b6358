"""The process table is the truth: a component is found by its mark, whoever started it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import psutil
import pytest

from ambient_local import Component, Home, processes

SLEEPS = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
DEAF = [
    *(sys.executable, "-S", "-c"),
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True);"
    "time.sleep(60)",
]
HAS_A_CHILD = [
    *(sys.executable, "-S", "-c"),
    "import os, time; os.fork(); print('forked', flush=True); time.sleep(60)",
]


@pytest.fixture(autouse=True)
async def _nothing_is_left(home: Home) -> AsyncIterator[None]:
    yield
    for found in processes.of_home(home).values():
        await processes.kill(found)


async def _until_it_says(home: Home, component: Component, word: str, times: int = 1) -> None:
    log = home.logs / f"{component}.log"
    async with asyncio.timeout(5):
        while log.read_text().count(word) < times:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def test_a_component_is_found_by_its_mark(home: Home) -> None:
    process = processes.start(home, Component.NATS, SLEEPS, os.environ)

    assert processes.of_home(home) == {Component.NATS: [process]}


def test_a_component_of_another_home_is_not_found(home: Home, tmp_path: object) -> None:
    processes.start(home, Component.NATS, SLEEPS, os.environ)

    assert processes.of_home(Home(home.path / "other")) == {}


async def test_a_killed_component_is_gone_from_the_table(home: Home) -> None:
    process = processes.start(home, Component.NATS, SLEEPS, os.environ)

    await processes.kill([process])

    assert processes.of_home(home) == {}
    assert not psutil.pid_exists(process.pid)


async def test_one_that_does_not_listen_is_killed_when_its_grace_is_over(home: Home) -> None:
    process = processes.start(home, Component.AUDIT, DEAF, os.environ)
    await _until_it_says(home, Component.AUDIT, "deaf")

    await processes.end([process], grace=0.05)

    assert processes.of_home(home) == {}


async def test_a_child_is_found_and_ended_when_its_parent_was_killed(home: Home) -> None:
    parent = processes.start(home, Component.CLUSTER, HAS_A_CHILD, os.environ)
    await _until_it_says(home, Component.CLUSTER, "forked", times=2)
    os.kill(parent.pid, signal.SIGKILL)

    async with asyncio.timeout(5):
        while len(left := processes.of_home(home)[Component.CLUSTER]) > 1:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert left[0].pid != parent.pid
    await processes.end(left, grace=0.5)

    assert processes.of_home(home) == {}


def test_a_component_leads_a_session_of_its_own(home: Home) -> None:
    process = processes.start(home, Component.NATS, SLEEPS, os.environ)

    assert os.getsid(process.pid) == process.pid
