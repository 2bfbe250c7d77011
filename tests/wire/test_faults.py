"""Stories of a model that fails: each fault leads to its right end, in time, and the decision tells of it."""

import json
from collections.abc import Callable, Sequence

import pytest
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Fail, SlowFirstToken, StreamFault, ToolFault

from desk.decision import Decision
from tests.support.messages import Do, Raw, begin, end, event, messages_server, refused, stream
from tests.support.messages import use as used
from tests.wire.scripts import FALLBACK, MODEL, Turn, ends, play, refuses, reply, search, submits
from tests.world import World

REFUND = "How long does a refund take to reach my card?"
ANSWER = "Refunds reach the card within 5 to 7 working days. [1]"
SAYS = submits(ANSWER)
SPOKEN = stream(begin(), *used("submit_reply", json.dumps(reply(ANSWER))), *end("tool_use"))
BUSY = refuses(529, "overloaded_error", "Overloaded")
LIMIT = refuses(429, "rate_limit_error", retryAfter=60)
"""Nobody waits for it, which saves a story the time of the retries."""
QUOTED = "extractive-2"
Breaks = Callable[[LLMock], object]


async def asked(w: World) -> Decision:
    """Have a customer ask, and return what was decided."""
    await w.asks("mara", REFUND)
    (decision,) = await w.all_decisions()
    return decision


def outcomes(decision: Decision) -> list[tuple[str, str]]:
    """Return each call's model and how it ended."""
    return [(call.model, call.outcome) for call in decision.calls]


def answered(decision: Decision, w: World, by: str) -> bool:
    """Tell whether the customer reads the answer, and who wrote it: a model, or the quoting answerer."""
    read = w.texts(where="community")[0].startswith("Refunds reach the card within 5 to 7 working days. [1]")
    return (decision.word, decision.versions.model, read) == ("reply", by if by == QUOTED else f"agent-1 {by}", True)


PASSES = [
    pytest.param(lambda mock: mock.rate_limit(times=2, retry_after=0.1), id="a limit on requests"),
    pytest.param(lambda mock: mock.fail(529, times=2, retry_after=0.1), id="an overload"),
    pytest.param(lambda mock: mock.fail(503, times=2, retry_after=0.1), id="an outage"),
    pytest.param(lambda mock: mock.fail(500, times=1, retry_after=0.1), id="an error of the server's"),
    pytest.param(lambda mock: mock.fail(408, times=1, retry_after=0.1), id="a server that gave up waiting"),
]


@pytest.mark.parametrize("breaks", PASSES)
async def test_what_passes_in_a_moment_is_waited_for_and_nobody_notices(breaks: Breaks, llmock, desk_at, took):
    breaks(llmock.call_tool("submit_reply", reply(ANSWER), times=None))
    async with desk_at(llmock.base_url("anthropic")) as w:
        decision = await asked(w)
        assert (decision.word, decision.facts.degraded, outcomes(decision)) == ("reply", (), [(MODEL, "ok")])
        assert answered(decision, w, MODEL)
    llmock.assert_resilient(strict=True)
    assert took() < 30


BROKEN = [
    pytest.param(StreamFault("disconnect", after_chunks=4), "dropped", id="the connection breaks"),
    pytest.param(StreamFault("truncate", after_chunks=4), "cut", id="the stream ends early and nobody says so"),
    pytest.param(StreamFault("malformed", after_chunks=4), "dropped", id="a chunk is garbled"),
    pytest.param(ToolFault("malformed_arguments"), "cut", id="the input of a tool is cut off"),
]


@pytest.mark.parametrize(("fault", "outcome"), BROKEN)
async def test_what_broke_off_is_asked_once_more(fault, outcome, llmock, desk_at, took):
    llmock.call_tool("submit_reply", reply(ANSWER), times=None).add(fault)
    async with desk_at(llmock.base_url("anthropic")) as w:
        decision = await asked(w)
        assert (decision.word, decision.facts.degraded, outcomes(decision)) == ("reply", (), [(MODEL, outcome), (MODEL, "ok")])
        assert answered(decision, w, MODEL)
    assert took() < 30


