"""How often routing named the team that took a ticket."""

from datetime import UTC, datetime

import pytest

from desk.ids import TicketId
from desk.routing import Route, Switch
from desk.space import Platform, UserRef
from insights.agreement import agreements
from insights.shares import interval

NOW = datetime(2026, 11, 2, tzinfo=UTC)
NOOR, TOM = (UserRef(Platform.LOCAL, "main", name) for name in ("noor", "tom"))


def route(took=None, team="finance", category="billing", switch=Switch.SHADOW, person=NOOR, took_team="finance"):
    return Route("r", TicketId("t"), NOW, category, switch, team, person=person, took=took, took_team=took_team if took else "", wanted=team)


def test_a_category_is_counted_with_who_took_its_tickets_instead():
    (found,) = agreements([route(NOOR), route(TOM), route(TOM, took_team="tier2"), route(TOM, took_team=""), route()])
    assert (found.routed, found.taken, found.team, found.named, found.person) == (5, 4, 2, 4, 1)
    assert found.share == 0.5
    assert found.instead == (("", 1), ("tier2", 1))


def test_what_nobody_took_says_nothing():
    (found,) = agreements([route()])
    assert (found.share, found.interval) == (None, (0.0, 1.0))


def test_what_was_only_kept_is_counted_apart_from_what_was_done():
    found = agreements([route(NOOR, switch=Switch.ON), route(NOOR), route(NOOR, category="bug report", team="tier2", took_team="tier2")])
    assert [(each.category, each.switch) for each in found] == [("billing", "shadow"), ("billing", "on"), ("bug report", "shadow")]


def test_what_was_named_nobody_is_not_counted():
    assert agreements([Route("r", TicketId("t"), NOW, "billing", Switch.SHADOW, took=NOOR)]) == ()


def test_a_person_counts_only_where_one_was_named():
    (found,) = agreements([route(NOOR, person=None), route(NOOR)])
    assert (found.taken, found.named, found.person) == (2, 1, 1)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        pytest.param(0, 0, 0.0, 1.0, id="nothing was counted"),
        pytest.param(1, 1, 0.2065, 1.0, id="one of one is not certain"),
        pytest.param(8, 10, 0.4902, 0.9433, id="eight of ten"),
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
    ],
)
def test_the_interval_of_a_share(hits, count, low, high):
    assert interval(hits, count) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
