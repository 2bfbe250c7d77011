"""Business time against an oracle: a year gone through minute by minute, reading the clock on the wall."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.deadlines import END_OF_DAY, Hours

MINUTE = timedelta(minutes=1)
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = 365 * 24 * 60
SPLIT = ((time(9), time(12, 30)), (time(13, 15), time(17)))
NIGHT = ((time(0), time(3, 20)), (time(22), END_OF_DAY))
HOLIDAYS = frozenset({date(2026, 1, 1), date(2026, 3, 29), date(2026, 4, 6), date(2026, 10, 25), date(2026, 12, 25)})
OFFICE = dict.fromkeys(range(5), SPLIT)
NIGHTS = dict.fromkeys(range(7), NIGHT)
AT_THE_CHANGE = {**dict.fromkeys(range(6), SPLIT), 6: ((time(1, 30), time(2, 10)), (time(2, 15), time(2, 45)), (time(23, 30), END_OF_DAY))}
CALENDARS = {
    "Berlin works two shifts": Hours("Europe/Berlin", OFFICE, HOLIDAYS),
    "Berlin works at night": Hours("Europe/Berlin", NIGHTS, HOLIDAYS),
    "New York has a shift in the hour that is skipped": Hours("America/New_York", AT_THE_CHANGE, frozenset({date(2026, 7, 3)})),
    "London works at night": Hours("Europe/London", NIGHTS),
    "Lord Howe moves its clocks by half an hour": Hours("Australia/Lord_Howe", AT_THE_CHANGE, HOLIDAYS),
    "Auckland has its summer in January": Hours("Pacific/Auckland", AT_THE_CHANGE, HOLIDAYS),
    "Santiago changes its clocks at midnight": Hours("America/Santiago", NIGHTS, HOLIDAYS),
    "Cairo changes its clocks at midnight": Hours("Africa/Cairo", {**NIGHTS, 4: ((time(0), time(0, 30)), (time(0, 45), time(1, 15)))}),
    "Casablanca turns back for Ramadan": Hours("Africa/Casablanca", AT_THE_CHANGE, HOLIDAYS),
    "Troll moves its clocks by two hours": Hours("Antarctica/Troll", AT_THE_CHANGE),
    "Kathmandu is a quarter of an hour apart": Hours("Asia/Kathmandu", OFFICE, HOLIDAYS),
}
STARTS = st.integers(0, MINUTES - 60 * 24 * 60)
SPANS = st.integers(1, 60 * 24 * 12)


@cache
def wall(zone: str) -> tuple[datetime, ...]:
    """Return what the clock on the wall says in every minute of the year."""
    return tuple((YEAR + n * MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for n in range(MINUTES))


@cache
def worked(name: str) -> tuple[int, ...]:
    """Return how many minutes were worked before each minute of the year."""
    hours = CALENDARS[name]
    shifts = {day: [(minutes(a), 1440 if b == END_OF_DAY else minutes(b)) for a, b in hours.week.get(day, ())] for day in range(7)}
    at_work = (
        local.date() not in hours.holidays and any(a <= local.hour * 60 + local.minute < b for a, b in shifts[local.weekday()])
        for local in wall(hours.zone)
    )
    return tuple(accumulate(at_work, initial=0))


def minutes(edge: time) -> int:
    return edge.hour * 60 + edge.minute


def around(name: str) -> list[int]:
    """Return minutes around every change of the zone's clocks."""
    local = wall(CALENDARS[name].zone)
    changes = [n for n in range(1, MINUTES) if local[n] - local[n - 1] != MINUTE]
    return [n + beside for n in changes for beside in (-1500, -400, -150, -61, -31, -1, 0, 1, 29, 60, 119) if 0 <= n + beside < MINUTES - 20_000]


def oracle_after(name: str, start: int, span: int) -> int:
    """Return the minute at whose beginning `span` minutes of work have been used up."""
    done = worked(name)
    return bisect_left(done, done[start] + span)


@pytest.fixture(params=CALENDARS)
def name(request):
    return request.param


def test_what_is_due_is_due_when_the_simulation_says_so(name):
    hours = CALENDARS[name]

    @settings(max_examples=150, deadline=None)
    @given(STARTS, SPANS)
    def agrees(start, span):
        assert hours.after(YEAR + start * MINUTE, span * MINUTE) == YEAR + oracle_after(name, start, span) * MINUTE

    agrees()


def test_as_much_was_worked_as_the_simulation_counts(name):
    hours = CALENDARS[name]

    @settings(max_examples=150, deadline=None)
    @given(STARTS, st.integers(0, 60 * 24 * 60))
    def agrees(start, length):
        done = worked(name)
        assert hours.between(YEAR + start * MINUTE, YEAR + (start + length) * MINUTE) == (done[start + length] - done[start]) * MINUTE

    agrees()


def test_it_agrees_around_every_change_of_the_clocks(name):
    hours, done = CALENDARS[name], worked(name)
    for start in around(name):
        for span in (1, 15, 30, 45, 61, 90, 150, 400):
            assert hours.after(YEAR + start * MINUTE, span * MINUTE) == YEAR + oracle_after(name, start, span) * MINUTE
            assert hours.between(YEAR + start * MINUTE, YEAR + (start + span) * MINUTE) == (done[start + span] - done[start]) * MINUTE


def test_somebody_works_in_the_minutes_of_the_simulation(name):
    hours, done = CALENDARS[name], worked(name)
    for n in (*range(0, MINUTES, 97), *around(name)):
        assert hours.is_open(YEAR + n * MINUTE) == bool(done[n + 1] - done[n])


def test_the_whole_year_adds_up(name):
    assert CALENDARS[name].between(YEAR, YEAR + MINUTES * MINUTE) == worked(name)[-1] * MINUTE


def test_six_zones_and_more_change_their_clocks():
    assert len({CALENDARS[name].zone for name in CALENDARS if around(name)}) >= 9
