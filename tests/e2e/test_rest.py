"""Every REST call needs a token that the API server knows; every error is a problem document."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from ambient_kube import SERVICE_ACCOUNTS, Kube
from ambient_local import Component, Platform, processes
from ambient_testkit.running import run_apart
from ambient_testkit.waiting import eventually

from .people import SERVICES, Person, Project, Service, call, client, ok, problem

pytestmark = pytest.mark.integration
ASKED_BY_PEOPLE: tuple[Service, ...] = ("projects", "sessions", "audit")
SESSION = {"prompt": "What is this?", "websiteURL": "https://example.com/"}


@pytest.fixture(scope="module")
def outsider(platform: Platform) -> str:
    """A token that the API server knows, of somebody who may nothing."""

    async def issue() -> str:
        async with await Kube.connect(platform.kubeconfig) as kube:
            made = await kube.create_subresource(
                SERVICE_ACCOUNTS, "default", "token", {"spec": {}}, "default"
            )
        return str(made["status"]["token"])

    return run_apart(issue())


@pytest.mark.parametrize("service", ASKED_BY_PEOPLE)
async def test_no_route_answers_without_a_token_that_the_api_server_knows(
    platform: Platform, project: Project, service: Service
) -> None:
    routes = await _routes(platform, service)
    assert routes
    for token in (None, "guessed", project.token):
        async with client(platform, service, token) as http:
            for method, path in routes:
                answer = await http.request(method, _filled(path, project), json={})
                problem(answer, 401)
                assert answer.headers["www-authenticate"] == "Bearer"


NOT_FOR: list[tuple[Person, Service, str, str, Any]] = [
    ("carol", "sessions", "POST", "/api/sessions/{project}", SESSION),
    ("carol", "sessions", "DELETE", "/api/sessions/{project}/any", None),
    ("carol", "projects", "PATCH", "/api/projects/{project}", {"suspended": True}),
    ("carol", "projects", "POST", "/api/projects/{project}/bots", {"name": "mine"}),
    ("carol", "projects", "GET", "/api/projects/{project}/credentials", None),
    ("bob", "projects", "GET", "/api/projects/{project}/credentials", None),
    ("bob", "projects", "PUT", "/api/projects/{project}/credentials", {"anthropic-api-key": "x"}),
    ("bob", "projects", "POST", "/api/projects/{project}/bots/jira/tokens", None),
    ("bob", "projects", "DELETE", "/api/projects/{project}", None),
    ("bob", "projects", "POST", "/api/projects", {"name": "of-bob"}),
    ("alice", "projects", "POST", "/api/projects", {"name": "of-alice"}),
    ("alice", "audit", "GET", "/api/audit/events", None),
    ("alice", "audit", "GET", "/api/audit/events?project=_", None),
    ("alice", "audit", "GET", "/api/audit/stream", None),
    ("alice", "audit", "GET", "/api/audit/verify", None),
]


@pytest.mark.parametrize(
    ("person", "service", "method", "path", "body"),
    NOT_FOR,
    ids=[f"{each[0]} {each[2]} {each[3]}" for each in NOT_FOR],
)
async def test_a_member_is_refused_what_their_role_does_not_give(
    platform: Platform,
    project: Project,
    person: Person,
    service: Service,
    method: str,
    path: str,
    body: Any,
) -> None:
    where = path.format(project=project.name)
    problem(await call(platform, person, service, method, where, json=body), 403)


async def test_an_outsider_sees_no_project_and_nothing_in_one(
    platform: Platform, project: Project, outsider: str
) -> None:
    async with client(platform, "projects", outsider) as http:
        assert (await http.get("/api/projects")).json() == {"items": []}
        problem(await http.get(f"/api/projects/{project.name}"), 403)
        problem(await http.get(f"/api/projects/{project.name}/bots"), 403)
    async with client(platform, "sessions", outsider) as http:
        problem(await http.get(f"/api/sessions/{project.name}"), 403)
        problem(await http.get(f"/api/sessions/{project.name}/any/log"), 403)
        problem(await http.post(f"/api/sessions/{project.name}", json=SESSION), 403)
    async with client(platform, "audit", outsider) as http:
        problem(await http.get("/api/audit/events", params={"project": project.name}), 403)
        problem(await http.get("/api/audit/stream", params={"project": project.name}), 403)


async def test_a_name_that_somebody_forwards_is_nobodys(platform: Platform) -> None:
    forged = {
        "impersonate-user": "admin",
        "impersonate-group": "system:masters",
        "x-remote-user": "admin",
        "x-forwarded-user": "admin",
        "x-forwarded-preferred-username": "admin",
    }
    audit = "/api/audit/events"
    problem(await call(platform, "carol", "audit", "GET", audit, headers=forged), 403)
    new = {"name": "of-carol"}
    problem(
        await call(
            platform, "carol", "projects", "POST", "/api/projects", json=new, headers=forged
        ),
        403,
    )


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_describes_itself_and_says_how_it_is(
    platform: Platform, service: Service
) -> None:
    async with client(platform, service, None) as http:
        described = (await http.get("/openapi.json")).json()
        metrics = await http.get("/metrics")
        assert described["openapi"].startswith("3.")
        assert described["paths"]
        assert metrics.headers["content-type"].startswith("text/plain")
        assert "http_requests_total" in metrics.text
        assert (await http.get("/livez")).status_code == 200
        assert (await http.get("/readyz")).status_code == 200


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_not_there_is_a_problem_too(platform: Platform, service: Service) -> None:
    async with client(platform, service, platform.tokens.admin) as http:
        problem(await http.get("/no/such/path"), 404)
        problem(await http.delete("/openapi.json"), 405)


async def test_what_cannot_be_is_a_problem_that_says_where(
    platform: Platform, project: Project
) -> None:
    for service, method, path, body in (
        ("projects", "POST", "/api/projects", {"name": "Not A Name"}),
        ("sessions", "POST", f"/api/sessions/{project.name}", {"promt": "?"}),
    ):
        answer = await call(platform, "admin", service, method, path, json=body)  # type: ignore[arg-type]
        problem(answer, 422)
        assert answer.json()["errors"]
    absent = f"/api/sessions/{project.name}/absent"
    problem(await call(platform, "bob", "sessions", "GET", absent), 404)


async def test_without_nats_no_service_calls_itself_ready(platform: Platform) -> None:
    await platform.kill(Component.NATS)
    try:
        await _all(platform, 503)
    finally:
        await platform.restart(Component.NATS)
    await _all(platform, 200)


async def test_without_an_answer_of_the_api_server_no_service_calls_itself_ready(
    platform: Platform,
) -> None:
    with _frozen(platform):
        await _all(platform, 503)
    await _all(platform, 200)
    assert (await platform.status()).healthy


async def _routes(platform: Platform, service: Service) -> list[tuple[str, str]]:
    described = await ok(platform, "admin", service, "GET", "/openapi.json")
    return [
        (method.upper(), path) for path, methods in described["paths"].items() for method in methods
    ]


def _filled(path: str, project: Project) -> str:
    names = {"project": project.name, "bot": "jira", "name": "any", "key": "anthropic-api-key"}
    return path.format(**names)


async def _all(platform: Platform, status: int) -> None:
    await asyncio.gather(*(_says(platform, service, status) for service in SERVICES))


async def _says(platform: Platform, service: Service, status: int) -> None:
    async def look() -> httpx.Response | None:
        async with client(platform, service, None) as http:
            answer = await http.get("/readyz")
        return answer if answer.status_code == status else None

    answer = await eventually(look, seconds=20, what=f"{service} answers {status}")
    if status == 503:
        problem(answer, 503)
        assert int(answer.headers["retry-after"]) >= 1


@contextmanager
def _frozen(platform: Platform) -> Iterator[None]:
    """Freeze the API server: connections stand, and nothing answers."""
    frozen = [
        process.pid
        for process in processes.of_home(platform.home)[Component.CLUSTER]
        if "kube-apiserver" in process.cmdline()
    ]
    assert frozen
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
