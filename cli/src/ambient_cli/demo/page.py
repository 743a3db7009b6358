"""The page that the demo's session visits: a real HTML document, served on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from ambient_contracts.website import WebsiteException

HOST: Final = "127.0.0.1"
ASSETS: Final = Path(__file__).parent / "assets"


@contextmanager
def served() -> Iterator[WebsiteException]:
    """Serve the page until the end of the block, and say at which host and port."""
    handler = partial(_Quiet, directory=str(ASSETS))
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield WebsiteException(host=HOST, port=server.server_port)
        finally:
            server.shutdown()
            thread.join()


def url_of(where: WebsiteException) -> str:
    """Return the page's URL."""
    return f"http://{where.host}:{where.port}/page.html"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing: the demo's screen has other things to show."""
