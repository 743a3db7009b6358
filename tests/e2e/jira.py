"""Jira as it delivers webhooks: many at once, and each again until it is answered for good."""

import asyncio
from typing import Any

import httpx

from ambient_local import Platform
from ambient_testkit import jira_bodies

from .people import Project, client

SENDERS = 8
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""What Jira sends a webhook again for; after any other refusal it drops the event."""


class Jira:
    """Sends webhooks, and keeps what they were answered with."""

    def __init__(self, platform: Platform, project: Project, webhooks: int) -> None:
        self._platform = platform
        self._project = project
        self._left = list(range(webhooks))
        self._progress = asyncio.Condition()
        self.sessions: dict[str, str] = {}
        """The session that each delivery was acknowledged with."""
        self.sent_again = 0

    async def send_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(SENDERS):
                group.create_task(self._sender())

    async def acknowledged(self, count: int) -> None:
        """Wait until so many webhooks are acknowledged."""
        async with self._progress:
            await self._progress.wait_for(lambda: len(self.sessions) >= count)

    async def _sender(self) -> None:
        body = jira_bodies.raw("issue_updated")
        async with client(self._platform, "gateway", self._project.token) as http:
            while self._left:
                delivery = f"delivery-{self._left.pop()}"
                answer = await self._until_answered(http, body, delivery)
                (session,) = answer["sessions"]
                async with self._progress:
                    self.sessions[delivery] = session
                    self._progress.notify_all()

    async def _until_answered(self, http: httpx.AsyncClient, body: bytes, delivery: str) -> Any:
        path = f"/webhooks/jira/{self._project.name}"
        headers = {
            "content-type": "application/json",
            "x-atlassian-webhook-identifier": delivery,
        }
        while True:
            try:
                answer = await http.post(path, content=body, headers=headers)
            except httpx.TransportError:  # refused, or cut in the middle
                await self._before_another_try()
                continue
            if answer.status_code == 202:
                return answer.json()
            assert answer.status_code in AGAIN, f"lost: {answer.status_code} {answer.text}"
            await self._before_another_try()

    async def _before_another_try(self) -> None:
        self.sent_again += 1
        await asyncio.sleep(0.1)
