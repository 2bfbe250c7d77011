"""SLA policy: how what is promised is written, and what is refused."""

import tomllib
from datetime import time, timedelta
from pathlib import Path

import pytest

from desk.deadlines import END_OF_DAY, Hours
from desk.policy_check import PolicyError, merged, read_policy

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())


def policy(**changes):
    return read_policy(merged(SHIPPED, changes))


def test_what_is_shipped_promises_a_first_response_only():
    sla = policy().sla
    assert sla.first_response == timedelta(hours=4)
    assert (sla.next_response, sla.resolution, sla.rules) == (None, None, ())
    assert sla.causes


@pytest.mark.parametrize(
    ("warn", "used"),
    [
        pytest.param("75%", timedelta(minutes=45), id="a share of the promised time"),
        pytest.param("100%", timedelta(hours=1), id="no earlier than it is due"),
        pytest.param("15m", timedelta(minutes=45), id="a time before it is due"),
        pytest.param("3h", timedelta(), id="at once where the promise is shorter than that"),
    ],
)
def test_a_warning_comes_after_a_share_or_a_time_before(warn, used):
    assert policy(sla={"warn": warn}).sla.warns_after(timedelta(hours=1)) == used


def test_a_rule_promises_what_it_names():
    (rule,) = policy(sla={"rules": [{"tier": "enterprise", "kind": "shared", "next_response": "30m", "hours": "always"}]}).sla.rules
    assert (rule.next_response, rule.resolution, rule.weight) == (timedelta(minutes=30), None, 2)


def test_shifts_may_stand_in_any_order_and_end_with_the_day():
    hours = policy(hours={"week": {"mon": ["18:00-24:00", "06:30-12:00"]}}).hours
    assert hours.week[0] == ((time(6, 30), time(12)), (time(18), END_OF_DAY))


def test_a_calendar_is_found_by_name():
    found = policy(calendars={"night": {"zone": "Asia/Manila", "week": {"mon": ["00:00-06:00"]}}})
    assert found.calendar("night").zone == "Asia/Manila"
    assert found.calendar("") is found.hours
    assert found.calendar("always") == Hours()
    assert found.calendar("taken away since") is found.hours


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"sla": {"warn": "0%"}}, "sla.warn = '0%': write a share from 1% to 100%", id="a warning at once"),
        pytest.param({"sla": {"warn": "soon"}}, "sla.warn = 'soon': write a share of the promised time", id="a warning at no time"),
        pytest.param({"sla": {"warn": 75}}, "sla.warn = 75: write a share of the promised time", id="a number alone"),
        pytest.param({"sla": {"resolution": "0m"}}, "sla.resolution = '0m': write a time such as 4h", id="a promise of nothing"),
        pytest.param({"sla": {"weekly": "monday"}}, "sla.weekly = 'monday': write a weekday and a time", id="a day without a time"),
        pytest.param({"sla": {"weekly": "mon 25:00"}}, "sla.weekly = 'mon 25:00': write a weekday and a time", id="a time that does not come"),
        pytest.param({"sla": {"rules": [{"tier": "team"}]}}, "a rule promises something", id="a rule that promises nothing"),
        pytest.param(
            {"sla": {"rules": [{"kind": "email", "resolution": "1d"}]}},
            "sla.rules.0.kind = 'email': write one of community, shared, direct",
            id="a kind of channel nobody knows",
        ),
        pytest.param(
            {"sla": {"rules": [{"resolution": "1d", "hours": "night"}]}}, "sla.rules.0.hours = 'night': there is no such calendar", id="a calendar"
        ),
        pytest.param({"sla": {"rules": [{"teir": "team", "resolution": "1d"}]}}, "did you mean 'tier'?", id="a misspelled key"),
        pytest.param({"calendars": {"always": {}}}, "calendars.always = 'always': this calendar is built in", id="a name that is taken"),
        pytest.param({"calendars": {"night": {"zone": "Mars"}}}, "calendars.night.zone = 'Mars': there is no such time zone", id="a zone"),
        pytest.param(
            {"hours": {"week": {"mon": ["09:00-12:00", "11:00-17:00"]}}},
            "hours.week.mon = ['09:00-12:00', '11:00-17:00']: two of these",
            id="overlap",
        ),
        pytest.param({"hours": {"week": {"mon": ["17:00-09:00"]}}}, "write shifts as", id="a shift that ends before it begins"),
    ],
)
def test_a_mistake_is_named_with_its_path_its_value_and_what_to_write(changes, said):
    with pytest.raises(PolicyError) as told:
        policy(**changes)
    assert said in str(told.value)
