"""Sessions, Jobs and Pods for tests, each made from what a test says of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ambient_contracts.agent import AgentReport
from ambient_contracts.names import PROJECT_LABEL
from ambient_contracts.resources import AgenticSession, Phase, Project, Result, Usage
from session_runner.domain.observation import FINALIZER, Observed
from session_runner.domain.workload import Job, Pod

NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)
NAMESPACE = "project-red"
UID = "uid-of-the-session"
JOB_UID = "uid-of-the-job"
ANSWERED = AgentReport(
    outcome="succeeded",
    result=Result(agent="extract", answer="42"),
    usage=Usage(input_tokens=10, output_tokens=5, cost_usd=0.01),
)


def session(
    *,
    name: str = "s1",
    phase: Phase | None = None,
    finalizers: tuple[str, ...] = (FINALIZER,),
    deleting: bool = False,
    annotations: dict[str, str] | None = None,
    status: dict[str, Any] | None = None,
    **spec: Any,
) -> AgenticSession:
    if phase is not None:
        status = {"phase": phase, **(status or {})}
    return AgenticSession.model_validate(
        {
            "metadata": {
                "name": name,
                "namespace": NAMESPACE,
                "uid": UID,
                "generation": 1,
                "resourceVersion": "1",
                "labels": {PROJECT_LABEL: "red"},
                "annotations": annotations or {},
                "finalizers": finalizers,
                "creationTimestamp": NOW,
                "deletionTimestamp": NOW if deleting else None,
            },
            "spec": {
                "prompt": "What is the answer?",
                "websiteURL": "https://example.org/",
                "projectRef": {"name": "red", "namespace": NAMESPACE},
                "userContext": {"userId": "ada"},
                **spec,
            },
            "status": status,
        }
    )


def job(
    *,
    complete: bool = False,
    failed: str | None = None,
    deleting: bool = False,
    owner: str = UID,
    name: str = "s1",
) -> Job:
    conditions = []
    if complete:
        conditions.append({"type": "Complete", "status": "True"})
    if failed:
        conditions.append({"type": "Failed", "status": "True", "reason": failed, "message": "m"})
    return Job.model_validate(
        {
            "metadata": {
                "name": name,
                "namespace": NAMESPACE,
                "uid": JOB_UID,
                "deletionTimestamp": NOW if deleting else None,
                "ownerReferences": [
                    {
                        "apiVersion": "ambient.dev/v1alpha1",
                        "kind": "AgenticSession",
                        "name": name,
                        "uid": owner,
                        "controller": True,
                    }
                ],
            },
            "status": {"conditions": conditions},
        }
    )


def pod(
    *,
    running: bool = False,
    waiting: str | None = None,
    exit_code: int | None = None,
    signal: int = 0,
    reason: str = "",
    said: AgentReport | str = "",
    age: float = 1,
    uid: str = "pod-1",
    phase: str = "Pending",
) -> Pod:
    created = NOW - timedelta(seconds=age)
    message = said if isinstance(said, str) else said.model_dump_json()
    state: dict[str, Any] = {}
    if waiting:
        state["waiting"] = {"reason": waiting, "message": "as the node says"}
    if running:
        state["running"] = {"startedAt": created}
    if exit_code is not None:
        state["terminated"] = {
            "exitCode": exit_code,
            "signal": signal,
            "reason": reason or ("Completed" if exit_code == 0 else "Error"),
            "message": message,
            "startedAt": created,
            "finishedAt": NOW,
        }
    return Pod.model_validate(
        {
            "metadata": {
                "name": uid,
                "namespace": NAMESPACE,
                "uid": uid,
                "creationTimestamp": created,
                "labels": {"ambient.dev/session": "s1"},
                "ownerReferences": [
                    {"apiVersion": "batch/v1", "kind": "Job", "name": "s1", "uid": JOB_UID}
                ],
            },
            "status": {
                "phase": phase,
                "reason": reason if phase == "Failed" else "",
                "containerStatuses": [{"name": "agent", "state": state}] if state else [],
            },
        }
    )


def project(*, suspended: bool = False, pods: int = 100, deleting: bool = False) -> Project:
    return Project.model_validate(
        {
            "metadata": {"name": "red", "deletionTimestamp": NOW if deleting else None},
            "spec": {"suspended": suspended, "quota": {"pods": pods}},
        }
    )


def seen(**of: Any) -> Observed:
    session_of = of.pop("session", None) or session()
    return Observed(session=session_of, now=NOW, **of)
