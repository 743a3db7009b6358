import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ambient_cli.__main__ import main
from ambient_cli.account import Login, Servers, store


@dataclass(frozen=True)
class Asked:
    """A request that came to the platform."""

    method: str
    path: str
    body: Any
    headers: dict[str, str]


@dataclass
class FakePlatform:
    """All services on one port, with an answer for each request that a test expects."""

    url: str = ""
    answers: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, method: str, path: str, body: Any, status: int = 200) -> None:
        self.answers[method, path] = (status, body)

    def refuse(self, method: str, path: str, status: int, detail: str) -> None:
        self.answer(method, path, {"title": "No", "status": status, "detail": detail}, status)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    platform: FakePlatform


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length", "0")))
        path = self.path.partition("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(content) if content else None
        self.server.platform.asked.append(Asked(self.command, self.path, body, headers))
        status, answer = self.server.platform.answers.get(
            (self.command, path), (404, {"detail": f"no answer for {self.command} {path}"})
        )
        data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="session")
def _server() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("AMBIENT_HOME", str(tmp_path / "home"))
    for variable in ("AMBIENT_KUBECONFIG", "AMBIENT_JIRA_TOKEN", "AMBIENT_DEBUG"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def platform(_server: _Server) -> FakePlatform:
    """A platform that one is logged in to."""
    url = f"http://127.0.0.1:{_server.server_port}"
    _server.platform = FakePlatform(url)
    servers = Servers(gateway=url, projects=url, sessions=url, audit=url)
    store(Login(servers=servers, token="t0ken"))
    return _server.platform


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def ambient(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Run a command in this process."""

    def run(*argv: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["ambient", *argv])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, said.out, said.err)

    return run
