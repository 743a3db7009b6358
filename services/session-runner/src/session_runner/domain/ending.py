"""How an agent's try ended, in words that a person understands.

The agent's own report is believed only as far as the container's exit code agrees with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from ambient_contracts.agent import AgentReport
from ambient_contracts.resources import Result, Usage
from session_runner.domain.workload import Pod, Terminated

AGENT_TIMED_OUT: Final = "TimedOut"
"""The agent's own word for it: it stops a little before its Job is stopped, so as to report."""
AGENT_CANCELLED: Final = "Cancelled"
"""The agent's own word for a SIGTERM; it cannot know whose wish that was."""
FROM_OUTSIDE: Final = frozenset({"Stopped", "Killed"})
"""Reasons that say only that somebody else ended the agent."""
_REASON_MAX: Final = 128
_MESSAGE_MAX: Final = 2048


@dataclass(frozen=True)
class Succeeded:
    """The agent answered."""

    result: Result
    usage: Usage


@dataclass(frozen=True)
class Failed:
    """The agent did not answer."""

    reason: str
    message: str
    usage: Usage | None = None


Ending = Succeeded | Failed


def last_try(pods: Sequence[Pod]) -> Pod | None:
    """Return the newest Pod that ended, or the newest of all if none did."""
    ordered = sorted(pods, key=_age)
    ended = [pod for pod in ordered if pod.terminated is not None]
    return next(reversed(ended or ordered), None)


def usage_of(pods: Sequence[Pod]) -> Usage | None:
    """Return what all tries together say they have used, or None if none says."""
    reports = [_read(pod.terminated.message) for pod in pods if pod.terminated is not None]
    said = [report.usage for report in reports if report is not None]
    if not said:
        return None
    return Usage(
        input_tokens=sum(usage.input_tokens for usage in said),
        output_tokens=sum(usage.output_tokens for usage in said),
        cost_usd=sum(usage.cost_usd for usage in said),
    )


def says_over_time(pods: Sequence[Pod]) -> bool:
    """Whether the last try says itself that its time was over."""
    pod = last_try(pods)
    report = _read(pod.terminated.message) if pod and pod.terminated else None
    return report is not None and report.outcome == "failed" and report.reason == AGENT_TIMED_OUT


def ending_of(pods: Sequence[Pod], *, otherwise: Failed) -> Ending:
    """Return how the last try ended, or `otherwise` if no Pod is left to say."""
    pod = last_try(pods)
    if pod is None:
        return otherwise
    if pod.terminated is None:
        return _of_pod(pod, None) if pod.status.phase == "Failed" else otherwise
    ending = _of_container(pod.terminated, usage_of(pods))
    if isinstance(ending, Failed) and ending.reason in FROM_OUTSIDE and pod.status.reason:
        return _of_pod(pod, ending.usage)
    return ending


def _of_pod(pod: Pod, usage: Usage | None) -> Failed:
    """Return why the node, or the cluster, ended the Pod."""
    message = pod.status.message or "The cluster ended the session's Pod."
    return Failed(_word(pod.status.reason or "PodFailed"), _sentence(message), usage)


def _of_container(ended: Terminated, usage: Usage | None) -> Ending:
    if ended.reason == "OOMKilled":
        return Failed("OOMKilled", "The agent used more memory than it may.", usage)
    report = _read(ended.message)
    if ended.exit_code != 0:
        return _failed_exit(ended, report, usage)
    if report is None:
        said = "no report" if not ended.message.strip() else "a report that cannot be read"
        return Failed("BadReport", f"The agent ended well but left {said}.", usage)
    if report.outcome == "failed":
        return _as_reported(report, usage)
    if report.result is None:
        return Failed("BadReport", "The agent reports success but no result.", usage)
    return Succeeded(report.result, usage or Usage())


def _failed_exit(ended: Terminated, report: AgentReport | None, usage: Usage | None) -> Failed:
    if report is not None and report.outcome == "failed":
        return _as_reported(report, usage)
    if ended.reason in {"StartError", "ContainerCannotRun"}:
        said = ended.message or "no more is known"
        return Failed(ended.reason, _sentence(f"The agent could not be started: {said}"), usage)
    signal = ended.signal or (ended.exit_code - 128 if 128 < ended.exit_code < 160 else 0)
    if signal:
        return Failed("Killed", f"The agent was ended by signal {signal}.", usage)
    return Failed("ExitCode", f"The agent ended with exit code {ended.exit_code}.", usage)


def _as_reported(report: AgentReport, usage: Usage | None) -> Failed:
    if report.reason == AGENT_CANCELLED:
        return Failed("Stopped", "The agent was stopped from outside, and did not answer.", usage)
    message = report.message or "The agent reports that it failed, and does not say why."
    return Failed(_word(report.reason or "AgentFailed"), _sentence(message), usage)


def _read(message: str) -> AgentReport | None:
    try:
        return AgentReport.model_validate_json(message)
    except ValidationError:
        return None


def _word(text: str) -> str:
    """Return a reason that a condition may have, whatever the agent wrote."""
    word = "".join(each for each in text if each.isascii() and each.isalnum())[:_REASON_MAX]
    return word if word and word[0].isalpha() else "AgentFailed"


def _sentence(text: str) -> str:
    return text if len(text) <= _MESSAGE_MAX else text[: _MESSAGE_MAX - 1] + "…"


def _age(pod: Pod) -> tuple[str, str]:
    created = pod.metadata.creation_timestamp
    return (created.isoformat() if created else "", pod.metadata.name)
