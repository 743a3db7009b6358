"""The HTTP face that all services share: problems, health, metrics, traces, an access log."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import structlog
from fastapi import FastAPI, Response
from opentelemetry.trace import SpanKind
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ambient_chassis.errors import BusUnavailableError
from ambient_chassis.identity import Authenticator
from ambient_chassis.problems import Problem, install_problem_handlers
from ambient_chassis.telemetry import span
from ambient_kube import KubeError

Ready = Callable[[], Awaitable[None]]
"""Returns when a part is ready, and raises when it is not."""
READY_SECONDS: Final = 2.0
"""Whoever probes does not wait long, and what does not answer is as good as away."""
_PROBES: Final = frozenset({"/livez", "/readyz", "/metrics"})
_log = structlog.get_logger()


class NotReadyError(Exception):
    """A part that the service needs is not there yet."""


def api(
    title: str,
    *,
    description: str,
    ready: Ready,
    authenticator: Authenticator | None = None,
    registry: CollectorRegistry | None = None,
) -> FastAPI:
    """Build a service's API, to which it adds its own routes.

    Args:
        title: The service's name.
        description: What it is for, as /openapi.json says it.
        ready: What /readyz asks; it reflects NATS and the API server.
        authenticator: Who knows callers; None where the service knows its own.
        registry: The service's own metrics, shown at /metrics beside those of HTTP.
    """
    metrics = registry if registry is not None else CollectorRegistry()
    app = FastAPI(title=title, description=description, version="v1alpha1", docs_url=None)
    app.state.authenticator = authenticator
    app.state.streams = OpenStreams()
    app.add_middleware(_Observed, registry=metrics, streams=app.state.streams)
    install_problem_handlers(app)

    @app.get("/livez", include_in_schema=False)
    async def livez() -> Response:
        return Response("ok", media_type="text/plain")

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await ready()
        except TimeoutError as error:
            detail = f"Not ready: no answer within {READY_SECONDS:g} s of what it needs."
            raise Problem(503, detail, headers={"Retry-After": "1"}) from error
        except (BusUnavailableError, KubeError, NotReadyError) as error:
            raise Problem(503, f"Not ready: {error}.", headers={"Retry-After": "1"}) from error
        return Response("ok", media_type="text/plain")

    @app.get("/metrics", include_in_schema=False)
    async def metrics_page() -> Response:
        return Response(generate_latest(metrics), media_type=CONTENT_TYPE_LATEST)

    return app


class OpenStreams:
    """Answers that go on until their client leaves; a service that stops ends them itself."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ending = False

    def end(self) -> None:
        """End every one, as if it had come to its end."""
        self._ending = True
        for task in self._tasks:
            task.cancel()

    @contextmanager
    def one(self) -> Iterator[Callable[[], None]]:
        """Give the block what to call once its answer has become a stream."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request is answered in a task")
        try:
            yield lambda: self._tasks.add(task)
        except asyncio.CancelledError:
            if not self._ending or task not in self._tasks:
                raise
            task.uncancel()
        finally:
            self._tasks.discard(task)


class _Observed:
    """Runs each request in a span that continues the caller's trace, and counts and logs it."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, streams: OpenStreams) -> None:
        self._app = app
        self._streams = streams
        self._requests = Counter(
            "http_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "Time from a request to the end of its answer.",
            ("method", "route"),
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _PROBES:
            await self._app(scope, receive, send)
            return
        status = 500
        ended = False

        async def send_observed(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message.get("more_body", False):
                is_stream()
            else:
                ended = True
            await send(message)

        headers = dict(scope["headers"])
        method, started = scope["method"], time.perf_counter()
        with span(
            f"{method} {scope['path']}",
            parent=headers.get(b"traceparent", b"").decode("latin-1") or None,
            kind=SpanKind.SERVER,
        ) as current:
            try:
                with self._streams.one() as is_stream:
                    await self._app(scope, receive, send_observed)
                if not ended:
                    await send({"type": "http.response.body", "body": b""})
            finally:
                # A path without a route is one label, so that nobody can fill the registry.
                route = getattr(scope.get("route"), "path", "unmatched")
                seconds = time.perf_counter() - started
                current.update_name(f"{method} {route}")
                current.set_attribute("http.response.status_code", status)
                self._requests.labels(method, route, str(status)).inc()
                self._seconds.labels(method, route).observe(seconds)
                _log.info(
                    "request",
                    method=method,
                    path=scope["path"],
                    status=status,
                    milliseconds=round(seconds * 1000, 1),
                )
