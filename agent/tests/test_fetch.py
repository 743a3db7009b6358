"""Fetching a page: what comes, and what must not."""

import asyncio
import gzip
import shutil
import ssl
import subprocess
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from ambient_agent.website.body import read_body
from ambient_agent.website.errors import (
    FetchError,
    WebsiteForbiddenError,
    WebsiteRefusedError,
    WebsiteTooLargeError,
    WebsiteTooSlowError,
    WebsiteUnreachableError,
    WebsiteUnreadableError,
)
from ambient_agent.website.fetch import Bounds, Fetcher
from ambient_contracts.website import WebsiteException
from ambient_testkit.pages import BOMB_SIZE, Pages

pytestmark = pytest.mark.integration


class Rebinding:
    """A name that leads here the first time it is asked for, and elsewhere ever after."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return [self.answers[min(len(self.asked), len(self.answers)) - 1]]


@pytest.fixture
def fetcher(pages: Pages) -> Fetcher:
    return Fetcher([pages.exception()])


async def test_a_page_comes_with_its_text_and_its_place(pages: Pages, fetcher: Fetcher) -> None:
    page = await fetcher.fetch(pages.url("/redirect/home"))
    assert page.url == pages.url("/")
    assert page.content_type == "text/html"
    assert "built in 1892" in page.text


async def test_nothing_is_sent_that_tells_of_us(
    pages: Pages, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    await fetcher.fetch(pages.url("/"))
    sent = {name.lower() for name in pages.requests[0].headers}
    assert sent == {"host", "user-agent", "accept", "accept-encoding", "connection"}


async def test_a_local_page_needs_an_exception(pages: Pages) -> None:
    with pytest.raises(WebsiteForbiddenError):
        await Fetcher().fetch(pages.url("/"))
    assert not pages.requests


@pytest.mark.parametrize(
    ("path", "error", "sentence"),
    [
        ("/redirect/metadata", WebsiteForbiddenError, "169.254.169.254 is not an address"),
        ("/redirect/local-name", WebsiteForbiddenError, "localhost leads to"),
        ("/redirect/file", WebsiteForbiddenError, "starts with http"),
        ("/redirect/loop", WebsiteRefusedError, "redirects more than 5 times"),
        ("/gone", WebsiteRefusedError, "answers 410"),
        ("/pdf", WebsiteUnreadableError, "application/pdf"),
        ("/brotli", WebsiteUnreadableError, "packed as 'br'"),
        ("/broken-gzip", WebsiteUnreadableError, "gzip"),
        ("/cut", WebsiteUnreachableError, "broke off"),
        ("/huge", WebsiteTooLargeError, "larger than 2048 KiB"),
        ("/bomb", WebsiteTooLargeError, "larger than 2048 KiB"),
    ],
)
async def test_a_bad_page_is_an_error_with_one_sentence(
    pages: Pages, fetcher: Fetcher, path: str, error: type[FetchError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        await fetcher.fetch(pages.url(path))


async def test_a_loop_of_redirects_is_followed_five_times(pages: Pages, fetcher: Fetcher) -> None:
    with pytest.raises(WebsiteRefusedError):
        await fetcher.fetch(pages.url("/redirect/loop"))
    assert pages.visits["/redirect/loop"] == 6


async def test_a_bomb_is_not_unpacked_beyond_the_bound() -> None:
    packed = gzip.compress(bytes(BOMB_SIZE), compresslevel=1)

    async def arriving() -> AsyncIterator[bytes]:
        yield packed

    tracemalloc.start()
    with pytest.raises(WebsiteTooLargeError):
        await read_body(arriving(), "gzip", 1024 * 1024)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024 < BOMB_SIZE


async def test_a_page_that_never_ends_is_given_up_in_time(pages: Pages) -> None:
    fetcher = Fetcher([pages.exception()], bounds=Bounds(seconds=0.2))
    with pytest.raises(WebsiteTooSlowError, match=r"did not arrive within 0\.2 s"):
        await fetcher.fetch(pages.url("/slow"))


async def test_a_page_outside_of_the_website_is_not_asked_for(
    pages: Pages, fetcher: Fetcher
) -> None:
    with pytest.raises(WebsiteForbiddenError, match="not a page of this session's website"):
        await fetcher.fetch(pages.url("/"), lambda url: False)
    assert not pages.requests


async def test_gzip_is_unpacked(pages: Pages, fetcher: Fetcher) -> None:
    assert "built in 1892" in (await fetcher.fetch(pages.url("/gzip"))).text


@pytest.mark.parametrize("path", ["/latin-1", "/latin-1-meta"])
async def test_an_older_character_set_is_read(pages: Pages, fetcher: Fetcher, path: str) -> None:
    assert "bâti à Besançon" in (await fetcher.fetch(pages.url(path))).text


async def test_the_connection_goes_to_the_address_that_was_checked(pages: Pages) -> None:
    resolve = Rebinding("127.0.0.1", "169.254.169.254")
    fetcher = Fetcher([pages.exception("site.test")], resolve=resolve)
    await fetcher.fetch(f"http://site.test:{pages.port}/")
    assert resolve.asked == ["site.test"]
    assert pages.requests[0].headers["Host"] == f"site.test:{pages.port}"


async def test_a_redirect_to_a_name_that_leads_inside_is_refused(pages: Pages) -> None:
    resolve = Rebinding("127.0.0.1", "10.1.2.3")
    fetcher = Fetcher([pages.exception("site.test")], resolve=resolve)
    with pytest.raises(WebsiteForbiddenError, match=r"elsewhere\.test leads to 10\.1\.2\.3"):
        await fetcher.fetch(f"http://site.test:{pages.port}/redirect/elsewhere")
    assert resolve.asked == ["site.test", "elsewhere.test"]


async def test_the_next_address_is_tried_where_one_does_not_connect(pages: Pages) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.99", "127.0.0.1"]

    fetcher = Fetcher([pages.exception("site.test")], resolve=resolve)
    assert (await fetcher.fetch(f"http://site.test:{pages.port}/")).size > 0


async def test_a_closed_port_is_unreachable(pages: Pages) -> None:
    fetcher = Fetcher([WebsiteException(host="127.0.0.1", port=9)])
    with pytest.raises(WebsiteUnreachableError, match="cannot be connected to"):
        await fetcher.fetch("http://127.0.0.1:9/")


@pytest.mark.parametrize("url", ["not a url", "http://[::1/", "http://exa mple.com:x/", "//h/"])
async def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(WebsiteForbiddenError):
        await Fetcher().fetch(url)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
async def test_a_certificate_must_be_the_name_s_and_not_the_address_s(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = (
        f"openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout {key} "
        f"-out {certificate} -days 2 -subj /CN=site.test -addext subjectAltName=DNS:site.test"
    )
    await asyncio.to_thread(subprocess.run, request.split(), check=True, capture_output=True)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with Pages(tls=serving) as pages:
        exceptions = [pages.exception(host) for host in ("site.test", "other.test", "127.0.0.1")]
        fetcher = Fetcher(exceptions, resolve=Rebinding("127.0.0.1"), tls=trusting)
        assert (await fetcher.fetch(f"https://site.test:{pages.port}/")).size > 0
        for host in ("other.test", "127.0.0.1"):
            with pytest.raises(WebsiteUnreachableError, match="certificate"):
                await fetcher.fetch(f"https://{host}:{pages.port}/")
