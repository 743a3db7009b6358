"""A page's text, cut into its sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LENGTH_MAX: Final = 1000
"""Characters: what is longer is cut, so that a page without full stops is no single sentence."""
_END: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[^\s\d.,;a-z])|[。！？]+")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, word for word, and where it starts in the text."""

    text: str
    position: int


def sentences(text: str) -> Iterator[Sentence]:
    """Cut a text into sentences; the end of a line is always the end of one."""
    start = 0
    for line in text.splitlines(keepends=True):
        cut = 0
        for match in _END.finditer(line):
            yield from _pieces(line[cut : match.end()], start + cut)
            cut = match.end()
        yield from _pieces(line[cut:], start + cut)
        start += len(line)


def _pieces(raw: str, position: int) -> Iterator[Sentence]:
    for offset in range(0, len(raw), LENGTH_MAX):
        piece = raw[offset : offset + LENGTH_MAX]
        bare = piece.strip()
        if bare:
            yield Sentence(bare, position + offset + piece.index(bare[0]))
