"""The REST API, with callers' own tokens."""

import json
from base64 import b64decode
from typing import Any
from uuid import uuid4

import jwt
import pytest
import pytest_asyncio

from ambient_contracts.events import (
    AccessDenied,
    BotTokenIssued,
    CredentialRemoved,
    CredentialSet,
    ProjectUpdated,
)
from ambient_contracts.names import namespace_of
from ambient_contracts.tokens import BotTokenClaims
from ambient_kube import CLUSTER_ROLE_BINDINGS, SECRETS
from project_manager.adapters.kubernetes.resources import BOTS

pytestmark = pytest.mark.integration

SENTINEL = "sk-never-to-be-seen-again-0123456789abcdef"


@pytest_asyncio.fixture
async def project(world: Any) -> str:
    """A project with one of each role, and a bot."""
    name: str = await world.create_project({"alice": "viewer", "bob": "editor", "carol": "admin"})
    await world.create_bot(name, "jira")
    return name


def everything_said(world: Any) -> str:
    log = (world.platform.home.logs / "project-manager.log").read_text()
    events = "".join(fact.event.model_dump_json() for fact in world.events.seen)
    return log + events


async def test_a_caller_without_a_valid_token_is_told_so(world: Any) -> None:
    async with world.rest("alice") as alice:
        for headers in ({"Authorization": ""}, {"Authorization": "Bearer nobody"}):
            answer = await alice.get("/api/projects", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"


async def test_everybody_sees_their_own_projects_and_the_administrator_all(
    world: Any, project: str
) -> None:
    others = await world.create_project()

    async def seen_by(person: str) -> set[str]:
        async with world.rest(person) as client:
            items = (await client.get("/api/projects")).json()["items"]
            return {item["name"] for item in items} & {project, others}

    assert await seen_by("alice") == {project}
    assert await seen_by("admin") == {project, others}


async def test_who_may_create_projects_is_the_first_admin_of_theirs(world: Any) -> None:
    name = f"r{uuid4().hex[:8]}"
    world.projects.append(name)
    async with world.rest("alice") as alice:
        body = {"name": name, "displayName": "Research", "quota": {"pods": 3}}
        assert (await alice.post("/api/projects", json=body)).status_code == 403
        binding = {
            "metadata": {"name": f"creator-{name}"},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "ambient-project-creator",
            },
            "subjects": [
                {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "alice"}
            ],
        }
        await world.admin.create(CLUSTER_ROLE_BINDINGS, binding)

        made = await alice.post("/api/projects", json=body)

        await world.admin.delete(CLUSTER_ROLE_BINDINGS, f"creator-{name}")
        assert made.status_code == 201, made.text
        assert made.json()["members"] == [{"kind": "User", "name": "alice", "role": "admin"}]
        assert made.json()["quota"]["pods"] == 3
        await world.project_when(name, lambda now: now.get("status", {}).get("phase") == "Ready")
        assert (await alice.get(f"/api/projects/{name}")).json()["phase"] == "Ready"
        assert (await alice.delete(f"/api/projects/{name}")).status_code == 202


async def test_an_admin_changes_a_project_and_the_event_names_them(
    world: Any, project: str
) -> None:
    async with world.rest("carol") as carol:
        answer = await carol.patch(f"/api/projects/{project}", json={"description": "New"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["description"] == "New"
        assert len(answer.json()["members"]) == 3

        fact = await world.events.next(ProjectUpdated, where=lambda event: event.project == project)
        assert fact.event.actor.id == "carol"


async def test_a_refusal_is_a_problem_and_an_event(world: Any, project: str) -> None:
    async with world.rest("bob") as bob:
        answer = await bob.patch(f"/api/projects/{project}", json={"description": "x"})

    assert answer.status_code == 403
    assert 'User "bob" cannot patch resource "projects"' in answer.json()["detail"]
    fact = await world.events.next(AccessDenied, where=lambda event: event.project == project)
    assert fact.event.actor.id == "bob"
    assert fact.event.action == f"PATCH /api/projects/{project}"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "credentials", {"anthropic-api-key": "x"}),
        ("GET", "credentials", None),
        ("DELETE", "credentials/jira-webhook-secret", None),
        ("POST", "bots", {"name": "x"}),
        ("POST", "bots/jira/tokens", {}),
        ("DELETE", "bots/jira", None),
    ],
)
async def test_nobody_but_admins_touches_credentials_and_bots(
    world: Any, project: str, method: str, path: str, body: object
) -> None:
    for person in ("alice", "bob"):
        async with world.rest(person) as client:
            answer = await client.request(method, f"/api/projects/{project}/{path}", json=body)
            assert answer.status_code == 403, (person, answer.text)


