"""The agent without a model answers with the page's own sentences."""

from collections.abc import Callable

import pytest

from ambient_agent.app import work
from ambient_agent.config import Settings
from ambient_agent.website.site import Website
from ambient_contracts.agent import AgentTask
from ambient_testkit.pages import Pages

NO_KEY = Settings()


async def test_the_answer_is_the_sentence_that_was_asked_for(
    task: Callable[..., AgentTask],
) -> None:
    report = await work(task(), NO_KEY)
    assert report.outcome == "succeeded"
    assert report.result is not None
    assert report.result.agent == "extract"
    assert report.result.model is None
    assert report.result.answer == "A ticket costs 12 euros, and children enter free."


@pytest.mark.parametrize("prompt", ["lamp and visitors", "Qui a bâti le phare ?", "zzz"])
async def test_every_citation_stands_word_for_word_where_it_says(
    task: Callable[..., AgentTask], website: Callable[[str], Website], pages: Pages, prompt: str
) -> None:
    report = await work(task("/latin-1", prompt=prompt), NO_KEY)
    page = await website("/latin-1").open()
    assert report.result is not None
    assert report.result.citations
    for citation in report.result.citations:
        assert citation.url == pages.url("/latin-1")
        assert page.text.startswith(citation.quote, citation.position)
    assert report.result.answer == "\n".join(one.quote for one in report.result.citations)


async def test_a_page_that_does_not_say_what_is_asked_gives_its_beginning(
    task: Callable[..., AgentTask],
) -> None:
    report = await work(task(prompt="zzz"), NO_KEY)
    assert report.result is not None
    assert report.result.answer.startswith("The lighthouse was built in 1892")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/redirect/metadata", "WebsiteForbidden"),
        ("/gone", "WebsiteRefused"),
        ("/pdf", "WebsiteUnreadable"),
        ("/empty", "WebsiteUnreadable"),
        ("/bomb", "WebsiteTooLarge"),
    ],
)
async def test_a_page_that_cannot_be_read_fails_the_session_with_its_reason(
    task: Callable[..., AgentTask], path: str, reason: str
) -> None:
    report = await work(task(path), NO_KEY)
    assert (report.outcome, report.reason) == ("failed", reason)
    assert report.message
