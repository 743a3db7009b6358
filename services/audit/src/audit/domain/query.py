"""What one asks of the trail: filters, an order, and a cursor that loses nothing.

A cursor is the sequence where the last page ended. Records are only ever added behind the highest
sequence, so pages neither skip nor repeat one, however many arrive in between.
"""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from ambient_contracts.subjects import NO_PROJECT
from audit.domain.record import Kind, Record

LIMIT_MAX: Final = 1000
PAGE_BYTES: Final = 8 * 1024**2
"""A page ends early once it holds so many bytes; it always holds one record."""


class InvalidCursorError(ValueError):
    """A cursor that this query did not give."""


class Order(StrEnum):
    """Oldest first, or newest first."""

    ASCENDING = "asc"
    DESCENDING = "desc"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which records are meant; None means any."""

    project: str | None = None
    """`_` means the facts that belong to no project."""
    source: str | None = None
    entity: str | None = None
    verb: str | None = None
    actor_id: str | None = None
    object_kind: str | None = None
    object_name: str | None = None
    outcome: str | None = None
    session: str | None = None
    correlation_id: str | None = None
    since: int | None = None
    """Stored at this time or later."""
    until: int | None = None
    """Stored before this time."""

    def equalities(self) -> dict[str, str]:
        """Return the facts, beside the project, that must be just so."""
        bounds = ("project", "since", "until")
        return {
            name: value
            for name, value in asdict(self).items()
            if name not in bounds and value is not None
        }

    def shows_gaps(self) -> bool:
        """Whether gaps are meant too.

        Nobody knows what a missing message said: it may have been any project's, so a project's
        reader sees it. A query for certain events asks for no gap.
        """
        return not self.equalities()

    def match(self, record: Record) -> bool:
        """Whether a record is meant."""
        if self.since is not None and record.stored_at < self.since:
            return False
        if self.until is not None and record.stored_at >= self.until:
            return False
        if record.kind is Kind.GAP:
            return self.shows_gaps()
        if self.project is not None and (record.facts.project or NO_PROJECT) != self.project:
            return False
        return all(
            getattr(record.facts, name) == value for name, value in self.equalities().items()
        )


@dataclass(frozen=True, slots=True)
class Query:
    """One page."""

    filters: Filters
    order: Order = Order.DESCENDING
    after: int | None = None
    """The sequence where the page before ended; None at the beginning."""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Page:
    """What the store had."""

    records: tuple[Record, ...]
    more: bool
    """Whether the query would have given more."""
    head: int
    """The highest sequence recorded when it was read; 0 when there was none."""


def cursor_after(query: Query, page: Page) -> str | None:
    """Return the cursor of the page that follows, or None where there is none."""
    if not page.more:
        return None
    token = {"s": page.records[-1].sequence, "q": _fingerprint(query.filters, query.order)}
    return base64.urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")


def sequence_of(cursor: str, filters: Filters, order: Order) -> int:
    """Return where a cursor stands.

    Raises:
        InvalidCursorError: If it is none, or was given for other filters or another order.
    """
    try:
        token = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        sequence, fingerprint = int(token["s"]), str(token["q"])
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidCursorError("the cursor cannot be read; start again without it") from error
    if fingerprint != _fingerprint(filters, order):
        raise InvalidCursorError("the cursor belongs to other filters or another order")
    return sequence


def _fingerprint(filters: Filters, order: Order) -> str:
    return sha256(json.dumps([asdict(filters), order]).encode()).hexdigest()[:16]
