"""One task, from its beginning to its report, whatever happens on the way."""

import asyncio

import structlog
from opentelemetry.trace import StatusCode

from ambient_agent.agents import AGENTS, choose
from ambient_agent.agents.base import Agent, Meter
from ambient_agent.config import Settings
from ambient_agent.errors import AgentError
from ambient_agent.telemetry import span
from ambient_agent.website.fetch import Fetcher
from ambient_agent.website.site import Website
from ambient_contracts.agent import AgentReport, AgentTask

_log = structlog.get_logger(__name__)


async def work(task: AgentTask, settings: Settings) -> AgentReport:
    """Work on a task and report; a cancellation is reported too, and ends here."""
    name = choose(settings)
    attributes = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": f"ambient-{name}",
        "gen_ai.conversation.id": task.session,
        "ambient.project": task.project,
    }
    with span(f"invoke_agent ambient-{name}", attributes, traceparent=settings.traceparent) as now:
        _log.info(f"session {task.session} of project {task.project}: the {name} agent begins")
        report = await _reported(task, AGENTS[name](settings))
        now.set_attributes(
            {
                "gen_ai.usage.input_tokens": report.usage.input_tokens,
                "gen_ai.usage.output_tokens": report.usage.output_tokens,
            }
        )
        if report.outcome == "succeeded":
            _log_answer(report)
        else:
            now.set_attribute("error.type", report.reason or "")
            now.set_status(StatusCode.ERROR, report.reason)
            _log.error(f"failed: {report.message}", reason=report.reason)
    return report


async def _reported(task: AgentTask, agent: Agent) -> AgentReport:
    website = Website(task.website_url, Fetcher(task.website_exceptions))
    meter = Meter()
    try:
        async with asyncio.timeout(_seconds(task.timeout_seconds)):
            result = await agent(task, website, meter)
    except AgentError as error:
        return _failed(error.reason, str(error), meter)
    except TimeoutError:
        sentence = f"the session was not done within its {task.timeout_seconds} s"
        return _failed("TimedOut", sentence, meter)
    except asyncio.CancelledError:
        return _failed("Cancelled", "the session was cancelled while it ran", meter)
    except Exception as error:  # noqa: BLE001 - a report must be written whatever is wrong
        _log.exception("an error that nobody foresaw")
        sentence = f"the agent failed by an error of its own, {type(error).__name__}; see the log"
        return _failed("InternalError", sentence, meter)
    return AgentReport(outcome="succeeded", result=result, usage=meter.usage)


def _seconds(timeout: int) -> float:
    """Return how long to work, so that time is left to report."""
    return timeout - min(5.0, timeout * 0.2)


def _failed(reason: str, sentence: str, meter: Meter) -> AgentReport:
    return AgentReport(outcome="failed", reason=reason, message=sentence, usage=meter.usage)


def _log_answer(report: AgentReport) -> None:
    if report.result is None:
        return
    _log.info(
        f"answered with {len(report.result.citations)} citations",
        answer=report.result.answer,
        citations=[citation.model_dump() for citation in report.result.citations],
        usage=report.usage.model_dump(),
    )
