"""Answers that arrive behind what was said after them stand in the clock where they were given."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.customer import Role
from desk.ids import MessageId, TicketId
from desk.sla import Mark, Side
from desk.space import ChannelRef, Place, Platform, UserRef
from desk.timeline import Message, Purpose
from escalation.late import inserted

PLACE = Place(ChannelRef(Platform.LOCAL, "main", "community"), "1")
OURS, CUSTOMER, THIRD = Side.OURS, Side.CUSTOMER, Side.THIRD_PARTY


def at(minute):
    return datetime(2026, 11, 2, 10, tzinfo=UTC) + timedelta(minutes=minute)


def said(minute, role):
    who = UserRef(Platform.LOCAL, "main", role.value)
    return Message(MessageId(f"m{minute}"), None, PLACE, who, "x", role, "x", at(minute), Purpose.CUSTOMER, ticket=TicketId("t-1"))


def told(marks):
    return [(round((mark.at - at(0)).total_seconds() / 60), mark.side, mark.answered) for mark in marks]


@pytest.mark.parametrize(
    ("marks", "asked", "expected"),
    [
        pytest.param(
            [(0, OURS, False), (30, CUSTOMER, True)],
            [0, 20],
            [(0, OURS, False), (10, CUSTOMER, True), (20, OURS, False), (30, CUSTOMER, True)],
            id="between the question and a later answer, with what was asked in between",
        ),
        pytest.param(
            [(0, OURS, False), (30, CUSTOMER, True)],
            [0],
            [(0, OURS, False), (10, CUSTOMER, True), (30, CUSTOMER, True)],
            id="between the question and a later answer, with nothing asked in between",
        ),
        pytest.param(
            [(0, OURS, False), (5, THIRD, False), (30, OURS, False)],
            [0, 20],
            [(0, OURS, False), (5, THIRD, False), (10, THIRD, True), (30, OURS, False)],
            id="while it waited on somebody else, who still has the move",
        ),
        pytest.param([(0, OURS, False), (10, CUSTOMER, True), (30, OURS, False)], [0, 30], None, id="one that is marked already changes nothing"),
        pytest.param([(0, OURS, False)], [0], None, id="one after everything else is marked as it comes"),
        pytest.param([(15, OURS, False), (30, CUSTOMER, True)], [15], None, id="one from before the ticket answered something else"),
    ],
)
def test_a_late_answer_stands_where_it_was_given(marks, asked, expected):
    clock = tuple(Mark(at(minute), side, answered) for minute, side, answered in marks)
    timeline = tuple(said(minute, Role.CUSTOMER) for minute in asked)
    assert told(inserted(clock, [said(10, Role.TEAMMATE)], timeline)) == (expected or marks)


def test_putting_it_in_again_changes_nothing():
    clock = (Mark(at(0), OURS), Mark(at(30), CUSTOMER, answered=True))
    once = inserted(clock, [said(10, Role.LEAD)], (said(0, Role.CUSTOMER), said(20, Role.CUSTOMER)))
    assert inserted(once, [said(10, Role.LEAD)], (said(0, Role.CUSTOMER), said(20, Role.CUSTOMER))) == once
