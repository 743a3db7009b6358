"""Fetch a page as a stranger's URL must be fetched: to public hosts alone, within bounds.

In: a URL. Out: the page's text and where it came from in the end. Redirects are followed here, by
hand, each through the same checks. Nothing is sent but a GET: no cookie, no credential, no trace
header, and no proxy of the environment is asked.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from email.message import Message
from ssl import SSLContext
from typing import Final

import httpx

from ambient_agent.website.addresses import Resolver, checked_addresses, system_resolver
from ambient_agent.website.body import ENCODINGS, decode, read_body
from ambient_agent.website.errors import (
    FetchError,
    WebsiteForbiddenError,
    WebsiteRefusedError,
    WebsiteTooSlowError,
    WebsiteUnreachableError,
    WebsiteUnreadableError,
)
from ambient_contracts.website import (
    PORTS,
    ForbiddenWebsiteError,
    IPAddress,
    WebsiteException,
    check_website,
)

CONTENT_TYPES: Final = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
_HEADERS: Final = {
    "User-Agent": "ambient-agent",
    "Accept": ", ".join(sorted(CONTENT_TYPES)),
    "Accept-Encoding": ENCODINGS,
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a page may take at most."""

    seconds: float = 20.0
    """For all of it: the look-ups, the redirects and the last byte."""
    connect_seconds: float = 5.0
    """For one address."""
    size: int = 2 * 1024 * 1024
    """Bytes, as they arrive and as they are unpacked."""
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came."""

    url: str
    """Where it stands, after redirects."""
    content_type: str
    text: str
    size: int
    """Bytes, unpacked."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where to ask next."""

    url: httpx.URL


class Fetcher:
    """Fetches pages through the checks."""

    def __init__(
        self,
        exceptions: Sequence[WebsiteException] = (),
        *,
        resolve: Resolver = system_resolver,
        tls: SSLContext | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self._exceptions = exceptions
        self._resolve = resolve
        self._tls = tls
        self._bounds = bounds or Bounds()

    async def fetch(self, url: str, within: Callable[[httpx.URL], bool] | None = None) -> Fetched:
        """Fetch a page.

        Args:
            url: Where it stands.
            within: Says of the URL, and of each that it redirects to, whether it may be visited;
                every URL that passes the other checks may where this is None.

        Raises:
            FetchError: One of its kinds, with a sentence that says why.
        """
        try:
            async with asyncio.timeout(self._bounds.seconds):
                return await self._follow(_parse(url), within)
        except TimeoutError as error:
            raise WebsiteTooSlowError(
                f"{url} did not arrive within {self._bounds.seconds:g} s"
            ) from error

    async def _follow(self, url: httpx.URL, within: Callable[[httpx.URL], bool] | None) -> Fetched:
        for _ in range(self._bounds.redirects + 1):
            self._check(url)
            if within is not None and not within(url):
                raise WebsiteForbiddenError(f"{url} is not a page of this session's website")
            answer = await self._get(url)
            if isinstance(answer, Fetched):
                return answer
            url = answer.url
        raise WebsiteRefusedError(f"the website redirects more than {self._bounds.redirects} times")

    def _check(self, url: httpx.URL) -> None:
        try:
            check_website(str(url), self._exceptions)
        except ForbiddenWebsiteError as error:
            raise WebsiteForbiddenError(str(error)) from error

    async def _get(self, url: httpx.URL) -> Fetched | Redirect:
        host = url.raw_host.decode("ascii")
        port = url.port or PORTS[url.scheme]
        addresses = await checked_addresses(
            host, port, resolve=self._resolve, exceptions=self._exceptions
        )
        tls = self._tls = self._tls or httpx.create_ssl_context()
        async with (
            httpx.AsyncHTTPTransport(verify=tls, trust_env=False) as transport,
            _opened(transport, url, addresses, self._bounds) as response,
        ):
            return await self._read(url, response)

    async def _read(self, url: httpx.URL, response: httpx.Response) -> Fetched | Redirect:
        location = response.headers.get("Location")
        if response.has_redirect_location and location:
            return Redirect(_parse(location, base=url))
        if not response.is_success:
            raise WebsiteRefusedError(f"{url} answers {response.status_code}")
        kind, charset = _content_type(response.headers.get("Content-Type", ""))
        if kind not in CONTENT_TYPES:
            raise WebsiteUnreadableError(
                f"{url} is {kind[:80] or 'of no stated type'}; an agent reads HTML and plain text"
            )
        try:
            async with aclosing(_chunks(response)) as chunks:
                encoding = response.headers.get("Content-Encoding", "")
                body = await read_body(chunks, encoding, self._bounds.size)
        except httpx.TransportError as error:
            raise WebsiteUnreachableError(f"{url} broke off: {_sentence(error)}") from error
        return Fetched(str(url), kind, decode(body, charset), len(body))


@asynccontextmanager
async def _opened(
    transport: httpx.AsyncHTTPTransport,
    url: httpx.URL,
    addresses: Sequence[IPAddress],
    bounds: Bounds,
) -> AsyncIterator[httpx.Response]:
    """Ask the first address that can be connected to; host and certificate stay the name's."""
    failure: FetchError | None = None
    for address in addresses:
        request = httpx.Request(
            "GET",
            url.copy_with(host=str(address)),
            headers={"Host": url.netloc.decode("ascii"), **_HEADERS},
            extensions={
                "sni_hostname": url.raw_host.decode("ascii"),
                "timeout": {
                    "connect": bounds.connect_seconds,
                    "read": bounds.seconds,
                    "write": bounds.seconds,
                    "pool": bounds.seconds,
                },
            },
        )
        try:
            response = await transport.handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = WebsiteUnreachableError(
                f"{url.host} cannot be connected to: {_sentence(error)}"
            )
            continue
        except httpx.TransportError as error:
            raise WebsiteUnreachableError(f"{url} broke off: {_sentence(error)}") from error
        try:
            yield response
        finally:
            await response.aclose()
        return
    raise failure or WebsiteUnreachableError(f"{url.host} has no address")


async def _chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    stream = response.stream
    if not isinstance(stream, httpx.AsyncByteStream):  # pragma: no cover
        raise TypeError("an asynchronous transport answers with an asynchronous stream")
    async for chunk in stream:
        yield chunk


def _parse(url: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        parsed = base.join(url) if base else httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise WebsiteForbiddenError(f"{url[:200]!r} is not a URL: {error}") from error
    return parsed.copy_with(fragment=None)


def _content_type(header: str) -> tuple[str, str | None]:
    message = Message()
    message["Content-Type"] = header or "unknown"
    charset = message.get_param("charset")
    kind = header.partition(";")[0].strip().lower()
    return kind, charset if isinstance(charset, str) else None


def _sentence(error: Exception) -> str:
    return str(error) or type(error).__name__
