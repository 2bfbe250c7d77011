"""Causes: who is asked why a promise was broken reads when it was due in their own time."""

from dataclasses import replace

import pytest

from desk.cards import plain
from desk.timeline import Purpose
from tests.world import PEOPLE, user

QUESTION = "When does my refund arrive?"


async def _taken_late(w):
    await w.wait(hours=5)
    await w.clicks("noor", "Take over")


async def _held_before(w):
    await w.clicks("noor", "Take over")
    await w.wait(hours=5)


@pytest.mark.parametrize("taken", [pytest.param(_taken_late, id="who takes it late"), pytest.param(_held_before, id="who held it")])
async def test_who_is_asked_reads_when_it_was_due_in_their_own_time(drafting, taken):
    await drafting.customers.save(people=[replace(PEOPLE["noor"], zone="Asia/Kolkata")])
    await drafting.asks("ina", QUESTION)
    await taken(drafting)
    (asked,) = [plain(post.card) for post in drafting.posts(Purpose.NOTICE) if user("noor") in post.to and "Why was" in str(post.card)]
    assert "It was due at 19:30 IST" in asked
