"""What is not authentic, or no JSON, goes no further; an attacker learns nothing, the trail all."""

import base64
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from ambient_contracts.events import WebhookIgnored, WebhookRejected
from ambient_contracts.names import CREDENTIALS_SECRET, JIRA_WEBHOOK_SECRET
from ambient_kube import SECRETS, Kube
from ambient_local import Platform
from ambient_testkit import jira_bodies
from ambient_testkit.events import Events
from ambient_testkit.running import run_apart
from ambient_testkit.waiting import eventually

from .conftest import MakeProject
from .people import Project, client, made_project, ok, problem, send
from .tokens import HOUR, not_canonical, signed_by_none, token

pytestmark = pytest.mark.integration
BODY = jira_bodies.raw("issue_created")
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Attacker:
    """Who knows all that can be known, and in some attempts even the secret."""

    platform: Platform
    project: Project
    other: Project
    secret: str

    def signed(self, **changed: Any) -> str:
        return token(self.secret, self.project.name, **changed)


@pytest.fixture(scope="module")
def attacker(platform: Platform, page: str, project: Project) -> Attacker:
    other = run_apart(made_project(platform, page))
    return Attacker(platform, project, other, run_apart(_secret(platform, project)))


TOKENS: dict[str, Callable[[Attacker], str | None]] = {
    "none at all": lambda _: None,
    "no token": lambda _: "guessed",
    "forged": lambda a: token("x" * 43, a.project.name),
    "changed after it was signed": lambda a: _with_last_claim_changed(a.project.token),
    "expired": lambda a: a.signed(iat=_ago(2 * HOUR), nbf=_ago(2 * HOUR), exp=_ago(HOUR)),
    "not yet valid": lambda a: a.signed(nbf=_ago(-HOUR // 2)),
    "for another audience": lambda a: a.signed(aud=f"ambient:{a.project.name}:publish"),
    "from another issuer": lambda a: a.signed(iss="somebody"),
    "for nobody": lambda a: a.signed(sub="jira"),
    "of another project": lambda a: a.other.token,
    "in another project's name": lambda a: a.signed(aud=f"ambient:{a.other.name}:webhooks"),
    "alg none": lambda a: signed_by_none(a.project.name),
    "alg none, and signed": lambda a: a.signed(header={"alg": "none"}),
    "another algorithm": lambda a: a.signed(header={"alg": "HS512"}, hashed="sha512"),
    "another algorithm's name": lambda a: a.signed(header={"alg": "RS256"}),
    "a key of its own": lambda a: a.signed(header={"jwk": {"kty": "oct", "k": "AAAA"}}),
    "not canonical": lambda a: not_canonical(a.project.token),
    "padded": lambda a: a.project.token + "=",
    "a person's": lambda a: a.platform.tokens.admin,
}


@pytest.mark.parametrize("which", TOKENS)
async def test_a_token_that_is_not_genuine_is_refused_and_the_trail_says_why(
    attacker: Attacker, events: Events, which: str
) -> None:
    delivery = str(uuid.uuid4())

    answer = await _post(attacker.project.name, attacker, TOKENS[which](attacker), delivery)

    assert problem(answer, 401)
    assert _told(answer) == _told(await _post("no-such-project", attacker, attacker.project.token))
    rejected = await events.next(
        WebhookRejected, where=lambda event: event.delivery.identifier == delivery
    )
    assert (rejected.event.status, rejected.event.project) == (401, attacker.project.name)
    assert rejected.event.reason not in answer.text
    assert rejected.event.actor.id == ""


async def test_the_token_that_these_are_changed_from_is_genuine(attacker: Attacker) -> None:
    answer = await _post(attacker.project.name, attacker, attacker.signed())
    assert answer.status_code == 202, answer.text


async def test_a_project_that_is_not_there_is_no_projects_event(
    attacker: Attacker, events: Events
) -> None:
    delivery = str(uuid.uuid4())

    await _post("no-such-project", attacker, attacker.project.token, delivery)

    rejected = await events.next(
        WebhookRejected, where=lambda event: event.delivery.identifier == delivery
    )
    assert rejected.event.project is None


NO_BODIES: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "smart values that are not escaped": (400, b'{"summary": "He said "no""}', JSON),
    "cut off": (400, BODY[: len(BODY) // 2], JSON),
    "empty": (400, b"", JSON),
    "not a number": (400, b'{"points": NaN}', JSON),
    "a name twice": (400, b'{"key": "A-1", "key": "A-2"}', JSON),
    "not UTF-8": (400, b'{"summary": "\xff"}', JSON),
    "too deep": (400, b"[" * 100_000 + b"]" * 100_000, JSON),
    "over the bound": (413, b'{"x": "' + b"x" * 1024 * 1024 + b'"}', JSON),
    "a form": (415, b"payload=1", {"content-type": "application/x-www-form-urlencoded"}),
    "text": (415, BODY, {"content-type": "text/plain"}),
    "of no type": (415, BODY, {}),
    "compressed": (415, BODY, {**JSON, "content-encoding": "gzip"}),
    "an event that is none": (422, b'{"webhookEvent": "jira:issue_created", "issue": 7}', JSON),
}


@pytest.mark.parametrize("which", NO_BODIES)
async def test_a_body_that_is_none_is_refused_and_the_trail_says_why(
    attacker: Attacker, events: Events, which: str
) -> None:
    status, body, headers = NO_BODIES[which]
    delivery = str(uuid.uuid4())

    answer = await _post(
        attacker.project.name, attacker, attacker.project.token, delivery, body, headers
    )

    assert problem(answer, status)
    rejected = await events.next(
        WebhookRejected, where=lambda event: event.delivery.identifier == delivery
    )
    assert rejected.event.status == status


async def test_without_a_token_a_body_is_not_even_looked_at(attacker: Attacker) -> None:
    answer = await _post(attacker.project.name, attacker, "guessed", body=b"{broken")
    assert problem(answer, 401)


async def test_a_suspended_project_takes_a_webhook_and_starts_nothing(
    platform: Platform, make_project: MakeProject, events: Events
) -> None:
    project = await make_project()
    path = f"/api/projects/{project.name}"
    await ok(platform, "alice", "projects", "PATCH", path, json={"suspended": True})

    async def suspended() -> httpx.Response | None:
        answer = await send(platform, project, BODY)
        return answer if answer.json().get("reason") == "The project is suspended." else None

    answer = await eventually(suspended, what="the gateway knows that the project is suspended")
    assert (answer.status_code, answer.json()["sessions"]) == (202, [])
    await events.next(WebhookIgnored, where=lambda event: event.project == project.name)
    listed = await ok(platform, "bob", "sessions", "GET", f"/api/sessions/{project.name}")
    assert listed["items"] == []


async def test_a_token_ends_with_the_secret_that_it_was_signed_on(
    platform: Platform, page: str
) -> None:
    project = await made_project(platform, page)
    credentials = f"/api/projects/{project.name}/credentials"
    fresh = base64.urlsafe_b64encode(uuid.uuid4().bytes * 2).rstrip(b"=").decode()
    await ok(platform, "alice", "projects", "PUT", credentials, json={"jira-webhook-secret": fresh})

    async def refused() -> bool:
        return (await send(platform, project, BODY)).status_code == 401

    await eventually(refused, what="the token of before is refused")
    issued = await ok(
        platform, "alice", "projects", "POST", f"/api/projects/{project.name}/bots/jira/tokens"
    )
    renewed = replace(project, token=issued["token"])
    assert (await send(platform, renewed, BODY)).status_code == 202


async def _post(
    project: str,
    attacker: Attacker,
    credential: str | None,
    delivery: str = "",
    body: bytes = BODY,
    headers: dict[str, str] = JSON,
) -> httpx.Response:
    named = {**headers, "x-atlassian-webhook-identifier": delivery or str(uuid.uuid4())}
    async with client(attacker.platform, "gateway", credential) as jira:
        return await jira.post(f"/webhooks/jira/{project}", content=body, headers=named)


def _told(answer: httpx.Response) -> tuple[object, ...]:
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.content, headers


def _with_last_claim_changed(genuine: str) -> str:
    head, claims, signature = genuine.split(".")
    padded = claims + "=" * (-len(claims) % 4)
    changed = base64.urlsafe_b64decode(padded).replace(b'"bot-jira"', b'"bot-root"')
    return f"{head}.{base64.urlsafe_b64encode(changed).rstrip(b'=').decode()}.{signature}"


def _ago(seconds: int) -> int:
    return int(time.time()) - seconds


async def _secret(platform: Platform, project: Project) -> str:
    async with await Kube.connect(platform.kubeconfig) as kube:
        found = await kube.get(SECRETS, CREDENTIALS_SECRET, project.namespace)
    return base64.b64decode(found["data"][JIRA_WEBHOOK_SECRET]).decode()
