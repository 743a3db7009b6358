"""Who acts in a test, by the platform's own APIs."""

import ssl
import uuid
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from ambient_contracts.names import namespace_of
from ambient_local import Platform
from ambient_testkit.waiting import eventually

Service = Literal["gateway", "projects", "sessions", "audit"]
Person = Literal["admin", "alice", "bob", "carol"]
SERVICES: tuple[Service, ...] = ("gateway", "projects", "sessions", "audit")
_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_FINAL = {"Succeeded", "Failed", "Cancelled", "TimedOut"}


@dataclass(frozen=True)
class Project:
    """A project with a bot, and the bot's token."""

    name: str
    token: str

    @property
    def namespace(self) -> str:
        return namespace_of(self.name)


def client(platform: Platform, service: Service, token: str | None) -> httpx.AsyncClient:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return httpx.AsyncClient(
        base_url=getattr(platform.urls, service),
        headers=headers,
        verify=_NO_AUTHORITIES,
        trust_env=False,
        timeout=30,
    )


async def call(
    platform: Platform, person: Person, service: Service, method: str, path: str, **request: Any
) -> httpx.Response:
    async with client(platform, service, getattr(platform.tokens, person)) as http:
        return await http.request(method, path, **request)


async def ok(
    platform: Platform, person: Person, service: Service, method: str, path: str, **request: Any
) -> Any:
    answer = await call(platform, person, service, method, path, **request)
    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def problem(answer: httpx.Response, status: int) -> str:
    """Return the detail of an answer that has to be a problem document (RFC 9457)."""
    where = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    assert answer.status_code == status, where
    assert answer.headers["content-type"] == "application/problem+json", where
    said = answer.json()
    assert said["status"] == status, where
    assert said["title"], where
    return str(said["detail"])


async def made_project(platform: Platform, page: str, **spec: Any) -> Project:
    """Make a project with alice (admin), bob (editor), carol (viewer) and the bot `jira`.

    Its one trigger takes every webhook to the page, unless the spec says otherwise.
    """
    name = f"e2e-{uuid.uuid4().hex[:8]}"
    members = {"alice": "admin", "bob": "editor", "carol": "viewer"}
    body = {
        "name": name,
        "members": [{"name": who, "role": role} for who, role in members.items()],
        "jira": {"triggers": [trigger(page)]},
        **spec,
    }
    await ok(platform, "admin", "projects", "POST", "/api/projects", json=body)

    async def ready() -> bool:
        found = await ok(platform, "admin", "projects", "GET", f"/api/projects/{name}")
        return bool(found["phase"] == "Ready")

    await eventually(ready, seconds=60, what=f"{name} is ready")
    bots = f"/api/projects/{name}/bots"
    await ok(platform, "alice", "projects", "POST", bots, json={"name": "jira"})

    async def has_account() -> bool:
        found = await ok(platform, "alice", "projects", "GET", f"{bots}/jira")
        return found["serviceAccountName"] is not None

    await eventually(has_account, seconds=20, what="the bot has its ServiceAccount")
    issued = await ok(platform, "alice", "projects", "POST", f"{bots}/jira/tokens")
    return Project(name, issued["token"])


def trigger(page: str, **fields: Any) -> dict[str, Any]:
    """Return a trigger that asks the page a question."""
    prompt = "How long is the maintenance window?"
    return {"name": "all", "prompt": prompt, "websiteURL": page, **fields}


async def send(
    platform: Platform, project: Project, body: bytes, delivery: str | None = None
) -> httpx.Response:
    """Post a webhook as Jira does."""
    headers = {
        "content-type": "application/json",
        "x-atlassian-webhook-identifier": delivery or str(uuid.uuid4()),
    }
    async with client(platform, "gateway", project.token) as http:
        return await http.post(f"/webhooks/jira/{project.name}", content=body, headers=headers)


async def ended_session(platform: Platform, project: Project, name: str) -> Any:
    """Return a session once its phase is final."""

    async def look() -> Any:
        path = f"/api/sessions/{project.name}/{name}"
        answer = await call(platform, "carol", "sessions", "GET", path)
        if answer.status_code == 404:
            return None
        session = answer.json()
        return session if session["status"]["phase"] in _FINAL else None

    return await eventually(look, seconds=60, what=f"{name} has ended")


async def trail(platform: Platform, person: Person = "admin", **filters: str) -> list[Any]:
    """Return all records that match, the first one first."""
    records: list[Any] = []
    params = {**filters, "order": "asc", "limit": "1000"}
    while True:
        page = await ok(platform, person, "audit", "GET", "/api/audit/events", params=params)
        records += page["items"]
        if not page["next"]:
            return records
        params["cursor"] = page["next"]


async def verified(platform: Platform) -> Any:
    """Return how the trail stands once the whole stream is recorded; it has to be whole."""

    async def recorded() -> Any:
        found = await ok(platform, "admin", "audit", "GET", "/api/audit/verify")
        return found if found["lastSequence"] >= found["streamLastSequence"] else None

    found = await eventually(recorded, seconds=60, what="the whole stream is recorded")
    assert (found["ok"], found["complete"], found["gaps"], found["firstBad"]) == (
        True,
        True,
        [],
        None,
    )
    return found
