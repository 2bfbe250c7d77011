"""Times as people read them, and the honest time in a holding answer."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.customer import Account
from desk.ids import AccountId
from desk.policy_check import merged, read_policy
from escalation.promised import first_response
from handlers.estimates import answer_by, percentile
from handlers.times import shown, until

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())
POLICY = read_policy(SHIPPED)
MONDAY = datetime(2026, 11, 2, 10, tzinfo=UTC)
MINUTES = st.integers(0, 10_000).map(lambda minutes: timedelta(minutes=minutes))


def account(tier="", promised=None):
    """Return an account of a tier, with or without a contract of its own."""
    return Account(AccountId("a"), "A", tier=tier, first_response=promised)


def approvals(*waits, hour=10):
    """Return approvals of yesterday at an hour, each after so many minutes."""
    return [(MONDAY.replace(hour=hour) - timedelta(days=1), timedelta(minutes=wait)) for wait in waits]


@pytest.mark.parametrize(
    ("known", "hours"),
    [
        pytest.param(None, 4, id="nobody we know"),
        pytest.param(account("team"), 4, id="a tier without a promise"),
        pytest.param(account("Enterprise"), 1, id="a tier, whatever its case"),
        pytest.param(account("enterprise", timedelta(hours=8)), 8, id="a contract wins over the tier"),
    ],
)
def test_the_first_response_promised(known, hours):
    assert first_response(known, POLICY) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("before", "minutes"),
    [
        pytest.param(approvals(*[5] * 19), 240, id="nineteen approvals are too few"),
        pytest.param(approvals(*[5] * 20), 5, id="twenty are enough"),
        pytest.param(approvals(*range(1, 21)), 16, id="the eightieth percentile"),
        pytest.param(approvals(*[5] * 19, hour=11) + approvals(90, hour=15), 5, id="those within an hour of this time of day"),
        pytest.param(approvals(*[90] * 20, hour=22), 90, id="those of any hour when there are none near"),
        pytest.param(approvals(*[0] * 20), 1, id="never less than a minute"),
    ],
)
def test_the_honest_time(before, minutes):
    assert answer_by(MONDAY, before, account=None, policy=POLICY) == MONDAY + timedelta(minutes=minutes)


def test_hours_on_both_sides_of_midnight_are_near():
    night = MONDAY.replace(hour=0, minute=10)
    before = [(MONDAY.replace(hour=23, minute=40) - timedelta(days=3), timedelta(minutes=7))] * 20
    assert answer_by(night, before, account=None, policy=POLICY) == night + timedelta(minutes=7)


def test_a_time_is_rounded_up_to_a_minute():
    assert answer_by(MONDAY + timedelta(seconds=1), (), account=None, policy=POLICY) == MONDAY + timedelta(hours=4, minutes=1)


@given(st.lists(MINUTES, min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values_and_enough_lie_below_it(values, share):
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)


@pytest.mark.parametrize(
    ("instant", "zone", "language", "text"),
    [
        pytest.param(MONDAY, "Europe/Berlin", "en", "11:00 CET", id="today, in Berlin"),
        pytest.param(MONDAY, "America/New_York", "en", "05:00 EST", id="today, in New York"),
        pytest.param(MONDAY + timedelta(days=7), "UTC", "en", "Monday 9 November, 10:00 UTC", id="another day"),
        pytest.param(MONDAY + timedelta(days=1), "Europe/Berlin", "de", "Dienstag 3 November, 11:00 CET", id="in German"),
        pytest.param(MONDAY + timedelta(hours=14), "Asia/Tokyo", "en", "Tuesday 3 November, 09:00 JST", id="tomorrow there, today here"),
        pytest.param(MONDAY, "Nowhere/Else", "", "10:00 UTC", id="an unknown zone is UTC"),
        pytest.param(MONDAY, "", "", "10:00 UTC", id="so is none"),
    ],
)
def test_a_time_in_the_readers_zone_and_language(instant, zone, language, text):
    assert shown(instant, now=MONDAY, zone=zone, language=language) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (38, "in 38 min"),
        (0.2, "in 1 min"),
        (119, "in 119 min"),
        (180, "in 3 h"),
        (60 * 24 * 3, "in 3 d"),
        (-5, "5 min overdue"),
        (-60 * 24 * 2, "2 d overdue"),
    ],
)
def test_how_long_until(minutes, text):
    assert until(MONDAY + timedelta(minutes=minutes), MONDAY) == text


def test_the_time_in_a_holding_answer_runs_in_the_tickets_own_hours():
    night = read_policy(merged(SHIPPED, {"sla": {"rules": [{"tier": "enterprise", "first_response": "30m", "hours": "always"}]}}))
    evening = MONDAY.replace(hour=22, minute=0)
    assert answer_by(evening, (), account=account("enterprise"), policy=night) == evening + timedelta(minutes=30)
    assert answer_by(evening, (), account=account("team"), policy=night) > evening + timedelta(hours=11)
