"""The store: records in, records out, each error told as what happens next."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.adapters.sql.engine import engine_of
from audit.adapters.sql.rows import record_of, row_of
from audit.adapters.sql.schema import VERSION, metadata, recorded_stream, records, schema_version
from audit.adapters.sql.statements import page
from audit.domain.query import PAGE_BYTES, Page, Query
from audit.domain.record import Record
from audit.ports import StoreConflictError, StoreUnavailableError

FETCH: Final = 50
"""Rows that are read at a time, so that a page of large payloads ends before it is large."""


class SqlStore:
    """Keeps records in SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._prepared = False

    @classmethod
    def at(cls, database_url: str) -> "SqlStore":
        """Return the store that a URL names; nothing connects before it is used."""
        return cls(engine_of(database_url))

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()

    async def prepare(self) -> None:
        """Make the tables where there are none, and see that they are of this version."""
        if self._prepared:
            return
        async with self._begin() as connection:
            await connection.run_sync(metadata.create_all)
            version = await connection.scalar(select(schema_version.c.version))
            if version is None:
                await connection.execute(insert(schema_version).values(only=1, version=VERSION))
            elif version != VERSION:
                raise StoreUnavailableError(
                    f"the store's tables are of version {version}, and this program's of {VERSION}"
                )
        self._prepared = True

    async def ready(self) -> None:
        """Return when the database answers."""
        async with self._begin() as connection:
            await connection.scalar(select(schema_version.c.version))

    async def last(self) -> Record | None:
        """Return the record of the highest sequence."""
        newest = select(records).order_by(records.c.sequence.desc()).limit(1)
        async with self._begin() as connection:
            row = (await connection.execute(newest)).mappings().first()
        return record_of(row) if row is not None else None

    async def append(self, fresh: Sequence[Record]) -> None:
        """Keep records, all or none."""
        async with self._begin() as connection:
            try:
                await connection.execute(insert(records), [row_of(record) for record in fresh])
            except IntegrityError as error:
                raise StoreConflictError(
                    f"sequence {fresh[0].sequence} or one after it is recorded already: "
                    "does a second audit service write to this store?"
                ) from error

    async def find(self, query: Query) -> Page:
        """Return one page; it ends early where it would be large."""
        found: list[Record] = []
        more = False
        size = 0
        async with self._begin() as connection:
            head = await self._head(connection)
            rows = await connection.stream(
                page(query, query.limit + 1), execution_options={"yield_per": FETCH}
            )
            async for row in rows.mappings():
                record = record_of(row)
                size += record.size
                if len(found) == query.limit or (found and size > PAGE_BYTES):
                    more = True
                    break
                found.append(record)
            await rows.close()
        return Page(tuple(found), more, head)

    async def scan(self, after: int, limit: int) -> Sequence[Record]:
        """Return the records behind a sequence, oldest first."""
        selection = (
            select(records)
            .where(records.c.sequence > after)
            .order_by(records.c.sequence)
            .limit(limit)
        )
        async with self._begin() as connection:
            return [record_of(row) for row in (await connection.execute(selection)).mappings()]

    async def stream_identity(self) -> str | None:
        """Return which stream is recorded."""
        async with self._begin() as connection:
            return await connection.scalar(select(recorded_stream.c.identity))

    async def set_stream_identity(self, identity: str) -> None:
        """Keep which stream is recorded."""
        async with self._begin() as connection:
            await connection.execute(insert(recorded_stream).values(only=1, identity=identity))

    async def _head(self, connection: AsyncConnection) -> int:
        newest = select(records.c.sequence).order_by(records.c.sequence.desc()).limit(1)
        return await connection.scalar(newest) or 0

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            # It may come back as another database, without tables.
            self._prepared = False
            reason = str(getattr(error, "orig", None) or error) or type(error).__name__
            raise StoreUnavailableError(f"the audit store does not answer: {reason}") from error
