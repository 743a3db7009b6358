"""The Job of a session: one container, no right in the cluster, no token, nothing to write to.

It satisfies the restricted Pod Security Standard
(https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted). The project's key
comes by reference: whoever makes the Job, as the runner does, needs no right to read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ambient_contracts.agent import (
    ANTHROPIC_KEY_VARIABLE,
    TASK_VARIABLE,
    TERMINATION_PATH,
    TERMINATION_PATH_VARIABLE,
    AgentTask,
)
from ambient_contracts.names import (
    ANTHROPIC_API_KEY,
    CREDENTIALS_SECRET,
    MANAGED_BY_LABEL,
    PROJECT_LABEL,
    SESSION_LABEL,
    SESSION_SERVICE_ACCOUNT,
)
from ambient_contracts.resources import AgenticSession
from ambient_contracts.website import WebsiteException

CONTAINER: Final = "agent"


@dataclass(frozen=True)
class Blueprint:
    """What is the same for every session's Job."""

    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    cpu: tuple[str, str]
    """Request and limit."""
    memory: tuple[str, str]
    """Request and limit."""
    grace_seconds: int
    ttl_seconds: int


def job_manifest(
    session: AgenticSession,
    exceptions: tuple[WebsiteException, ...],
    blueprint: Blueprint,
    traceparent: str,
) -> dict[str, Any]:
    """Build the Job."""
    labels = _labels(session)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": session.metadata.name,
            "namespace": session.metadata.namespace,
            "labels": labels,
            "ownerReferences": [_owner(session)],
        },
        "spec": {
            "activeDeadlineSeconds": session.spec.timeout_seconds,
            "backoffLimit": session.spec.retries,
            "ttlSecondsAfterFinished": blueprint.ttl_seconds,
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "restartPolicy": "Never",
                    "serviceAccountName": SESSION_SERVICE_ACCOUNT,
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    "terminationGracePeriodSeconds": blueprint.grace_seconds,
                    "securityContext": {
                        "runAsNonRoot": True,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [_container(_task(session, exceptions), blueprint, traceparent)],
                },
            },
        },
    }


def _container(task: AgentTask, blueprint: Blueprint, traceparent: str) -> dict[str, Any]:
    values = {
        **blueprint.environment,
        # A Job's variables know `$(NAME)`; `$$` is a dollar sign.
        TASK_VARIABLE: task.model_dump_json(by_alias=True, exclude_none=True).replace("$", "$$"),
        TERMINATION_PATH_VARIABLE: TERMINATION_PATH,
        "TRACEPARENT": traceparent,
    }
    key = {"name": CREDENTIALS_SECRET, "key": ANTHROPIC_API_KEY, "optional": True}
    return {
        "name": CONTAINER,
        "image": blueprint.image,
        "command": list(blueprint.command),
        "env": [
            *({"name": name, "value": value} for name, value in values.items()),
            {"name": ANTHROPIC_KEY_VARIABLE, "valueFrom": {"secretKeyRef": key}},
        ],
        "resources": {
            "requests": {"cpu": blueprint.cpu[0], "memory": blueprint.memory[0]},
            "limits": {"cpu": blueprint.cpu[1], "memory": blueprint.memory[1]},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "terminationMessagePath": TERMINATION_PATH,
        "terminationMessagePolicy": "File",
    }


def _task(session: AgenticSession, exceptions: tuple[WebsiteException, ...]) -> AgentTask:
    labels = _labels(session)
    return AgentTask(
        project=labels[PROJECT_LABEL],
        session=session.metadata.name,
        prompt=session.spec.prompt,
        website_url=session.spec.website_url,
        model=session.spec.model,
        timeout_seconds=session.spec.timeout_seconds,
        limits=session.spec.limits,
        website_exceptions=exceptions,
    )


def _labels(session: AgenticSession) -> dict[str, str]:
    return {
        SESSION_LABEL: session.metadata.name,
        PROJECT_LABEL: session.spec.project_ref.name,
        MANAGED_BY_LABEL: "session-runner",
    }


def _owner(session: AgenticSession) -> dict[str, Any]:
    return {
        "apiVersion": session.api_version,
        "kind": session.kind,
        "name": session.metadata.name,
        "uid": session.metadata.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
