"""What must fail, on live parts, beyond what each service's own tests already show."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ambient_contracts.names import CREDENTIALS_SECRET, PLATFORM_NAMESPACE
from ambient_kube import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    CONFIG_MAPS,
    PODS,
    ROLE_BINDINGS,
    SECRETS,
    SERVICE_ACCOUNTS,
    Forbidden,
    Kube,
    Resource,
    may_i,
)
from ambient_local import Platform
from ambient_local.components import SERVICES, Component
from ambient_testkit import jira_bodies
from ambient_testkit.builders import session_manifest

from .conftest import MakeProject
from .people import Person, Project, call, client, ended_session, ok, problem, send, trail, verified

pytestmark = pytest.mark.integration
SESSIONS = Resource("ambient.dev", "v1alpha1", "AgenticSession", "agenticsessions", namespaced=True)
USERS = Resource("", "v1", "User", "users", namespaced=False)
TOKENS = Resource("", "v1", "TokenRequest", "serviceaccounts/token", namespaced=True)
EVERYTHING = Resource("*", "*", "*", "*", namespaced=False)
FIXED_ROLES = {f"ambient-project-{role}" for role in ("viewer", "editor", "admin", "bot")}


@asynccontextmanager
async def kube_of(platform: Platform, person: Person = "admin") -> AsyncIterator[Kube]:
    async with await Kube.connect(platform.kubeconfig) as admin:
        yield admin.with_token(getattr(platform.tokens, person))


async def test_a_member_of_one_project_has_nothing_in_another(
    platform: Platform, project: Project, make_project: MakeProject
) -> None:
    theirs = await make_project(members=[{"name": "alice", "role": "admin"}])
    path = f"/api/sessions/{theirs.name}"
    new = {"prompt": "?", "websiteURL": "https://example.com/"}
    problem(await call(platform, "bob", "sessions", "GET", path), 403)
    problem(await call(platform, "bob", "sessions", "POST", path, json=new), 403)
    problem(await call(platform, "bob", "projects", "GET", f"/api/projects/{theirs.name}"), 403)
    events = {"project": theirs.name}
    problem(await call(platform, "bob", "audit", "GET", "/api/audit/events", params=events), 403)
    listed = await ok(platform, "bob", "projects", "GET", "/api/projects")
    assert theirs.name not in {each["name"] for each in listed["items"]}
    assert project.name in {each["name"] for each in listed["items"]}


async def test_a_clone_belongs_to_whoever_clones_and_goes_where_they_may(
    platform: Platform, project: Project, page: str, make_project: MakeProject
) -> None:
    elsewhere = await make_project(members=[{"name": "alice", "role": "admin"}])
    path = f"/api/sessions/{project.name}"
    new = {"prompt": "How long?", "websiteURL": page, "name": "of-alice"}
    await ok(platform, "alice", "sessions", "POST", path, json=new)

    clone = await ok(platform, "bob", "sessions", "POST", f"{path}/of-alice/clone")
    there = {"project": elsewhere.name}
    refused = await call(platform, "bob", "sessions", "POST", f"{path}/of-alice/clone", json=there)
    viewers = await call(platform, "carol", "sessions", "POST", f"{path}/of-alice/clone")

    assert clone["spec"]["userContext"]["userId"] == "bob"
    assert clone["spec"]["clonedFrom"] == f"{project.name}/of-alice"
    problem(refused, 403)
    problem(viewers, 403)


async def test_a_website_that_is_forbidden_is_not_visited_though_kubectl_asked(
    platform: Platform, project: Project
) -> None:
    manifest = session_manifest(
        project.name, "to-metadata", requester="bob", websiteURL="http://169.254.169.254/"
    )
    async with kube_of(platform, "bob") as bob:
        await bob.create(SESSIONS, manifest)

    session = await ended_session(platform, project, "to-metadata")

    assert session["status"]["phase"] == "Failed"
    assert "jobName" not in session["status"]


@pytest.mark.parametrize("person", ["alice", "bob", "carol"])
async def test_none_but_the_platforms_administrator_allows_a_website(
    platform: Platform, project: Project, person: Person
) -> None:
    async with kube_of(platform, person) as kube:
        for attempt in (
            kube.get(CONFIG_MAPS, "platform", PLATFORM_NAMESPACE),
            kube.patch(CONFIG_MAPS, "platform", {"data": {}}, PLATFORM_NAMESPACE),
            kube.create(
                CONFIG_MAPS, {"metadata": {"name": "platform"}}, namespace=project.namespace
            ),
        ):
            with pytest.raises(Forbidden):
                await attempt


async def test_a_bots_account_in_kubernetes_is_no_webhook_token_and_no_reader(
    platform: Platform, project: Project
) -> None:
    async with kube_of(platform) as admin:
        issued = await admin.create_subresource(
            SERVICE_ACCOUNTS, "bot-jira", "token", {"spec": {}}, project.namespace
        )
    bot = Project(project.name, issued["status"]["token"])

    problem(await send(platform, bot, jira_bodies.raw("issue_created")), 401)
    async with client(platform, "sessions", bot.token) as http:
        problem(await http.get(f"/api/sessions/{project.name}"), 403)
        problem(await http.delete(f"/api/sessions/{project.name}/any"), 403)
    async with client(platform, "projects", bot.token) as http:
        problem(await http.get(f"/api/projects/{project.name}/credentials"), 403)
        problem(await http.get(f"/api/projects/{project.name}"), 403)
    async with client(platform, "audit", bot.token) as http:
        problem(await http.get("/api/audit/events", params={"project": project.name}), 403)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_has_no_right_that_would_give_it_others(
    platform: Platform, project: Project, service: Component
) -> None:
    there = project.namespace
    forbidden = {
        "give itself a role": ("escalate", CLUSTER_ROLES, None),
        "give any role": ("bind", CLUSTER_ROLES, None),
        "act as somebody else": ("impersonate", USERS, None),
        "do anything": ("*", EVERYTHING, None),
        "get any Secret": ("get", SECRETS, there),
        "list all Secrets": ("list", SECRETS, there),
        "list the platform's Secrets": ("list", SECRETS, PLATFORM_NAMESPACE),
        "run a Pod": ("create", PODS, there),
        "get a token of the cluster's": ("create", TOKENS, "kube-system"),
    }
    async with await Kube.connect(platform.home.kubeconfig_of(service)) as own:
        may = {
            what: await may_i(own, verb, resource, namespace=namespace)
            for what, (verb, resource, namespace) in forbidden.items()
        }
    assert {what for what, allowed in may.items() if allowed} == set()


async def test_the_project_manager_gives_the_four_fixed_roles_and_no_other(
    platform: Platform, project: Project
) -> None:
    kubeconfig = platform.home.kubeconfig_of(Component.PROJECTS)
    async with await Kube.connect(kubeconfig) as manager:
        for role in ("cluster-admin", "admin", "ambient-auditor", "ambient-project-creator"):
            with pytest.raises(Forbidden):
                await manager.create(ROLE_BINDINGS, _binding(role), project.namespace)
            with pytest.raises(Forbidden):
                await manager.create(CLUSTER_ROLE_BINDINGS, _binding(role))
        for role in FIXED_ROLES:
            made = await manager.create(ROLE_BINDINGS, _binding(role), project.namespace)
            await manager.delete(ROLE_BINDINGS, made["metadata"]["name"], project.namespace)


async def test_no_token_and_no_secret_ever_goes_into_an_event(
    platform: Platform, project: Project
) -> None:
    await verified(platform)
    async with kube_of(platform) as admin:
        secret = await admin.get(SECRETS, CREDENTIALS_SECRET, project.namespace)
    known = {project.token, project.token.rpartition(".")[2], *secret["data"].values()}
    known |= {getattr(platform.tokens, person) for person in ("admin", "alice", "bob", "carol")}
    everything = repr(await trail(platform))
    assert project.name in everything
    assert [value for value in known if value and value in everything] == []


def _binding(role: str) -> dict[str, Any]:
    group = "rbac.authorization.k8s.io"
    return {
        "metadata": {"generateName": "probe-"},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": group, "kind": "User", "name": "zoe"}],
    }
