"""`why` tells of each decision what the language model took for it, and what could not be used."""

import asyncio
import json

import pytest

from desk.changes import RecordDecision, SaveChannel, SaveTicket, write
from desk.decision import Decision, Ignore, Reply
from desk.facts import Facts
from desk.ids import DraftId, EventId
from desk.ticket import Reason
from desk.usage import ModelCall
from settings import read_settings
from tests.store.samples import NOW, T1, channel, ticket

CALLS = (
    ModelCall("triage", "claude-small", "spend_limit", seconds=0.41),
    ModelCall("answer", "claude-big", input=1200, output=210, cache_read=8000, cache_write=950, price=0.0312, seconds=2.04),
)
FACTS = Facts(confidence=0.9, threshold=0.6, degraded=("triage_spend_limit", "budget_day"))


@pytest.fixture
def decided(call):
    """Keep a decision that a model had a part in, and one that it had none in."""
    from bootstrap import open_records

    async def work():
        first = Decision("x-1", T1, NOW, 1, 1, FACTS, Reply(DraftId("d-1")), (Reason("sure"),), calls=CALLS)
        second = Decision("x-2", T1, NOW, 2, 2, Facts(), Ignore(), (Reason("not_a_request"),))
        async with open_records(read_settings()) as kept:
            written = write(SaveChannel(channel()), SaveTicket(ticket()), RecordDecision(first), RecordDecision(second))
            await kept.store.commit(EventId("e-1"), written, at=NOW)

    asyncio.run(work())
    return call


def test_it_tells_each_call_with_its_tokens_price_and_time(decided):
    _, out, _ = decided("why", str(T1))
    first, second = out.split("\n\n")
    assert "   triage by claude-small: spend limit after 0.4 s" in first
    read = "1,200 tokens read anew, 950 into the cache, 8,000 from it, 210 written"
    assert f"   answer by claude-big: {read}; USD 0.0312, 2.0 s" in first
    assert "claude" not in second


def test_it_tells_what_could_not_be_used(decided):
    first, second = decided("why", str(T1))[1].split("\n\n")
    assert "   although the language model that classifies has reached the spending limit at its vendor" in first
    assert "   although the budget of the day for the language model is used up" in first
    assert "although" not in second


def test_json_has_the_calls_and_the_codes(decided):
    first, second = json.loads(decided("why", str(T1), "--json")[1])
    assert [entry["code"] for entry in first["degraded"]] == ["triage_spend_limit", "budget_day"]
    assert [(entry["purpose"], entry["outcome"]) for entry in first["calls"]] == [("triage", "spend_limit"), ("answer", "ok")]
    assert first["calls"][1] == {
        "purpose": "answer",
        "model": "claude-big",
        "outcome": "ok",
        "input": 1200,
        "cache_write": 950,
        "cache_read": 8000,
        "output": 210,
        "price": 0.0312,
        "seconds": 2.04,
    }
    assert (second["degraded"], second["calls"]) == ([], [])
