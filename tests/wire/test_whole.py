"""Stories in which the model also sorts what is said and sums it up: every call of a turn, and none of them needed."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from agent.model_triage import ModelTriager
from agent.summary import ModelSummarizer
from tests.agent.judge import reply as opinion
from tests.wire.conftest import Opens
from tests.wire.scripts import FALLBACK, MODEL, Turn, calls, play, refuses, submits, use, writes
from tests.world import World

REFUND = "How long does a refund take to reach my card?"
ANSWER = "Refunds reach the card within 5 to 7 working days. [1]"
FIRST = {"triage": {"order": ["model", "local"]}}


@asynccontextmanager
async def whole(desk: Opens, **policy: Any) -> AsyncIterator[World]:
    """Open a desk in which the model sorts first and sums up."""
    async with desk(**FIRST, **policy) as w:
        services = replace(w.services, triager=ModelTriager(w.services.triager, w.metered, w.policy), summarizer=ModelSummarizer(w.metered))
        w.services = services
        w.__post_init__()
        yield w


def sorts(**said: Any) -> Turn:
    """Return a turn in which the small model says what a message is."""
    return writes(opinion(**said))


async def test_a_question_takes_a_small_call_to_sort_it_and_a_large_one_to_answer_it(aimock, desk):
    async with whole(desk) as w:
        play(aimock, sorts(category="billing"), model=FALLBACK)
        play(aimock, submits(ANSWER), model=MODEL)
        await w.asks("mara", REFUND)
        (decision,) = await w.all_decisions()
        assert (decision.word, decision.facts.degraded) == ("reply", ())
        assert [(call.purpose, call.model, call.outcome) for call in decision.calls] == [("triage", FALLBACK, "ok"), ("answer", MODEL, "ok")]


async def test_what_the_model_hears_of_urgency_is_in_the_decision(aimock, desk):
    async with whole(desk) as w:
        text = "Where is my refund? All of our 40 cashiers are blocked until it comes."
        play(aimock, sorts(urgency=[("many_users", "All of our 40 cashiers are blocked")]), model=FALLBACK)
        play(aimock, submits(ANSWER), model=MODEL)
        await w.asks("mara", text)
        assert (await w.all_decisions())[0].facts.urgency == ("many_users",)


async def test_where_the_sorting_model_fails_the_local_view_stands_and_the_answer_goes_out(aimock, desk, took):
    async with whole(desk, model={"fallback": ""}) as w:
        play(aimock, refuses(429, "rate_limit_error", retryAfter=60), model=FALLBACK)
        play(aimock, submits(ANSWER), model=MODEL)
        await w.asks("mara", REFUND)
        (decision,) = await w.all_decisions()
        assert (decision.word, decision.facts.category, decision.facts.degraded) == ("reply", "billing", ("triage_busy",))
        assert [(call.purpose, call.outcome) for call in decision.calls] == [("triage", "busy"), ("answer", "ok")]
    assert took() < 30


async def test_where_both_fail_the_customer_is_answered_all_the_same(aimock, desk, took):
    async with whole(desk, model={"fallback": ""}) as w:
        play(aimock, refuses(401, "authentication_error"))
        await w.asks("mara", REFUND)
        (decision,) = await w.all_decisions()
        assert (decision.word, decision.facts.degraded) == ("reply", ("triage_key", "model_key"))
        assert w.texts(where="community")[0].startswith("Refunds reach the card within 5 to 7 working days. [1]")
    assert took() < 30


async def test_who_takes_over_reads_what_a_conversation_came_to(aimock, desk):
    async with whole(desk) as w:
        point = {"text": "The customer asked how long a refund takes to reach the card.", "messages": [1], "quote": "How long does a refund take"}
        play(aimock, submits(ANSWER), model=MODEL)
        play(aimock, writes(json.dumps({"points": [point]})), about="Sum up these messages", model=FALLBACK)
        play(aimock, sorts(), model=FALLBACK)
        await w.asks("mara", REFUND)
        await w.clicks("noor", "Take over")
        (summary,) = await w.store.summaries((await w.ticket()).id)
        assert summary.points[0].text == point["text"]
        assert point["text"] not in "\n".join(w.standing(where="community"))


async def test_who_asks_for_a_person_gets_one_without_waiting_for_a_summary(aimock, desk):
    async with whole(desk) as w:
        play(aimock, submits(ANSWER), model=MODEL)
        play(aimock, sorts(), model=FALLBACK)
        first = await w.asks("mara", REFUND)
        before = len(w.ledger.booked)
        await w.asks("mara", "I want to talk to a human, please.", under=first)
        decision = (await w.all_decisions())[-1]
        assert (decision.word, decision.facts.triggers[0]) == ("escalate", "asks_human")
        assert [row.call.purpose for row in w.ledger.booked[before:]] == ["triage"]


async def test_what_the_agent_wrote_for_a_person_needs_no_other_call(aimock, desk):
    async with whole(desk) as w:
        summary = "The customer asks for a refund that is faster than usual. [m1]"
        play(aimock, sorts(), model=FALLBACK)
        play(aimock, calls(use("hand_over", reason="decision_needed", summary=summary)), model=MODEL)
        await w.asks("mara", "Could you make an exception and refund this faster than usual?")
        assert [row.call.purpose for row in w.ledger.booked] == ["triage", "answer"]
