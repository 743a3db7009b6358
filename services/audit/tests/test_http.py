"""What the API answers, and to whom."""

import pytest
from httpx import ASGITransport, AsyncClient

from ambient_chassis.http import api
from ambient_chassis.identity import Caller
from ambient_kube import Unavailable
from audit.domain.reading import gap
from audit.entrypoints.http import Tools, add_routes
from audit.handlers.feed import Feed
from audit.handlers.follow_records import FollowRecords
from audit.handlers.verify_trail import VerifyTrail
from audit.ports import StoreUnavailableError

ADA = {"Authorization": "Bearer ada"}
AUDITOR = {"Authorization": "Bearer auditor"}


class Known:
    """Every token is its holder's name."""

    async def authenticate(self, token: str) -> Caller | None:
        return None if token == "nobody" else Caller(token, (), "", None)


class Rights:
    """Ada belongs to apollo; the auditor reads everything."""

    async def may_read(self, caller: Caller, project: str | None) -> bool:
        if project == "unknown":
            raise Unavailable(503, "ServiceUnavailable", "the API server does not answer")
        return caller.username == "auditor" or project == "apollo"


@pytest.fixture
async def client(trail, sqlite, make):
    async def ready() -> None:
        return

    app = api("audit", description="", ready=ready, authenticator=Known())
    feed = Feed()
    follow = FollowRecords(sqlite, feed, 5)
    add_routes(app, Tools(sqlite, follow, VerifyTrail(trail, sqlite, feed), Rights()))
    trail.hold(*(make.arrival(n) for n in range(1, 11)))
    kept = [make.record(n, project=("gemini", "apollo")[n % 2]) for n in range(1, 11)]
    kept[9] = gap(10, make.first_time)
    await sqlite.append(kept)
    await feed.reach(10)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://audit") as made:
        yield made


async def _problem(client, url: str, headers=ADA) -> tuple[int, str]:
    answer = await client.get(url, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["detail"]


async def test_a_record_is_shown_with_its_envelope_and_its_data(client, make):
    answer = await client.get("/api/audit/events?project=apollo&order=asc&limit=1", headers=ADA)
    (item,) = answer.json()["items"]
    fact = make.requested(1)
    assert item["sequence"] == 1
    assert item["kind"] == "event"
    assert item["actor"] == {"kind": "user", "id": "ada"}
    assert item["envelope"]["id"] == fact.envelope.id
    assert item["envelope"]["type"] == "dev.ambient.session.requested"
    assert item["envelope"]["source"] == "gateway"
    assert item["data"]["order"] == {"prompt": "do 1", "website_url": "https://example.org/"}
    assert answer.json()["recordedThrough"] == 10


async def test_pages_follow_each_other_to_the_end(client):
    url = "/api/audit/events?project=apollo&limit=2"
    seen, cursor = [], ""
    while cursor is not None:
        page = (await client.get(url + cursor, headers=ADA)).json()
        seen += [each["sequence"] for each in page["items"]]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert seen == [10, 9, 7, 5, 3, 1]


async def test_a_cursor_is_for_the_query_that_gave_it(client):
    first = await client.get("/api/audit/events?project=apollo&limit=2", headers=ADA)
    cursor = first.json()["next"]
    for other in ("project=gemini", "order=asc", "project=apollo&verb=requested"):
        status, detail = await _problem(
            client, f"/api/audit/events?{other}&cursor={cursor}", AUDITOR
        )
        assert status == 400
        assert "other filters" in detail
    for broken in ("x", "bnVsbA", "eyJzIjogMX0", "é"):
        status, detail = await _problem(client, f"/api/audit/events?cursor={broken}", AUDITOR)
        assert status == 400


async def test_one_reads_the_projects_one_belongs_to(client):
    status, detail = await _problem(client, "/api/audit/events?project=gemini")
    assert (status, "gemini" in detail) == (403, True)
    for everything in ("/api/audit/events", "/api/audit/stream", "/api/audit/verify"):
        status, detail = await _problem(client, everything)
        assert status == 403
        assert "project" in detail
    assert (await _problem(client, "/api/audit/events?project=_"))[0] == 403
    assert (await client.get("/api/audit/events", headers=AUDITOR)).status_code == 200


async def test_without_a_valid_token_nothing_is_shown(client):
    for path in ("events", "stream", "verify"):
        assert (await client.get(f"/api/audit/{path}")).status_code == 401
        invalid = {"Authorization": "Bearer nobody"}
        assert (await client.get(f"/api/audit/{path}", headers=invalid)).status_code == 401


async def test_what_cannot_be_asked_is_refused(client):
    for query in (
        "limit=0",
        "limit=1001",
        "order=up",
        "since=yesterday",
        "outcome=maybe",
        "type=session",
        "type=session.started&verb=created",
    ):
        assert (await _problem(client, f"/api/audit/events?{query}", AUDITOR))[0] == 422


async def test_a_type_is_an_entity_and_a_verb(client):
    for name in ("session.requested", "dev.ambient.session.requested"):
        answer = await client.get(f"/api/audit/events?type={name}", headers=AUDITOR)
        assert len(answer.json()["items"]) == 9


async def test_a_store_that_is_down_is_no_empty_answer(client, sqlite, monkeypatch):
    async def down(*_args):
        raise StoreUnavailableError("the audit store does not answer: disk I/O error")

    for method in ("find", "last", "scan"):
        monkeypatch.setattr(sqlite, method, down)
    for path in ("events", "stream", "verify"):
        status, detail = await _problem(client, f"/api/audit/{path}", AUDITOR)
        assert status == 503
        assert "Try again" in detail


async def test_an_api_server_that_is_down_is_told(client):
    assert (await _problem(client, "/api/audit/events?project=unknown"))[0] == 503


async def test_the_check_tells_gaps_and_that_all_is_there(client):
    answer = await client.get("/api/audit/verify", headers=AUDITOR)
    assert answer.json() == {
        "ok": True,
        "complete": False,
        "records": 10,
        "firstSequence": 1,
        "lastSequence": 10,
        "streamLastSequence": 10,
        "gaps": [{"first": 10, "last": 10}],
        "firstBad": None,
    }
