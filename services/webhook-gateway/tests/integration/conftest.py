"""The gateway as a process, on a real API server and a real NATS, and a project in it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from gateway_project import BOTS, PROJECTS, ProjectInUse
from gateway_world import SECRET

from ambient_kube import NAMESPACES, ROLE_BINDINGS, Kube
from ambient_testkit.builders import project_manifest
from ambient_testkit.events import Events
from ambient_testkit.parts import Cluster, Nats

TRIGGER = {
    "name": "new-issue",
    "events": ["jira:issue_created"],
    "filter": "body.issue.key == 'PIER-41'",
    "prompt": "{{ body.issue.fields.summary }}",
    "websiteURL": "{{ body.issue.fields.customfield_10041 }}",
}


@dataclass(frozen=True)
class Gateway:
    url: str
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="session")
def gateway(
    cluster: Cluster, nats: Nats, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """Return the gateway, running and ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("gateway") / "log"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "AMBIENT_NATS_URL": nats.url,
        "AMBIENT_NATS_PASSWORD": nats.password("gateway"),
        "AMBIENT_KUBECONFIG": str(cluster.service_kubeconfig("webhook-gateway")),
        "AMBIENT_PORT": str(port),
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "webhook_gateway"], env=environment, stdout=out, stderr=out
        )
    running = Gateway(f"http://127.0.0.1:{port}", process)
    try:
        _await_ready(running, log)
        yield running
    finally:
        process.terminate()
        process.wait(20)


def _await_ready(gateway: Gateway, log: Path) -> None:
    answer = "no answer"
    for _ in range(600):
        if gateway.process.poll() is not None:
            break
        try:
            response = httpx.get(f"{gateway.url}/readyz", trust_env=False)
            if response.is_success:
                return
            answer = response.text
        except httpx.TransportError as error:
            answer = repr(error)
        time.sleep(0.05)
    raise AssertionError(f"the gateway is not ready: {answer}\n{log.read_text()[-4000:]}")


@pytest.fixture
async def project(gateway: Gateway, nats: Nats, kube: Kube) -> AsyncIterator[ProjectInUse]:
    """Return a project of the test's own."""
    name = f"g-{uuid4().hex[:10]}"
    observer = await nats.connect("observer", patient=True)
    async with (
        httpx.AsyncClient(base_url=gateway.url, trust_env=False) as jira,
        Events.watch(observer, f"ambient.{name}.>") as events,
    ):
        made = ProjectInUse(name, kube, jira, events)
        await _make(made)
        await made.answers(202, content=b"{}", identifier="warm-up")
        yield made
    await observer.close()


async def _make(project: ProjectInUse) -> None:
    kube, namespace = project.kube, project.namespace
    await kube.create(PROJECTS, project_manifest(project.name, jira={"triggers": [TRIGGER]}))
    await kube.create(
        NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    )
    await project.set_secret(SECRET)
    bot = {"metadata": {"name": "jira", "namespace": namespace}, "spec": {"sources": ["webhook"]}}
    await kube.create(BOTS, {"apiVersion": "ambient.dev/v1alpha1", "kind": "BotAccount", **bot})
    await kube.create(
        ROLE_BINDINGS,
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "bot-jira", "namespace": namespace},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "ambient-project-bot",
            },
            "subjects": [{"kind": "ServiceAccount", "name": "bot-jira", "namespace": namespace}],
        },
    )
