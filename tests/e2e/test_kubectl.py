"""The real kubectl is as good a way in as any other."""

import asyncio
import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from ambient_contracts.events import SessionSucceeded
from ambient_contracts.names import namespace_of
from ambient_local import Platform
from ambient_local.kubectl import program
from ambient_local.run import Said, run
from ambient_testkit.builders import project_manifest, session_manifest
from ambient_testkit.events import Events

pytestmark = pytest.mark.integration
STARTS = ("waiting to start", "ContainerCreating", "timed out waiting", "not found", "no pods")


class Kubectl:
    """kubectl as one person, who has nothing but their token."""

    def __init__(self, platform: Platform, person: str) -> None:
        self._kubeconfig = platform.kubeconfig
        self._token = getattr(platform.tokens, person)

    async def says(self, *arguments: str | Path, stdin: Any = None) -> Said:
        # The kubeconfig is the administrator's, and its certificate would win over the token.
        person = ("--token", self._token, "--client-certificate=", "--client-key=")
        return await run(
            [program(), "--kubeconfig", self._kubeconfig, *person, *arguments],
            environment=os.environ,
            stdin=json.dumps(stdin) if stdin else "",
        )

    async def __call__(self, *arguments: str | Path, stdin: Any = None) -> str:
        said = await self.says(*arguments, stdin=stdin)
        assert said.code == 0, f"kubectl {arguments}: {said.output}"
        return said.output


async def test_kubectl_is_who_its_token_is(platform: Platform) -> None:
    for person in ("admin", "alice", "bob", "carol"):
        whoami = await Kubectl(platform, person)("auth", "whoami", "-o", "json")
        assert json.loads(whoami)["status"]["userInfo"]["username"] == person


async def test_a_project_and_a_session_live_and_die_by_kubectl(
    platform: Platform, page: str, events: Events
) -> None:
    admin, alice = Kubectl(platform, "admin"), Kubectl(platform, "alice")
    name = f"kubectl-{uuid.uuid4().hex[:6]}"
    namespace = namespace_of(name)
    inside = ("-n", namespace)

    await admin("apply", "-f", "-", stdin=project_manifest(name, members={"alice": "admin"}))
    await admin("wait", "--for=jsonpath={.status.phase}=Ready", "--timeout=60s", f"proj/{name}")
    header, row = (await alice("get", "proj", name)).splitlines()
    assert header.split() == ["NAME", "PHASE", "NAMESPACE", "AGE"]
    assert row.split()[:3] == [name, "Ready", namespace]

    session = session_manifest(
        name, "by-hand", websiteURL=page, prompt="How long is the maintenance window?"
    )
    await alice("apply", "-f", "-", stdin=session)
    log = await _followed(alice, "by-hand", namespace)
    assert "fetching" in log
    assert "45 minutes" in log
    await events.next(SessionSucceeded, where=lambda event: event.project == name)
    phase = "--for=jsonpath={.status.phase}=Succeeded"
    await alice("wait", phase, "--timeout=10s", "as/by-hand", *inside)

    header, row = (await alice("get", "as", *inside)).splitlines()
    assert header.split() == ["NAME", "PHASE", "WEBSITE", "REQUESTER", "AGE"]
    assert row.split()[:4] == ["by-hand", "Succeeded", page, "alice"]
    selected = ("get", "as", *inside, "-o", "name", "--field-selector")
    assert (await alice(*selected, "status.phase=Succeeded")).split() == [
        "agenticsession.ambient.dev/by-hand"
    ]
    assert await alice(*selected, "status.phase=Running") == ""
    answer = await alice("get", "as", "by-hand", *inside, "-o", "jsonpath={.status.result.answer}")
    assert "45 minutes" in answer

    await alice("delete", "proj", name, "--timeout=60s")
    for what in ("namespace", "clusterrole", "clusterrolebinding", "proj"):
        left = await admin("get", what, "-o", "name")
        assert [each for each in left.split() if name in each] == []


async def test_a_session_in_somebody_elses_name_is_refused_in_words(platform: Platform) -> None:
    admin, bob = Kubectl(platform, "admin"), Kubectl(platform, "bob")
    name = f"kubectl-{uuid.uuid4().hex[:6]}"
    await admin("apply", "-f", "-", stdin=project_manifest(name, members={"bob": "editor"}))
    await admin("wait", "--for=jsonpath={.status.phase}=Ready", "--timeout=60s", f"proj/{name}")

    session = session_manifest(name, "forged", requester="alice")
    said = await bob.says("apply", "-f", "-", stdin=session)

    assert said.code != 0
    assert "userContext" in said.output


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("agenticsession.spec", "on whose behalf"),
        ("agenticsession.spec.websiteURL", "http or https"),
        ("agenticsession.spec.cancelRequested", "boolean"),
        ("agenticsession.status.result", "What the agent answered"),
        ("project.spec.members.role", "viewer"),
        ("project.spec.jira.triggers.filter", "CEL"),
        ("botaccount.spec.sources", "how it asks for sessions"),
    ],
)
async def test_kubectl_explains_the_fields(platform: Platform, field: str, says: str) -> None:
    assert says.lower() in (await Kubectl(platform, "admin")("explain", field)).lower()


async def _followed(kubectl: Kubectl, session: str, namespace: str) -> str:
    """Follow the log; kubectl gives up where the Job or its container is not there yet."""
    said = Said(1, "")
    for _ in range(100):
        said = await kubectl.says("logs", "-f", f"job/{session}", "-n", namespace)
        # Of a Pod that has no node yet the API server says that it has printed nothing (204).
        if said.code == 0 and said.output:
            return said.output
        assert said.code == 0 or any(word in said.output for word in STARTS), said.output
        await asyncio.sleep(0.1)
    raise AssertionError(said.output)
