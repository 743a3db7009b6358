"""Whose credential a request carries, where the configuration has a client certificate."""

from typing import Any

import pytest

from ambient_kube import Kube
from ambient_kube.connection import Connection, Pool


class Transport:
    """Connections that note what went over them, and answer nothing."""

    def __init__(self) -> None:
        self.requests: list[str | None] = []
        self.closed = False

    async def request(self, *_: Any, headers: dict[str, Any] | None = None, **__: Any) -> Any:
        self.requests.append((headers or {}).get("Authorization"))
        raise ConnectionRefusedError

    async def close(self) -> None:
        self.closed = True


class Server:
    """A configuration with a client certificate and no token."""

    host = "https://server"
    has_certificate = True

    def __init__(self) -> None:
        self.transports: dict[bool, Transport] = {}

    async def authorization(self) -> str | None:
        return None

    async def reload(self) -> None:
        pass

    def transport(self, *, certificate: bool) -> Transport:
        assert certificate not in self.transports
        return self.transports.setdefault(certificate, Transport())


async def test_a_token_never_goes_over_a_connection_with_our_certificate() -> None:
    server = Server()
    async with Kube(Connection(Pool(server))) as kube:
        for identity in (kube, kube.with_token("a"), kube.with_token("b")):
            with pytest.raises(Exception, match="failed"):
                await identity.ready()
    assert server.transports[True].requests == [None]
    assert server.transports[False].requests == ["Bearer a", "Bearer b"]
    assert all(transport.closed for transport in server.transports.values())


async def test_connections_without_our_certificate_are_opened_when_they_are_needed() -> None:
    server = Server()
    async with Kube(Connection(Pool(server))):
        assert set(server.transports) == {True}