EVENTS = [
    pytest.param(event("error", error={"type": "overloaded_error", "message": "Overloaded"}), "dropped", id="overloaded in the middle"),
    pytest.param(event("error", error={"type": "api_error", "message": "Internal"}), "dropped", id="an error in the middle"),
    pytest.param(Do.BREAK, "dropped", id="broken off in the middle"),
    pytest.param(b"", "cut", id="over in the middle"),
]


@pytest.mark.parametrize(("middle", "outcome"), EVENTS)
async def test_an_error_within_a_stream_is_asked_once_more(middle, outcome, desk_at, took):
    broken = stream(begin(), *used("submit_reply", '{"thread": "Refunds')[:2], *([middle] if middle else []))
    async with messages_server(broken, SPOKEN) as server, desk_at(server.url) as w:
        decision = await asked(w)
        assert (decision.word, outcomes(decision)) == ("reply", [(MODEL, outcome), (MODEL, "ok")])
        assert answered(decision, w, MODEL)
    assert took() < 30


ELSEWHERE = [
    pytest.param(BUSY, ["busy"], id="overloaded"),
    pytest.param(LIMIT, ["busy"], id="a limit that asks for a minute"),
    pytest.param(refuses(404, "not_found_error", "model: claude-sonnet-5-5"), ["unknown_model"], id="a model that is gone"),
    pytest.param(ends("refusal"), ["refused"], id="a refusal"),
    pytest.param(ends("length"), ["cut", "cut"], id="a reply that is longer than it may be, twice"),
    pytest.param(SAYS.served(truncateAfterChunks=3, latency=20), ["dropped", "dropped"], id="a connection that breaks, twice"),
    pytest.param(SAYS.served(truncateAfterChunks=1), ["busy"], id="a server that hangs up without a word"),
    pytest.param(SAYS.served(latency=9000), ["slow"], id="no word in time"),
]


@pytest.mark.parametrize(("turn", "faults"), ELSEWHERE)
async def test_what_another_model_may_do_better_it_does(turn: Turn, faults: Sequence[str], aimock, desk, took):
    play(aimock, turn, model=MODEL)
    play(aimock, SAYS, model=FALLBACK)
    async with desk(model={"bounds": {"call": "2s"}} if faults == ["slow"] else {}) as w:
        decision = await asked(w)
        assert (decision.word, outcomes(decision)) == ("reply", [*((MODEL, fault) for fault in faults), (FALLBACK, "ok")])
        assert answered(decision, w, FALLBACK)
    assert took() < 30


async def test_another_model_goes_on_where_the_first_one_stood(aimock, w):
    play(aimock, search("refund times"), LIMIT, model=MODEL)
    play(aimock, search("other words"), SAYS, model=FALLBACK)
    decision = await asked(w)
    assert outcomes(decision) == [(MODEL, "ok"), (MODEL, "busy"), (FALLBACK, "ok")]
    assert (decision.word, "5 to 7 working days" in w.tap.seen()) == ("reply", True)


NOBODY = [
    pytest.param(BUSY, "model_busy", 2, id="both are overloaded"),
    pytest.param(ends("length"), "model_cut", 4, id="both write too much"),
    pytest.param(refuses(401, "authentication_error", "invalid x-api-key"), "model_key", 1, id="a wrong key"),
    pytest.param(refuses(403, "permission_error"), "model_key", 1, id="a key that may not"),
    pytest.param(refuses(402, "billing_error"), "model_spend_limit", 1, id="no money left"),
    pytest.param(refuses(404, "not_found_error", "model"), "model_unknown_model", 2, id="neither model exists"),
    pytest.param(refuses(400, "invalid_request_error", "tools.0: bad"), "model_rejected", 1, id="a request that is wrong"),
    pytest.param(refuses(413, "request_too_large"), "model_too_long", 2, id="a prompt that is too long even when it is short"),
]


