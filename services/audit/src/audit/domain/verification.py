"""Check the trail: every record is what was sealed, and no sequence is missing.

This finds what was changed or removed by accident or by somebody who did not seal it anew. That a
whole trail was not rewritten is for a tree with signed heads to prove; see `leaf`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from audit.domain.leaf import is_intact
from audit.domain.record import Kind, Record


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that is not as it should be."""

    sequence: int
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Sequences, both ends included, that the stream no longer had."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Verification:
    """How a check ended."""

    records: int
    first_sequence: int | None
    last_sequence: int | None
    stream_last_sequence: int
    gaps: tuple[Gap, ...]
    first_bad: Bad | None


class Check:
    """Takes the records in the order of their sequences."""

    def __init__(self) -> None:
        self.last = 0
        self._first: int | None = None
        self._records = 0
        self._gaps: list[Gap] = []
        self._bad: Bad | None = None

    def take(self, records: Iterable[Record]) -> None:
        """Check the records that follow."""
        for record in records:
            self._take(record)

    def finish(self, stream_last: int) -> Verification:
        """Return the result, when there are no more records up to the stream's last sequence."""
        if self.last < stream_last:
            self._found(self.last + 1, f"not recorded, though the stream goes to {stream_last}")
        return Verification(
            records=self._records,
            first_sequence=self._first,
            last_sequence=self.last or None,
            stream_last_sequence=stream_last,
            gaps=tuple(self._gaps),
            first_bad=self._bad,
        )

    def _take(self, record: Record) -> None:
        expected = self.last + 1
        if record.sequence != expected:
            self._found(expected, f"missing: the next record is {record.sequence}")
        if not is_intact(record):
            self._found(record.sequence, "its content is not what its hash says")
        if record.kind is Kind.GAP:
            self._add_gap(record.sequence)
        self._first = record.sequence if self._first is None else self._first
        self._records += 1
        self.last = record.sequence

    def _add_gap(self, sequence: int) -> None:
        if self._gaps and self._gaps[-1].last == sequence - 1:
            self._gaps[-1] = Gap(self._gaps[-1].first, sequence)
        else:
            self._gaps.append(Gap(sequence, sequence))

    def _found(self, sequence: int, reason: str) -> None:
        if self._bad is None:
            self._bad = Bad(sequence, reason)
