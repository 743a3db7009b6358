"""Single parts of the platform, for tests of one service."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from nats.aio.client import Client

from ambient_kube import Kube
from ambient_local import Component, Platform
from ambient_testkit.running import running


@dataclass(frozen=True)
class Nats:
    """A real NATS server with the platform's users, stream and consumers.

    The stream cannot be purged, by us as by anybody: let each test use a project of its own.
    """

    platform: Platform

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.platform.urls.nats

    def password(self, identity: str) -> str:
        """Return an identity's password: a service's source, `operations` or `observer`."""
        return self.platform.password(identity)

    async def connect(self, identity: str, *, patient: bool = False) -> Client:
        """Connect under an identity; whoever connects closes.

        Args:
            identity: A service's source, `operations` or `observer`.
            patient: Whether to come back after a cut.
        """
        return await self.platform.connect(identity, patient=patient)

    async def kill(self) -> None:
        """Kill the server (SIGKILL)."""
        await self.platform.kill("nats")

    async def restart(self) -> None:
        """Start the server again on the same store."""
        await self.platform.restart("nats")


@dataclass(frozen=True)
class Cluster:
    """A real API server with the platform's definitions, roles and admission policies."""

    platform: Platform

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.platform.kubeconfig

    def token(self, person: str = "admin") -> str:
        """Return the token of `admin`, `alice`, `bob` or `carol`."""
        return str(getattr(self.platform.tokens, person))

    @asynccontextmanager
    async def connect(self, person: str = "admin") -> AsyncIterator[Kube]:
        """Connect as `admin`, `alice`, `bob` or `carol` until the end of the block."""
        async with await Kube.connect(self.kubeconfig) as admin:
            yield admin.with_token(self.token(person))

    def service_kubeconfig(self, service: str) -> Path:
        """Return the kubeconfig of a service's own ServiceAccount."""
        return self.platform.home.kubeconfig_of(service)


@contextmanager
def nats(session: pytest.Session) -> Iterator[Nats]:
    """Run a NATS server until the end of the block."""
    with running(session, Component.NATS) as platform:
        yield Nats(platform)


@contextmanager
def cluster(session: pytest.Session) -> Iterator[Cluster]:
    """Run a cluster until the end of the block."""
    with running(session, Component.CLUSTER) as platform:
        yield Cluster(platform)
