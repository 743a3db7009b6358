"""The Job: what it may do, what it is told, and how it ends."""

from typing import Any

import runner_made as made

from ambient_contracts.agent import AgentTask
from ambient_contracts.website import WebsiteException
from session_runner.adapters.job_manifest import Blueprint, job_manifest

TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
BLUEPRINT = Blueprint(
    image="agent:1",
    command=("ambient-agent",),
    environment={"AMBIENT_MODEL": "m"},
    cpu=("100m", "500m"),
    memory=("256Mi", "1Gi"),
    grace_seconds=10,
    ttl_seconds=3600,
)
EXCEPTIONS = (WebsiteException(host="localhost", port=8099),)


def build(**spec: Any) -> dict[str, Any]:
    return job_manifest(made.session(**spec), EXCEPTIONS, BLUEPRINT, TRACE)


def pod_of(job: dict[str, Any]) -> dict[str, Any]:
    pod: dict[str, Any] = job["spec"]["template"]["spec"]
    return pod


def container_of(job: dict[str, Any]) -> dict[str, Any]:
    (container,) = pod_of(job)["containers"]
    assert isinstance(container, dict)
    return container


def environment(job: dict[str, Any]) -> dict[str, Any]:
    return {
        each["name"]: each.get("value", each.get("valueFrom")) for each in container_of(job)["env"]
    }


def test_it_belongs_to_its_session_and_goes_before_it() -> None:
    job = build()
    assert job["metadata"]["name"] == "s1"
    assert job["metadata"]["namespace"] == "project-red"
    (owner,) = job["metadata"]["ownerReferences"]
    assert owner == {
        "apiVersion": "ambient.dev/v1alpha1",
        "kind": "AgenticSession",
        "name": "s1",
        "uid": made.UID,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def test_jobs_and_pods_bear_the_labels_that_the_watches_select() -> None:
    job = build()
    labels = {"ambient.dev/session": "s1", "ambient.dev/project": "red"}
    assert labels.items() <= job["metadata"]["labels"].items()
    assert labels.items() <= job["spec"]["template"]["metadata"]["labels"].items()


def test_it_is_bounded_in_time_tries_and_resources() -> None:
    job = build(timeoutSeconds=90, retries=2)
    assert job["spec"]["activeDeadlineSeconds"] == 90
    assert job["spec"]["backoffLimit"] == 2
    assert job["spec"]["ttlSecondsAfterFinished"] == 3600
    assert pod_of(job)["restartPolicy"] == "Never"
    assert container_of(job)["resources"] == {
        "requests": {"cpu": "100m", "memory": "256Mi"},
        "limits": {"cpu": "500m", "memory": "1Gi"},
    }


def test_it_is_restricted_and_has_no_token() -> None:
    pod, container = pod_of(build()), container_of(build())
    assert pod["serviceAccountName"] == "session-runner"
    assert pod["automountServiceAccountToken"] is False
    assert "volumes" not in pod
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }


def test_the_key_comes_by_reference_and_may_be_missing() -> None:
    assert environment(build())["ANTHROPIC_API_KEY"] == {
        "secretKeyRef": {
            "name": "project-credentials",
            "key": "anthropic-api-key",
            "optional": True,
        }
    }


def test_the_agent_is_told_its_task_and_its_trace() -> None:
    job = build(prompt="What does $(HOME) cost? 5$", model="m", limits={"turns": 3})
    told = environment(job)
    task = AgentTask.model_validate_json(told["AMBIENT_TASK"].replace("$$", "$"))
    assert task.prompt == "What does $(HOME) cost? 5$"
    assert (task.project, task.session, task.model) == ("red", "s1", "m")
    assert task.limits is not None
    assert task.limits.turns == 3
    assert task.website_exceptions == EXCEPTIONS
    assert "$(" not in told["AMBIENT_TASK"].replace("$$", "")
    assert told["TRACEPARENT"] == TRACE
    assert told["AMBIENT_TERMINATION_PATH"] == container_of(job)["terminationMessagePath"]
    assert container_of(job)["terminationMessagePolicy"] == "File"
    assert told["AMBIENT_MODEL"] == "m"
