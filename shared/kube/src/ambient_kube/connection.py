"""Requests to one API server, under one identity, over connections that identities share.

What fails comes out as a `KubeError`. A request that the server puts off (429 with Retry-After) is
made again within a budget of seconds; one whose credential is refused is made again if the
credential, read anew, is another. Nothing else is repeated here.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import aiohttp

from ambient_kube.errors import KubeError, TooManyRequests, Unauthorized, Unavailable, error_of

CONNECT_SECONDS: Final = 5.0
REQUEST_SECONDS: Final = 30.0
"""Seconds until a request that is not answered has failed; the answer to a stream has to begin."""
RETRY_BUDGET: Final = 10.0
"""Seconds that a request may spend waiting because the server puts it off."""

CALL: Final = aiohttp.ClientTimeout(total=REQUEST_SECONDS, sock_connect=CONNECT_SECONDS)


@dataclass(frozen=True)
class Request:
    """One request; a body is sent as JSON."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    content_type: str = "application/json"
    timeout: aiohttp.ClientTimeout = CALL
    answered_within: float | None = REQUEST_SECONDS
    """Seconds until the answer has to begin."""


class Transport(Protocol):
    """A pool of connections: what is used of kubernetes-asyncio's REST client."""

    async def request(
        self,
        method: str,
        url: str,
        query_params: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        body: Any | None = None,
        post_params: dict[str, Any] | None = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Make a request and return aiohttp's answer if the content is not to be loaded."""

    async def close(self) -> None:
        """Close the connections."""


class Server(Protocol):
    """Where the server is, and who we are there."""

    @property
    def host(self) -> str:
        """The server's URL."""

    @property
    def has_certificate(self) -> bool:
        """Whether we come with a client certificate."""

    async def authorization(self) -> str | None:
        """Return our Authorization header."""

    async def reload(self) -> None:
        """Read our credential again."""

    def transport(self, *, certificate: bool) -> Transport:
        """Open a pool of connections."""


class Pool:
    """The connections to one server, and the guards that each request passes."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.guards: list[Callable[[], None]] = []
        self._own = server.transport(certificate=True)
        self._bare: Transport | None = None if server.has_certificate else self._own

    def transport(self, *, certificate: bool) -> Transport:
        """Return connections that carry our certificate, or ones that surely do not.

        The API server takes a certificate before it looks at a token, so a request with another's
        token must not go over a connection with our certificate.
        """
        if certificate:
            return self._own
        if self._bare is None:
            self._bare = self.server.transport(certificate=False)
        return self._bare

    async def close(self) -> None:
        """Close all connections."""
        await self._own.close()
        if self._bare is not None and self._bare is not self._own:
            await self._bare.close()


class Connection:
    """A pool under one identity: the configuration's own, or that of a token."""

    def __init__(
        self, pool: Pool, *, token: str | None = None, retry_budget: float = RETRY_BUDGET
    ) -> None:
        self.pool = pool
        self.retry_budget = retry_budget
        self._token = token
        self._reloading = asyncio.Lock()

    async def call(self, request: Request) -> bytes:
        """Make a request and return the body of its answer.

        Raises:
            KubeError: If it fails.
        """
        response = await self._open(request)
        with translated(request):
            async with response:
                return await response.read()

    async def stream(self, request: Request) -> AsyncGenerator[bytes]:
        """Make a request and yield the body of its answer as it comes.

        Raises:
            KubeError: If it fails, or is cut.
        """
        response = await self._open(request)
        with translated(request):
            async with response:
                async for chunk in response.content.iter_any():
                    yield chunk

    async def _open(self, request: Request) -> aiohttp.ClientResponse:
        waited = 0.0
        while True:
            try:
                return await self._authorized(request)
            except TooManyRequests as error:
                if error.retry_after is None or waited + error.retry_after > self.retry_budget:
                    raise
                waited += error.retry_after
                spread = 1 + random.random() / 10  # noqa: S311 - only to spread the load
                await asyncio.sleep(error.retry_after * spread)

    async def _authorized(self, request: Request) -> aiohttp.ClientResponse:
        authorization = await self._authorization()
        try:
            return await self._attempt(request, authorization)
        except Unauthorized:
            renewed = await self._renewed(authorization)
            if renewed is None:
                raise
        return await self._attempt(request, renewed)

    async def _attempt(self, request: Request, authorization: str | None) -> aiohttp.ClientResponse:
        headers = {"Accept": "application/json", "User-Agent": "ambient-kube"}
        headers["Content-Type"] = request.content_type
        if authorization is not None:
            headers["Authorization"] = authorization
        transport = self.pool.transport(certificate=self._token is None)
        for guard in self.pool.guards:
            guard()
        with translated(request):
            async with asyncio.timeout(request.answered_within):
                response: aiohttp.ClientResponse = await transport.request(
                    request.method,
                    self.pool.server.host + request.path,
                    query_params=dict(request.query),
                    headers=headers,
                    body=request.body,
                    _preload_content=False,
                    _request_timeout=request.timeout,
                )
                if response.ok:
                    return response
                raise await _refusal(response)

    async def _authorization(self) -> str | None:
        if self._token is not None:
            return f"Bearer {self._token}"
        return await self.pool.server.authorization()

    async def _renewed(self, refused: str | None) -> str | None:
        """Return a credential other than the refused one, where there is one."""
        if self._token is not None:
            return None
        async with self._reloading:
            current = await self._authorization()
            if current == refused:
                await self.pool.server.reload()
                current = await self._authorization()
        return current if current != refused else None


@contextmanager
def translated(request: Request) -> Iterator[None]:
    """Turn the transport's errors into `Unavailable`."""
    try:
        yield
    except (aiohttp.ClientError, OSError) as error:
        # TimeoutError is an OSError.
        detail = str(error) or type(error).__name__
        raise Unavailable(
            0, "Unreachable", f"{request.method} {request.path} failed: {detail}"
        ) from error


async def _refusal(response: aiohttp.ClientResponse) -> KubeError:
    async with response:
        body = await response.read()
    return error_of(response.status, body, response.headers.get("Retry-After"))
