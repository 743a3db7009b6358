"""The HTTP face that all services share, without a server."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from ambient_chassis.errors import BusUnavailableError
from ambient_chassis.http import NotReadyError, api
from ambient_chassis.identity import Caller, CurrentCaller
from ambient_chassis.problems import MEDIA_TYPE, Problem
from ambient_kube import Conflict, Forbidden, Kube, NotFound, Unavailable


class Part:
    """A part that the service needs, which may be away."""

    error: Exception | None = None
    hangs = False

    async def ready(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.error:
            raise self.error


class Authenticators:
    """Knows one token."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube

    async def authenticate(self, token: str) -> Caller | None:
        if token != "good":
            return None
        return Caller(username="alice", groups=("team",), uid="1", kube=self._kube)


@pytest.fixture
def part() -> Part:
    return Part()


@pytest.fixture
def app(part: Part) -> FastAPI:
    app = api("test", description="A service under test.", ready=part.ready)
    app.state.authenticator = Authenticators(object.__new__(Kube))

    @app.get("/whoami")
    async def whoami(caller: CurrentCaller) -> dict[str, str]:
        return {"name": caller.username}

    @app.get("/fail/{kind}")
    async def fail(kind: str) -> None:
        raise {
            "problem": Problem(418, "No coffee here.", pot="tea"),
            "forbidden": Forbidden(403, "Forbidden", "alice cannot", None),
            "missing": NotFound(404, "NotFound", "no such thing", None),
            "conflict": Conflict(409, "Conflict", "somebody was faster", None),
            "away": Unavailable(503, "Unavailable", "no API server", 7.0),
            "bus": BusUnavailableError("there is no connection to NATS"),
            "bug": ZeroDivisionError("a secret detail"),
        }[kind]

    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_a_service_that_stops_ends_its_endless_answers(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"first"
        begun.set()
        await asyncio.Event().wait()

    @app.get("/endless")
    async def stream() -> StreamingResponse:
        return StreamingResponse(endless())

    answer = asyncio.create_task(client.get("/endless"))
    await begun.wait()
    app.state.streams.end()
    assert (await answer).text == "first"


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        ("problem", 418, "No coffee here."),
        ("forbidden", 403, "alice cannot"),
        ("missing", 404, "no such thing"),
        ("conflict", 409, "somebody was faster"),
        ("away", 503, "no API server"),
        ("bus", 503, "Nothing was done"),
        ("bug", 500, "Something went wrong on our side"),
    ],
)
async def test_every_error_is_a_problem_document(
    client: httpx.AsyncClient, kind: str, status: int, says: str
) -> None:
    answer = await client.get(f"/fail/{kind}")
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert says in answer.json()["detail"]
    assert "secret" not in answer.text


async def test_a_part_that_is_away_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    assert (await client.get("/fail/away")).headers["retry-after"] == "7"


async def test_an_unknown_path_is_a_problem_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == MEDIA_TYPE


@pytest.mark.parametrize("header", [None, "good", "Basic good", "Bearer", "Bearer bad"])
async def test_no_valid_token_is_401(client: httpx.AsyncClient, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = await client.get("/whoami", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_valid_token_is_whose_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/whoami", headers={"Authorization": "Bearer good"})
    assert answer.json() == {"name": "alice"}


@pytest.mark.parametrize(
    "error",
    [BusUnavailableError("no NATS"), Unavailable(503, "x", "no API", None), NotReadyError("no")],
)
async def test_readyz_reflects_what_the_service_needs(
    client: httpx.AsyncClient, part: Part, error: Exception
) -> None:
    assert (await client.get("/readyz")).status_code == 200
    part.error = error
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/livez")).status_code == 200


async def test_readyz_does_not_wait_for_what_does_not_answer(
    client: httpx.AsyncClient, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ambient_chassis.http.READY_SECONDS", 0.01)
    part.hangs = True
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_requests_are_counted_by_route_and_never_by_path(client: httpx.AsyncClient) -> None:
    await client.get("/fail/problem")
    await client.get("/nowhere/a")
    await client.get("/nowhere/b")
    page = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/fail/{kind}",status="418"} 1.0' in page
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 2.0' in page
