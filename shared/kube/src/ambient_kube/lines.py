"""Lines out of a stream of bytes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing


async def lines(chunks: AsyncGenerator[bytes], longest: int | None = None) -> AsyncGenerator[bytes]:
    """Yield each line without its end; what follows the last end is a line if it is not empty.

    Args:
        chunks: The stream, closed with this generator.
        longest: Bytes beyond which a line comes in pieces; any length where None.
    """
    rest = b""
    async with aclosing(chunks):
        async for chunk in chunks:
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                for piece in _pieces(line, longest):
                    yield piece
            while longest is not None and len(rest) > longest:
                yield rest[:longest]
                rest = rest[longest:]
    if rest:
        yield rest


def _pieces(line: bytes, longest: int | None) -> list[bytes]:
    if longest is None or len(line) <= longest:
        return [line]
    return [line[start : start + longest] for start in range(0, len(line), longest)]
