"""What is owed, on cards, in the queue and on the home page."""

import pytest

from desk.cards import Card, Text, plain
from desk.timeline import Purpose
from escalation.clock import owed
from handlers import dues
from tests.escalation.test_clock import ACME, ANSWERED, ASKED, CUSTOMER, OURS, THIRD, on, policy, ticket

QUESTION = "How long does a refund take?"


def told(at, *marks, **more):
    """Return the most pressing promise of a ticket in words."""
    held = ticket(*marks, **more)
    return plain(Card((Text(dues.soonest(owed(held, ACME, policy(), at), held, now=at, zone="UTC")),)))


@pytest.mark.parametrize(
    ("at", "marks", "more", "words"),
    [
        pytest.param(on("mon", "10:22"), [ASKED], {}, ("first response due 11:00", "in 38 min"), id="what is due and when"),
        pytest.param(on("mon", "11:12"), [ASKED], {}, ("first response breached 12 min ago", "due 11:00"), id="what is broken and since when"),
        pytest.param(on("mon", "12:00"), [ASKED, ANSWERED], {}, ("resolution waits for the customer",), id="what waits for the customer"),
        pytest.param(
            on("mon", "12:00"),
            [ASKED, (on("mon", "10:10"), THIRD)],
            {"third_party": "the bank"},
            ("first response waits for the bank",),
            id="or a bank",
        ),
        pytest.param(
            on("mon", "12:30"), [ASKED, ANSWERED, (on("mon", "12:00"), OURS)], {}, ("next response due 14:00",), id="the soonest of several"
        ),
        pytest.param(
            on("mon", "11:00"), [ASKED, (on("mon", "10:10"), CUSTOMER)], {}, ("first response waits for the customer",), id="a question back"
        ),
    ],
)
def test_a_promise_is_told_in_words(at, marks, more, words):
    assert all(word in told(at, *marks, **more) for word in words)


def test_nothing_is_told_where_nothing_is_owed():
    assert dues.soonest((), ticket(ASKED), now=on("mon"), zone="UTC") == ""
    assert dues.listed((), ticket(ASKED), now=on("mon"), zone="UTC") == ""


async def test_a_card_shows_the_most_pressing_promise_above_and_the_others_below(drafting):
    drafting.policy.change(sla={"resolution": "8h"})
    await drafting.asks("ina", QUESTION)
    text = plain(drafting.card(Purpose.DRAFT_CARD))
    assert "first response due 14:00" in text.splitlines()[0]
    assert "resolution due Tuesday 3 November, 10:00" in text


async def test_the_queue_shows_what_is_due_and_what_is_broken(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.asks("mara", QUESTION)
    await drafting.wait(hours=2)
    await drafting.commands("noor", "queue")
    text = drafting.texts(Purpose.NOTICE)[-1]
    assert "first response due 14:00, in 120 min" in text
    assert "first response BREACHED 11:00, 60 min overdue" in text


async def test_the_card_of_an_answer_that_came_late_still_asks_for_the_cause(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.wait(hours=5)
    await drafting.clicks("noor", "Approve")
    (answered,) = [post for post in drafting.chat.standing.values() if post.purpose is Purpose.DRAFT_CARD]
    assert "Cause..." in [button.label for button in answered.card.buttons]


async def test_a_closed_card_of_a_broken_promise_still_asks_for_the_cause(drafting):
    drafting.policy.change(escalation={"does": {"sla_breached": "hand_over"}})
    await drafting.asks("ina", QUESTION)
    await drafting.wait(hours=5)
    await drafting.clicks("noor", "Approve")
    (closed,) = [post for post in drafting.chat.standing.values() if post.card and plain(post.card).startswith("Closed: sla breached")]
    assert "Cause..." in [button.label for button in closed.card.buttons]
    await drafting.clicks("tom", "Cause...", ref=next(ref for ref, post in drafting.chat.standing.items() if post is closed), cause="overlooked")
    (breach,) = await drafting.store.breaches()
    assert (breach.cause, breach.cause_by) == ("overlooked", "Tom")
    standing = [button.label for post in drafting.posts(where="agents") if post.card for button in drafting.card(post.purpose).buttons]
    assert "Cause..." not in standing


async def test_of_two_tickets_as_urgent_as_each_other_the_one_due_sooner_comes_next(drafting):
    drafting.policy.change(
        sla={"rules": [{"kind": "shared", "first_response": "20m"}]}, priority={"tiers": {"enterprise": 0, "team": 0}, "health": {"falling": 0}}
    )
    await drafting.asks("ina", QUESTION)
    await drafting.asks("mara", QUESTION, where="shared")
    first, second = await drafting.store.tickets()
    assert first.priority.score == second.priority.score
    await drafting.commands("noor", "next")
    assert "Mara" in drafting.texts(Purpose.NOTICE)[-1]
