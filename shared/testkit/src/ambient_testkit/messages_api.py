"""A server that speaks Anthropic's Messages API, and plays what a test needs a model to do.

The real SDK talks to it: streamed by server-sent events or not, with either header of
authentication. It has no model. A *play* says what to answer to each call, and every call is kept,
so that a test can say what was sent and what never was. Run it alone for a platform without a key:
`python -m ambient_testkit.messages_api --port 8099`.

https://docs.claude.com/en/api/messages and .../messages-streaming
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web

from ambient_testkit.messages_plays import (
    Call,
    Cut,
    Fail,
    Hang,
    Play,
    ReadAndQuote,
    Reply,
    UseTool,
)

_KINDS: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass
class MessagesApi:
    """The server, running while the `async with` block does."""

    play: Play = field(default_factory=ReadAndQuote)
    key: str | None = None
    """The only key that is taken; any where None."""
    host: str = "127.0.0.1"
    port: int = 0
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._arrived = asyncio.Condition()
        self._ended = asyncio.Event()

    @property
    def url(self) -> str:
        """Return what ANTHROPIC_BASE_URL is set to."""
        return f"http://{self.host}:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_post("/v1/messages", self._messages)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def called(self, times: int = 1) -> None:
        """Wait until so many calls have come."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.calls) >= times)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        key = request.headers.get("x-api-key") or request.headers.get(
            "authorization", ""
        ).removeprefix("Bearer ")
        if not key or (self.key is not None and key != self.key):
            return _error(Fail(401, "invalid x-api-key"))
        async with self._arrived:
            call = Call(len(self.calls) + 1, dict(request.headers), await request.json())
            self.calls.append(call)
            self._arrived.notify_all()
        return await self._act(request, call, self.play(call))

    async def _act(self, request: web.Request, call: Call, reply: Reply) -> web.StreamResponse:
        if isinstance(reply, Fail):
            return _error(reply)
        if isinstance(reply, Hang):
            await self._ended.wait()
            return _error(Fail(500, "the play is over"))
        cut = isinstance(reply, Cut)
        message = _message(call, reply.then if isinstance(reply, Cut) else reply)
        if call.body.get("stream"):
            return await _stream(request, message, cut=cut)
        body = json.dumps(message).encode()
        return await _whole(request, body, cut=cut)


def _message(call: Call, reply: str | UseTool) -> dict[str, Any]:
    if isinstance(reply, UseTool):
        content = {
            "type": "tool_use",
            "id": f"toolu_{call.number:04}",
            "name": reply.name,
            "input": dict(reply.arguments),
        }
    else:
        content = {"type": "text", "text": reply}
    return {
        "id": f"msg_{call.number:04}",
        "type": "message",
        "role": "assistant",
        "model": call.body["model"],
        "content": [content],
        "stop_reason": "tool_use" if isinstance(reply, UseTool) else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": len(json.dumps(call.body)) // 4,
            "output_tokens": len(json.dumps(content)) // 4,
        },
    }


async def _whole(request: web.Request, body: bytes, *, cut: bool) -> web.StreamResponse:
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    await response.write(body[: len(body) // 2] if cut else body)
    if cut and request.transport is not None:
        request.transport.close()
    return response


async def _stream(
    request: web.Request, message: Mapping[str, Any], *, cut: bool
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    events = list(_events(message))
    for event in events[: len(events) // 2] if cut else events:
        data = json.dumps(event)
        await response.write(f"event: {event['type']}\ndata: {data}\n\n".encode())
    if cut and request.transport is not None:
        request.transport.close()
    return response


def _events(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    usage = message["usage"]
    start = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    yield {"type": "message_start", "message": start}
    yield {"type": "ping"}
    for index, block in enumerate(message["content"]):
        yield from _block_events(index, block)
    delta = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {
        "type": "message_delta",
        "delta": delta,
        "usage": {"output_tokens": usage["output_tokens"]},
    }
    yield {"type": "message_stop"}


def _block_events(index: int, block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    empty: dict[str, Any]
    if block["type"] == "text":
        empty, kind, name, whole = {"text": ""}, "text_delta", "text", block["text"]
    else:
        empty, kind, name = {"input": {}}, "input_json_delta", "partial_json"
        whole = json.dumps(block["input"])
    yield {"type": "content_block_start", "index": index, "content_block": {**block, **empty}}
    half = len(whole) // 2
    for piece in (whole[:half], whole[half:]):
        delta = {"type": kind, name: piece}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _error(fail: Fail) -> web.Response:
    headers = {"request-id": "req_played"}
    if fail.retry_after is not None:
        headers["retry-after"] = f"{fail.retry_after:g}"
    error = {"type": _KINDS.get(fail.status, "api_error"), "message": fail.message}
    return web.json_response(
        {"type": "error", "error": error, "request_id": "req_played"},
        status=fail.status,
        headers=headers,
    )


async def _serve(host: str, port: int) -> None:
    async with MessagesApi(host=host, port=port) as api:
        print(f"ANTHROPIC_BASE_URL={api.url}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A Messages API without a model.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8099)
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.host, arguments.port))


if __name__ == "__main__":
    main()
