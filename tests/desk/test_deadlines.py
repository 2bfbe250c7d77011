"""Deadlines: business time and wall time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.deadlines import Hours

HOUR = timedelta(hours=1)
NINE_TO_FIVE = ((time(9), time(17)),)
WEEK = dict.fromkeys(range(5), NINE_TO_FIVE)
OFFICE = Hours("UTC", WEEK)
BERLIN = Hours("Europe/Berlin", {**WEEK, 5: ((time(0), time(6)),), 6: ((time(0), time(6)),)})
LUNCH = Hours("UTC", {0: ((time(9), time(12)), (time(13), time(17)))})
INSTANTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
SPANS = st.integers(0, 60 * 24 * 10).map(lambda minutes: timedelta(minutes=minutes))


def at(text, zone="UTC"):
    """Return an instant written in local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def berlin(text):
    """Return an instant written in Berlin's time."""
    return at(text, "Europe/Berlin")


@pytest.mark.parametrize(
    ("hours", "start", "span", "end"),
    [
        pytest.param(OFFICE, at("2026-11-06T16:30"), HOUR, at("2026-11-09T09:30"), id="Friday 16:30 and an hour is Monday 9:30"),
        pytest.param(OFFICE, at("2026-11-02T10:00"), HOUR, at("2026-11-02T11:00"), id="within a day it is an hour"),
        pytest.param(OFFICE, at("2026-11-02T16:00"), HOUR, at("2026-11-02T17:00"), id="it may end with the day"),
        pytest.param(OFFICE, at("2026-11-02T03:00"), HOUR, at("2026-11-02T10:00"), id="before hours it begins with them"),
        pytest.param(OFFICE, at("2026-11-07T12:00"), HOUR, at("2026-11-09T10:00"), id="on a Saturday it begins on Monday"),
        pytest.param(OFFICE, at("2026-11-02T12:00"), 20 * HOUR, at("2026-11-04T16:00"), id="it spans days"),
        pytest.param(
            Hours("UTC", WEEK, frozenset({date(2026, 11, 3)})), at("2026-11-02T16:30"), HOUR, at("2026-11-04T09:30"), id="a holiday does not count"
        ),
        pytest.param(
            LUNCH,
            at("2026-11-02T11:30"),
            HOUR,
            at("2026-11-02T13:30"),
            id="nor does the lunch break",
        ),
        pytest.param(Hours(), at("2026-11-07T23:30"), HOUR, at("2026-11-08T00:30"), id="without hours it is wall time"),
        pytest.param(
            BERLIN,
            berlin("2026-10-25T01:30"),
            4 * HOUR,
            berlin("2026-10-25T04:30"),
            id="the night the clocks go back has an hour more",
        ),
        pytest.param(
            BERLIN,
            berlin("2026-03-29T01:30"),
            2 * HOUR,
            berlin("2026-03-29T04:30"),
            id="the night they go forward has one less",
        ),
        pytest.param(Hours("America/New_York", WEEK), at("2026-11-02T13:30"), HOUR, at("2026-11-02T15:00"), id="hours are local to their zone"),
    ],
)
def test_business_time_passes_only_in_business_hours(hours, start, span, end):
    assert hours.after(start, span) == end


@given(INSTANTS, SPANS)
def test_what_lies_between_an_instant_and_its_deadline_is_the_promised_time(start, span):
    assert BERLIN.between(start, BERLIN.after(start, span)) == span


@given(INSTANTS, SPANS, SPANS)
def test_a_longer_promise_is_never_due_earlier(start, one, other):
    assert BERLIN.after(start, min(one, other)) <= BERLIN.after(start, max(one, other))


@given(INSTANTS, SPANS)
def test_a_deadline_never_lies_before_its_start(start, span):
    assert BERLIN.after(start, span) >= start


def test_nothing_passes_between_an_instant_and_an_earlier_one():
    assert OFFICE.between(at("2026-11-03T10:00"), at("2026-11-02T10:00")) == timedelta()
    assert Hours().between(at("2026-11-03T10:00"), at("2026-11-02T10:00")) == timedelta()


@pytest.mark.parametrize(("instant", "open_"), [("2026-11-02T09:00", True), ("2026-11-02T17:00", False), ("2026-11-07T12:00", False)])
def test_the_desk_is_open_from_the_first_minute_to_before_the_last(instant, open_):
    assert OFFICE.is_open(at(instant)) is open_


def test_a_desk_without_hours_is_always_open():
    assert Hours().is_open(at("2026-12-25T03:00"))


def test_a_calendar_without_any_working_day_falls_back_to_wall_time():
    empty = Hours("UTC", {0: NINE_TO_FIVE}, frozenset(date(2026, 11, 2) + timedelta(weeks=n) for n in range(100)))
    assert empty.after(at("2026-11-02T10:00"), HOUR) == at("2026-11-02T11:00")
