"""The one website that a session is for, as a place to read pages from.

The website is the host of the task's URL and the host that this URL redirects to. Nothing that a
page says can add another: a page elsewhere is refused, however one gets there.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import structlog
from opentelemetry.trace import Span

from ambient_agent.telemetry import span
from ambient_agent.website.errors import FetchError
from ambient_agent.website.fetch import Fetcher
from ambient_agent.website.page import Page, read_page
from ambient_contracts.website import PORTS

_log = structlog.get_logger(__name__)


class Website:
    """Reads pages of one website, each once."""

    def __init__(self, url: str, fetcher: Fetcher) -> None:
        self.url = url
        self._fetcher = fetcher
        self._hosts: set[str] = set()
        self._pages: dict[str, Page] = {}

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages read so far."""
        return tuple(dict.fromkeys(self._pages.values()))

    async def open(self) -> Page:
        """Read the page that the task names.

        Raises:
            FetchError: It cannot be read.
        """
        with _tool_span(self.url):
            page = await self._fetched(self.url, None)
        self._hosts |= {_host(httpx.URL(self.url)), _host(httpx.URL(page.url))}
        return page

    async def read(self, url: str) -> Page:
        """Read a page of this website; `open` comes first.

        Raises:
            FetchError: It cannot be read, or is not of this website.
        """
        with _tool_span(url):
            return self._pages.get(url) or await self._fetched(url, self.covers)

    def covers(self, url: httpx.URL) -> bool:
        """Whether a URL is of this website."""
        return _host(url) in self._hosts

    async def _fetched(self, url: str, within: Callable[[httpx.URL], bool] | None) -> Page:
        _log.info(f"fetching {url}", url=url)
        try:
            page = read_page(await self._fetcher.fetch(url, within))
        except FetchError as error:
            _log.warning(f"could not read {url}: {error}", url=url, reason=error.reason)
            raise
        size = f"{page.size / 1000:.1f} kB"
        _log.info(f"read {size}, {len(page.text)} characters of text", url=page.url)
        self._pages[url] = self._pages[page.url] = page
        return page


def _tool_span(url: str) -> AbstractContextManager[Span]:
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "fetch",
        "gen_ai.tool.type": "function",
        "url.full": url,
    }
    return span("execute_tool fetch", attributes)


def _host(url: httpx.URL) -> str:
    """Return the host, with its port where that is not one of the web's."""
    host = url.raw_host.decode("ascii").lower().removesuffix(".")
    port = url.port or PORTS.get(url.scheme, 0)
    return host if port in PORTS.values() else f"{host}:{port}"
