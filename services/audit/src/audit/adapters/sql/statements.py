"""The queries, in SQL that both databases speak."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union_all

from ambient_contracts.subjects import NO_PROJECT
from audit.adapters.sql.schema import GAP, records
from audit.domain.query import Filters, Order, Query
from audit.domain.record import Kind

Selection = Select[Any] | CompoundSelect[Any]


def page(query: Query, limit: int) -> Selection:
    """Select what a query means, in its order.

    Gaps belong to every project, so they are a second selection with its own index: an OR would
    make the database sort a whole project for each page.
    """
    if query.filters.project is None:
        return _ordered(
            select(records).where(*_bounds(query), *_facts(query.filters)), query, limit
        )
    events = select(records).where(*_bounds(query), *_facts(query.filters))
    if not query.filters.shows_gaps():
        return _ordered(events, query, limit)
    gaps = select(records).where(*_bounds(query), GAP)
    both = union_all(
        *(select(_ordered(each, query, limit).subquery()) for each in (events, gaps))
    ).subquery()
    key = both.c.sequence
    return (
        select(both)
        .order_by(key.asc() if query.order is Order.ASCENDING else key.desc())
        .limit(limit)
    )


def _ordered(selection: Select[Any], query: Query, limit: int) -> Select[Any]:
    key = records.c.sequence
    return selection.order_by(key.asc() if query.order is Order.ASCENDING else key.desc()).limit(
        limit
    )


def _bounds(query: Query) -> Sequence[ColumnElement[bool]]:
    bounds = []
    if query.after is not None:
        key = records.c.sequence
        ascending = query.order is Order.ASCENDING
        bounds.append(key > query.after if ascending else key < query.after)
    if query.filters.since is not None:
        bounds.append(records.c.stored_at >= query.filters.since)
    if query.filters.until is not None:
        bounds.append(records.c.stored_at < query.filters.until)
    return bounds


def _facts(filters: Filters) -> Sequence[ColumnElement[bool]]:
    facts = [records.c[name] == value for name, value in filters.equalities().items()]
    if filters.project is None:
        return facts
    if filters.project == NO_PROJECT:
        return [*facts, records.c.project.is_(None), records.c.kind != Kind.GAP]
    return [*facts, records.c.project == filters.project]
