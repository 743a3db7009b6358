"""A project on a real cluster as the project-manager would have made it, and Jira beside it."""

import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from gateway_world import SECRET, signed

from ambient_contracts.names import CREDENTIALS_SECRET, JIRA_WEBHOOK_SECRET
from ambient_contracts.resources import AgenticSession, BotAccount, Project
from ambient_contracts.tokens import HEADER, BotTokenClaims
from ambient_kube import SECRETS, Kube
from ambient_testkit import jira_bodies
from ambient_testkit.events import Events
from ambient_testkit.waiting import eventually
from webhook_gateway.adapters.kubernetes import resource_of

PROJECTS, BOTS = resource_of(Project), resource_of(BotAccount)
SESSIONS = resource_of(AgenticSession)
ISSUE_CREATED = jira_bodies.raw("issue_created")


@dataclass(frozen=True)
class ProjectInUse:
    """A project as the project-manager would have made it, and Jira beside it."""

    name: str
    kube: Kube
    jira: httpx.AsyncClient
    events: Events

    @property
    def namespace(self) -> str:
        return f"project-{self.name}"

    def token(self, secret: bytes = SECRET, bot: str = "jira") -> str:
        claims = BotTokenClaims.issue(
            project=self.name, bot=bot, jti=uuid4().hex, now=int(time.time()), lifetime_seconds=600
        )
        return signed(HEADER, claims.model_dump(), secret)

    async def send(
        self,
        content: Any = ISSUE_CREATED,
        *,
        token: str | None = None,
        identifier: str = "d-1",
    ) -> httpx.Response:
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token or self.token()}",
            "X-Atlassian-Webhook-Identifier": identifier,
        }
        return await self.jira.post(f"/webhooks/jira/{self.name}", content=content, headers=headers)

    async def answers(self, status: int, **sent: Any) -> httpx.Response:
        """Send until the answer has this status: a watch is a moment behind."""

        async def look() -> httpx.Response | None:
            answer = await self.send(**sent)
            return answer if answer.status_code == status else None

        return await eventually(look, what=f"an answer {status}")

    async def set_secret(self, secret: bytes) -> None:
        data = {JIRA_WEBHOOK_SECRET: b64encode(secret).decode(), "anthropic-api-key": "c2VjcmV0"}
        manifest = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": CREDENTIALS_SECRET, "namespace": self.namespace},
            "data": data,
        }
        await self.kube.apply(SECRETS, manifest, field_manager="test")
