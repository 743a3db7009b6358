"""A project with a bot, and a gateway over ports in memory."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from hypothesis import settings

from ambient_chassis.errors import BusUnavailableError
from ambient_contracts.envelope import Cause, Fact
from ambient_contracts.events import Event
from ambient_contracts.resources import BotAccount, Project, Trigger
from ambient_contracts.subjects import Source
from ambient_contracts.tokens import HEADER, BotTokenClaims
from webhook_gateway.app import Parts, build_api
from webhook_gateway.config import GatewaySettings
from webhook_gateway.domain.json_body import parse
from webhook_gateway.domain.judging import Judgement, judge
from webhook_gateway.ports import BusyError

quickly = settings(max_examples=50, deadline=None)
"""For properties: a machine that is busy is no failure."""
NOW = 1_800_000_000
SECRET = b"q7Zb1xW9sT4kLm2Vd8Rf6Hj3Np5Yc0Ga-_EuIoXwKtS"
OTHER_SECRET = b"another-secret-of-another-project-0123456789"
ON_EVERYTHING = {
    "name": "on-everything",
    "prompt": "Look at {{ event }}.",
    "websiteURL": "https://ferries.example/north-pier",
}


def part(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def signed(head: object, payload: object, secret: bytes = SECRET) -> str:
    """Sign whatever it is, as HS256 would."""
    start = ".".join(part(json.dumps(each).encode()) for each in (head, payload))
    return f"{start}.{part(hmac.digest(secret, start.encode(), 'sha256'))}"


def claims(project: str = "harbour", bot: str = "jira", **changes: Any) -> dict[str, Any]:
    issued = BotTokenClaims.issue(
        project=project, bot=bot, jti="a1b2c3", now=NOW - 600, lifetime_seconds=3600
    )
    return issued.model_dump() | changes


def token(project: str = "harbour", secret: bytes = SECRET, **changes: Any) -> str:
    return signed(HEADER, claims(project, **changes), secret)


def trigger(**changes: Any) -> Trigger:
    return Trigger.model_validate(ON_EVERYTHING | changes)


def project(name: str = "harbour", *triggers: Trigger, **spec: Any) -> Project:
    listed = [each.model_dump(by_alias=True) for each in triggers or (trigger(),)]
    return Project.model_validate(
        {"metadata": {"name": name}, "spec": {"jira": {"triggers": listed}, **spec}}
    )


def bot(name: str = "jira", project: str = "harbour", *sources: str) -> BotAccount:
    return BotAccount.model_validate(
        {
            "metadata": {"name": name, "namespace": f"project-{project}"},
            "spec": {"sources": sources or ("webhook",)},
        }
    )


@dataclass
class World:
    """All ports, in memory, and what was stated."""

    projects: dict[str, Project] = field(default_factory=dict)
    secrets: dict[str, bytes] = field(default_factory=dict)
    bots: dict[tuple[str, str], BotAccount] = field(default_factory=dict)
    complete: bool = True
    allowed: bool = True
    nats_is_up: bool = True
    busy: bool = False
    api_server_error: Exception | None = None
    stated: dict[str, Fact[Any]] = field(default_factory=dict)
    """By id, as the stream keeps them."""

    @classmethod
    def with_project(cls, *triggers: Trigger, **spec: Any) -> "World":
        return cls(
            projects={"harbour": project("harbour", *triggers, **spec)},
            secrets={"harbour": SECRET},
            bots={("harbour", "jira"): bot()},
        )

    def events(self) -> list[Event]:
        return [fact.event for fact in self.stated.values()]

    def only(self) -> Any:
        (event,) = self.events()
        return event

    # Directory
    def project(self, name: str) -> Project | None:
        return self.projects.get(name)

    def webhook_secret(self, project: str) -> bytes | None:
        return self.secrets.get(project)

    def bot(self, project: str, name: str) -> BotAccount | None:
        return self.bots.get((project, name))

    # Rights
    async def may_create_sessions(self, project: str, bot: str) -> bool:
        if self.api_server_error:
            raise self.api_server_error
        return self.allowed

    # Judge
    async def __call__(
        self, project: str, triggers: Sequence[Trigger], event: str, raw: bytes
    ) -> tuple[Judgement, ...]:
        if self.busy:
            raise BusyError("Too many deliveries are being judged.")
        return tuple(judge(each, event, parse(raw)) for each in triggers)

    # Facts
    def fact(
        self, event: Event, *, because: tuple[str, ...], cause: Cause | None = None
    ) -> Fact[Any]:
        return Fact[Any].state(event, source=Source.GATEWAY, because=because, cause=cause)

    async def publish(self, *facts: Fact[Any]) -> object:
        if not self.nats_is_up:
            raise BusUnavailableError("there is no connection to NATS")
        for fact in facts:
            self.stated.setdefault(fact.envelope.id, fact)
        return None

    @asynccontextmanager
    async def gateway(self, address: str = "192.0.2.7", **told: Any) -> AsyncIterator["Sender"]:
        """Return somebody who sends to a gateway that stands on this world."""

        async def ready() -> None:
            return None

        app = build_api(
            GatewaySettings(nats_password="x", **told),
            Parts(self, self, self, self, ready, clock=lambda: NOW),
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 40000))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield Sender(client)


@dataclass(frozen=True)
class Sender:
    """Somebody who sends deliveries; what is not said is in order."""

    client: httpx.AsyncClient

    async def send(
        self,
        content: Any = b'{"webhookEvent": "jira:issue_created"}',
        *,
        project: str = "harbour",
        authorization: str | None = "",
        identifier: str | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> httpx.Response:
        sent = {
            "Content-Type": content_type,
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        if authorization is not None:
            sent["Authorization"] = authorization or f"Bearer {token()}"
        if identifier is not None:
            sent["X-Atlassian-Webhook-Identifier"] = identifier
        return await self.client.post(f"/webhooks/jira/{project}", content=content, headers=sent)