@pytest.mark.parametrize(("turn", "code", "made"), NOBODY)
async def test_when_no_model_can_the_quoting_answerer_serves(turn: Turn, code: str, made: int, aimock, w, took):
    play(aimock, turn)
    decision = await asked(w)
    assert (decision.facts.degraded, len(decision.calls)) == ((code,), made)
    assert answered(decision, w, QUOTED)
    assert took() < 30


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        pytest.param(StreamFault("disconnect", after_chunks=2, times=None), "model_dropped", id="every connection breaks"),
        pytest.param(StreamFault("truncate", after_chunks=2, times=None), "model_cut", id="every stream ends early"),
        pytest.param(StreamFault("malformed", after_chunks=2, times=None), "model_dropped", id="every stream is garbled"),
        pytest.param(ToolFault("malformed_arguments", times=None), "model_cut", id="every input of a tool is cut off"),
        pytest.param(StreamFault("stall", after_chunks=2, stall_seconds=4, times=None), "model_slow", id="every stream stalls"),
        pytest.param(SlowFirstToken(4, times=None), "model_slow", id="no word ever comes in time"),
        pytest.param(Fail(529, retry_after=0.05, times=None), "model_busy", id="an overload that lasts"),
    ],
)
async def test_a_vendor_whose_every_reply_breaks_leaves_nobody_without_an_answer(fault, code, llmock, desk_at, took):
    llmock.call_tool("submit_reply", reply(ANSWER), times=None).add(fault)
    async with desk_at(llmock.base_url("anthropic"), model={"bounds": {"call": "1s"}}) as w:
        decision = await asked(w)
        assert (decision.facts.degraded, answered(decision, w, QUOTED)) == ((code,), True)
        assert {call.model for call in decision.calls} == {MODEL, FALLBACK}
    assert took() < 30


async def test_an_address_where_nobody_answers_is_told_and_the_quoting_answerer_serves(desk_at, took):
    async with messages_server(SPOKEN) as server:
        gone = server.url
    async with desk_at(gone) as w:
        decision = await asked(w)
        assert (decision.facts.degraded, outcomes(decision)) == (("model_unreachable",), [(MODEL, "unreachable")])
        assert answered(decision, w, QUOTED)
    assert took() < 30


async def test_a_spending_limit_is_not_waited_for_and_the_team_is_told(desk_at, took):
    limit = refused(429, "rate_limit_error", "Spend limit.", code="enforced_spend_limit_reached", retry_after="3600")
    async with messages_server(limit) as server, desk_at(server.url) as w:
        decision = await asked(w)
        assert (decision.facts.degraded, outcomes(decision)) == (("model_spend_limit",), [(MODEL, "spend_limit")])
        assert answered(decision, w, QUOTED)
        assert len(server.asked) == 1
        assert "The vendor's spending limit is reached" in "\n".join(w.texts(where="agents"))
    assert took() < 30


async def test_a_wrong_key_is_told_to_the_team_once_and_soon_nobody_is_asked_any_more(aimock, w):
    play(aimock, refuses(401, "authentication_error", "invalid x-api-key"))
    for who in ("mara", "ina", "jon"):
        await w.asks(who, f"How do I get a refund? It is for {who}.")
    assert len([text for text in w.texts(where="agents") if text.startswith("The language model refuses our key")]) == 1
    assert w.tap.models == [MODEL, FALLBACK]
    assert [decision.facts.degraded for decision in await w.all_decisions()] == [("model_key",), ("model_key",), ("model_open",)]


async def test_a_refusal_of_both_models_brings_a_person_with_what_is_known(aimock, w):
    play(aimock, ends("refusal"))
    decision = await asked(w)
    assert (decision.facts.degraded, outcomes(decision)) == (("model_refused",), [(MODEL, "refused"), (FALLBACK, "refused")])
    assert (decision.word, "model_refused" in decision.facts.doubts) == ("suggest", True)
    assert "Mara" in "\n".join(w.standing(where="agents"))


