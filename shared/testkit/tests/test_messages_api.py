"""The played Messages API, as Anthropic's own SDK sees it."""

from collections.abc import AsyncIterator
from typing import Any

import anthropic
import httpx
import pytest
from anthropic import APIConnectionError, AsyncAnthropic
from anthropic.types import Message

from ambient_testkit.messages_api import MessagesApi
from ambient_testkit.messages_plays import Cut, Fail, ReadAndQuote, Script, fetch

pytestmark = pytest.mark.integration

ASK: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Read https://site.test/"}],
}


@pytest.fixture
async def api() -> AsyncIterator[MessagesApi]:
    async with MessagesApi(key="right") as running:
        yield running


@pytest.fixture
async def client(api: MessagesApi) -> AsyncIterator[AsyncAnthropic]:
    async with AsyncAnthropic(api_key="right", base_url=api.url, max_retries=0) as client:
        yield client


async def asked(client: AsyncAnthropic, streamed: bool) -> Message:
    if not streamed:
        whole: Message = await client.messages.create(**ASK)
        return whole
    async with client.messages.stream(**ASK) as stream:
        return await stream.get_final_message()


async def test_a_text_comes_whole_and_with_its_usage(
    api: MessagesApi, client: AsyncAnthropic
) -> None:
    api.play = Script(["Hello there."])
    message = await client.messages.create(**ASK)
    assert message.content[0].text == "Hello there."
    assert message.stop_reason == "end_turn"
    assert message.usage.input_tokens > 0


async def test_a_text_comes_streamed(api: MessagesApi, client: AsyncAnthropic) -> None:
    api.play = Script(["Hello there."])
    async with client.messages.stream(**ASK) as stream:
        pieces = [piece async for piece in stream.text_stream]
        message = await stream.get_final_message()
    assert len(pieces) == 2
    assert "".join(pieces) == "Hello there."
    assert message.usage.output_tokens > 1


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_tool_is_called_with_its_arguments(
    api: MessagesApi, client: AsyncAnthropic, streamed: bool
) -> None:
    api.play = Script([fetch("https://site.test/")])
    message = await asked(client, streamed)
    assert message.stop_reason == "tool_use"
    block = message.content[0]
    assert block.type == "tool_use"
    assert (block.name, block.input) == ("fetch", {"url": "https://site.test/"})


@pytest.mark.parametrize(("streamed", "error"), [(True, Exception), (False, APIConnectionError)])
async def test_a_reply_is_cut_in_the_middle(
    api: MessagesApi, client: AsyncAnthropic, streamed: bool, error: type[Exception]
) -> None:
    api.play = Script([Cut()])
    with pytest.raises(error, match=r"incomplete|closed|Connection error"):
        await asked(client, streamed)


async def test_a_rate_limit_says_when_to_come_back(
    api: MessagesApi, client: AsyncAnthropic
) -> None:
    api.play = Script([Fail(429, retry_after=3)])
    with pytest.raises(anthropic.RateLimitError) as caught:
        await client.messages.create(**ASK)
    assert caught.value.response.headers["retry-after"] == "3"


async def test_an_overload_is_529(api: MessagesApi, client: AsyncAnthropic) -> None:
    api.play = Script([Fail(529)])
    with pytest.raises(anthropic.APIStatusError) as caught:
        await client.messages.create(**ASK)
    assert caught.value.status_code == 529


@pytest.mark.parametrize(("header", "scheme"), [("x-api-key", ""), ("authorization", "Bearer ")])
async def test_either_header_of_authentication_is_taken_and_a_wrong_key_is_not(
    api: MessagesApi, header: str, scheme: str
) -> None:
    api.play = Script(["Hello."])
    async with httpx.AsyncClient(base_url=api.url) as client:
        for key, status in (("right", 200), ("wrong", 401)):
            headers = {header: scheme + key}
            answer = await client.post("/v1/messages", json=ASK, headers=headers)
            assert answer.status_code == status
    assert len(api.calls) == 1


async def test_without_a_script_it_reads_the_website_that_it_is_asked_about(
    api: MessagesApi, client: AsyncAnthropic
) -> None:
    assert isinstance(api.play, ReadAndQuote)
    message = await client.messages.create(**ASK)
    assert message.content[0].input == {"url": "https://site.test/"}
