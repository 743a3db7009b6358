"""The service on a real NATS server, and what happens to it there."""

import asyncio
import json

import httpx
import pytest

from ambient_contracts.subjects import Source

pytestmark = pytest.mark.integration
ANYBODY = {"Authorization": "Bearer ada"}
HIDDEN = {"Status": "404", "ce-id": "poison"}


async def _verified(program, upto: int, *, patience: float = 60) -> dict:
    """Wait until `upto` is recorded, and return what the check says."""
    async with httpx.AsyncClient(base_url=program.url, headers=ANYBODY) as client:
        async with asyncio.timeout(patience):
            while True:
                try:
                    page = (await client.get("/api/audit/events?limit=1")).json()
                    if page.get("recordedThrough", 0) >= upto:
                        break
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        return (await client.get("/api/audit/verify", timeout=30)).json()


async def _recorded(program, **asked) -> list[dict]:
    """Return every record, page by page, oldest first."""
    records, cursor = [], None
    async with httpx.AsyncClient(base_url=program.url, headers=ANYBODY) as client:
        while True:
            given = {"limit": 1000, "order": "asc", **asked}
            answer = await client.get(
                "/api/audit/events", params=given if cursor is None else {**given, "cursor": cursor}
            )
            page = answer.raise_for_status().json()
            records += page["items"]
            cursor = page["next"]
            if cursor is None:
                return records


async def test_five_thousand_events_are_recorded_in_their_order_once(broker, program, make):
    await broker.make_stream()
    await program.start()
    facts = [make.requested(n) for n in range(5000)]
    await broker.publish(*facts)
    verified = await _verified(program, 5000)
    assert verified == {
        "ok": True,
        "complete": True,
        "records": 5000,
        "firstSequence": 1,
        "lastSequence": 5000,
        "streamLastSequence": 5000,
        "gaps": [],
        "firstBad": None,
    }
    records = await _recorded(program)
    assert [each["envelope"]["id"] for each in records] == [fact.envelope.id for fact in facts]
    assert records[17]["data"]["order"]["prompt"] == "do 17"


async def test_killed_again_and_again_it_loses_none_and_repeats_none(broker, program, make):
    await broker.make_stream()
    facts = [make.requested(n) for n in range(6000)]
    publishing = asyncio.create_task(broker.publish(*facts))
    for records in (1, 1000, 2000, 3500):
        await program.start()
        await _verified(program, records)
        await program.kill()
    await publishing
    await program.start()
    assert (await _verified(program, 6000))["ok"] is True
    ids = [each["envelope"]["id"] for each in await _recorded(program)]
    assert ids == [fact.envelope.id for fact in facts]


async def test_nats_may_be_killed_and_come_back(broker, program, make):
    await broker.make_stream()
    await program.start()
    await broker.publish(*(make.requested(n) for n in range(100)))
    await _verified(program, 100)
    await broker.kill()
    await broker.start()
    await broker.publish(*(make.requested(n) for n in range(100, 200)))
    assert (await _verified(program, 200))["ok"] is True


async def test_what_another_reader_holds_is_recorded_without_waiting_for_it(broker, program, make):
    await broker.make_stream()
    await broker.publish(*(make.requested(n) for n in range(20)))
    async with broker.connect(Source.AUDIT) as thief:
        jetstream = thief.jetstream()
        held = await jetstream.pull_subscribe_bind("audit-trail", "AMBIENT")
        assert len(await held.fetch(10)) == 10
        await program.start()
        verified = await _verified(program, 20, patience=15)
    assert (verified["ok"], verified["records"]) == (True, 20)


async def test_a_message_that_the_stream_lost_is_a_gap(broker, program, make):
    await broker.make_stream(deletable=True)
    await broker.publish(*(make.requested(n) for n in range(10)))
    await broker.delete(4, 5, 8)
    await program.start()
    verified = await _verified(program, 10)
    assert verified["gaps"] == [{"first": 4, "last": 5}, {"first": 8, "last": 8}]
    assert (verified["ok"], verified["complete"]) == (True, False)
    records = await _recorded(program, project="apollo")
    assert [each["sequence"] for each in records if each["kind"] == "gap"] == [4, 5, 8]


@pytest.mark.parametrize("before", [True, False], ids=["found at start", "delivered"])
async def test_poison_is_recorded_as_it_came(broker, program, make, before):
    """A header `Status` would make a client drop the message as one of the server's own."""
    await broker.make_stream()
    if not before:
        await program.start()
        await broker.publish(make.requested(0))
        await _verified(program, 1)
    sent = [
        await broker.publish_raw("ambient.apollo.gateway.session.requested", data, headers)
        for data, headers in (
            (b"\xff\x00{", HIDDEN),
            (b"", {}),
            (b"[" * 100_000, {"ce-id": "deep"}),
            (b"x" * 1_000_000, {"ce-id": "large"}),
            (b'{"actor": NaN}', {"X": "é", "Description": "Consumer Deleted", "Status": "409"}),
        )
    ]
    if before:
        await program.start()
    verified = await _verified(program, sent[-1])
    assert (verified["ok"], verified["records"]) == (True, sent[-1])
    records = (await _recorded(program))[-5:]
    assert {each["kind"] for each in records} == {"unreadable"}
    assert records[0]["headers"] == HIDDEN
    assert records[0]["raw"] == "/wB7"
    assert records[4]["headers"]["X"] == "é"


