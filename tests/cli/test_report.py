"""`report cost`: what the language model took, counted and told."""

import asyncio
import json
from datetime import timedelta

import pytest

from desk.changes import RecordDecision, SaveChannel, SaveTicket, write
from desk.decision import Decision, Reply
from desk.facts import Facts
from desk.ids import DraftId, EventId
from desk.usage import ModelCall, Payer
from runtime import SystemClock
from settings import read_settings
from tests.store.samples import COMMUNITY, T1, channel, ticket

CALL = ModelCall("answer", "claude-big", input=1000, output=200, cache_read=8000, cache_write=1000, price=0.0312, seconds=2.0)


def book(*spendings, answered=True):
    """Book (call, payer, age in days) in the home's ledger, and answer one ticket today."""
    from bootstrap import open_records
    from store.ledger import SqlLedger

    async def work():
        now = SystemClock().now()
        async with open_records(read_settings()) as kept:
            for call, payer, age in spendings:
                await SqlLedger(kept.database).book(call, payer, at=now - timedelta(days=age))
            decided = Decision("x-1", T1, now, 1, 1, Facts(), Reply(DraftId("d-1")), ())
            written = (SaveTicket(ticket()), RecordDecision(decided)) if answered else ()
            await kept.store.commit(EventId("e-1"), write(SaveChannel(channel()), *written), at=now)

    asyncio.run(work())


MARA = Payer("t-1", "local/main/mara", str(COMMUNITY))


def test_before_anything_was_asked_it_says_so(call):
    assert call("report", "cost") == (0, "The language model was not called within 7 days.\n", "")
    assert call("report", "cost", "--days", "1")[1] == "The language model was not called within one day.\n"


def test_json_has_the_whole_the_groups_and_the_price_of_an_answered_ticket(call):
    book((CALL, MARA, 0), (ModelCall("triage", "claude-small", "busy", seconds=0.5), MARA, 1), (CALL, MARA, 30))
    code, out, _ = call("report", "cost", "--by", "model", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["days"], found["by"], found["calls"], found["failed"], found["answered"]) == (7, "model", 2, 1, 1)
    assert found["tokens"] == {"input": 1000, "cache_write": 1000, "cache_read": 8000, "output": 200}
    assert (found["cached"], found["price"], found["price_per_answered"]) == (0.8, 0.0312, 0.0312)
    assert found["seconds"] == {"median": 1.25, "p95": 2.0}
    assert [(row["key"], row["calls"], row["cached"]) for row in found["rows"]] == [("claude-big", 1, 0.8), ("claude-small", 1, None)]
    assert found["since"] < found["until"]


def test_a_longer_span_counts_what_lies_further_back(call):
    book((CALL, MARA, 0), (CALL, MARA, 30))
    assert json.loads(call("report", "cost", "--days", "60", "--json")[1])["calls"] == 2


def test_channels_are_called_by_their_names(call):
    book((CALL, MARA, 0), (CALL, Payer("t-1"), 0))
    rows = json.loads(call("report", "cost", "--by", "channel", "--json")[1])["rows"]
    assert [(row["key"], row["name"]) for row in rows] == [("", ""), (str(COMMUNITY), "#community")]


def test_for_people_it_is_a_sentence_and_a_table(call):
    book((CALL, MARA, 0))
    _, out, _ = call("report", "cost", "--by", "purpose")
    head, _, names, answer, whole = out.splitlines()
    assert head == "1 call within 7 days, 0 failed: USD 0.0312, which is USD 0.0312 a ticket for 1 ticket that it answered."
    assert names.split()[:3] == ["purpose", "calls", "failed"]
    assert answer.split() == ["answer", "1", "0", "1,000", "1,000", "8,000", "200", "80%", "0.0312", "2.0", "2.0"]
    assert whole.split()[0] == "all"
    assert len(names) == len(answer) == len(whole)


def test_calls_without_an_answered_ticket_have_no_price_a_ticket(call):
    book(*[(ModelCall("answer", "claude-big", "key"), MARA, 0)] * 3, answered=False)
    assert call("report", "cost", "--days", "1")[1].splitlines()[0] == "3 calls within one day, 3 failed: USD 0.0000, and no ticket was answered."
    assert json.loads(call("report", "cost", "--json")[1])["price_per_answered"] is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("--by", "person"), "by 'person': write one of day, model, purpose, channel, ticket", id="a key there is none of"),
        pytest.param(("--days", "0"), "--days", id="no days"),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(call, arguments, says):
    code, out, err = call("report", "cost", *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
