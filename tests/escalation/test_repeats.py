"""Repeats: how often somebody came before with the same problem."""

from array import array
from datetime import UTC, datetime

import pytest

from desk.ids import MessageId, TicketId
from desk.meaning import Meaning, Meant
from escalation.repeats import contacts, direction

AT = datetime(2026, 11, 2, tzinfo=UTC)


def means(*numbers):
    """Return a meaning."""
    return Meaning("e", array("f", numbers).tobytes())


def before(*found):
    """Return what earlier tickets' messages mean."""
    return [Meant(MessageId(f"m{n}"), TicketId(ticket), AT, meaning) for n, (ticket, meaning) in enumerate(found)]


@pytest.mark.parametrize(
    ("said", "earlier", "count"),
    [
        pytest.param([means(1, 0)], [], 0, id="nothing before"),
        pytest.param([means(1, 0)], [("a", means(1, 0))], 1, id="once about the same"),
        pytest.param([means(1, 0)], [("a", means(1, 0)), ("a", means(0.9, 0.1))], 1, id="two messages of one ticket are one"),
        pytest.param([means(1, 0)], [("a", means(1, 0)), ("b", means(0.8, 0.6)), ("c", means(0, 1))], 2, id="another problem is not counted"),
        pytest.param([means(1, 0)], [("a", means(0, 1)), ("a", means(0, 1)), ("a", means(1, 0))], 0, id="what a ticket is about as a whole counts"),
        pytest.param([means()], [("a", means(1, 0))], 0, id="who says nothing"),
        pytest.param([means(1, 0)], [("a", means())], 0, id="a ticket that said nothing"),
        pytest.param([means(1, 0)], [("a", means(1, 0, 0))], 0, id="one of another length cannot be compared"),
    ],
)
def test_earlier_tickets_about_the_same_are_counted(said, earlier, count):
    assert contacts(said, before(*earlier), alike=0.7) == count


def test_meanings_that_cancel_out_point_nowhere():
    assert direction([means(1, 0), means(-1, 0)]) is None
