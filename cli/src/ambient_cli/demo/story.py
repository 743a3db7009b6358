"""The demo from beginning to end: what it does, in order; how it looks is the stage's."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ambient_cli.account import Account, local_account
from ambient_cli.commands.audit import VERIFY, VerificationView
from ambient_cli.commands.jira import post
from ambient_cli.demo import scenes
from ambient_cli.demo.cast import PROJECT, Bot, ensure_bot, ensure_project
from ambient_cli.demo.page import ASSETS, served, url_of
from ambient_cli.demo.stage import INDENT, Stage
from ambient_cli.demo.trail import trail_of
from ambient_cli.demo.watch import Passed, Watch
from ambient_cli.errors import CliError
from ambient_cli.http import Api
from ambient_cli.steps import steps
from ambient_contracts.envelope import Fact
from ambient_contracts.events import SessionSucceeded
from ambient_contracts.streams import OBSERVER
from ambient_contracts.website import WebsiteException
from ambient_local import LocalError, Platform
from ambient_local.websites import read_exceptions, write_exceptions

_PATIENCE = 60.0


class Story:
    """One performance."""

    def __init__(self, stage: Stage, platform: Platform) -> None:
        self._stage = stage
        self._platform = platform

    async def play(self, *, keep: bool) -> None:
        """Bring the platform up, run one webhook through it, and show all of it.

        Args:
            keep: Whether the platform is left running; it is in any case if it ran before.

        Raises:
            CliError: If the session does not succeed, or the trail does not verify.
            LocalError: If the platform does not come up.
        """
        began = time.monotonic()
        scenes.opening(self._stage)
        ran_before = await self._runs()
        stays = keep or ran_before
        try:
            await self._platform_comes_up(stays=stays)
            async with self._page() as page:
                await self._webhook_runs_through(page)
        finally:
            if not stays:
                self._stage.chapter("The platform ends")
                with steps(self._stage.console, indent=INDENT) as progress:
                    await self._platform.down(progress)
        scenes.ending(self._stage, seconds=time.monotonic() - began, stays=stays)

    async def _runs(self) -> bool:
        try:
            found = await self._platform.status()
        except LocalError:
            return False
        return any(part.running for part in found.components.values())

    async def _platform_comes_up(self, *, stays: bool) -> None:
        self._stage.chapter("The platform comes up on this machine")
        with steps(self._stage.console, indent=INDENT) as progress:
            await self._platform.up(progress)
        scenes.platform_is_up(self._stage, self._platform.home.path, stays=stays)

    @asynccontextmanager
    async def _page(self) -> AsyncIterator[str]:
        """Serve the page and let sessions visit it; take both back at the end."""
        kubeconfig = self._platform.kubeconfig
        with served() as where:
            others = await read_exceptions(kubeconfig)
            await write_exceptions(kubeconfig, (*others, where))
            try:
                yield url_of(where)
            finally:
                await _take_back(self._platform, where)

    async def _webhook_runs_through(self, page: str) -> None:
        admin, alice = local_account("admin"), local_account("alice")
        self._stage.chapter("A project, a bot and its token")
        with self._stage.waiting("namespace, roles, quota, network"):
            project = await asyncio.to_thread(ensure_project, admin)
            scenes.project_is_ready(self._stage, project)
            bot = await asyncio.to_thread(ensure_bot, alice)
        scenes.bot_has_a_token(self._stage, bot)
        ended = await self._jira_calls(admin, bot, page)
        scenes.result(self._stage, ended)
        await self._trail_is_whole(admin, ended)

    async def _jira_calls(self, admin: Account, bot: Bot, page: str) -> Fact[SessionSucceeded]:
        body = _body(page)
        api = Api(admin.gateway, bot.token.token)
        watch = Watch(PROJECT, local_account("bob").api("sessions"))
        observer = await self._platform.connect(OBSERVER, patient=True)
        try:
            async with watch.on(observer):
                scenes.webhook(self._stage, admin.gateway, body, page)
                sent = time.monotonic()
                receipt = await asyncio.to_thread(post, api, PROJECT, body, str(uuid.uuid4()))
                accepted = time.monotonic()
                scenes.accepted(self._stage, receipt, seconds=accepted - sent)
                return await self._events_pass(watch, accepted)
        finally:
            await observer.close()

    async def _events_pass(self, watch: Watch, accepted: float) -> Fact[SessionSucceeded]:
        self._stage.chapter("Every event, as it passes on NATS")
        last: Passed | None = None
        with self._stage.waiting("the agent works"):
            async for passed in watch.until_the_end(_PATIENCE):
                scenes.passed(self._stage, passed, since=accepted)
                last = passed if isinstance(passed.what, Fact) else last
        if last is None or not isinstance(last.what, Fact):
            raise CliError("No event passed.")
        event = last.what.event
        if not isinstance(event, SessionSucceeded):
            why = getattr(event, "message", None) or getattr(event, "reason", None) or event.kind()
            raise CliError(f"The session has not succeeded ({event.kind()}): {why}")
        self._stage.done("succeeded", f"{last.at - accepted:.1f} s after the webhook was accepted")
        return last.what

    async def _trail_is_whole(self, admin: Account, ended: Fact[SessionSucceeded]) -> None:
        self._stage.chapter("The audit trail of all that")
        api = admin.api("audit")
        with self._stage.waiting("the trail is written"):
            records = await asyncio.to_thread(trail_of, api, PROJECT, ended)
        scenes.trail(self._stage, records)
        found = await asyncio.to_thread(api.call, "GET", VERIFY, VerificationView)
        if not found.ok or not found.complete:
            bad = found.first_bad
            raise CliError(f"The trail does not verify: {bad.reason if bad else found.gaps}")
        scenes.trail_verified(self._stage, found)


def _body(page: str) -> bytes:
    body = json.loads((ASSETS / "issue_created.json").read_bytes())
    body["timestamp"] = int(time.time() * 1000)
    body["issue"]["fields"]["customfield_10042"] = page
    return json.dumps(body, ensure_ascii=False).encode()


async def _take_back(platform: Platform, where: WebsiteException) -> None:
    kubeconfig = platform.kubeconfig
    others = [each for each in await read_exceptions(kubeconfig) if each != where]
    await write_exceptions(kubeconfig, tuple(others))
