"""Claude: what is sent over the wire, and what of the reply comes back, with the real SDK that validates every event."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.claude import Access, ClaudeModel
from agent.model import Completion, Fault, ModelFault, Request, ToolUse
from desk.errors import Misconfigured
from tests.support.messages import MessagesServer, Raw, begin, end, messages_server, refused, stream, text, use

HI = ({"role": "user", "content": "Hi."},)
REQUEST = Request("claude-sonnet-5-5", (), HI)
FULL = Request(
    "claude-sonnet-5-5",
    ({"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}},),
    HI,
    tools=({"name": "search", "description": "Search.", "input_schema": {"type": "object", "properties": {}}},),
    tool="any",
    schema={"type": "object", "properties": {}, "additionalProperties": False},
    output=77,
    effort="low",
)
SAID = stream(begin(), *text("Yes."), *end())
CITATION = {"type": "search_result_location", "source": "https://help.example/refunds", "title": "Refund times", "cited_text": "5 to 7 working days",
            "search_result_index": 0, "start_block_index": 0, "end_block_index": 1}  # fmt: skip


@asynccontextmanager
async def model_at(*script: Raw, key: str = "k-test", **access: str) -> AsyncIterator[tuple[ClaudeModel, MessagesServer]]:
    """Open a model before a server with this script."""
    async with messages_server(*script) as server:
        model = ClaudeModel(Access(key=key, url=server.url, **access), strict=True)
        yield model, server
        await model.close()


async def completed(*events: bytes, request: Request = REQUEST) -> Completion:
    """Return what a stream of these events becomes."""
    async with model_at(stream(*events)) as (model, _):
        return await model.complete(request)


async def sent(request: Request) -> tuple[dict[str, str], dict[str, object]]:
    """Return the head and the body of what a request becomes."""
    async with model_at(SAID) as (model, server):
        await model.complete(request)
        return server.asked[0]


async def test_everything_of_a_request_is_sent_as_the_api_writes_it():
    _, body = await sent(FULL)
    assert body == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 77,
        "messages": [{"role": "user", "content": "Hi."}],
        "system": [{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}],
        "tools": [{"name": "search", "description": "Search.", "input_schema": {"type": "object", "properties": {}}}],
        "tool_choice": {"type": "any"},
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": FULL.schema}},
        "stream": True,
    }


async def test_what_is_empty_is_left_out():
    _, body = await sent(REQUEST)
    assert sorted(body) == ["max_tokens", "messages", "model", "stream"]


async def test_one_tool_can_be_forced_by_name():
    _, body = await sent(Request("claude-sonnet-5-5", (), HI, tools=FULL.tools, tool="search"))
    assert body["tool_choice"] == {"type": "tool", "name": "search"}


async def test_the_key_travels_in_the_head_and_nowhere_else():
    async with model_at(SAID, key="k-secret") as (model, server):
        await model.complete(FULL)
        ((head, body),) = server.asked
    assert [name for name, value in head.items() if "k-secret" in value] in (["authorization"], ["x-api-key"])
    assert "k-secret" not in str(body)


async def test_a_token_is_sent_as_one():
    async with model_at(SAID, key="", token="t-gateway") as (model, server):
        await model.complete(REQUEST)
    assert server.asked[0][0]["authorization"] == "Bearer t-gateway"


async def test_a_gateway_that_asks_for_no_key_gets_none_of_this_machine(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k-of-this-machine")
    async with model_at(SAID, key="") as (model, server):
        assert (await model.complete(REQUEST)).text == "Yes."
    assert "k-of-this-machine" not in str(server.asked)


async def test_text_and_calls_of_tools_come_back_with_their_inputs_put_together():
    reply = await completed(
        begin(), *text("I ", "look."), *use("search", '{"que', 'ry": "ref', 'unds"}', n=1), *use("get_usage", n=2), *end("tool_use")
    )
    assert reply.text == "I look."
    assert reply.uses == (ToolUse("toolu_1", "search", {"query": "refunds"}), ToolUse("toolu_2", "get_usage", {}))
    assert (reply.stop, reply.model) == ("tool_use", "claude-sonnet-5-5")


async def test_what_comes_back_can_be_sent_again_as_it_is():
    reply = await completed(begin(), *text("Look."), *use("search", '{"query": "a"}', n=1), *end("tool_use"))
    assert reply.content == (
        {"type": "text", "text": "Look."},
        {"type": "tool_use", "id": "toolu_1", "name": "search", "input": {"query": "a"}},
    )


async def test_a_text_of_nothing_is_not_sent_back_since_the_api_would_refuse_it():
    reply = await completed(begin(), *text(" "), *use("search", '{"query": "a"}', n=1), *end("tool_use"))
    assert [block["type"] for block in reply.content] == ["tool_use"]


async def test_citations_are_kept_with_their_text():
    reply = await completed(begin(), *text("Within 5 to 7 working days.", citations=[CITATION]), *end())
    assert [citation["cited_text"] for block in reply.content for citation in block["citations"]] == ["5 to 7 working days"]


async def test_citations_that_came_back_can_be_sent_again():
    events = (begin(), *text("Within 5 to 7 working days.", citations=[CITATION]), *end())
    async with model_at(stream(*events)) as (model, server):
        first = await model.complete(REQUEST)
        again = (*HI, {"role": "assistant", "content": list(first.content)}, {"role": "user", "content": "And then?"})
        await model.complete(Request("claude-sonnet-5-5", (), again))
    assert server.bodies[1]["messages"][1]["content"][0]["citations"][0] == CITATION


async def test_tokens_read_from_and_written_to_the_cache_are_counted_apart():
    reply = await completed(
        begin(input_tokens=12, cache_read_input_tokens=3000, cache_creation_input_tokens=500), *text("Yes."), *end(output_tokens=9)
    )
    assert (reply.input, reply.output, reply.cache_read, reply.cache_write) == (12, 9, 3000, 500)


async def test_totals_at_the_end_of_a_stream_stand_for_those_at_its_beginning():
    reply = await completed(begin(input_tokens=1), *text("Yes."), *end(input_tokens=12, cache_read_input_tokens=40))
    assert (reply.input, reply.cache_read) == (12, 40)


async def test_a_reply_takes_as_long_as_its_timer_says():
    times = iter([100.0, 103.5])
    async with messages_server(SAID) as server:
        model = ClaudeModel(Access(key="k", url=server.url), strict=True, timer=lambda: next(times))
        assert (await model.complete(REQUEST)).seconds == 3.5
        await model.close()


def listed(*rows: tuple[str, str], more: bool = False) -> Raw:
    """Return a page of models, each with where it stands in its life."""
    known = {"type": "model", "display_name": "x", "created_at": "2026-01-01T00:00:00Z"}
    data = [{**known, "id": id, "lifecycle": lifecycle} for id, lifecycle in rows]
    page = {"data": data, "has_more": more, "first_id": rows[0][0] if rows else None, "last_id": rows[-1][0] if rows else None}
    return Raw((json.dumps(page).encode(),), headers=(("content-type", "application/json"),))


async def test_the_models_that_can_be_asked_are_listed_page_by_page_without_the_retired_ones():
    first = listed(("claude-sonnet-5-5", "active"), ("claude-3-opus", "retired"), more=True)
    async with model_at(first, listed(("claude-haiku-5-5", "deprecated"))) as (model, server):
        assert await model.models() == ("claude-sonnet-5-5", "claude-haiku-5-5")
    assert len(server.asked) == 2


async def test_where_there_are_no_models_none_are_listed():
    async with model_at(listed()) as (model, _):
        assert await model.models() == ()


async def test_a_wrong_key_is_told_when_models_are_listed():
    async with model_at(refused(401, "authentication_error")) as (model, _):
        with pytest.raises(ModelFault) as caught:
            await model.models()
    assert caught.value.fault is Fault.KEY


async def test_a_provider_whose_sdk_lists_no_models_says_so():
    model = ClaudeModel(Access("bedrock"))
    model._client = object()
    with pytest.raises(ModelFault, match="bedrock does not list its models"):
        await model.models()


async def test_what_a_provider_lacks_is_told_by_the_first_call_and_not_while_warming_up(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    model = ClaudeModel(Access("bedrock"))
    await model.warm()
    with pytest.raises(Misconfigured, match="bedrock needs an extra"):
        await model.complete(REQUEST)


async def test_a_model_connects_anew_after_it_was_warmed_up_once():
    async with model_at(SAID) as (model, server):
        await model.warm()
        assert server.asked == []
        await model.complete(REQUEST)


async def test_a_model_that_was_never_asked_can_be_closed():
    await ClaudeModel(Access(key="k")).close()


@pytest.mark.parametrize(
    ("provider", "library"), [pytest.param("bedrock", "boto3", id="bedrock"), pytest.param("vertex", "google.auth", id="vertex")]
)
async def test_a_provider_whose_extra_is_missing_says_how_to_install_it(provider, library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(Misconfigured, match=rf"anthropic\[{provider}\]"):
        await ClaudeModel(Access(provider=provider)).complete(REQUEST)


@pytest.mark.parametrize("url", ["http://127.0.0.1:port", "http://a\x00b"], ids=["a port that is no number", "signs that no name has"])
async def test_an_address_that_is_none_is_told_in_a_sentence(url):
    with pytest.raises(Misconfigured, match="anthropic cannot be used: Invalid"):
        await ClaudeModel(Access(key="k", url=url)).complete(REQUEST)


async def test_an_address_of_another_kind_does_not_answer():
    with pytest.raises(ModelFault) as caught:
        await ClaudeModel(Access(key="k", url="ftp://127.0.0.1")).complete(REQUEST)
    assert caught.value.fault is Fault.UNREACHABLE
