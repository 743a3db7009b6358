"""Records as server-sent events: `id` is the sequence, so a client that comes back loses nothing.

`record` carries one record; `gap` the first and last of sequences that the stream no longer had; a
comment says that the line lives. The stream ends when the store fails or the caller's right does;
the client comes back with `Last-Event-ID` and is told why, or goes on.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

import structlog

from ambient_chassis.problems import Problem
from ambient_kube import KubeError
from audit.domain.query import Filters
from audit.domain.record import Kind, Record
from audit.entrypoints.answers import GapAnswer, RecordAnswer
from audit.handlers.follow_records import FollowRecords
from audit.ports import StoreUnavailableError

RETRY_MILLISECONDS: Final = 2000
HEARTBEAT: Final = b": the stream lives\n\n"
_log = structlog.get_logger()
StillAllowed = Callable[[], Awaitable[None]]


async def event_stream(
    follow: FollowRecords, filters: Filters, after: int, still_allowed: StillAllowed
) -> AsyncIterator[bytes]:
    """Give the stream's bytes.

    Args:
        follow: The handler.
        filters: Which records are meant.
        after: The sequence behind which the client goes on.
        still_allowed: Raises once the caller may no longer read; asked at each heartbeat and now
            and then between.
    """
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    try:
        async for step in follow(filters, after):
            await still_allowed()
            yield b"".join(_frames(step.records)) or HEARTBEAT
    except (StoreUnavailableError, Problem, KubeError) as error:
        _log.warning("stream_ended", reason=str(error))


def _frames(records: Sequence[Record]) -> list[bytes]:
    frames: list[bytes] = []
    missing: GapAnswer | None = None
    for record in records:
        if record.kind is Kind.GAP:
            if missing is not None and missing.last == record.sequence - 1:
                missing = GapAnswer(first=missing.first, last=record.sequence)
                frames.pop()
            else:
                missing = GapAnswer(first=record.sequence, last=record.sequence)
            frames.append(_frame(record.sequence, "gap", missing.model_dump_json(by_alias=True)))
        else:
            answer = RecordAnswer.of(record).model_dump_json(by_alias=True)
            frames.append(_frame(record.sequence, "record", answer))
    return frames


def _frame(sequence: int, event: str, data: str) -> bytes:
    return f"id: {sequence}\nevent: {event}\ndata: {data}\n\n".encode()
