"""Recency: age is a weak reason, and expiry a strong one."""

from dataclasses import replace

import pytest

from desk.audience import INTERNAL, PUBLIC
from knowledge.recency import UNKNOWN, WEIGHT, aged, freshness, may_answer, newest
from tests.fakes import START
from tests.knowledge.kit import chunk


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param({"updated": "2026-11-02"}, 1.0, id="of today"),
        pytest.param({"updated": "2025-11-02"}, 0.5, id="a year old"),
        pytest.param({"updated": "2020-01-01", "reviewed": "2026-11-02"}, 1.0, id="old and reviewed today"),
        pytest.param({"updated": "2027-01-01"}, 1.0, id="of the future"),
        pytest.param({"updated": "2025-11-02T08:00:00Z"}, 0.5, id="an instant"),
        pytest.param({}, UNKNOWN, id="without a date"),
        pytest.param({"updated": "last spring"}, UNKNOWN, id="with words for a date"),
    ],
)
def test_freshness_halves_every_year_since_the_last_change_or_review(dates, expected):
    assert freshness(replace(chunk("c"), **dates), START) == pytest.approx(expected, abs=0.001)


def test_age_costs_little():
    old, new = replace(chunk("c"), updated="2000-01-01"), replace(chunk("c"), updated="2026-11-02")
    assert aged(1.0, new, now=START) == 1.0
    assert 1 - WEIGHT <= aged(1.0, old, now=START) < 1 - WEIGHT / 2


@pytest.mark.parametrize(
    ("expires", "audience", "expected"),
    [
        pytest.param("", PUBLIC, True, id="it never expires"),
        pytest.param("2026-11-03", PUBLIC, True, id="it expires tomorrow"),
        pytest.param("2026-11-02", PUBLIC, False, id="it expires today"),
        pytest.param("2025-01-01", PUBLIC, False, id="it expired"),
        pytest.param("2025-01-01", INTERNAL, True, id="our own people have to renew it"),
    ],
)
def test_what_expired_answers_our_own_people_only(expires, audience, expected):
    assert may_answer(replace(chunk("c"), expires=expires), frozenset({audience}), now=START) is expected


def test_the_newest_date_is_the_change_or_the_review():
    assert newest(replace(chunk("c"), updated="2026-01-01", reviewed="2026-02-01T10:00")) == "2026-02-01"
    assert newest(chunk("c")) == ""
