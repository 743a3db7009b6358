"""Connect to the database that a URL names."""

from typing import Any, Final

from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

TIMEOUT: Final = 10
"""Seconds after which a database that does not answer counts as down."""
_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def engine_of(database_url: str) -> AsyncEngine:
    """Return an engine; nothing connects before it is used.

    Raises:
        ValueError: If the URL is for neither SQLite nor PostgreSQL.
    """
    url = make_url(database_url)
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.get_backend_name() == "postgresql":
        return create_async_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=TIMEOUT,
            connect_args={"timeout": TIMEOUT, "command_timeout": TIMEOUT * 3},
        )
    raise ValueError("the database URL begins with sqlite:// or postgresql://")


def _sqlite(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, pool_timeout=TIMEOUT, connect_args={"timeout": TIMEOUT})

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # A record that was acknowledged must outlive a power cut.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    return engine
