"""Have a NATS client survive every message that the server lets through.

nats-py decodes a subject, and the words behind `NATS/1.0` in a header block, as strict UTF-8 within
its read loop. The server checks neither; one such message ends the loop, and the client is deaf
without a word. Who may publish anything could so silence whoever reads it.
"""

from collections.abc import Awaitable, Callable

from nats.aio.client import Client
from nats.aio.msg import Msg

Headers = dict[str, str] | None


def tolerate(client: Client) -> None:
    """Change how this one client reads what it cannot decode: with U+FFFD in its place."""
    read_headers: Callable[[bytes], Awaitable[Headers]] = client._process_headers

    async def process_headers(block: bytes) -> Headers:
        try:
            return await read_headers(block)
        except (ValueError, IndexError):
            return None

    def build_message(sid: int, subject: bytes, reply: bytes, data: bytes, headers: Headers) -> Msg:
        return client.msg_class(
            subject=subject.decode(errors="replace"),
            reply=reply.decode(errors="replace"),
            data=data,
            headers=headers,
            _client=client,
            _sid=sid,
        )

    client._process_headers = process_headers  # type: ignore[method-assign, assignment]
    client._build_message = build_message  # type: ignore[method-assign]
