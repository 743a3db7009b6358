"""The agent with a model: it reads the website with a tool, and quotes what it answers from.

In: the task, the website, the project's API key. Out: an answer whose every quote was found on a
page that was read. What a page says is data; it reaches the model marked as such, and whatever the
model makes of it, the tool reads this session's website alone, within the same limits.
"""

from typing import Final

import structlog
from pydantic_ai import (
    Agent,
    CallToolsNode,
    ModelRetry,
    RunContext,
    RunUsage,
    Tool,
    ToolOutput,
    UsageLimits,
)
from pydantic_ai.exceptions import AgentRunError, ToolFailed
from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings

from ambient_agent.agents.base import Meter
from ambient_agent.agents.model_budget import Budget
from ambient_agent.agents.model_client import ChatSpans, connect, without_content
from ambient_agent.agents.model_errors import translated
from ambient_agent.agents.model_prompt import (
    ANSWER_TOOL,
    INSTRUCTIONS,
    Answer,
    Cited,
    question,
    shown,
)
from ambient_agent.errors import CitationUnfoundedError
from ambient_agent.text.quotes import find_quote
from ambient_agent.website.errors import FetchError
from ambient_agent.website.site import Website
from ambient_contracts.agent import AgentTask
from ambient_contracts.resources.session import Citation, Limits, Result, Usage

TURNS: Final = 20
"""Where the session sets no limit."""
_log = structlog.get_logger(__name__)


class Reading:
    """What the tool and the check of the answer share in one run."""

    def __init__(self, website: Website, budget: Budget) -> None:
        self.website = website
        self.budget = budget
        self.unfounded: str | None = None
        """The quote that the last answer was refused for."""
        self.citations: tuple[Citation, ...] = ()


class ModelAgent:
    """Answers with a language model."""

    def __init__(self, model: str, key: str) -> None:
        self._model = model
        self._key = key

    async def __call__(self, task: AgentTask, website: Website, meter: Meter) -> Result:
        """Answer a task with a model; its website is read first, before a token is spent."""
        model = (task.model or self._model).removeprefix("anthropic:")
        limits = task.limits or Limits()
        reading = Reading(website, Budget(model, limits))
        await website.open()
        async with connect(model, self._key) as connected:
            answer = await _run(connected, task, reading, meter)
        return Result(agent="model", model=model, answer=answer.answer, citations=reading.citations)


async def _run(model: AnthropicModel, task: AgentTask, reading: Reading, meter: Meter) -> Answer:
    used = RunUsage()
    try:
        async with _agent(model).iter(
            question(task),
            deps=reading,
            usage=used,
            usage_limits=_usage_limits(task.limits or Limits()),
            conversation_id=task.session,
        ) as run:
            async for node in run:
                meter.usage = _usage(used)
                if isinstance(node, CallToolsNode):
                    _log_turn(used)
            if run.result is None:  # pragma: no cover - the library ends a run with one or raises
                raise RuntimeError("the run ended without a result")
            return run.result.output
    except AgentRunError as error:
        if reading.unfounded is not None and "retries" in str(error):
            raise CitationUnfoundedError(
                f"the model's answer cites what no page says: {reading.unfounded[:200]!r}; "
                "run the session again, or with another model"
            ) from error
        raise translated(error) from error
    finally:
        meter.usage = _usage(used)


def _agent(model: AnthropicModel) -> Agent[Reading, Answer]:
    agent = Agent(
        model,
        name="ambient-model",
        deps_type=Reading,
        output_type=ToolOutput(Answer, name=ANSWER_TOOL),
        instructions=INSTRUCTIONS,
        model_settings=_bounded,
        retries={"tools": 3, "output": 2},
        tools=[Tool(_fetch, name="fetch")],
        capabilities=[ChatSpans(without_content())],
    )
    agent.output_validator(_founded)
    return agent


def _bounded(context: RunContext[Reading]) -> AnthropicModelSettings:
    """Bound the next answer by what the session may still use."""
    tokens = context.deps.budget.answer_tokens(context.usage, context.messages)
    return AnthropicModelSettings(max_tokens=tokens)


async def _fetch(context: RunContext[Reading], url: str, start: int = 0) -> str:
    """Read a page of the website.

    Args:
        context: The run.
        url: The page's URL.
        start: The character of the page's text to start at; a long page comes in parts.
    """
    website = context.deps.website
    try:
        page = await website.read(url)
    except FetchError as error:
        raise ToolFailed(f"The page could not be read: {error}.") from error
    return shown(page, max(start, 0), website.covers)


async def _founded(context: RunContext[Reading], answer: Answer) -> Answer:
    """Find each quote of an answer on the pages that were read, or have the model mend it."""
    found: list[Citation] = []
    for cited in answer.citations:
        citation = _located(context.deps.website, cited)
        if citation is None:
            context.deps.unfounded = cited.quote
            _log.warning("the answer cites what no page says; asking again", quote=cited.quote)
            raise ModelRetry(
                f"No page that you have read says {cited.quote!r}. Quote word for word from the "
                "text that fetch returned, or leave the citation out and say what is not known."
            )
        found.append(citation)
    context.deps.unfounded = None
    context.deps.citations = tuple(found)
    return answer


def _located(website: Website, cited: Cited) -> Citation | None:
    named_first = sorted(website.pages, key=lambda page: page.url != cited.url)
    for page in named_first:
        passage = find_quote(page.text, cited.quote)
        if passage is not None:
            return Citation(url=page.url, quote=passage.text, position=passage.position)
    return None


def _usage_limits(limits: Limits) -> UsageLimits:
    """Return the library's own limits; the budget keeps tokens and cost before each request."""
    return UsageLimits(
        request_limit=limits.turns or TURNS,
        total_tokens_limit=limits.tokens,
    )


def _usage(used: RunUsage) -> Usage:
    return Usage(
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        cost_usd=float(used.cost or 0),
    )


def _log_turn(used: RunUsage) -> None:
    cost = f"${used.cost:.4f}" if used.cost is not None else "cost unknown"
    _log.info(
        f"turn {used.requests}: {used.input_tokens} tokens in, {used.output_tokens} out, {cost}",
        turn=used.requests,
    )
