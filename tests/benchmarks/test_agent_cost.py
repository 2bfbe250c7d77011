"""What a ticket takes of a model: the figures are of both sides, of everything, and by what was sent before."""

import asyncio
from dataclasses import replace
from statistics import median

import pytest

from benchmarks.agent_cost import Taken, calls_of, came, met, repairs, schedules, summed, taken
from benchmarks.agent_day import live
from benchmarks.agent_server import Call
from benchmarks.agent_tickets import read_tickets
from desk.writing import Price

CHOSEN = ("refund-visa", "accountant-mail", "suspended", "app-crash", "resend-invoice", "a-person")
"""A question, another in the same minute, one about the record, one that is asked back about, an action, and one for a person."""


@pytest.fixture(scope="module")
def tickets():
    return [ticket for ticket in read_tickets() if ticket.id in CHOSEN]


@pytest.fixture(scope="module")
def day(tickets, tmp_path_factory):
    return asyncio.run(live(tickets, tmp_path_factory.mktemp("day")))


def answers(calls):
    return [call for call in calls if call.purpose == "answer"]


def test_every_turn_is_put_to_both_sides_but_what_waits_for_a_person_anyway(day, tickets):
    turns = {(turn.ticket, turn.n): turn for ticket in tickets for turn in ticket.turns}
    mine, other = ({(call.turn.ticket, call.turn.n) for call in calls} for calls in (day.ours, day.plain))
    assert other == set(turns)
    assert mine | {key for key, turn in turns.items() if turn.ends == "hand_over"} == set(turns)


def test_the_desk_decides_as_the_tickets_expect(day):
    assert [(told.turn.ticket, told.word) for told in day.told if not told.as_expected] == []


def test_both_sides_speak_to_the_same_model(day):
    assert {call.body["model"] for call in (*answers(day.ours), *day.plain)} == {day.policy.answers}


def test_triage_is_counted_among_ours(day):
    assert {"triage", "answer"} <= {call.purpose for call in day.ours}


def test_nothing_the_plain_loop_sends_is_cached(day):
    assert summed(taken(day.plain, day.policy, at=came)).read == 0


def test_the_plain_loop_looks_up_before_it_answers(day):
    first = next(call for call in day.plain if call.turn.ticket == "refund-visa")
    assert len([call for call in day.plain if call.turn is first.turn]) == 2
    assert [message["role"] for message in first.body["messages"]] == ["user"]


def test_the_plain_loop_keeps_what_its_tools_returned(day):
    again = next(call for call in day.plain if (call.turn.ticket, call.turn.n) == ("app-crash", 1))
    assert any(
        block["type"] == "tool_result" for message in again.body["messages"] if isinstance(message["content"], list) for block in message["content"]
    )


def test_our_answer_is_there_after_one_call_where_the_prompt_holds_it(day):
    assert len([call for call in answers(day.ours) if call.turn.ticket == "refund-visa"]) == 1


def test_the_median_answered_ticket_takes_no_more_calls_than_the_mark_allows(day, tickets):
    assert met(day, tickets)["calls"][1]


def test_no_reply_of_these_needed_a_second_try(day):
    assert repairs(day.ours) == 0


def test_while_the_desk_is_busy_an_answer_takes_fewer_new_tokens_than_the_plain_loop(day, tickets):
    soon = schedules(tickets)["a minute apart"]

    def later(calls):
        each = zip(calls, taken(calls, day.policy, at=soon), strict=True)
        return {n: sum(one.uncached for call, one in each_of if call.purpose == "answer") for n, each_of in by_turn(each).items()}

    mine, other = later(day.ours), later(day.plain)
    warm = [turn for turn in mine if turn not in (("refund-visa", 0), ("accountant-mail", 0))]
    assert median(mine[turn] for turn in warm) < median(other[turn] for turn in warm)


def by_turn(each):
    found = {}
    for call, one in each:
        found.setdefault((call.turn.ticket, call.turn.n), []).append((call, one))
    return found


def test_turns_far_apart_take_more_new_tokens_than_turns_in_a_row(day, tickets):
    other = schedules(tickets)
    near, far = (summed(taken(day.ours, day.policy, at=other[name])).uncached for name in ("a minute apart", "2 hours apart"))
    assert near < far


def test_all_input_is_counted_once_whatever_the_times(day, tickets):
    assert len({summed(taken(day.ours, day.policy, at=clock)).input // 100 for clock in schedules(tickets).values()}) == 1


def test_calls_are_counted_by_ticket(day, tickets):
    assert sum(calls_of(day.ours, tickets)) == len(day.ours)


PRICE = Price(input=10, output=50, cache_read=1, cache_write=12.5, cache_write_hour=20)


@pytest.fixture
def priced(day):
    return lambda **marks: _priced(day, **marks)


def _priced(day, **marks):
    policy = replace(day.policy, prices={"m": PRICE})
    block = {"type": "text", "text": "x" * 4_000, **({"cache_control": {"type": "ephemeral", **marks}} if marks else {})}
    body = {"model": "m", "system": [block], "messages": [{"role": "user", "content": "y" * 400}]}
    call = Call(day.told[0].turn, "answer", body, 100, 0.0)
    return taken([call, call], policy, at=lambda _: 0.0)


def test_a_token_in_the_cache_costs_what_policy_says(priced):
    first, second = priced(ttl="5m")
    tokens = first.written
    assert first.price == pytest.approx((first.plain * 10 + tokens * 12.5 + 100 * 50) / 1e6)
    assert second.price == pytest.approx((second.plain * 10 + tokens * 1 + 100 * 50) / 1e6)


def test_what_is_kept_for_an_hour_costs_more_to_write(priced):
    assert priced(ttl="1h")[0].price - priced(ttl="5m")[0].price == pytest.approx(priced(ttl="1h")[0].written * (20 - 12.5) / 1e6)


def test_sums_add_up():
    assert summed([Taken(1, 2, 3, 4, 5, 0.5), Taken(1, 1, 1, 1, 1, 0.5)]) == Taken(2, 3, 4, 5, 6, 1.0)