async def test_a_prompt_that_does_not_fit_is_asked_again_with_less_of_the_conversation(aimock, w):
    for n in range(9):
        await w.says("mara", f"Part {n} of what I saw: the refund is nowhere, and I looked on every page of the bank.")
    play(aimock, [refuses(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"), SAYS])
    await w.asks("mara", REFUND)
    (decision,) = await w.all_decisions()
    assert outcomes(decision) == [(MODEL, "too_long"), (MODEL, "ok")]
    long, short = (json.dumps(body["messages"]) for body in w.tap.bodies)
    assert ("Part 0" in long, "Part 0" in short, "reach my card" in short, len(short) < len(long)) == (True, False, True, True)


async def test_a_context_that_fills_up_in_the_middle_is_begun_anew_and_shorter(aimock, w):
    play(aimock, search("refund times"), ends("model_context_window_exceeded"), model=MODEL)
    decision = await asked(w)
    assert [outcome for _, outcome in outcomes(decision)][:3] == ["ok", "too_long", "ok"]
    assert answered(decision, w, QUOTED)


async def test_a_fault_while_a_reply_is_mended_leaves_the_reply_to_a_person(aimock, w):
    play(aimock, submits("Refunds reach the card within 2 working days. [1]"), refuses(400, "invalid_request_error"))
    decision = await asked(w)
    assert (decision.word, decision.facts.degraded, decision.facts.unsupported) == ("suggest", ("model_rejected",), 1)
    assert "2 working days" not in "\n".join(w.texts(where="community"))


async def test_what_the_quoting_answerer_cannot_answer_goes_to_a_person_when_the_model_is_down(aimock, w):
    play(aimock, LIMIT)
    await w.asks("mara", "Our single sign-on metadata certificate rotates tomorrow, what do we have to change?")
    (decision,) = await w.all_decisions()
    assert (decision.word, decision.facts.degraded) == ("escalate", ("model_busy",))
    assert "A person of our team has this now" in w.texts(where="community")[0]


@pytest.mark.parametrize("system", ["kb", "crm"])
async def test_what_is_down_from_the_beginning_is_said_and_the_model_is_asked_when_it_is_back(system, aimock, w):
    part = w.knowledge if system == "kb" else w.crm
    play(aimock, SAYS)
    part.down = True
    await w.asks("mara", REFUND)
    assert (await w.decisions(), w.tap.bodies) == (["hold"], [])
    assert w.texts(where="community")[0].startswith("Part of our support system is not available right now.")
    part.down = False
    await w.wait(minutes=2)
    assert await w.decisions() == ["hold", "reply"]


async def test_what_was_read_from_the_cache_is_in_the_decision_at_its_price(desk_at):
    cached = stream(
        begin(input_tokens=100, cache_read_input_tokens=4000, cache_creation_input_tokens=200),
        *used("submit_reply", json.dumps(reply(ANSWER))),
        *end("tool_use", output_tokens=100),
    )
    async with messages_server(cached) as server, desk_at(server.url) as w:
        (call,) = (await asked(w)).calls
        assert (call.input, call.cache_read, call.cache_write, call.output) == (100, 4000, 200, 100)
        assert call.price == round((100 * 3 + 4000 * 0.3 + 200 * 3.75 + 100 * 15) / 1e6, 6)


async def test_the_key_is_nowhere_in_what_anybody_reads_or_the_desk_keeps(desk_at):
    echo = Raw((b'{"error": {"type": "no key like k-secret", "message": "k-secret is wrong"}}',), 401)
    async with messages_server(echo) as server, desk_at(server.url) as w:
        decision = await asked(w)
        assert (decision.facts.degraded, "k-secret" in f"{w.texts()} {decision} {w.ledger.booked}") == (("model_key",), False)
