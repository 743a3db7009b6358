"""The program, as a Job's container runs it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ambient_contracts.agent import (
    ANTHROPIC_KEY_VARIABLE,
    TASK_VARIABLE,
    TERMINATION_PATH_VARIABLE,
    AgentReport,
    AgentTask,
)
from ambient_testkit.messages_api import MessagesApi
from ambient_testkit.pages import Pages

pytestmark = pytest.mark.integration
TRACE = "0af7651916cd43dd8448eb211c80319c"


class Container:
    """Runs `ambient-agent` and keeps what it leaves."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "termination-log"

    async def start(self, **environment: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ambient_agent",
            env={
                "PATH": os.environ["PATH"],
                "TRACEPARENT": f"00-{TRACE}-b7ad6b7169203331-01",
                TERMINATION_PATH_VARIABLE: str(self.log),
                **environment,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    @property
    def report(self) -> AgentReport:
        return AgentReport.model_validate_json(self.log.read_bytes())


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


async def test_a_session_without_a_key_leaves_a_report_and_a_log_in_its_trace(
    container: Container, task: Callable[..., AgentTask]
) -> None:
    process = await container.start(**{TASK_VARIABLE: task().model_dump_json()})
    out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert container.report.outcome == "succeeded"
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["event"].split()[0] for line in lines] == [
        "session",
        "fetching",
        "read",
        "chose",
        "answered",
    ]
    assert {line["trace_id"] for line in lines} == {TRACE}


async def test_sigterm_ends_a_session_at_once_with_a_report(
    container: Container, task: Callable[..., AgentTask], pages: Pages
) -> None:
    process = await container.start(**{TASK_VARIABLE: task("/slow").model_dump_json()})
    await pages.visited("/slow")
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.communicate(), 5)
    assert process.returncode == 1
    assert container.report.reason == "Cancelled"


async def test_a_session_with_a_key_asks_the_model_and_tells_nobody_the_key(
    container: Container, task: Callable[..., AgentTask]
) -> None:
    async with MessagesApi() as api:
        process = await container.start(
            **{
                TASK_VARIABLE: task().model_dump_json(),
                ANTHROPIC_KEY_VARIABLE: "sk-ant-test-only",
                "ANTHROPIC_BASE_URL": api.url,
            }
        )
        out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert container.report.result is not None
    assert container.report.result.agent == "model"
    assert b"sk-ant-test-only" not in out + container.log.read_bytes()
    assert b"turn 2: " in out


async def test_a_failed_session_exits_with_1_and_says_why(
    container: Container, task: Callable[..., AgentTask], pages: Pages
) -> None:
    unexpected = task(website_exceptions=()).model_dump_json()
    process = await container.start(**{TASK_VARIABLE: unexpected})
    await process.communicate()
    assert process.returncode == 1
    assert container.report.reason == "WebsiteForbidden"
    assert not pages.requests


async def test_without_a_task_it_exits_with_2_and_one_sentence(container: Container) -> None:
    process = await container.start()
    out, err = await process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert err == b"AMBIENT_TASK is not set; a session's Job sets it\n"
    assert container.report.reason == "TaskUnreadable"


async def test_a_session_that_takes_too_long_reports_before_its_time_is_up(
    container: Container, task: Callable[..., AgentTask]
) -> None:
    slow = task("/slow", timeout_seconds=1).model_dump_json()
    process = await container.start(**{TASK_VARIABLE: slow})
    await process.communicate()
    assert process.returncode == 1
    assert container.report.reason == "TimedOut"
