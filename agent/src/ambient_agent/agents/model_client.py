"""The connection to the model's endpoint: Anthropic's own SDK, seen through by spans.

`ANTHROPIC_BASE_URL` is honoured, as the SDK does. The endpoint learns nothing of our traces.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx2
from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
from pydantic_ai import AgentRunResult, RunContext, ToolDefinition
from pydantic_ai.capabilities import (
    Instrumentation,
    ValidatedToolArgs,
    WrapRunHandler,
    WrapToolExecuteHandler,
)
from pydantic_ai.messages import ToolCallPart
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.providers.anthropic import AnthropicProvider

RETRIES: Final = 4
"""Of one request, by the SDK, after a 429, a 5xx or a broken connection; it heeds Retry-After."""
_OURS: Final = ("traceparent", "tracestate", "baggage")


@asynccontextmanager
async def connect(model: str, key: str) -> AsyncIterator[AnthropicModel]:
    """Connect to a model."""
    # A key is not followed to wherever an endpoint redirects.
    http = DefaultAsyncHttpxClient(event_hooks={"request": [_keep_ours]}, follow_redirects=False)
    async with AsyncAnthropic(
        api_key=key,
        max_retries=RETRIES,
        http_client=http,
        open_telemetry={"propagation": False, "traces": False},
    ) as client:
        provider = AnthropicProvider(anthropic_client=client)
        yield AnthropicModel(model, provider=provider)


def without_content() -> InstrumentationSettings:
    """Return the settings of spans that hold no prompt, page or answer."""
    return InstrumentationSettings(
        include_content=False,
        include_binary_content=False,
        include_model_request_parameters=False,
    )


class ChatSpans(Instrumentation):
    """The library's spans of model requests, and no others.

    The spans around them, `invoke_agent` and `execute_tool`, are ours, the same for every agent.
    """

    async def wrap_run(
        self, ctx: RunContext[Any], *, handler: WrapRunHandler
    ) -> AgentRunResult[Any]:
        """Run without a span of the library's."""
        return await handler()

    async def wrap_tool_execute(
        self,
        ctx: RunContext[Any],
        *,
        call: ToolCallPart,
        tool_def: ToolDefinition,
        args: ValidatedToolArgs,
        handler: WrapToolExecuteHandler,
    ) -> Any:
        """Execute a tool without a span of the library's."""
        return await handler(args)


async def _keep_ours(request: httpx2.Request) -> None:
    for name in _OURS:
        request.headers.pop(name, None)
