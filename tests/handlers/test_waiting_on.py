"""Waiting on somebody else: what it holds up besides the promises, and how it ends."""

from datetime import timedelta

from desk.sla import Side
from desk.ticket import Status
from desk.timeline import Purpose
from tests.world import user

QUESTION = "How long does a refund take?"


async def waiting(w, **form):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Waiting on...", **{"on": "the bank", "until": "3d", **form})


async def test_who_pressed_is_told_until_when_it_waits(drafting):
    await waiting(drafting)
    assert "It waits for the bank until Thursday 5 November, 10:00 UTC at most." in drafting.texts(Purpose.NOTICE)[-1]


async def test_policy_says_how_long_at_most(drafting):
    drafting.policy.change(sla={"pauses": {"third_party": "1d"}})
    await waiting(drafting, until="14d")
    ticket = await drafting.ticket()
    assert ticket.third_party_until - drafting.clock.now() <= timedelta(days=1)


async def test_what_is_written_about_it_is_short(drafting):
    await waiting(drafting, on="the bank  " + "x" * 200)
    assert len((await drafting.ticket()).third_party) == 60


async def test_a_customer_who_was_told_to_wait_is_neither_reminded_nor_left(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Take over")
    await drafting.clicks("noor", "Waiting on...", on="the bank", until="7d")
    await drafting.clicks("noor", "Reply...", text="I have asked the bank.")
    await drafting.wait(days=5)
    ticket = await drafting.ticket()
    assert ticket.status is Status.WAITING_CUSTOMER
    assert drafting.posts(Purpose.REMINDER) == []


async def test_once_nobody_is_waited_for_the_customers_silence_counts_again(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Take over")
    await w.clicks("noor", "Reply...", text="I have asked the bank.")
    await w.clicks("noor", "Waiting on...", on="the bank", until="7d")
    await w.wait(days=5)
    await w.clicks("noor", "No longer waiting")
    assert (await w.ticket()).clock[-1].side is Side.CUSTOMER
    await w.wait(days=2)
    assert (await w.ticket()).status is Status.WAITING_CUSTOMER
    await w.wait(days=2)
    assert (await w.ticket()).status is Status.CLOSED


async def test_its_owner_hears_that_it_took_too_long(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("tom", "Take over")
    await drafting.clicks("tom", "Waiting on...", on="the bank", until="1d")
    await drafting.wait(days=1)
    (told,) = [post for post in drafting.posts(Purpose.NOTICE) if "Still waiting on the bank" in str(post.card)]
    assert told.to == (user("tom"),)


async def test_who_presses_twice_is_told_that_it_is_over(drafting):
    await waiting(drafting)
    at, button = drafting.button("No longer waiting")
    await drafting.press("noor", button, at)
    await drafting.press("tom", button, at)
    assert "does not wait for anybody any more" in drafting.texts(Purpose.NOTICE)[-1]


async def test_the_customer_hears_nothing_of_it(drafting):
    await waiting(drafting)
    assert not any("bank" in text for text in drafting.texts(where="community"))
