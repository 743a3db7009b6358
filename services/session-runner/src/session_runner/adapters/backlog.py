"""Which sessions of a project have not ended, and in which order they came.

Sessions of one second are ordered by name: the API server's times are no finer.
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Final

from ambient_contracts.resources import AgenticSession, Phase
from ambient_kube import Key

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
Turn = tuple[datetime, str]


class Backlog:
    """The sessions that have not ended, by namespace."""

    def __init__(self) -> None:
        self._open: dict[str | None, dict[str, AgenticSession]] = defaultdict(dict)

    def on_session(self, key: Key, session: AgenticSession | None) -> None:
        """Take note of a session as it is now, or that it is gone."""
        if session is not None and not ended(session):
            self._open[key.namespace][key.name] = session
            return
        self._open[key.namespace].pop(key.name, None)
        if not self._open[key.namespace]:
            del self._open[key.namespace]

    def before(self, session: AgenticSession) -> int:
        """Return how many open sessions of the same namespace came earlier."""
        own = _turn(session)
        others = self._open.get(session.metadata.namespace, {}).values()
        return sum(_turn(other) < own for other in others)

    def waiting(self, namespace: str | None, limit: int | None = None) -> list[Key]:
        """Return the sessions that wait for their project, those first whose turn is next."""
        queued = [
            session
            for session in self._open.get(namespace, {}).values()
            if session.status is not None and session.status.phase is Phase.QUEUED
        ]
        return [Key(namespace, each.metadata.name) for each in sorted(queued, key=_turn)[:limit]]


def ended(session: AgenticSession) -> bool:
    """Whether a session's end is recorded."""
    return session.status is not None and session.status.phase.final


def _turn(session: AgenticSession) -> Turn:
    return (session.metadata.creation_timestamp or _LONG_AGO, session.metadata.name)
