"""Weighing: what a further word of the customer's does to a ticket's priority."""

from desk.ticket import Level
from tests.world import World


async def test_a_further_word_makes_what_a_person_was_called_for_no_less_pressing(w: World):
    asked = await w.asks("ina", "#security I see invoices of somebody else")
    before = (await w.ticket()).priority
    assert before.level is Level.URGENT
    await w.asks("ina", "And how long does a refund take?", under=asked)
    assert (await w.ticket()).priority.score >= before.score
