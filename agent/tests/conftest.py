from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ambient_agent.website.fetch import Fetcher
from ambient_agent.website.site import Website
from ambient_contracts.agent import AgentTask
from ambient_testkit.pages import Pages


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    async with Pages() as running:
        yield running


@pytest.fixture
def task(pages: Pages) -> Callable[..., AgentTask]:
    """Build a task for a page of the test website."""

    def build(path: str = "/", **fields: Any) -> AgentTask:
        known = {
            "project": "lights",
            "session": "as-1",
            "prompt": "What does a ticket cost?",
            "website_url": pages.url(path),
            "timeout_seconds": 30,
            "website_exceptions": (pages.exception(),),
        }
        return AgentTask.model_validate({**known, **fields})

    return build


@pytest.fixture
def website(pages: Pages) -> Callable[[str], Website]:
    """Open the test website at a page."""
    return lambda path: Website(pages.url(path), Fetcher([pages.exception()]))


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Keep the spans of a test; the process has one provider, whoever set it first."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    yield exporter
    processor.shutdown()
