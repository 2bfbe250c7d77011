"""Claude: what can go wrong with a call, each with the fault it becomes, how often it is tried, and how long that may take."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx2
import pytest

from agent.claude import Access, ClaudeModel
from agent.model import Fault, ModelFault, Request
from tests.support.messages import Do, Raw, begin, end, event, messages_server, refused, stream, text, use

KEY = "k-secret-0815"
REQUEST = Request("claude-sonnet-5-5", (), ({"role": "user", "content": "Hi."},), timeout=timedelta(seconds=8))
HURRIED = replace(REQUEST, timeout=timedelta(seconds=0.3))
SOON = {"retry_after_ms": "10"}
BUSY = refused(529, "overloaded_error", **SOON)
YES = stream(begin(), *text("Yes."), *end())
HALF = text("Ye")[:2]


@pytest.fixture(autouse=True, scope="module")
def imported():
    """Import the SDK before a call is timed."""
    import anthropic  # noqa: F401


@dataclass(frozen=True)
class Failed:
    """How a call failed, after how many requests and seconds."""

    error: ModelFault
    requests: int
    seconds: float

    @property
    def fault(self) -> Fault:
        return self.error.fault


async def failed(*script: Raw, request: Request = REQUEST, key: str = KEY) -> Failed:
    """Return how a call against this script fails."""
    async with messages_server(*script) as server:
        model = ClaudeModel(Access(key=key, url=server.url), strict=True)
        begun = time.perf_counter()
        with pytest.raises(ModelFault) as caught:
            await model.complete(request)
        seconds = time.perf_counter() - begun
        await model.close()
        return Failed(caught.value, len(server.asked), seconds)


def mid_stream(kind: str, says: str = "No.", **more: object) -> Raw:
    """Return a stream that an error ends, as the API reports one once it has begun to answer."""
    return stream(begin(), *HALF, event("error", error={"type": kind, "message": says, **more}))


STATUSES = [
    pytest.param(
        refused(400, "invalid_request_error", "messages: at least one message is required"), Fault.REJECTED, 1, id="a request that is wrong"
    ),
    pytest.param(
        refused(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"), Fault.TOO_LONG, 1, id="prompt too long"
    ),
    pytest.param(refused(413, "request_too_large"), Fault.TOO_LONG, 1, id="a request that is too large"),
    pytest.param(refused(401, "authentication_error", "invalid x-api-key"), Fault.KEY, 1, id="a wrong key"),
    pytest.param(refused(403, "permission_error"), Fault.KEY, 1, id="a key that may not"),
    pytest.param(refused(402, "billing_error"), Fault.SPEND_LIMIT, 1, id="an account without money"),
    pytest.param(refused(404, "not_found_error", "model: claude-1"), Fault.UNKNOWN_MODEL, 1, id="no such model"),
    pytest.param(refused(404, "invalid_request_error", "no such path"), Fault.REJECTED, 1, id="no such address"),
    pytest.param(refused(422, "invalid_request_error"), Fault.REJECTED, 1, id="a request that a gateway does not take"),
    pytest.param(refused(408, "timeout_error", **SOON), Fault.SLOW, 3, id="the server gave up waiting"),
    pytest.param(refused(409, "api_error", **SOON), Fault.BUSY, 3, id="a conflict"),
    pytest.param(refused(429, "rate_limit_error", **SOON), Fault.BUSY, 3, id="too many requests"),
    pytest.param(refused(500, "api_error", **SOON), Fault.BUSY, 3, id="an error of the server's"),
    pytest.param(refused(503, "api_error", **SOON), Fault.BUSY, 3, id="a server that is away"),
    pytest.param(BUSY, Fault.BUSY, 3, id="overloaded"),
    pytest.param(
        Raw((b"<html>Bad gateway</html>",), 502, (("content-type", "text/html"), ("retry-after-ms", "10"))), Fault.BUSY, 3, id="a proxy's page"
    ),
    pytest.param(Raw((b'{"error": "no"}',), 400, (("content-type", "application/json"),)), Fault.REJECTED, 1, id="an error of another shape"),
    pytest.param(Raw((b'{"error": {"type": ["a"], "message": {"b": 1}}}',), 401), Fault.KEY, 1, id="an error of no shape"),
    pytest.param(
        refused(429, "rate_limit_error", code="enforced_spend_limit_reached", x_should_retry="false"), Fault.SPEND_LIMIT, 1, id="the spending limit"
    ),
]
MID_STREAM = [
    pytest.param(mid_stream("overloaded_error"), Fault.DROPPED, id="overloaded, which is worth a second try"),
    pytest.param(mid_stream("api_error"), Fault.DROPPED, id="an error of the server's"),
    pytest.param(mid_stream("of_a_kind_nobody_knows"), Fault.DROPPED, id="an error nobody knows"),
    pytest.param(mid_stream("rate_limit_error", details={"error_code": "enforced_spend_limit_reached"}), Fault.SPEND_LIMIT, id="the spending limit"),
    pytest.param(mid_stream("invalid_request_error"), Fault.REJECTED, id="a request that is wrong"),
    pytest.param(mid_stream("invalid_request_error", "Prompt is too long"), Fault.TOO_LONG, id="prompt too long"),
    pytest.param(mid_stream("request_too_large"), Fault.TOO_LONG, id="a request that is too large"),
    pytest.param(mid_stream("authentication_error"), Fault.KEY, id="a key that was taken away"),
    pytest.param(mid_stream("billing_error"), Fault.SPEND_LIMIT, id="no money left"),
    pytest.param(mid_stream("not_found_error"), Fault.UNKNOWN_MODEL, id="no such model"),
    pytest.param(mid_stream("timeout_error"), Fault.SLOW, id="a server that gave up"),
    pytest.param(stream(begin(), b"event: error\ndata: not even JSON\n\n"), Fault.DROPPED, id="an error that is not JSON"),
]
STREAMS = [
    pytest.param(stream(begin(), *text("Yes.")), Fault.CUT, id="it ends without a reason"),
    pytest.param(stream(begin(), *text("Yes."), *end(None)), Fault.CUT, id="it ends with no reason given"),
    pytest.param(stream(begin(), *HALF), Fault.CUT, id="it ends within a sentence"),
    pytest.param(stream(begin()), Fault.CUT, id="it ends after it began"),
    pytest.param(stream(), Fault.CUT, id="nothing comes"),
    pytest.param(stream(begin(), *HALF, Do.BREAK), Fault.DROPPED, id="the connection breaks"),
    pytest.param(stream(Do.BREAK), Fault.DROPPED, id="the connection breaks after the head"),
    pytest.param(stream(begin(), b'event: content_block_delta\ndata: {"type": "conte\n\n'), Fault.DROPPED, id="a chunk is garbled"),
    pytest.param(stream(begin(), b"event: ping\ndata: \xff\xfe\n\n", *end()), Fault.CUT, id="a chunk is no text"),
    pytest.param(
        stream(begin(), event("content_block_delta", index=0, delta={"type": "text_delta"}), *end()), Fault.DROPPED, id="an event lacks something"
    ),
    pytest.param(stream(begin(), *HALF[1:], *end()), Fault.CUT, id="an event is missing"),
    pytest.param(stream(*text("Yes."), *end()), Fault.CUT, id="the beginning is missing"),
    pytest.param(stream(begin(), *use("search", '{"query": "ref'), *end("tool_use")), Fault.CUT, id="the input of a tool is cut off within a value"),
    pytest.param(
        stream(begin(), *use("search", '{"query": "a", "k": '), *end("tool_use")), Fault.CUT, id="the input of a tool is cut off after a value"
    ),
    pytest.param(stream(begin(), *use("search", "{query: a}"), *end("tool_use")), Fault.CUT, id="the input of a tool is no JSON"),
    pytest.param(stream(begin(), *use("search", '{"query": "ref'), *end("max_tokens")), Fault.CUT, id="the reply is longer than it may be"),
    pytest.param(stream(begin(), *text("I"), *end("refusal")), Fault.REFUSED, id="the model refuses"),
    pytest.param(stream(begin(), *end("model_context_window_exceeded")), Fault.TOO_LONG, id="the context is full"),
    pytest.param(Raw((b"<html>Log in first</html>",), headers=(("content-type", "text/html"),)), Fault.CUT, id="a page instead of a stream"),
]


@pytest.mark.parametrize(("answer", "fault", "requests"), STATUSES)
async def test_a_status_becomes_a_fault_and_only_what_may_pass_is_tried_again(answer, fault, requests):
    what = await failed(answer)
    assert (what.fault, what.requests) == (fault, requests)
    assert what.seconds < 4


@pytest.mark.parametrize(("answer", "fault"), MID_STREAM)
async def test_an_error_within_a_stream_becomes_a_fault_at_once(answer, fault):
    what = await failed(answer)
    assert (what.fault, what.requests) == (fault, 1)
    assert what.seconds < 3


@pytest.mark.parametrize(("answer", "fault"), STREAMS)
async def test_a_stream_that_is_not_whole_is_never_taken_for_a_reply(answer, fault):
    what = await failed(answer)
    assert (what.fault, what.requests) == (fault, 1)
    assert what.seconds < 3


SLOW = [
    pytest.param(Raw((Do.HANG,), None), id="no head comes"),
    pytest.param(stream(Do.HANG), id="no event comes"),
    pytest.param(stream(begin(), *HALF, Do.HANG), id="it stalls within a sentence"),
    pytest.param(stream(begin(), event("ping"), Do.HANG), id="it stalls after a sign of life"),
    pytest.param(refused(529, "overloaded_error", retry_after="4"), id="it asks to wait for longer than there is time"),
]


@pytest.mark.parametrize("answer", SLOW)
async def test_nobody_waits_longer_than_a_call_may_take(answer):
    what = await failed(answer, request=HURRIED)
    assert what.fault is Fault.SLOW
    assert 0.29 < what.seconds < 3


async def test_a_server_that_hangs_up_without_a_word_is_tried_three_times_and_taken_for_busy():
    what = await failed(Raw((Do.BREAK,), None))
    assert (what.fault, what.requests) == (Fault.BUSY, 3)
    assert what.seconds < 3


async def test_where_nobody_listens_the_address_does_not_answer():
    async with messages_server(YES) as server:
        address = server.url
    model = ClaudeModel(Access(key=KEY, url=address), strict=True)
    begun = time.perf_counter()
    with pytest.raises(ModelFault) as caught:
        await model.complete(REQUEST)
    assert (caught.value.fault, str(caught.value)) == (Fault.UNREACHABLE, "model is unavailable: nothing answers at its address")
    assert time.perf_counter() - begun < 6


class Unanswered(httpx2.AsyncBaseTransport):
    """A network in which nobody accepts a connection, which takes a test no time to find out."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectTimeout("timed out", request=request)


