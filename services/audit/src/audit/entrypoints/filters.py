"""The query parameters that say which records are meant."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query

from ambient_chassis.problems import Problem
from ambient_contracts.events import Outcome
from audit.domain.query import Filters
from audit.domain.reading import microseconds

Text = Annotated[str | None, Query(max_length=512)]
_TYPE_PREFIX = "dev.ambient."


def filters(
    project: Annotated[
        str | None, Query(description="A project's name, or `_`: of no project.", max_length=64)
    ] = None,
    source: Annotated[str | None, Query(description="Who published.", max_length=64)] = None,
    type: Annotated[  # noqa: A002 - the CloudEvents word
        str | None, Query(description="As `session.requested`.", max_length=128)
    ] = None,
    entity: Text = None,
    verb: Text = None,
    actor: Annotated[str | None, Query(description="The actor's id.", max_length=512)] = None,
    object: Annotated[  # noqa: A002 - the events' word
        str | None, Query(description="A name, or `Kind/name`.", max_length=512)
    ] = None,
    outcome: Outcome | None = None,
    session: Text = None,
    correlation: Annotated[
        str | None, Query(description="The id of a chain's first event.", max_length=512)
    ] = None,
    since: Annotated[datetime | None, Query(description="Stored then or later.")] = None,
    until: Annotated[datetime | None, Query(description="Stored before then.")] = None,
) -> Filters:
    """Read the filters of a request.

    Raises:
        Problem: 422, if two of them contradict each other.
    """
    type_entity, type_verb = _split_type(type)
    kind, _, name = (object or "").rpartition("/")
    return Filters(
        project=project,
        source=source,
        entity=_one("entity", entity, type_entity),
        verb=_one("verb", verb, type_verb),
        actor_id=actor,
        object_kind=kind or None,
        object_name=name or None,
        outcome=outcome,
        session=session,
        correlation_id=correlation,
        since=None if since is None else microseconds(since),
        until=None if until is None else microseconds(until),
    )


def _split_type(text: str | None) -> tuple[str | None, str | None]:
    if text is None:
        return None, None
    entity, dot, verb = text.removeprefix(_TYPE_PREFIX).partition(".")
    if not (entity and dot and verb):
        raise Problem(422, "`type` is an entity and a verb, as `session.requested`.")
    return entity, verb


def _one(name: str, plain: str | None, from_type: str | None) -> str | None:
    if plain is not None and from_type is not None and plain != from_type:
        raise Problem(422, f"`{name}` and `type` contradict each other; give one of them.")
    return plain or from_type


FiltersGiven = Annotated[Filters, Depends(filters)]
