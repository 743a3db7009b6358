"""A bare connection to NATS that says at once whether the server refused something.

A client library may send a ping ahead of what waits to be published, so that its answer proves
nothing; here the order on the wire is the order in the code.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import urlsplit


class Identity:
    """A connection under a name and a password."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def of(cls, url: str, user: str, password: str) -> AsyncIterator[Self]:
        """Connect until the end of the block.

        Raises:
            PermissionError: If the server does not let them in.
        """
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            identity = cls(reader, writer)
            options = {"user": user, "pass": password, "verbose": False, "lang": "test"}
            if await identity._refused(f"CONNECT {json.dumps(options)}"):
                raise PermissionError(f"NATS does not let {user} in")
            yield identity
        finally:
            writer.close()
            await writer.wait_closed()

    async def may_publish(self, subject: str) -> bool:
        """Publish two bytes, and say whether the server took them."""
        return not await self._refused(f"PUB {subject} 2", "{}")

    async def may_subscribe(self, subject: str) -> bool:
        """Subscribe, and say whether the server took it; then unsubscribe."""
        return not await self._refused(f"SUB {subject} 1", "UNSUB 1")

    async def _refused(self, *lines: str) -> bool:
        self._writer.write("".join(f"{line}\r\n" for line in (*lines, "PING")).encode())
        refused = False
        while True:
            line = await self._reader.readline()
            if line == b"PONG\r\n":
                return refused
            if not line:  # the server hangs up on whoever it does not know
                return True
            refused = refused or line.startswith(b"-ERR")
