"""The tables. One row for each sequence; only ever added to."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

VERSION: Final = 1

metadata: Final = MetaData()
_BIG: Final = BigInteger().with_variant(Integer(), "sqlite")

records: Final = Table(
    "records",
    metadata,
    Column("sequence", _BIG, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("stored_at", _BIG, nullable=False, comment="Microseconds since 1970, UTC."),
    Column("subject", Text),
    Column("headers", Text, comment="The headers as they came, as a JSON object."),
    Column("payload", LargeBinary, comment="The payload as it came."),
    Column("payload_sha256", String(64)),
    Column("reason", Text, comment="Why it is unreadable, or a gap."),
    Column("project", Text),
    Column("source", Text),
    Column("entity", Text),
    Column("verb", Text),
    Column("actor_kind", Text),
    Column("actor_id", Text),
    Column("object_kind", Text),
    Column("object_name", Text),
    Column("outcome", Text),
    Column("session", Text),
    Column("event_id", Text),
    Column("event_time", _BIG),
    Column("correlation_id", Text),
    Column("causation_id", Text),
    Column("trace_id", Text),
    Column("leaf_sha256", String(64), nullable=False),
)
GAP: Final = text("kind = 'gap'")
"""Spelled out, not bound, so that the partial index serves it."""

Index("records_by_project", records.c.project, records.c.sequence)
Index("records_by_type", records.c.entity, records.c.verb, records.c.sequence)
Index("records_by_actor", records.c.actor_id, records.c.sequence)
Index("records_by_object", records.c.object_name, records.c.sequence)
Index("records_by_session", records.c.session, records.c.sequence)
Index("records_by_correlation", records.c.correlation_id, records.c.sequence)
Index("records_by_time", records.c.stored_at)
Index("records_gaps", records.c.sequence, sqlite_where=GAP, postgresql_where=GAP)

schema_version: Final = Table(
    "schema_version",
    metadata,
    Column("only", SmallInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)

recorded_stream: Final = Table(
    "recorded_stream",
    metadata,
    Column("only", SmallInteger, primary_key=True, autoincrement=False),
    Column("identity", Text, nullable=False),
)
