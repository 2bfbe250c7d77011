"""Pings: the budget of a night, quiet hours, what is joined in one message, and what nothing holds back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.ids import TicketId
from desk.paging import PageStatus
from escalation.pings import Answer, Call, settle
from tests.escalation.oncall_kit import DAY, NIGHT, page, policy

CALL = Call("x-1", TicketId("t-1"), ("data_loss",), 3, NIGHT)
URGENT = replace(CALL, rules=("security",), urgent=True)
COOL = timedelta(hours=4)


def answer(call, *pages, zone="UTC", **more):
    return settle(call, pages, policy(**more), zone=zone, cool_down=COOL)


def this_night(count, **more):
    return [page("ana", NIGHT - timedelta(minutes=5 * (n + 1)), n, **more) for n in range(count)]


@pytest.mark.parametrize(
    ("call", "pages", "expected"),
    [
        pytest.param(CALL, this_night(0), Answer.SEND, id="the first page of a night"),
        pytest.param(CALL, this_night(3), Answer.SEND, id="the fourth"),
        pytest.param(CALL, this_night(4), Answer.OVER, id="the fifth goes to somebody else"),
        pytest.param(URGENT, this_night(9), Answer.SEND, id="security goes through"),
        pytest.param(replace(CALL, last=True), this_night(9), Answer.SEND, id="the end of a chain goes through"),
        pytest.param(replace(CALL, at=DAY), this_night(9), Answer.SEND, id="by day nobody counts"),
        pytest.param(CALL, [replace(p, status=PageStatus.BUNDLED) for p in this_night(9)], Answer.SEND, id="what was joined is no ping"),
        pytest.param(CALL, [page("ana", NIGHT - timedelta(hours=7), n) for n in range(9)], Answer.SEND, id="yesterday's day does not count"),
        pytest.param(replace(CALL, level=2), [], Answer.DEFER, id="what can wait waits for the morning"),
        pytest.param(replace(CALL, level=2, at=DAY), [], Answer.SEND, id="by day it does not wait"),
        pytest.param(replace(URGENT, level=1), [], Answer.SEND, id="an urgent rule never waits"),
    ],
)
def test_a_call_is_answered_by_night_and_budget(call, pages, expected):
    assert answer(call, *pages).answer is expected


def test_what_waits_comes_in_the_persons_own_morning():
    assert answer(replace(CALL, level=1), zone="Asia/Singapore").answer is Answer.SEND
    assert answer(replace(CALL, level=1), zone="Europe/Berlin").until.isoformat() == "2026-11-03T07:00:00+00:00"


@pytest.mark.parametrize(
    ("call", "before", "expected"),
    [
        pytest.param(CALL, page("ana", NIGHT - timedelta(seconds=119)), Answer.BUNDLE, id="within two minutes"),
        pytest.param(CALL, page("ana", NIGHT - timedelta(seconds=121)), Answer.SEND, id="after two minutes"),
        pytest.param(URGENT, page("ana", NIGHT - timedelta(seconds=10)), Answer.SEND, id="what is urgent rings by itself"),
        pytest.param(URGENT, page("ana", NIGHT - timedelta(seconds=10), urgent=True), Answer.BUNDLE, id="beside another urgent one it need not"),
        pytest.param(CALL, page("ana", NIGHT - timedelta(seconds=10), urgent=True), Answer.BUNDLE, id="something calmer joins an urgent one"),
        pytest.param(CALL, page("ana", NIGHT, escalation="x-1", ticket="t-1"), Answer.ALREADY, id="two steps at once call one person once"),
        pytest.param(CALL, page("ana", NIGHT - timedelta(hours=3), ticket="t-1"), Answer.COOLED, id="the same rule about the same ticket"),
        pytest.param(CALL, page("ana", NIGHT - timedelta(hours=5), ticket="t-1"), Answer.SEND, id="the same after the cool-down"),
        pytest.param(CALL, page("ana", NIGHT - timedelta(hours=3), ticket="t-1", rules=("legal",)), Answer.SEND, id="another rule"),
        pytest.param(
            URGENT, page("ana", NIGHT - timedelta(hours=3), ticket="t-1", rules=("security",)), Answer.SEND, id="what is urgent, after it was closed"
        ),
        pytest.param(
            replace(URGENT, escalation=""),
            page("ana", NIGHT - timedelta(hours=3), ticket="t-1", rules=("security",)),
            Answer.COOLED,
            id="what is urgent, of which they are only told",
        ),
        pytest.param(replace(CALL, last=True), page("ana", NIGHT - timedelta(hours=3), ticket="t-1"), Answer.SEND, id="the end of a chain"),
        pytest.param(
            replace(CALL, rules=("data_loss", "legal")), page("ana", NIGHT, escalation="x-1", ticket="t-1"), Answer.BUNDLE, id="one rule more"
        ),
        pytest.param(CALL, page("ana", NIGHT - timedelta(hours=3), escalation="x-1", ticket="t-1"), Answer.SEND, id="a later step of the same chain"),
        pytest.param(CALL, page("ana", NIGHT - timedelta(hours=3), ticket="t-1", status=PageStatus.FAILED), Answer.SEND, id="what never arrived"),
        pytest.param(replace(CALL, again=True), page("ana", NIGHT, escalation="x-0", ticket="t-1"), Answer.BUNDLE, id="called anew on purpose"),
        pytest.param(
            replace(CALL, escalation=""), page("ana", NIGHT - timedelta(seconds=5), escalation=""), Answer.BUNDLE, id="told of another ticket"
        ),
    ],
)
def test_a_call_is_joined_with_what_was_said_before(call, before, expected):
    assert answer(call, before).answer is expected


def test_what_is_joined_names_the_message_that_stands():
    assert answer(CALL, page("ana", NIGHT - timedelta(minutes=1), 7)).outbox == "o-7"


def test_a_night_without_budget_calls_only_for_what_is_urgent():
    assert answer(CALL, budget=0).answer is Answer.OVER
    assert answer(URGENT, budget=0).answer is Answer.SEND
