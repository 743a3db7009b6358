"""The program `ambient-agent`: a task in the environment, a report in the termination message.

Exit status: 0 where the session succeeded, 1 where it failed (the report says why), 2 where there
was no task to work on.
"""

import asyncio
import os
import signal
import sys

import structlog

from ambient_agent.app import work
from ambient_agent.config import Settings, read_task
from ambient_agent.errors import TaskUnreadableError
from ambient_agent.report import write
from ambient_agent.telemetry import configure_telemetry, flush
from ambient_contracts.agent import AgentReport, AgentTask

_log = structlog.get_logger(__name__)


def main() -> None:
    """Work on the task and exit."""
    settings = Settings.from_environment(os.environ)
    provider = configure_telemetry()
    try:
        task = read_task(os.environ)
    except TaskUnreadableError as error:
        print(error, file=sys.stderr)
        _write(AgentReport(outcome="failed", reason=error.reason, message=str(error)), settings)
        sys.exit(2)
    report = asyncio.run(_until_signalled(task, settings))
    _write(report, settings)
    flush(provider)
    sys.exit(0 if report.outcome == "succeeded" else 1)


async def _until_signalled(task: AgentTask, settings: Settings) -> AgentReport:
    """Work on the task; SIGTERM, which Kubernetes sends to stop a Pod, cancels it."""
    loop = asyncio.get_running_loop()
    working = asyncio.create_task(work(task, settings))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    try:
        return await working
    except asyncio.CancelledError:  # before it began
        sentence = "the session was cancelled before it began"
        return AgentReport(outcome="failed", reason="Cancelled", message=sentence)


def _write(report: AgentReport, settings: Settings) -> None:
    try:
        write(report, settings.report_path)
    except OSError as error:
        _log.error(f"the report could not be written to {settings.report_path}: {error}")


if __name__ == "__main__":
    main()