async def test_what_is_no_text_at_all_does_not_deafen_it(broker, program, make):
    """The server checks no encoding; a client that decodes strictly would hear nothing any more."""
    await broker.make_stream()
    await program.start()
    await broker.publish(make.requested(1))
    await _verified(program, 1)
    await broker.send(
        b"PUB ambient.apollo.gateway.session.\xff\xfe 2\r\n{}\r\n",
        b"HPUB ambient.apollo.gateway.a.b 22 24\r\nNATS/1.0\r\nX\xff: \xff\xfe\x00a\r\n\r\n{}\r\n",
        b"HPUB ambient.apollo.gateway.a.b 16 18\r\nNATS/1.0 \xff\xff\xff\r\n\r\n{}\r\n",
    )
    await broker.publish(make.requested(2))
    assert (await _verified(program, 5, patience=20))["ok"] is True
    kinds = [each["kind"] for each in await _recorded(program)]
    assert kinds == ["event", "unreadable", "unreadable", "unreadable", "event"]


async def test_an_empty_store_is_filled_again_from_the_stream(broker, program, make):
    await broker.make_stream()
    await broker.publish(*(make.requested(n) for n in range(300)))
    await program.start()
    before = [each["leafSha256"] for each in await _after(program, 300)]
    await program.kill()
    for file in program.folder.glob("audit.db*"):
        file.unlink()
    await program.start()
    assert [each["leafSha256"] for each in await _after(program, 300)] == before


async def _after(program, upto: int) -> list[dict]:
    assert (await _verified(program, upto))["ok"] is True
    return await _recorded(program)


async def test_pages_lose_nothing_while_events_arrive(broker, program, make):
    await broker.make_stream()
    await broker.publish(*(make.requested(n) for n in range(500)))
    await program.start()
    await _verified(program, 500)
    arriving = asyncio.create_task(broker.publish(*(make.requested(n) for n in range(500, 3000))))
    newest_first = await _recorded(program, order="desc", limit=13)
    oldest_first = await _recorded(program, order="asc", limit=97)
    await arriving
    for records in (newest_first[::-1], oldest_first):
        sequences = [each["sequence"] for each in records]
        assert sequences == list(range(1, len(sequences) + 1))
        assert len(sequences) >= 500


async def test_a_live_stream_that_is_resumed_loses_nothing(broker, program, make):
    await broker.make_stream()
    await program.start()
    await broker.publish(make.requested(0, project="gemini"))
    await _verified(program, 1)
    wanted = [n for n in range(1, 2000) if n % 3]
    facts = [make.requested(n, project="apollo" if n % 3 else "gemini") for n in range(1, 2000)]
    arriving = asyncio.create_task(broker.publish(*facts))
    seen: list[dict] = []
    kills = [300, 900]
    last = "1"
    while len(seen) < len(wanted):
        async with asyncio.timeout(30):
            for identity, event in await _listen(program, last, 211):
                last = identity
                seen.append(event)
        if kills and len(seen) > kills[0]:
            kills.pop(0)
            await program.kill()
            await program.start()
    await arriving
    assert [each["data"]["order"]["prompt"] for each in seen] == [f"do {n}" for n in wanted]


async def _listen(program, last: str, at_most: int) -> list[tuple[str, dict]]:
    """Follow apollo's records for a while, as a browser would."""
    heard: list[tuple[str, dict]] = []
    headers = {**ANYBODY, "Last-Event-ID": last}
    try:
        async with (
            httpx.AsyncClient(timeout=5) as client,
            client.stream(
                "GET", f"{program.url}/api/audit/stream?project=apollo", headers=headers
            ) as answer,
        ):
            if answer.status_code != 200:
                return heard
            identity = ""
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    identity = value
                elif name == "data":
                    heard.append((identity, json.loads(value)))
                elif line.startswith(":") and heard:
                    return heard
                if len(heard) == at_most:
                    return heard
    except httpx.TransportError:
        await asyncio.sleep(0.05)
    return heard


async def test_it_stops_on_sigterm_though_somebody_follows(broker, program, make):
    await broker.make_stream()
    await program.start()
    await broker.publish(make.requested(1))
    await _verified(program, 1)
    async with (
        httpx.AsyncClient(headers=ANYBODY) as client,
        client.stream("GET", f"{program.url}/api/audit/stream?after=0") as answer,
    ):
        lines = answer.aiter_lines()
        while await anext(lines) != "event: record":
            pass
        program.process.terminate()
        async with asyncio.timeout(20):
            assert await program.process.wait() == 0


async def test_it_is_not_ready_without_nats_or_without_its_store(broker, program, make):
    await program.start()
    async with httpx.AsyncClient(base_url=program.url, headers=ANYBODY) as client:
        await _until(client, "/readyz", 503)
        await broker.make_stream()
        await _until(client, "/readyz", 200)
        await broker.publish(make.requested(1))
        await _verified(program, 1)
        metrics = (await client.get("/metrics")).text
        assert 'audit_records_total{kind="event"} 1.0' in metrics
        assert "audit_lag_records 0.0" in metrics
        assert "audit_last_commit_timestamp_seconds" in metrics


async def _until(client: httpx.AsyncClient, path: str, status: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                if (await client.get(path)).status_code == status:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