async def test_an_address_that_swallows_connections_does_not_answer_and_is_not_called_slow():
    with pytest.raises(ModelFault) as caught:
        await ClaudeModel(Access(key=KEY), transport=Unanswered()).complete(REQUEST)
    assert caught.value.fault is Fault.UNREACHABLE


@pytest.mark.parametrize("times", [1, 2])
async def test_what_passes_is_waited_for_and_then_answered(times: int):
    async with messages_server(*[BUSY] * times, YES) as server:
        model = ClaudeModel(Access(key=KEY, url=server.url), strict=True)
        assert (await model.complete(REQUEST)).text == "Yes."
        await model.close()
    assert len(server.asked) == times + 1


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        pytest.param({"retry_after": "30"}, timedelta(seconds=30), id="in seconds"),
        pytest.param({"retry_after_ms": "7000"}, timedelta(seconds=7), id="in milliseconds"),
        pytest.param({"retry_after": "1e300"}, timedelta(days=1), id="for as good as ever"),
        pytest.param({"retry_after": "inf"}, timedelta(days=1), id="for ever"),
    ],
)
async def test_where_it_is_asked_to_wait_for_long_nobody_does_and_the_fault_says_for_how_long(asked, after):
    what = await failed(refused(429, "rate_limit_error", **asked))
    assert (what.fault, what.error.after, what.requests) == (Fault.BUSY, after, 1)
    assert what.seconds < 3


