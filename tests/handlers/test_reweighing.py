"""Reweighing: a ticket's priority follows its promises although nobody writes."""

from desk.sla import Standing

QUESTION = "Do you sell bicycles?"


def reasons(ticket):
    """Return the codes of what a ticket's priority is made of."""
    return [reason.code for reason in ticket.priority.reasons]


async def test_a_promise_that_comes_near_raises_the_score(w):
    w.policy.change(sla={"first_response": "1h", "tiers": {"enterprise": "1h", "team": "1h"}})
    await w.asks("ina", QUESTION)
    before = (await w.ticket()).priority
    await w.wait(minutes=59)
    near = await w.ticket()
    assert "priority_promise" in reasons(near)
    assert near.priority.score == before.score + 15
    await w.wait(minutes=5)
    assert (await w.ticket()).priority.score == before.score + 25


async def test_what_a_teammate_set_stands(w):
    w.policy.change(sla={"first_response": "1h", "tiers": {"enterprise": "1h", "team": "1h"}})
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Change category or priority", category="billing", priority="low")
    set_by_hand = (await w.ticket()).priority
    await w.wait(hours=2)
    assert (await w.ticket()).priority == set_by_hand


async def test_a_promise_that_was_told_of_is_not_told_of_again_by_the_next_message(w):
    w.policy.change(sla={"first_response": "1h", "tiers": {"enterprise": "1h", "team": "1h"}})
    asked = await w.asks("ina", QUESTION)
    await w.wait(minutes=59)
    await w.asks("ina", "Do you sell boats?", under=asked)
    raised = [rule for e in await w.store.escalations((await w.ticket()).id) for rule in e.rules]
    assert raised.count("sla_" + Standing.AT_RISK) == 1


async def test_who_was_just_answered_can_wait_a_little(w):
    asked = await w.asks("ina", "When does my refund arrive?")
    before = (await w.ticket()).priority.score
    await w.asks("ina", "And how long does the card take for a refund?", under=asked)
    again = (await w.ticket()).priority
    assert again.score == before - 10
