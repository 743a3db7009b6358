"""One trace goes from the webhook over NATS and the AgenticSession to the agent's run."""

import json
from typing import Any

import httpx
import pytest

from ambient_contracts.events import SessionRequested, SessionSucceeded
from ambient_contracts.names import TRACE_ANNOTATION
from ambient_local import Component, Platform
from ambient_testkit import jira_bodies
from ambient_testkit.events import Events
from ambient_testkit.otlp import OtlpReceiver, ReceivedSpan
from ambient_testkit.waiting import eventually

from .conftest import MakeProject
from .people import Project, call, ended_session, send, trail, verified

pytestmark = pytest.mark.integration


async def test_a_webhook_and_all_that_follows_are_one_trace(
    platform: Platform, otlp: OtlpReceiver, events: Events, make_project: MakeProject
) -> None:
    project = await make_project()

    answer = await send(platform, project, jira_bodies.raw("issue_created"))

    (name,) = answer.json()["sessions"]
    session = await ended_session(platform, project, name)
    trace = session["status"]["traceId"]
    assert len(trace) == 32
    assert _trace_of(session["metadata"]["annotations"][TRACE_ANNOTATION]) == trace
    for kind in (SessionRequested, SessionSucceeded):
        fact = await events.next(kind, where=lambda event: event.project == project.name)
        assert _trace_of(fact.envelope.cause.traceparent or "") == trace
    await verified(platform)
    records = await trail(platform, correlation=answer.json()["id"])
    assert {record["envelope"]["traceId"] for record in records} == {trace}
    for component in (Component.GATEWAY, Component.SESSIONS):
        assert trace in _traces_in_the_log_of(platform, component)
    log = await _log(platform, project, name)
    assert {line["trace_id"] for line in log if "trace_id" in line} == {trace}
    assert await _whole(otlp, trace)


async def _whole(otlp: OtlpReceiver, trace: str) -> list[ReceivedSpan]:
    """Return the trace's spans once all have come: of each service, below a single root."""

    async def complete() -> list[ReceivedSpan] | None:
        spans = otlp.spans(trace)
        known = {span.span_id for span in spans}
        roots = [span for span in spans if span.parent_id not in known]
        services = {span.service for span in spans}
        one = len(roots) == 1 and roots[0].service == "webhook-gateway"
        return spans if one and {"session-runner", "ambient-agent"} <= services else None

    what = f"the trace {trace} is whole: {otlp.spans(trace)}"
    spans = await eventually(complete, seconds=20, what=what)
    names = {span.name for span in spans}
    assert "POST /webhooks/jira/{project}" in names
    assert {"invoke_agent ambient-extract", "execute_tool fetch"} <= names
    return spans


def _trace_of(traceparent: str) -> str:
    return traceparent.split("-")[1]


def _traces_in_the_log_of(platform: Platform, component: Component) -> set[str]:
    lines = (platform.home.logs / f"{component}.log").read_text().splitlines()
    return {json.loads(line).get("trace_id", "") for line in lines}


async def _log(platform: Platform, project: Project, session: str) -> list[dict[str, Any]]:
    path = f"/api/sessions/{project.name}/{session}/log"
    answer: httpx.Response = await call(platform, "carol", "sessions", "GET", path)
    assert answer.is_success, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]