@pytest.mark.parametrize("asked", ["nan", "soon", "-5"])
async def test_a_wait_that_is_none_is_not_waited_for(asked: str):
    what = await failed(refused(503, "api_error", retry_after=asked))
    assert (what.fault, what.error.after in (None, timedelta())) == (Fault.BUSY, True)
    assert what.seconds < 4


LOOSE = [
    refused(401, "authentication_error", f"invalid x-api-key {KEY}"),
    refused(401, f"authentication_error for {KEY}"),
    refused(429, "rate_limit_error", code=f"limit of {KEY}", x_should_retry="false"),
    mid_stream("api_error", KEY),
    mid_stream(KEY),
    Raw((KEY.encode(),), 500, (("content-type", "text/plain"), ("x-should-retry", "false"))),
    stream(begin(), f"event: content_block_delta\ndata: {KEY}\n\n".encode()),
    stream(begin(), *use("search", f'{{"query": "{KEY}'), *end("tool_use")),
]


@pytest.mark.parametrize("answer", LOOSE, ids=range(len(LOOSE)))
async def test_whatever_the_other_side_repeats_the_key_is_not_in_the_text_of_the_error(answer: Raw):
    what = await failed(answer)
    assert KEY not in f"{what.error} {what.error!r} {what.error.code} {what.error.args}"