async def test_credentials_go_in_and_never_come_out(world: Any, project: str) -> None:
    path = f"/api/projects/{project}/credentials"
    said = ""
    async with world.rest("carol") as carol:
        for answer in (
            await carol.put(path, json={"anthropic-api-key": SENTINEL, "other": SENTINEL}),
            await carol.get(path),
            await carol.put(path, json={"jira-webhook-secret": SENTINEL[:31]}),
            await carol.put(path, json={"Not A Name": SENTINEL}),
            await carol.put(path, json={"key": [SENTINEL]}),
            await carol.put(path, json=[SENTINEL]),
            await carol.put(path, content=f'{{"key": "{SENTINEL}'),
            await carol.delete(f"{path}/other"),
            await carol.delete(f"{path}/other"),
        ):
            said += f"{answer.status_code} {answer.text}\n"

    codes = [int(line.split()[0]) for line in said.splitlines()]
    assert codes == [200, 200, 422, 422, 422, 422, 422, 204, 404]
    keys = {"keys": ["anthropic-api-key", "jira-webhook-secret", "other"]}
    assert json.loads(said.splitlines()[1].partition(" ")[2]) == keys
    secret = await world.admin.get(SECRETS, "project-credentials", namespace_of(project))
    assert b64decode(secret["data"]["anthropic-api-key"]).decode() == SENTINEL
    assert "other" not in secret["data"]
    for event in (CredentialSet, CredentialRemoved):
        fact = await world.events.next(event, where=lambda it: it.project == project)
        assert fact.event.actor.id == "carol"
    assert SENTINEL[:31] not in said + everything_said(world)


async def test_a_bots_token_is_shown_once_and_signed_with_the_projects_secret(
    world: Any, project: str
) -> None:
    path = f"/api/projects/{project}/bots/jira"
    async with world.rest("carol") as carol:
        issued = await carol.post(f"{path}/tokens", json={"expiresInSeconds": 3600})
        default = await carol.post(f"{path}/tokens")
        too_long = await carol.post(f"{path}/tokens", json={"expiresInSeconds": 366 * 86400})
        shown = await carol.get(path)

    assert (issued.status_code, default.status_code, too_long.status_code) == (201, 201, 422)
    assert issued.headers["cache-control"] == "no-store"
    token = issued.json()["token"]
    secret = await world.admin.get(SECRETS, "project-credentials", namespace_of(project))
    claims = BotTokenClaims.model_validate(
        jwt.decode(
            token,
            b64decode(secret["data"]["jira-webhook-secret"]),
            algorithms=["HS256"],
            audience=f"ambient:{project}:webhooks",
        )
    )
    assert (claims.bot, claims.project, claims.jti) == ("jira", project, issued.json()["id"])
    assert [each["id"] for each in shown.json()["tokens"]] == [
        issued.json()["id"],
        default.json()["id"],
    ]
    bot = await world.admin.get(BOTS, "jira", namespace_of(project))
    assert len(bot["status"]["tokens"]) == 2
    assert bot["status"]["serviceAccountName"] == "bot-jira"
    fact = await world.events.next(BotTokenIssued, where=lambda event: event.project == project)
    assert fact.event.token_id == issued.json()["id"]
    assert token not in everything_said(world) + shown.text + json.dumps(bot)


@pytest.mark.parametrize("name", ["Upper", "a_b", "a" * 49, "-a", "a.b"])
async def test_a_name_that_cannot_be_is_refused(world: Any, name: str) -> None:
    async with world.rest("admin") as admin:
        assert (await admin.post("/api/projects", json={"name": name})).status_code == 422
        assert (await admin.get(f"/api/projects/{name}")).status_code == 422


async def test_a_misspelt_field_is_refused(world: Any, project: str) -> None:
    async with world.rest("carol") as carol:
        answer = await carol.patch(f"/api/projects/{project}", json={"descriptoin": "x"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/body/descriptoin"


async def test_what_is_not_there_is_not_found(world: Any, project: str) -> None:
    async with world.rest("carol") as carol:
        assert (await carol.get(f"/api/projects/{project}/bots/none")).status_code == 404
        assert (await carol.post(f"/api/projects/{project}/bots/none/tokens")).status_code == 404


async def test_the_api_describes_itself(world: Any) -> None:
    async with world.rest("alice") as alice:
        paths = (await alice.get("/openapi.json")).json()["paths"]

    assert {method for path in paths.values() for method in path} >= {"get", "post", "put"}
    assert "/api/projects/{project}/bots/{bot}/tokens" in paths
