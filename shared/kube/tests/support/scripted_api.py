"""A server that speaks the Kubernetes API's lists, watches and writes, and fails as it is told."""

import asyncio
import contextlib
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from ambient_kube import Kube, Manifest

_PATH = re.compile(
    r"/(?:api/v1|apis/[^/]+/[^/]+)(?:/namespaces/(?P<ns>[^/]+))?"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?(?:/(?P<sub>.+))?"
)


@dataclass(frozen=True)
class Seen:
    """A request that has arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


Answer = Callable[[Seen], web.StreamResponse | None]


@dataclass
class _Watcher:
    """One open watch."""

    collection: str
    transport: asyncio.BaseTransport | None
    events: asyncio.Queue[Manifest | None] = field(default_factory=asyncio.Queue)
    muted: bool = False


class ScriptedApi:
    """Objects by plural, namespace and name, in versions that count up from 1."""

    def __init__(self) -> None:
        self.version = 1
        self.compacted = 0
        self.objects: dict[tuple[str, str, str], Manifest] = {}
        self.seen: list[Seen] = []
        self.watching = asyncio.Event()
        self.mute_watches = 0
        self._arrived = asyncio.Event()
        self.answering = asyncio.Event()
        self.answering.set()
        self.url = ""
        self._history: list[tuple[int, str, Manifest]] = []
        self._answers: deque[tuple[Callable[[Seen], bool], Answer]] = deque()
        self._watchers: list[_Watcher] = []

    def put(self, plural: str, namespace: str, name: str, **fields: Any) -> Manifest:
        """Write an object."""
        key = (plural, namespace, name)
        self.version += 1
        metadata = {"name": name, "namespace": namespace, "resourceVersion": str(self.version)}
        given = fields.pop("metadata", {})
        existed = key in self.objects
        self.objects[key] = {**fields, "metadata": {**given, **metadata}}
        self._tell(plural, "MODIFIED" if existed else "ADDED", self.objects[key])
        return self.objects[key]

    def remove(self, plural: str, namespace: str, name: str, *, silently: bool = False) -> None:
        """Delete an object; silently means that no watch will ever tell."""
        self.version += 1
        gone = self.objects.pop((plural, namespace, name))
        gone["metadata"]["resourceVersion"] = str(self.version)
        if not silently:
            self._tell(plural, "DELETED", gone)

    def compact(self) -> None:
        """Forget the history: who watches from before now gets a 410."""
        self.compacted = self.version

    def bookmark(self, plural: str) -> None:
        """Tell watchers the version."""
        bookmark = {"metadata": {"resourceVersion": str(self.version)}}
        self._send(plural, {"type": "BOOKMARK", "object": bookmark})

    def error(self, plural: str, code: int, reason: str) -> None:
        """End watches by an ERROR event."""
        status = {"kind": "Status", "code": code, "reason": reason, "message": "as scripted"}
        self._send(plural, {"type": "ERROR", "object": status})
        self.end_watches()

    def end_watches(self) -> None:
        """End all watches in order."""
        self.watching.clear()
        for watcher in self._watchers:
            watcher.events.put_nowait(None)

    def cut_watches(self) -> None:
        """Cut the connections of all watches."""
        self.watching.clear()
        for watcher in self._watchers:
            assert isinstance(watcher.transport, asyncio.WriteTransport)
            watcher.transport.write(b"20\r\n{half an ev")
            watcher.transport.close()
            watcher.events.put_nowait(None)

    def answer(self, answer: Answer, **where: Any) -> None:
        """Have the next request that fits answered otherwise; an answer of None cuts it."""

        def fits(seen: Seen) -> bool:
            watch = seen.query.get("watch") == "1"
            same_method = where.get("method", seen.method) == seen.method
            return bool(same_method and where.get("watch", watch) == watch)

        self._answers.append((fits, answer))

    def refuse(self, status: int, reason: str = "", after: str | None = None, **where: Any) -> None:
        """Refuse the next request that fits."""
        body = {"kind": "Status", "code": status, "reason": reason, "message": "as scripted"}
        headers = {"Retry-After": after} if after is not None else {}
        self.answer(lambda _: web.json_response(body, status=status, headers=headers), **where)

    def writes(self) -> list[Seen]:
        """Return the requests that change something."""
        return [seen for seen in self.seen if seen.method not in {"GET", "HEAD"}]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when requests have come that fulfil a condition."""
        async with asyncio.timeout(5):
            while not condition():
                self._arrived.clear()
                await self._arrived.wait()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["ScriptedApi"]:
        """Serve on a free port of the loopback."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, shutdown_timeout=0.01)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            self.end_watches()
            await runner.cleanup()

    def kubeconfig(self, folder: Path, user: Manifest | None = None) -> Path:
        """Write a kubeconfig for this server."""
        path = folder / "kubeconfig"
        path.write_text(
            json.dumps(
                {
                    "current-context": "here",
                    "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
                    "clusters": [{"name": "c", "cluster": {"server": self.url}}],
                    "users": [{"name": "u", "user": user or {"token": "ours"}}],
                }
            )
        )
        return path

    async def connect(self, folder: Path) -> Kube:
        """Connect to this server."""
        return await Kube.connect(self.kubeconfig(folder))

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        seen = Seen(
            request.method,
            request.path,
            dict(request.query),
            dict(request.headers),
            json.loads(text) if text else None,
        )
        self.seen.append(seen)
        self._arrived.set()
        await self.answering.wait()
        for entry in self._answers:
            if entry[0](seen):
                self._answers.remove(entry)
                scripted = entry[1](seen)
                if scripted is not None:
                    return scripted
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
        match = _PATH.fullmatch(request.path)
        if match is None:
            return web.Response(text="ok")
        plural, namespace, name = match["plural"], match["ns"] or "", match["name"]
        if request.method == "GET" and name is None:
            if seen.query.get("watch"):
                return await self._watch(request, plural)
            return self._list(seen, plural, namespace)
        return self.write(seen, plural, namespace, name)

    def _list(self, seen: Seen, plural: str, namespace: str) -> web.Response:
        items = [
            item
            for (kind, where, _), item in sorted(self.objects.items())
            if kind == plural and namespace in {"", where}
        ]
        start = int(seen.query.get("continue", 0))
        end = start + int(seen.query.get("limit", len(items) or 1))
        metadata = {"resourceVersion": str(self.version)}
        if end < len(items):
            metadata["continue"] = str(end)
        return web.json_response({"metadata": metadata, "items": items[start:end]})

    async def _watch(self, request: web.Request, plural: str) -> web.StreamResponse:
        start = int(request.query["resourceVersion"])
        if start < self.compacted:
            return _status(410, "Expired")
        response = web.StreamResponse()
        await response.prepare(request)
        watcher = _Watcher(plural, request.transport)
        if self.mute_watches:
            self.mute_watches -= 1
            watcher.muted = True
        for version, kind, past in self._history:
            if kind == plural and version > start and not watcher.muted:
                watcher.events.put_nowait(past)
        self._watchers.append(watcher)
        self.watching.set()
        try:
            while (event := await watcher.events.get()) is not None:
                await response.write(json.dumps(event).encode() + b"\n")
        except ConnectionError:
            pass
        finally:
            self._watchers.remove(watcher)
        return response

    def write(
        self, seen: Seen, plural: str, namespace: str, name: str | None
    ) -> web.StreamResponse:
        """Answer a request for one object as the API does."""
        body = seen.body or {}
        name = name or body.get("metadata", {}).get("name")
        if seen.method == "POST" and name is None:
            return web.json_response(body)
        assert name is not None
        there: Manifest | None = self.objects.get((plural, namespace, name))
        if seen.method == "POST" and there is not None:
            return _status(409, "AlreadyExists")
        if seen.method in {"GET", "PUT", "DELETE"} and there is None:
            return _status(404, "NotFound")
        if seen.method == "DELETE":
            self.remove(plural, namespace, name)
            return web.json_response({"kind": "Status", "status": "Success"})
        if there is not None and seen.method == "GET":
            return web.json_response(there)
        version = body["metadata"].get("resourceVersion") if seen.method == "PUT" else None
        if there is not None and version not in {None, there["metadata"]["resourceVersion"]}:
            return _status(409, "Conflict")
        return web.json_response(self.put(plural, namespace, name, **body))

    def _tell(self, plural: str, kind: str, item: Manifest) -> None:
        # A copy, since what was told does not change any more.
        event = {"type": kind, "object": json.loads(json.dumps(item))}
        self._history.append((self.version, plural, event))
        self._send(plural, event)

    def _send(self, plural: str, event: Manifest) -> None:
        for watcher in self._watchers:
            if watcher.collection == plural and not watcher.muted:
                watcher.events.put_nowait(event)


def _status(code: int, reason: str) -> web.Response:
    body = {"kind": "Status", "code": code, "reason": reason, "message": "as the API would say"}
    return web.json_response(body, status=code)


@asynccontextmanager
async def running(*coroutines: Any) -> AsyncIterator[list["asyncio.Task[Any]"]]:
    """Run things until the end of the block."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