async def test_a_call_that_is_called_off_closes_its_connection():
    async with messages_server(stream(begin(), *HALF, Do.HANG)) as server:
        model = ClaudeModel(Access(key=KEY, url=server.url), strict=True)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(model.complete(REQUEST), 0.3)
        # The server waits for its client to leave, so that it ends at all shows that the client has left.
        await asyncio.wait_for(server.idle(), 2)
        await model.close()


def findings(llmock, *severities: str) -> Sequence[str]:
    """Return what llmock finds wrong with how its client took the faults."""
    return [finding.code for finding in llmock.verdict().findings if finding.severity in severities]


async def asked(llmock, *, request: Request = REQUEST) -> Fault | str:
    """Ask llmock, and return what it said or which fault that was."""
    model = ClaudeModel(Access(key=KEY, url=llmock.base_url("anthropic")), strict=True)
    try:
        return (await model.complete(request)).text
    except ModelFault as error:
        return error.fault
    finally:
        await model.close()


async def test_llmock_is_understood(llmock):
    llmock.reply("Your refund is on its way.")
    assert await asked(llmock) == "Your refund is on its way."


async def test_a_limit_is_waited_for_as_long_as_it_asks(llmock):
    llmock.rate_limit(times=2, retry_after=0.2).reply("Yes.")
    assert await asked(llmock) == "Yes."
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        pytest.param(400, Fault.REJECTED, id="a wrong request"),
        pytest.param(401, Fault.KEY, id="a wrong key"),
        pytest.param(402, Fault.SPEND_LIMIT, id="no money"),
        pytest.param(403, Fault.KEY, id="not allowed"),
        pytest.param(404, Fault.UNKNOWN_MODEL, id="no such model"),
        pytest.param(413, Fault.TOO_LONG, id="too large"),
    ],
)
async def test_what_no_retry_mends_is_asked_once(status, fault, llmock):
    llmock.fail(status, times=None)
    assert await asked(llmock) is fault
    assert len(llmock.requests) == 1
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize("status", [500, 529])
async def test_what_may_pass_is_tried_three_times_and_no_more(status, llmock):
    llmock.fail(status, times=None, retry_after=0.05)
    assert await asked(llmock) is Fault.BUSY
    assert len(llmock.requests) == 3
    llmock.assert_resilient(strict=True)


async def test_an_overflow_of_the_context_is_known_by_its_words(llmock):
    llmock.context_overflow()
    assert await asked(llmock) is Fault.TOO_LONG


@pytest.mark.parametrize(
    ("break_off", "fault"),
    [
        pytest.param(lambda mock: mock.disconnect(after_chunks=3), Fault.DROPPED, id="the connection breaks"),
        pytest.param(lambda mock: mock.truncate(after_chunks=3), Fault.CUT, id="it ends early"),
        pytest.param(lambda mock: mock.corrupt(after_chunks=3), Fault.DROPPED, id="a chunk is garbled"),
        pytest.param(lambda mock: mock.stall(after_chunks=3, seconds=3), Fault.SLOW, id="it stalls"),
        pytest.param(lambda mock: mock.delay(3), Fault.SLOW, id="the head is late"),
        pytest.param(lambda mock: mock.slow_first_token(3), Fault.SLOW, id="the first word is late"),
    ],
)
async def test_a_stream_that_breaks_off_is_a_fault_within_its_time(break_off, fault, llmock):
    break_off(llmock.reply("One two three four five six seven."))
    begun = time.perf_counter()
    assert await asked(llmock, request=replace(REQUEST, timeout=timedelta(seconds=0.5))) is fault
    assert time.perf_counter() - begun < 2.9


async def test_a_stall_is_not_sat_through(llmock):
    llmock.reply("One two three four five.").stall(after_chunks=3, seconds=1.5)
    await asked(llmock, request=HURRIED)
    assert "no_read_timeout" not in findings(llmock, "warning", "error")


async def test_an_input_of_a_tool_that_is_no_json_is_a_reply_that_was_cut_off(llmock):
    llmock.call_tool("search_knowledge", {"query": "refund times"}).break_tool_call()
    tools = ({"name": "search_knowledge", "description": "Search.", "input_schema": {"type": "object"}},)
    assert await asked(llmock, request=replace(REQUEST, tools=tools)) is Fault.CUT


@pytest.mark.parametrize("stop", [pytest.param("max_tokens", id="one that is cut off"), pytest.param("refusal", id="a refusal")])
async def test_a_reply_that_cannot_be_used_tells_what_it_took(stop):
    used = (await failed(stream(begin(), *text("I"), *end(stop)))).error.used
    assert used is not None
    assert (used.model, used.input, used.output) == (REQUEST.model, 10, 5)
