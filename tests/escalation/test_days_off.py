"""Days off: public holidays of countries, beside the dates that policy names."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from desk.policy_check import PolicyError, merged, read_policy
from escalation.calendars.days_off import DaysOff, with_days_off

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())


def policy(**changes):
    return with_days_off(read_policy(merged(SHIPPED, changes)))


@pytest.mark.parametrize(
    ("country", "day", "off"),
    [
        pytest.param("DE", date(2026, 5, 1), True, id="the first of May in Germany"),
        pytest.param("DE-BY", date(2027, 1, 6), True, id="Epiphany in Bavaria"),
        pytest.param("DE-BE", date(2027, 1, 6), False, id="but not in Berlin"),
        pytest.param("US", date(2026, 11, 26), True, id="Thanksgiving in the United States"),
        pytest.param("GB-SCT", date(2031, 12, 25), True, id="in any year"),
        pytest.param("DE", date(2026, 5, 4), False, id="not on other days"),
    ],
)
def test_public_holidays_are_days_off(country, day, off):
    assert (day in DaysOff(country)) is off


def test_dates_of_policy_are_days_off_beside_those_of_the_country():
    off = policy(hours={"country": "DE", "holidays": ["2026-12-24"]}).hours.holidays
    assert date(2026, 12, 24) in off
    assert date(2026, 12, 25) in off
    assert "2026-12-25" not in off


def test_a_promise_skips_a_public_holiday():
    friday = datetime(2026, 10, 2, 16, 0, tzinfo=UTC)
    hours = policy(hours={"country": "DE"}).hours
    assert hours.after(friday, timedelta(hours=2)) == datetime(2026, 10, 5, 10, tzinfo=UTC), "3 October 2026 is a Saturday"
    assert replace(hours, week={5: hours.week[0], 0: hours.week[0]}).after(friday, timedelta(hours=1)) == datetime(2026, 10, 5, 10, tzinfo=UTC)


def test_calendars_have_countries_of_their_own():
    found = policy(calendars={"emea": {"zone": "Europe/Berlin", "country": "DE", "week": {"thu": ["09:00-17:00"]}}})
    assert date(2026, 5, 14) in found.calendar("emea").holidays, "Ascension Day"
    assert date(2026, 5, 14) not in found.hours.holidays


@pytest.mark.parametrize("country", ["XX", "DE-ZZ", "Bavaria"])
def test_a_country_that_nobody_knows_is_refused_where_it_stands(country):
    with pytest.raises(PolicyError) as told:
        policy(calendars={"emea": {"country": country}})
    assert str(told.value).startswith(f"calendars.emea.country = {country!r}: write a country")


def test_a_desk_that_names_no_country_needs_no_library(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "holidays", None)
    assert policy().hours.holidays == frozenset()
