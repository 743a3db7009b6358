"""The agent's logs and spans: lines that a person can follow, in the trace that asked for it.

Logs go to standard output, one JSON object a line. Spans leave by OTLP over HTTP where
`OTEL_EXPORTER_OTLP_ENDPOINT` is set. No prompt, page or answer goes into a span.
"""

import os
import sys
import warnings
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_FLUSH_MILLISECONDS: Final = 3000
_NAME: Final = "ambient-agent"


def configure_telemetry() -> TracerProvider:
    """Set up logs and spans for the process; called once, by its main function."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    warnings.showwarning = _log_warning
    resource = Resource.create({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", _NAME)})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        _export(provider)
    trace.set_tracer_provider(provider)
    return provider


def flush(provider: TracerProvider) -> None:
    """Send the spans that wait, as far as a few seconds allow."""
    provider.force_flush(_FLUSH_MILLISECONDS)


@contextmanager
def span(
    name: str, attributes: Mapping[str, str | int], *, traceparent: str | None = None
) -> Iterator[trace.Span]:
    """Run a block in a span.

    Args:
        name: What is done.
        attributes: What is known at its start.
        traceparent: What it continues; the current span where None.
    """
    carrier = {"traceparent": traceparent} if traceparent else None
    context = TraceContextTextMapPropagator().extract(carrier) if carrier else None
    tracer = trace.get_tracer(_NAME)
    with tracer.start_as_current_span(name, context=context, attributes=attributes) as started:
        yield started


def _export(provider: TracerProvider) -> None:
    # Imported only where spans leave: a quarter of the agent's start otherwise.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=2)))


def _log_warning(message: Warning | str, *_where: object, **_more: object) -> None:
    structlog.get_logger(_NAME).warning(" ".join(str(message).split()))


def _add_trace(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = format(context.trace_id, "032x")
        event["span_id"] = format(context.span_id, "016x")
    return event
