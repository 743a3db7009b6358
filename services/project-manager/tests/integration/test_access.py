"""What must fail, as a table: who tries what in a project, and who gets through."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from ambient_contracts.names import namespace_of
from ambient_kube import (
    JOBS,
    NAMESPACES,
    NETWORK_POLICIES,
    PODS,
    RESOURCE_QUOTAS,
    ROLE_BINDINGS,
    SECRETS,
    SERVICE_ACCOUNTS,
    Forbidden,
    Invalid,
    Kube,
    NotFound,
    Resource,
)
from ambient_testkit.builders import project_manifest, session_manifest
from project_manager.adapters.kubernetes.resources import BOTS, PROJECTS

pytestmark = pytest.mark.integration

SESSIONS = Resource("ambient.dev", "v1alpha1", "AgenticSession", "agenticsessions", namespaced=True)


@dataclass(frozen=True)
class Try:
    """Somebody in a project, with what they need to try something."""

    who: str
    user: str
    kube: Kube
    project: str

    @property
    def namespace(self) -> str:
        return namespace_of(self.project)

    def session(self, **spec: object) -> dict[str, Any]:
        name = f"s-{self.who}-{len(spec)}-{abs(hash(str(spec))) % 10**6}"
        return session_manifest(self.project, name, requester=self.user, **spec)


def pod(account: str = "session-runner", **spec: object) -> dict[str, Any]:
    """Return a Pod that keeps every rule, but for what a test changes."""
    container = {
        "name": "c",
        "image": "i",
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    security = {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    return {
        "metadata": {"generateName": "probe-"},
        "spec": {
            "serviceAccountName": account,
            "automountServiceAccountToken": False,
            "securityContext": security,
            "containers": [container],
            "restartPolicy": "Never",
            **spec,
        },
    }


def job(template: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"generateName": "probe-"}, "spec": {"template": template}}


def token_secret() -> dict[str, Any]:
    return {
        "metadata": {
            "name": "token",
            "annotations": {"kubernetes.io/service-account.name": "session-runner"},
        },
        "type": "kubernetes.io/service-account-token",
    }


def token_volume() -> list[dict[str, Any]]:
    source = {"serviceAccountToken": {"path": "token", "audience": "https://kubernetes.default"}}
    return [{"name": "token", "projected": {"sources": [source]}}]


ATTEMPTS: dict[str, tuple[Callable[[Try], Awaitable[object]], set[str]]] = {
    "read the credentials": (
        lambda t: t.kube.get(SECRETS, "project-credentials", t.namespace), set()),
    "list Secrets": (
        lambda t: t.kube.list(SECRETS, t.namespace), set()),
    "write the credentials": (
        lambda t: t.kube.patch(SECRETS, "project-credentials", {"data": {}}, t.namespace), set()),
    "create a Secret": (
        lambda t: t.kube.create(SECRETS, {"metadata": {"name": "x"}}, t.namespace), set()),
    "create a token Secret": (
        lambda t: t.kube.create(SECRETS, token_secret(), t.namespace), set()),
    "get a bot's API token": (
        lambda t: t.kube.create_subresource(
            SERVICE_ACCOUNTS, "bot-jira", "token", {"spec": {}}, t.namespace), set()),
    "create a session": (
        lambda t: t.kube.create(SESSIONS, t.session()), {"editor", "admin", "bot"}),
    "create a session without saying who": (
        lambda t: t.kube.create(SESSIONS, _without_identity(t)), {"editor", "admin", "bot"}),
    "create a session as somebody else": (
        lambda t: t.kube.create(SESSIONS, t.session(userContext={"userId": "zoe"})), set()),
    "create a session for another project": (
        lambda t: t.kube.create(SESSIONS, t.session(
            projectRef={"name": "other", "namespace": "project-other"})), set()),
    "create a session as the bot": (
        lambda t: t.kube.create(SESSIONS, t.session(
            botAccount={"serviceAccountName": "bot-jira"})), {"bot"}),
    "create a session as another bot": (
        lambda t: t.kube.create(SESSIONS, t.session(
            botAccount={"serviceAccountName": "bot-other"})), set()),
    "call a session managed": (
        lambda t: t.kube.create(SESSIONS, _managed(t.session(priority=1))), set()),
    "list sessions": (
        lambda t: t.kube.list(SESSIONS, t.namespace), {"viewer", "editor", "admin"}),
    "cancel a session": (
        lambda t: t.kube.patch(
            SESSIONS, "given", {"spec": {"cancelRequested": True}}, t.namespace),
        {"editor", "admin"}),
    "write a session's status": (
        lambda t: t.kube.patch(
            SESSIONS, "given", {"status": {"phase": "Succeeded"}}, t.namespace,
            subresource="status"), set()),
    "create a bot": (
        lambda t: t.kube.create(
            BOTS, {"metadata": {"name": f"b-{t.who}"}, "spec": {}}, t.namespace), {"admin"}),
    "list bots": (
        lambda t: t.kube.list(BOTS, t.namespace), {"viewer", "editor", "admin"}),
    "write a bot's status": (
        lambda t: t.kube.patch(
            BOTS, "jira", {"status": {"serviceAccountName": "x"}}, t.namespace,
            subresource="status"), set()),
    "read the Project": (
        lambda t: t.kube.get(PROJECTS, t.project), {"viewer", "editor", "admin"}),
    "change the Project": (
        lambda t: t.kube.patch(PROJECTS, t.project, {"spec": {"description": t.who}}), {"admin"}),
    "write the Project's status": (
        lambda t: t.kube.patch(
            PROJECTS, t.project, {"status": {"phase": "Ready"}}, subresource="status"), set()),
    "say that somebody else changed it": (
        lambda t: t.kube.patch(PROJECTS, t.project, {
            "metadata": {"annotations": {"ambient.dev/requested-by": "zoe"}}}), set()),
    "remove the Project's finalizer": (
        lambda t: t.kube.patch(PROJECTS, t.project, {"metadata": {"finalizers": None}}), set()),
    "remove a bot's finalizer": (
        lambda t: t.kube.patch(
            BOTS, "jira", {"metadata": {"finalizers": None}}, t.namespace), set()),
    "list Projects": (
        lambda t: t.kube.list(PROJECTS), set()),
    "create a Project": (
        lambda t: t.kube.create(PROJECTS, project_manifest(f"x-{t.who}")), set()),
    "raise the quota": (
        lambda t: t.kube.patch(RESOURCE_QUOTAS, "project-quota", {
            "spec": {"hard": {"pods": "1000"}}}, t.namespace), set()),
    "open the network": (
        lambda t: t.kube.delete(NETWORK_POLICIES, "default-deny", t.namespace), set()),
    "add a network policy": (
        lambda t: t.kube.create(NETWORK_POLICIES, {
            "metadata": {"name": "x"}, "spec": {"podSelector": {}, "egress": [{}]}},
            t.namespace), set()),
    "relabel the namespace": (
        lambda t: t.kube.patch(NAMESPACES, t.namespace, {"metadata": {"labels": {
            "pod-security.kubernetes.io/enforce": "privileged"}}}), set()),
    "delete the namespace": (
        lambda t: t.kube.delete(NAMESPACES, t.namespace), set()),
    "give a role": (
        lambda t: t.kube.create(ROLE_BINDINGS, {
            "metadata": {"name": "x"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                        "name": "ambient-project-viewer"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User",
                          "name": "zoe"}]}, t.namespace), set()),
    "run a Pod": (
        lambda t: t.kube.create(PODS, pod(), t.namespace), set()),
    "run a Job": (
        lambda t: t.kube.create(JOBS, job(pod()), t.namespace), set()),
    "enter a Pod": (
        lambda t: t.kube.create_subresource(PODS, "x", "exec", {}, t.namespace), set()),
    "attach to a Pod": (
        lambda t: t.kube.create_subresource(PODS, "x", "attach", {}, t.namespace), set()),
    "forward a Pod's port": (
        lambda t: t.kube.create_subresource(PODS, "x", "portforward", {}, t.namespace), set()),
    "debug a Pod": (
        lambda t: t.kube.patch(PODS, "x", {"spec": {}}, t.namespace,
                               subresource="ephemeralcontainers"), set()),
    "read a Pod's log": (
        lambda t: _log(t), {"viewer", "editor", "admin"}),
}  # fmt: skip

OF_THE_PLATFORM_ADMIN: dict[str, tuple[Callable[[Try], Awaitable[object]], bool]] = {
    "create a session as somebody else": (
        lambda t: t.kube.create(SESSIONS, t.session(userContext={"userId": "zoe"})), False),
    "create a session for another project": (
        lambda t: t.kube.create(SESSIONS, t.session(
            projectRef={"name": "other", "namespace": "project-other"})), False),
    "create a session outside of any project": (
        lambda t: t.kube.create(SESSIONS, t.session() | {
            "metadata": {"name": "stray", "namespace": "default"}}), False),
    "create a token Secret": (
        lambda t: t.kube.create(SECRETS, token_secret(), t.namespace), False),
    "raise the quota": (
        lambda t: t.kube.patch(RESOURCE_QUOTAS, "project-quota", {
            "spec": {"hard": {"pods": "1000"}}}, t.namespace), False),
    "replace the credentials": (
        lambda t: t.kube.delete(SECRETS, "project-credentials", t.namespace), False),
    "relabel the namespace": (
        lambda t: t.kube.patch(NAMESPACES, t.namespace, {"metadata": {"labels": {
            "pod-security.kubernetes.io/enforce": "privileged"}}}), False),
    "disown the namespace": (
        lambda t: t.kube.patch(NAMESPACES, t.namespace, {"metadata": {
            "ownerReferences": None}}), False),
    "delete the namespace": (
        lambda t: t.kube.delete(NAMESPACES, t.namespace), False),
    "call another namespace a project": (
        lambda t: t.kube.patch(NAMESPACES, "default", {"metadata": {"labels": {
            "ambient.dev/project": t.project}}}), False),
    "annotate the namespace": (
        lambda t: t.kube.patch(NAMESPACES, t.namespace, {"metadata": {"annotations": {
            "example.com/note": "x"}}}), True),
    "run a Pod": (
        lambda t: t.kube.create(PODS, pod(), t.namespace), True),
    "run a Pod under another account": (
        lambda t: t.kube.create(PODS, pod("default"), t.namespace), False),
    "run a Pod with a token": (
        lambda t: t.kube.create(
            PODS, pod(automountServiceAccountToken=True), t.namespace), False),
    "run a Pod with a token in a volume": (
        lambda t: t.kube.create(PODS, pod(volumes=token_volume()), t.namespace), False),
    "run a Job": (
        lambda t: t.kube.create(JOBS, job(pod()), t.namespace), True),
    "run a Job under another account": (
        lambda t: t.kube.create(JOBS, job(pod("bot-jira")), t.namespace), False),
    "run a Job with a token in a volume": (
        lambda t: t.kube.create(JOBS, job(pod(volumes=token_volume())), t.namespace), False),
}  # fmt: skip


async def _log(attempt: Try) -> None:
    async for _line in attempt.kube.logs(attempt.namespace, "x"):
        return


def _without_identity(attempt: Try) -> dict[str, Any]:
    manifest = attempt.session(retries=1)
    del manifest["spec"]["userContext"], manifest["spec"]["projectRef"]
    return manifest


def _managed(manifest: dict[str, Any]) -> dict[str, Any]:
    manifest["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "project-manager"}
    return manifest


async def gets_through(attempt: Awaitable[object]) -> bool:
    try:
        await attempt
    except NotFound:
        return True  # Who asks for what is not there was let through to look for it.
    except Forbidden:
        return False
    except Invalid as error:
        if "denied request" not in error.message:
            raise  # The attempt itself was no good, so nothing is known of who may.
        return False
    return True


async def people(world: Any, project: str) -> list[Try]:
    namespace = namespace_of(project)
    bot_user = f"system:serviceaccount:{namespace}:bot-jira"
    outsider = await world.account("default", "default")
    return [
        Try("viewer", "alice", world.kube("alice"), project),
        Try("editor", "bob", world.kube("bob"), project),
        Try("admin", "carol", world.kube("carol"), project),
        Try("bot", bot_user, await world.account(namespace, "bot-jira"), project),
        Try("outsider", "system:serviceaccount:default:default", outsider, project),
    ]


async def test_everybody_gets_through_with_what_they_may_and_nothing_else(world: Any) -> None:
    project = await world.create_project({"alice": "viewer", "bob": "editor", "carol": "admin"})
    await world.create_bot(project, "jira")
    given = session_manifest(project, "given", requester="admin")
    await world.admin.create(SESSIONS, given)
    who = await people(world, project)

    table = {
        what: {each.who for each in who if await gets_through(attempt(each))}
        for what, (attempt, _) in ATTEMPTS.items()
    }

    assert table == {what: allowed for what, (_, allowed) in ATTEMPTS.items()}


async def test_what_a_session_leaves_out_is_filled_in_truly(world: Any) -> None:
    project = await world.create_project({"bob": "editor"})
    await world.create_bot(project, "jira")
    person, bot = (await people(world, project))[1], (await people(world, project))[3]

    by_person = await person.kube.create(SESSIONS, _without_identity(person))
    by_bot = await bot.kube.create(SESSIONS, _without_identity(bot))

    assert by_person["spec"]["userContext"]["userId"] == "bob"
    assert by_person["spec"]["projectRef"] == {"name": project, "namespace": person.namespace}
    assert "botAccount" not in by_person["spec"]
    assert by_bot["spec"]["userContext"]["userId"] == bot.user
    assert by_bot["spec"]["botAccount"] == {"serviceAccountName": "bot-jira"}


async def test_not_even_the_platforms_administrator_gets_past_admission(world: Any) -> None:
    project = await world.create_project()
    await world.create_bot(project, "jira")
    admin = Try("platform", "admin", world.admin, project)

    table = {
        what: await gets_through(attempt(admin))
        for what, (attempt, _) in OF_THE_PLATFORM_ADMIN.items()
    }

    assert table == {what: allowed for what, (_, allowed) in OF_THE_PLATFORM_ADMIN.items()}


async def test_the_session_runner_may_make_sessions_for_others(world: Any) -> None:
    project = await world.create_project()
    runner = await world.account("ambient-system", "session-runner")

    manifest = session_manifest(project, "for-zoe", requester="zoe")
    manifest["spec"]["botAccount"] = {"serviceAccountName": "bot-jira"}

    assert (await runner.create(SESSIONS, manifest))["spec"]["userContext"]["userId"] == "zoe"


async def test_a_suspended_project_takes_no_sessions_until_it_is_resumed(world: Any) -> None:
    project = await world.create_project({"bob": "editor"}, suspended=True)
    bob = Try("editor", "bob", world.kube("bob"), project)

    with pytest.raises(Forbidden, match="is suspended"):
        await bob.kube.create(SESSIONS, bob.session())
    await world.admin.patch(PROJECTS, project, {"spec": {"suspended": False}})
    await world.project_when(project, lambda now: now["status"]["phase"] == "Ready")

    await bob.kube.create(SESSIONS, bob.session())


async def test_a_member_who_has_left_is_let_in_no_more(world: Any) -> None:
    project = await world.create_project({"bob": "editor"})
    bob = Try("editor", "bob", world.kube("bob"), project)
    assert await gets_through(bob.kube.list(SESSIONS, bob.namespace))

    await world.admin.patch(PROJECTS, project, {"spec": {"members": []}})
    await world.project_when(project, lambda now: now["status"].get("members", []) == [])

    assert not await gets_through(bob.kube.list(SESSIONS, bob.namespace))
    assert not await gets_through(bob.kube.get(PROJECTS, project))


async def test_the_quota_holds_from_the_moment_that_a_project_is_ready(world: Any) -> None:
    project = await world.create_project({"bob": "editor"}, quota={"sessions": 1})
    bob = Try("editor", "bob", world.kube("bob"), project)

    await bob.kube.create(SESSIONS, bob.session())
    with pytest.raises(Forbidden, match="exceeded quota"):
        await bob.kube.create(SESSIONS, bob.session(priority=2))
