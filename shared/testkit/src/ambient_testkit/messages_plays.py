"""What the played model does: a play takes each call and says what to reply."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

ANSWER_TOOL: Final = "answer"
"""The tool by which the agent has a model hand over its answer."""
_URL: Final = re.compile(r"https?://[^\s\"'<>\\]+")


@dataclass(frozen=True)
class Call:
    """A call as it came."""

    number: int
    """From 1."""
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """All that was sent, as one string to search in."""
        return json.dumps([dict(self.headers), self.body], ensure_ascii=False)

    @property
    def tool_results(self) -> tuple[str, ...]:
        """What the tools returned so far, in order."""
        return tuple(
            _flat(block.get("content", ""))
            for message in self.body["messages"]
            if isinstance(message["content"], list)
            for block in message["content"]
            if block["type"] == "tool_result"
        )


@dataclass(frozen=True)
class UseTool:
    """Call a tool."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Fail:
    """Answer with an error."""

    status: int
    message: str = "played"
    retry_after: float | None = None
    """Seconds."""


@dataclass(frozen=True)
class Cut:
    """Break the connection in the middle of a reply."""

    then: str | UseTool = "This answer never comes to its"


@dataclass(frozen=True)
class Hang:
    """Never answer."""


Reply = str | UseTool | Fail | Cut | Hang
Play = Callable[[Call], Reply]


@dataclass
class Script:
    """Replies in their order; the last one again and again."""

    replies: Sequence[Reply]

    def __call__(self, call: Call) -> Reply:
        """Return the reply for a call."""
        return self.replies[min(call.number, len(self.replies)) - 1]


@dataclass
class ReadAndQuote:
    """Read the first URL of the request, then answer with the page's longest line."""

    tool: str = "fetch"

    def __call__(self, call: Call) -> Reply:
        """Return the reply for a call."""
        url = _URL.search(json.dumps(call.body["messages"]))
        if url is None:
            return "There is no website to read."
        if not call.tool_results:
            return fetch(url.group(), self.tool)
        page = call.tool_results[0].partition(">")[2].partition("</untrusted_page>")[0]
        lines = page.partition("\n\nLinks:")[0].splitlines() or [""]
        quote = max(lines, key=len)[:400]
        return answer(quote, (url.group(), quote))


def fetch(url: str, tool: str = "fetch") -> UseTool:
    """Return the call of the agent's tool for a page."""
    return UseTool(tool, {"url": url})


def answer(text: str, *quotes: tuple[str, str]) -> UseTool:
    """Return a final answer, with (url, quote) for each citation."""
    citations = [{"url": url, "quote": quote} for url, quote in quotes]
    return UseTool(ANSWER_TOOL, {"answer": text, "citations": citations})


def _flat(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(str(block.get("text", "")) for block in content)
