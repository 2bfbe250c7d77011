"""The benchmark of weighing: it does what a turn does, and finds what it should."""

import numpy as np

from benchmarks import weighing
from desk.ticket import Ticket


def test_the_ticket_that_is_weighed_is_as_long_as_it_says():
    told = weighing.timeline(30)
    assert len(told) == 30
    assert [message.id for message in told][:3] == ["m0", "m1", "m2"]


def test_what_is_stored_is_of_unit_length_and_the_plain_loop_finds_what_is_alike():
    stored = weighing.meant("a", 4, np.random.default_rng(1))
    assert {round(float(np.linalg.norm(np.frombuffer(item.meaning.vector, "<f4"))), 4) for item in stored} == {1.0}
    assert weighing.plain(stored, stored) == 4


def test_weighing_gives_a_score_with_its_notices_and_what_is_kept():
    told = weighing.timeline(12)
    stored = weighing.meant("t", 4, np.random.default_rng(1))
    anchor = told[0].ref
    ticket = Ticket(stored[0].ticket, told[0].place, anchor, "user:x", weighing.MARA, "Mara", weighing.START)
    assert weighing.weigh(told, ticket, stored, stored) > 50


def test_the_shares_of_time_are_in_order():
    clock, processor = weighing.took(lambda: 1, 5)
    assert len(clock) == len(processor) == 5
    assert clock == sorted(clock)
