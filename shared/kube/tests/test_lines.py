"""Lines are the same however the stream is cut into chunks."""

import asyncio
from collections.abc import AsyncGenerator

from hypothesis import given
from hypothesis import strategies as st

from ambient_kube.lines import lines

CHUNKS = st.lists(st.binary(max_size=5).map(lambda text: text.replace(b"x", b"\n")), max_size=8)


async def _chunks(chunks: list[bytes]) -> AsyncGenerator[bytes]:
    for chunk in chunks:
        yield chunk


def _read(chunks: list[bytes], longest: int | None = None) -> list[bytes]:
    async def read() -> list[bytes]:
        return [line async for line in lines(_chunks(chunks), longest)]

    return asyncio.run(read())


@given(CHUNKS)
def test_lines_do_not_depend_on_chunks(chunks: list[bytes]) -> None:
    *whole, rest = b"".join(chunks).split(b"\n")
    assert _read(chunks) == whole + ([rest] if rest else [])


@given(CHUNKS, st.integers(1, 4))
def test_pieces_of_lines_are_bounded_and_lose_nothing(chunks: list[bytes], longest: int) -> None:
    pieces = _read(chunks, longest)
    assert all(len(piece) <= longest for piece in pieces)
    assert b"".join(pieces) == b"".join(chunks).replace(b"\n", b"")
