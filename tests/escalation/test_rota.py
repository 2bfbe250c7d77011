"""Rotas: whose turn it is, also across a change of clocks, who stands in, and when nobody is there."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from desk.oncall import Layer, Override, Rota, Shift, read_handover, read_span
from escalation.rota import bench, of_layer, on_call, shifts

WEEKLY = read_handover("weekly mon 09:00")
BERLIN = "Europe/Berlin"


def rota(*layers, zone=BERLIN):
    return Rota("support", zone, layers)


def layer(*people, turn=WEEKLY, start=date(2026, 10, 19), **hours):
    return Layer(people, turn, start, {day: (read_span(span),) for day, span in hours.items()})


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        pytest.param("2026-10-18T21:59", None, id="nobody before it starts"),
        pytest.param("2026-10-18T22:00", "ana", id="the first from midnight of the first day, local time"),
        pytest.param("2026-10-26T07:59", "ana", id="a minute before the hand-over, when it is winter by now"),
        pytest.param("2026-10-26T08:00", "ben", id="the hand-over at nine o'clock on the wall"),
        pytest.param("2026-11-02T08:00", "cem", id="the third week"),
        pytest.param("2026-11-09T08:00", "ana", id="and the first one again"),
        pytest.param("2027-03-29T06:59", "ben", id="summer begins: a minute before nine"),
        pytest.param("2027-03-29T07:00", "cem", id="summer begins: nine o'clock is an hour earlier"),
    ],
)
def test_people_take_turns_by_the_clock_on_the_wall(when, who):
    assert on_call(rota(layer("ana", "ben", "cem")), at(when)) == who


@pytest.mark.parametrize(
    ("turn", "when", "who"),
    [
        pytest.param("daily 08:00", "2026-10-25T06:59", "ben", id="daily, before the hand-over of the day on which clocks go back"),
        pytest.param("daily 08:00", "2026-10-25T07:00", "ana", id="daily, at it"),
        pytest.param("every 12h", "2026-10-24T21:59", "ben", id="every 12 hours, until midnight"),
        pytest.param("every 12h", "2026-10-24T22:00", "ana", id="every 12 hours, from midnight on, a shift of 13 hours"),
        pytest.param("every 12h", "2026-10-25T10:59", "ana", id="every 12 hours, still the longer shift"),
        pytest.param("every 12h", "2026-10-25T11:00", "ben", id="every 12 hours, noon is noon"),
        pytest.param("every 1h", "2026-10-25T00:30", "ana", id="the hour that comes twice, the first time"),
        pytest.param("every 1h", "2026-10-25T01:30", "ana", id="the hour that comes twice, the second time"),
        pytest.param("every 1h", "2026-10-25T02:30", "ben", id="the hour after it"),
    ],
)
def test_days_and_hours_are_counted_across_a_change_of_clocks(turn, when, who):
    assert on_call(rota(layer("ana", "ben", turn=read_handover(turn))), at(when)) == who


def test_a_turn_never_goes_back_in_the_hour_that_comes_twice():
    taken = [
        of_layer(layer("ana", "ben", "cem", turn=read_handover("every 1h")), at("2026-10-24T23:00") + timedelta(minutes=n), zone=BERLIN)
        for n in range(300)
    ]
    changes = [(before, after) for before, after in pairwise(taken) if before != after]
    assert all(after == {"ana": "ben", "ben": "cem", "cem": "ana"}[before] for before, after in changes)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        pytest.param("2026-10-24T17:59", "ana", id="Saturday, before the night shift"),
        pytest.param("2026-10-24T18:00", "nia", id="Saturday evening"),
        pytest.param("2026-10-25T06:59", "nia", id="Sunday before eight, by the clock that went back"),
        pytest.param("2026-10-25T07:00", "ana", id="Sunday at eight"),
        pytest.param("2026-10-25T20:00", "ana", id="Sunday evening has no night shift"),
    ],
)
def test_a_later_layer_lies_over_an_earlier_one_while_it_is_staffed(when, who):
    nights = layer("nia", turn=read_handover("daily 00:00"), start=date(2026, 1, 1), sat="20:00-08:00")
    assert on_call(rota(layer("ana", "ben"), nights), at(when)) == who


def test_who_stands_in_comes_before_every_layer_and_the_last_word_counts():
    stands = [
        Override("support", "ben", at("2026-10-20T00:00"), at("2026-10-21T00:00")),
        Override("support", "cem", at("2026-10-20T12:00"), at("2026-10-21T00:00")),
    ]
    other = [Override("billing", "zoe", at("2026-10-20T00:00"), at("2026-10-21T00:00"))]
    answers = [
        on_call(rota(layer("ana")), at(when), overrides=[*stands, *other]) for when in ("2026-10-20T11:59", "2026-10-20T12:00", "2026-10-21T00:00")
    ]
    assert answers == ["ben", "cem", "ana"]


def test_a_calendar_lies_over_the_layers_and_under_who_stands_in():
    calendar = [Shift("dan", at("2026-10-20T00:00"), at("2026-10-22T00:00"))]
    stands = [Override("support", "ben", at("2026-10-21T00:00"), at("2026-10-22T00:00"))]
    days = ("2026-10-20T10:00", "2026-10-21T10:00", "2026-10-22T10:00")
    assert [on_call(rota(layer("ana")), at(day), overrides=stands, imported=calendar) for day in days] == ["dan", "ben", "ana"]


def test_the_shifts_of_a_time_have_no_hole_and_show_the_gaps():
    only_days = rota(layer("ana", mon="09:00-17:00", tue="09:00-17:00"))
    found = shifts(only_days, at("2026-10-19T00:00"), at("2026-10-21T00:00"))
    assert [(shift.person, f"{shift.start:%d %H:%M}") for shift in found] == [
        (None, "19 00:00"), ("ana", "19 07:00"), (None, "19 15:00"), ("ana", "20 07:00"), (None, "20 15:00"),
    ]  # fmt: skip
    assert all(before.until == after.start for before, after in pairwise(found))


@pytest.mark.parametrize("turn", ["weekly wed 07:30", "daily 22:00", "every 7h"])
def test_the_shifts_say_what_an_instant_says(turn):
    mixed = rota(layer("ana", "ben", "cem", turn=read_handover(turn)), layer("nia", "oli", sat="22:00-06:00", sun="00:00-24:00"))
    start = at("2026-10-20T00:00")
    found = shifts(mixed, start, start + timedelta(days=14))
    for minutes in range(0, 14 * 24 * 60, 17):
        instant = start + timedelta(minutes=minutes)
        (shift,) = [shift for shift in found if shift.start <= instant < shift.until]
        assert shift.person == on_call(mixed, instant)


def test_the_bench_is_who_is_on_call_and_then_the_others_in_turn():
    assert bench(rota(layer("ana", "ben", "cem")), at("2026-10-27T00:00")) == ("ben", "cem", "ana")
    assert bench(rota(layer("ana", mon="09:00-17:00")), at("2026-10-20T00:00")) == ()
