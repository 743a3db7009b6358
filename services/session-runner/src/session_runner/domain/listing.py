"""A page of a project's sessions, the newest first.

The API server orders by name and its own pages follow that order; people ask for what is new. A
project's quota bounds how many there are. A mark names the last session of a page, so that sessions
that come or go in the meantime neither repeat nor hide others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ambient_contracts.resources import AgenticSession, Phase

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_Place = tuple[datetime, str]


class BadMarkError(ValueError):
    """A mark that no page has given."""


@dataclass(frozen=True)
class Page:
    """Some of a project's sessions."""

    sessions: tuple[AgenticSession, ...]
    next: str | None
    """The mark of the page after this; None if there is none."""


def page_of(sessions: Iterable[AgenticSession], phase: Phase | None, limit: int, mark: str) -> Page:
    """Return at most `limit` sessions after a mark, which is empty for the first page.

    Raises:
        BadMarkError: If the mark is none.
    """
    wanted = [each for each in sessions if phase in {None, _phase(each)}]
    if mark:
        last = _place_of(mark)
        wanted = [each for each in wanted if _place(each) < last]
    ordered = sorted(wanted, key=_place, reverse=True)
    more = len(ordered) > limit
    shown = tuple(ordered[:limit])
    return Page(shown, _mark(shown[-1]) if more else None)


def _phase(session: AgenticSession) -> Phase:
    return session.status.phase if session.status else Phase.PENDING


def _place(session: AgenticSession) -> _Place:
    return (session.metadata.creation_timestamp or _LONG_AGO, session.metadata.name)


def _mark(session: AgenticSession) -> str:
    created, name = _place(session)
    return f"{int(created.timestamp())}.{name}"


def _place_of(mark: str) -> _Place:
    seconds, _, name = mark.partition(".")
    try:
        return (datetime.fromtimestamp(int(seconds), UTC), name)
    except (ValueError, OverflowError, OSError) as error:
        raise BadMarkError(f"{mark!r} is not what a page gave as `continue`") from error
