"""What calls of the model took, counted."""

from datetime import timedelta

import pytest

from desk.decision import Decision, Ignore, Reply, Suggest
from desk.facts import Facts, Occasion
from desk.ids import DraftId, TicketId
from desk.usage import ModelCall, Payer, Spending
from insights.cost import KEYS, Cost, cost, report
from tests.fakes import START

LATER = START + timedelta(days=7)
SENT = Reply(DraftId("d-1"))


MARA = Payer("t-1", "mara", "community")


def spending(*, hours=0.0, payer=MARA, model="big", purpose="answer", outcome="ok", **took):
    return Spending(START + timedelta(hours=hours), payer, ModelCall(purpose, model, outcome, **took))


def decision(ticket="t-1", action=SENT, occasion=Occasion.MESSAGE, hours=0.0):
    return Decision(f"x-{ticket}", TicketId(ticket), START + timedelta(hours=hours), 1, 1, Facts(occasion), action, ())


def told(spendings, decisions=(), by="model"):
    return report(spendings, decisions, since=START, until=LATER, by=by)


def test_of_no_calls_there_is_neither_time_nor_share():
    assert cost([]) == Cost()
    assert (cost([]).cached, told([]).per_answered) == (None, None)


def test_tokens_prices_and_failures_add_up():
    found = cost(
        [
            spending(input=100, output=20, cache_read=300, cache_write=100, price=0.01),
            spending(input=50, cache_read=450, price=0.02),
            spending(outcome="busy"),
        ]
    )
    assert (found.calls, found.failed, found.input, found.output, found.cache_write, found.cache_read, found.price) == (3, 1, 150, 20, 100, 750, 0.03)
    assert found.cached == 0.75


def test_times_are_of_all_calls_the_failed_ones_too():
    found = cost([spending(seconds=n, outcome="slow" if n == 20 else "ok") for n in range(1, 21)])
    assert (found.median, found.high) == (10.5, 19)


def test_one_call_is_its_own_median_and_its_own_high():
    assert (cost([spending(seconds=3)]).median, cost([spending(seconds=3)]).high) == (3, 3)


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        pytest.param("day", ["2026-11-02", "2026-11-03"], id="by day, in their order"),
        pytest.param("model", ["big", "small"], id="by model, the dearest first"),
        pytest.param("purpose", ["answer", "triage"], id="by purpose, the dearest first"),
        pytest.param("channel", ["community", "acme"], id="by channel, the dearest first"),
        pytest.param("ticket", ["t-2", "t-1"], id="by ticket, the dearest first"),
    ],
)
def test_calls_are_told_apart_by(by, keys):
    calls = [
        spending(price=0.01),
        spending(price=0.02, payer=Payer("t-2", "sam", "community")),
        spending(price=0.001, hours=20, model="small", purpose="triage", payer=Payer("t-1", "mara", "acme")),
    ]
    assert [key for key, _ in told(calls, by=by).groups] == keys
    assert set(KEYS) == {"day", "model", "purpose", "channel", "ticket"}


def test_groups_add_up_to_the_whole():
    calls = [spending(price=0.01 * n, input=n, payer=Payer(f"t-{n % 3}")) for n in range(10)]
    found = told(calls, by="ticket")
    assert sum(group.calls for _, group in found.groups) == found.total.calls == 10
    assert sum(group.input for _, group in found.groups) == found.total.input
    assert sum(group.price for _, group in found.groups) == pytest.approx(found.total.price)


def test_what_lies_outside_the_span_does_not_count():
    assert told([spending(hours=-1), spending(), spending(hours=24 * 7)]).total.calls == 1


def test_the_price_of_an_answered_ticket_carries_the_calls_for_those_that_were_not():
    calls = [spending(price=0.02), spending(price=0.04, payer=Payer("t-2"))]
    decisions = [decision(), decision(occasion=Occasion.APPROVED), decision("t-2", Suggest(DraftId("d-2")))]
    found = told(calls, decisions)
    assert (found.answered, found.per_answered) == (1, pytest.approx(0.06))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(decision(action=Ignore()), id="nobody was answered"),
        pytest.param(decision(occasion=Occasion.REPLIED), id="a teammate wrote it"),
        pytest.param(decision(occasion=Occasion.CORRECTED), id="a teammate put it right"),
        pytest.param(decision(hours=-2), id="it was before the span"),
    ],
)
def test_a_ticket_is_not_answered_when(other):
    assert told([spending()], [other]).answered == 0
