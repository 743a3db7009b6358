"""The agent without a model: it answers with the page's own sentences, and says where they stand.

It reads the one page that the task names. It understands nothing; it finds the sentences that share
most with the prompt, and where none does, it gives how the page begins.
"""

from typing import Final

import structlog

from ambient_agent.agents.base import Meter
from ambient_agent.text.relevance import most_relevant
from ambient_agent.text.sentences import Sentence, sentences
from ambient_agent.website.errors import WebsiteUnreadableError
from ambient_agent.website.page import Page
from ambient_agent.website.site import Website
from ambient_contracts.agent import AgentTask
from ambient_contracts.resources.session import Citation, Result

SENTENCES: Final = 5
_LEAD_LENGTH: Final = 40
"""Characters that a sentence has at least, to be the page's beginning and not its menu."""
_log = structlog.get_logger(__name__)


class ExtractAgent:
    """Answers with a page's own sentences."""

    async def __call__(self, task: AgentTask, website: Website, meter: Meter) -> Result:
        """Answer a task from the page that it names."""
        page = await website.open()
        chosen = _chosen(task.prompt, page)
        _log.info(f"chose {len(chosen)} sentences of the page", url=page.url)
        return Result(
            agent="extract",
            answer="\n".join(sentence.text for sentence in chosen),
            citations=tuple(
                Citation(url=page.url, quote=sentence.text, position=sentence.position)
                for sentence in chosen
            ),
        )


def _chosen(prompt: str, page: Page) -> tuple[Sentence, ...]:
    candidates, headings = _under_headings(page)
    if not candidates:
        raise WebsiteUnreadableError(
            f"{page.url} holds no text; a page that scripts draw in the browser cannot be read"
        )
    found = most_relevant(prompt, candidates, headings, SENTENCES)
    if found:
        return found
    lead = tuple(one for one in candidates if len(one.text) >= _LEAD_LENGTH)
    return (lead or candidates)[:SENTENCES]


def _under_headings(page: Page) -> tuple[tuple[Sentence, ...], tuple[str, ...]]:
    """Return each sentence once, and the heading above it; headings answer nothing themselves."""
    found: dict[str, tuple[Sentence, str]] = {}
    heading = ""
    for sentence in sentences(page.text):
        if sentence.text in page.headings:
            heading = sentence.text
        else:
            found.setdefault(sentence.text, (sentence, heading))
    if not found:
        found = {one.text: (one, "") for one in sentences(page.text)}
    pairs = found.values()
    return tuple(one for one, _ in pairs), tuple(above for _, above in pairs)
