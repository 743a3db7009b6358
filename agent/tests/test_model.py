"""The agent with a model, with Anthropic's own SDK against a played endpoint."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ambient_agent.app import work
from ambient_agent.config import Settings
from ambient_contracts.agent import AgentReport, AgentTask
from ambient_testkit.messages_api import MessagesApi
from ambient_testkit.messages_plays import Cut, Fail, Hang, Script, answer, fetch
from ambient_testkit.pages import Pages

pytestmark = pytest.mark.integration
KEY = "sk-ant-test-only"
PRICE = "A ticket costs 12 euros, and children enter free."
SETTINGS = Settings(anthropic_key=KEY, traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
Build = Callable[..., AgentTask]


@pytest.fixture
async def api(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MessagesApi]:
    async with MessagesApi(key=KEY) as running:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", running.url)
        yield running


@pytest.fixture
def play(api: MessagesApi, pages: Pages) -> Callable[..., None]:
    """Let the model read a page, and then do as told."""

    def script(*replies: object, first: str | None = "/") -> None:
        reads = [fetch(pages.url(first))] if first else []
        api.play = Script([*reads, *replies])  # type: ignore[list-item]

    return script


def failed(report: AgentReport) -> str | None:
    assert report.outcome == "failed"
    assert report.message
    return report.reason


async def test_an_answer_comes_with_quotes_that_stand_on_the_page(
    task: Build, pages: Pages, api: MessagesApi, play: Callable[..., None]
) -> None:
    quote = "children enter free"
    play(answer("12 euros.", (pages.url("/"), quote)))
    report = await work(task(), SETTINGS)
    assert report.result is not None
    assert (report.result.agent, report.result.answer) == ("model", "12 euros.")
    (citation,) = report.result.citations
    assert citation.quote == quote
    assert citation.position == api.calls[1].tool_results[0].index(quote) - len(
        f'<untrusted_page url="{pages.url()}" title="The lighthouse of Nordkap">'
    )
    assert report.usage.input_tokens > 0
    assert report.usage.output_tokens > 0
    assert report.usage.cost_usd > 0


async def test_the_endpoint_learns_neither_our_trace_nor_our_names(
    task: Build, api: MessagesApi, spans: InMemorySpanExporter
) -> None:
    assert (await work(task(), SETTINGS)).outcome == "succeeded"
    assert spans.get_finished_spans()
    for call in api.calls:
        sent = {name.lower() for name in call.headers}
        assert not sent & {"traceparent", "tracestate", "baggage"}
        assert "a" * 32 not in call.text
        assert "lights" not in call.text
        assert KEY not in str(call.body)


async def test_the_spans_are_one_tree_in_the_trace_that_asked_and_hold_no_content(
    task: Build, api: MessagesApi, spans: InMemorySpanExporter
) -> None:
    await work(task(), SETTINGS)
    finished = spans.get_finished_spans()
    (root,) = (span for span in finished if span.name == "invoke_agent ambient-model")
    assert root.parent is not None
    assert root.parent.span_id == int("b" * 16, 16)
    names = [span.name for span in finished if span.parent == root.get_span_context()]
    assert names == [
        "execute_tool fetch",
        "chat claude-sonnet-5-5",
        "execute_tool fetch",
        "chat claude-sonnet-5-5",
    ]
    assert {span.context and span.context.trace_id for span in finished} == {int("a" * 32, 16)}
    told = " ".join(str(value) for span in finished for value in (span.attributes or {}).values())
    for secret in (KEY, "ticket cost", "built in 1892", "strangers"):
        assert secret not in told


async def test_the_page_reaches_the_model_once_and_marked_as_untrusted(
    task: Build, pages: Pages, api: MessagesApi
) -> None:
    await work(task(), SETTINGS)
    (shown,) = api.calls[1].tool_results
    assert shown.startswith(f'<untrusted_page url="{pages.url()}"')
    assert PRICE in shown
    assert "secret text" not in shown
    assert "https://example.com" not in shown
    assert pages.visits["/"] == 1


async def test_a_page_that_gives_orders_cannot_leave_its_mark_nor_widen_the_tool(
    task: Build, pages: Pages, api: MessagesApi, play: Callable[..., None]
) -> None:
    play(
        fetch("http://169.254.169.254/latest/meta-data/"),
        fetch("https://example.com/?leak=1"),
        fetch(pages.url("/redirect/elsewhere")),
        answer("12 euros."),
        first="/injection",
    )
    report = await work(task("/injection"), SETTINGS)
    assert report.outcome == "succeeded"
    page, metadata, elsewhere, redirected = api.calls[-1].tool_results
    assert page.count("</untrusted_page>") == 1
    assert "<system>" not in page
    assert "not an address of the public internet" in metadata
    assert "not a page of this session's website" in elsewhere
    assert "not a page of this session's website" in redirected


async def test_another_page_of_the_website_may_be_read_and_cited(
    task: Build, pages: Pages, play: Callable[..., None]
) -> None:
    quote = "The last keeper, Tor Lund, left the lighthouse in 1984."
    play(fetch(pages.url("/keepers")), answer("Tor Lund.", (pages.url("/keepers"), quote)))
    report = await work(task(), SETTINGS)
    assert report.result is not None
    assert report.result.citations[0].url == pages.url("/keepers")


async def test_a_quote_that_no_page_says_is_sent_back_and_can_be_mended(
    task: Build, pages: Pages, api: MessagesApi, play: Callable[..., None]
) -> None:
    url = pages.url("/")
    play(answer("21.", (url, "A ticket costs 21 euros")), answer("12.", (url, PRICE)))
    report = await work(task(), SETTINGS)
    assert report.result is not None
    assert report.result.answer == "12."
    assert "No page that you have read says" in api.calls[-1].text


async def test_a_model_that_insists_on_a_false_quote_fails(
    task: Build, pages: Pages, api: MessagesApi, play: Callable[..., None]
) -> None:
    play(answer("21 euros.", (pages.url("/"), "A ticket costs 21 euros")))
    report = await work(task(), SETTINGS)
    assert failed(report) == "CitationUnfounded"
    assert len(api.calls) == 4
    assert report.usage.output_tokens > 0


async def test_a_rate_limit_is_waited_out_as_long_as_it_says(
    task: Build, api: MessagesApi, play: Callable[..., None]
) -> None:
    play(Fail(429, retry_after=0.05), Fail(529, retry_after=0.01), answer("12 euros."))
    assert (await work(task(), SETTINGS)).outcome == "succeeded"
    assert len(api.calls) == 4


async def test_an_answer_cut_in_the_middle_is_asked_for_again(
    task: Build, api: MessagesApi, play: Callable[..., None]
) -> None:
    play(Cut(), answer("12 euros."))
    assert (await work(task(), SETTINGS)).outcome == "succeeded"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Fail(401), "ModelKeyRefused"),
        (Fail(403), "ModelKeyRefused"),
        (Fail(404), "ModelUnknown"),
        (Fail(400), "ModelRequestRefused"),
        (Fail(429, retry_after=0.01), "ModelBusy"),
        (Fail(529, retry_after=0.01), "ModelBusy"),
        (Fail(500, retry_after=0.01), "ModelUnavailable"),
        ("No tool is called.", "AnswerUnusable"),
    ],
)
async def test_what_the_endpoint_does_has_a_reason(
    task: Build, play: Callable[..., None], reply: object, reason: str
) -> None:
    play(reply, first=None)
    assert failed(await work(task(), SETTINGS)) == reason


async def test_an_endless_loop_ends_at_the_limit_of_turns(
    task: Build, api: MessagesApi, play: Callable[..., None]
) -> None:
    play()
    report = await work(task(limits={"turns": 3}), SETTINGS)
    assert failed(report) == "LimitReached"
    assert len(api.calls) == 3


async def test_tokens_stay_within_their_limit(
    task: Build, api: MessagesApi, play: Callable[..., None]
) -> None:
    play()
    report = await work(task(limits={"tokens": 6000}), SETTINGS)
    assert failed(report) == "LimitReached"
    assert report.usage.input_tokens + report.usage.output_tokens <= 6000
    assert len(api.calls) > 1


async def test_cost_stays_within_its_limit_by_bounding_each_answer(
    task: Build, api: MessagesApi, play: Callable[..., None]
) -> None:
    play()
    report = await work(task(limits={"costUSD": 0.02}), SETTINGS)
    assert failed(report) == "LimitReached"
    assert 0 < report.usage.cost_usd <= 0.02
    bounds = [call.body["max_tokens"] for call in api.calls]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] * 10e-6 < 0.02


async def test_a_cost_limit_for_a_model_without_a_price_spends_nothing(
    task: Build, api: MessagesApi, pages: Pages
) -> None:
    report = await work(task(model="house-model", limits={"costUSD": 1}), SETTINGS)
    assert failed(report) == "PriceUnknown"
    assert not api.calls
    assert not pages.requests


async def test_a_website_that_cannot_be_read_spends_nothing(task: Build, api: MessagesApi) -> None:
    assert failed(await work(task("/gone"), SETTINGS)) == "WebsiteRefused"
    assert not api.calls


async def test_a_cancelled_session_reports_what_it_used_and_asks_no_more(
    task: Build, api: MessagesApi, play: Callable[..., None]
) -> None:
    play(Hang())
    working = asyncio.create_task(work(task(), SETTINGS))
    await api.called(2)
    working.cancel()
    report = await asyncio.wait_for(working, 2)
    assert failed(report) == "Cancelled"
    assert report.usage.input_tokens > 0
    assert len(api.calls) == 2


async def test_the_task_s_model_comes_before_the_setting(task: Build, api: MessagesApi) -> None:
    report = await work(task(model="anthropic:claude-haiku-5-5"), SETTINGS)
    assert api.calls[0].body["model"] == "claude-haiku-5-5"
    assert report.result is not None
    assert report.result.model == "claude-haiku-5-5"
