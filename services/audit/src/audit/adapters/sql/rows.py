"""Records as rows, and back."""

from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import RowMapping

from audit.domain.record import Facts, Kind, Record

_FACTS: Final = tuple(each.name for each in fields(Facts))
_RECORD: Final = tuple(
    each.name for each in fields(Record) if each.name not in {"kind", "facts", "payload"}
)


def row_of(record: Record) -> dict[str, Any]:
    """Return the row that keeps a record."""
    row = asdict(record)
    return {**row, **row.pop("facts")}


def record_of(row: RowMapping) -> Record:
    """Return the record that a row keeps."""
    payload = row["payload"]
    return Record(
        kind=Kind(row["kind"]),
        payload=None if payload is None else bytes(payload),
        facts=Facts(**{name: row[name] for name in _FACTS}),
        **{name: row[name] for name in _RECORD},
    )
