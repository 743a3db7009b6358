"""Bring the platform up, take it down, and say how it is.

`up` starts what is missing or unwell and `down` ends all that is there: both may be run at any
time, any number of times, and after any process was killed.
"""

import asyncio
import shutil
from collections.abc import Collection, Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

from nats.aio.client import Client

from ambient_local import cluster, nats, processes
from ambient_local.cluster import ClusterPart
from ambient_local.components import SERVICES, Component
from ambient_local.config import Config, Passwords
from ambient_local.errors import LocalError
from ambient_local.home import Home
from ambient_local.lifecycle import end_all, ensure_all, look_at, start
from ambient_local.lock import locked
from ambient_local.nats import NatsPart
from ambient_local.part import Part, Setting
from ambient_local.ports import choose
from ambient_local.progress import Progress, Report, silent
from ambient_local.services import ServicePart
from ambient_local.status import Status, Tokens, Urls
from ambient_local.websites import read_exceptions

ALL: Final = frozenset(Component)
_FOUNDATIONS: Final = (Component.NATS, Component.CLUSTER)
_PARTS: Final[dict[Component, type[Part]]] = {
    Component.CLUSTER: ClusterPart,
    Component.NATS: NatsPart,
    **dict.fromkeys(SERVICES, ServicePart),
}


class Platform:
    """The platform of one home."""

    def __init__(
        self,
        home: Path | None = None,
        *,
        only: Collection[Component] = ALL,
        preferred_ports: bool = True,
    ) -> None:
        """Describe it; nothing is started or read yet.

        Args:
            home: Its folder; `$AMBIENT_HOME` or the checkout's `.ambient` where None.
            only: The components that it has; a test may need no more than one.
            preferred_ports: Whether to take the well-known ports where they are free.
        """
        self.home = Home.of(home)
        self._only = frozenset(only)
        self._preferred_ports = preferred_ports

    @property
    def config(self) -> Config:
        """What the home keeps."""
        return Config.load(self.home)

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return cluster.kubeconfig(self.home, self.config)

    @property
    def tokens(self) -> Tokens:
        """A token for each person of the local cluster."""
        return cluster.tokens(self.home, self.config)

    @property
    def urls(self) -> Urls:
        """Where each part listens.

        Raises:
            LocalError: If the platform was never started.
        """
        config = self.config
        if not config.ports:
            raise LocalError("The platform is not running here: start it with `ambient up`.")
        return Urls(
            gateway=config.url(Component.GATEWAY),
            projects=config.url(Component.PROJECTS),
            sessions=config.url(Component.SESSIONS),
            audit=config.url(Component.AUDIT),
            nats=config.url(Component.NATS),
        )

    def password(self, identity: str) -> str:
        """Return the password of an identity on NATS."""
        return Passwords.ensure(self.home).nats[identity]

    async def connect(self, identity: str, *, patient: bool = False) -> Client:
        """Connect to NATS under an identity: a service's source, `operations` or `observer`."""
        return await nats.connect(
            self.config, Passwords.ensure(self.home), identity, patient=patient
        )

    async def up(self, progress: Progress = silent, *, kubeconfig: Path | None = None) -> None:
        """Start what is missing or unwell, and return when all is well.

        Args:
            progress: Told of each step.
            kubeconfig: Somebody's own cluster, in place of the local one; kept for the next time.

        Raises:
            LocalError: If something does not start, with what to look at.
        """
        async with self._locked(progress):
            self.home.make()
            self._settle_config(kubeconfig)
            await ensure_all(self._parts(_FOUNDATIONS, progress))
            await ensure_all(self._parts(SERVICES, progress))

    async def down(self, progress: Progress = silent) -> None:
        """End everything of the home in order, and remove the home."""
        if not self.home.path.exists() and not processes.of_home(self.home):
            return
        async with self._locked(progress):
            for together in (SERVICES, (Component.NATS,), (Component.CLUSTER,)):
                await end_all(self.home, self._parts(together, progress), progress)
            await processes.kill(
                [each for found in processes.of_home(self.home).values() for each in found]
            )
            await asyncio.to_thread(shutil.rmtree, self.home.path, ignore_errors=True)

    async def kill(self, component: Component | str) -> None:
        """Kill a component (SIGKILL), as a crash would."""
        await processes.kill(processes.of_home(self.home).get(Component(component), []))

    async def restart(self, component: Component | str) -> None:
        """End a component if it runs, start it, and return when it is well.

        Raises:
            LocalError: If it does not start.
        """
        parts = self._parts((Component(component),), silent)
        await end_all(self.home, parts, silent)
        for part in parts:
            await start(part)

    async def status(self) -> Status:
        """Say how the platform is.

        Raises:
            LocalError: If it was never started.
        """
        urls = self.urls
        parts = self._parts(Component, silent)
        said = await asyncio.gather(*(look_at(part) for part in parts))
        return Status(
            urls=urls,
            kubeconfig=str(self.kubeconfig),
            tokens=self.tokens,
            healthy=all(part.healthy for part in said),
            components={part.component: word for part, word in zip(parts, said, strict=True)},
            website_exceptions=await read_exceptions(self.kubeconfig),
        )

    def _locked(self, progress: Progress) -> AbstractAsyncContextManager[None]:
        def waiting() -> None:
            progress(Report("platform", "working", "waiting for another `up` or `down`"))

        return locked(self.home.lock, waiting)

    def _parts(self, components: Iterable[Component], progress: Progress) -> list[Part]:
        setting = Setting(self.home, self.config, Passwords.ensure(self.home), progress)
        return [_PARTS[each](setting, each) for each in components if each in self._only]

    def _settle_config(self, kubeconfig: Path | None) -> None:
        kept = self.config
        ports = choose(
            kept.ports,
            running=processes.of_home(self.home).keys(),
            preferred=self._preferred_ports,
        )
        chosen = kubeconfig.resolve() if kubeconfig else kept.kubeconfig
        Config(ports=ports, kubeconfig=chosen).save(self.home)
