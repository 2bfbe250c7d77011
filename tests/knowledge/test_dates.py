"""Dates: days as wikis spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import spelled


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("September 14, 2026 10:20 AM", "2026-09-14"),
        ("@January 5, 2023 3:04 PM", "2023-01-05"),
        ("last modified on Sep 14, 2023", "2023-09-14"),
        ("14. Sept. 2026", "2026-09-14"),
        ("1st May 2026", "2026-05-01"),
        ("2026/09/14 → 2026/09/20", "2026-09-14"),
        ("2023-09-14 10:20:30.123", "2023-09-14"),
        ("2026-02-30", ""),
        ("Smarch 14, 2026", ""),
        ("14/09/2026", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_the_first_day_of_a_text_is_found(text, day):
    assert spelled(text) == day


@given(st.dates())
def test_every_day_is_read_as_it_was_written(day):
    assert spelled(day.isoformat()) == day.isoformat()
    assert spelled(f"on {day:%B} {day.day}, {day.year:04}") == day.isoformat()


@given(st.text())
def test_no_text_is_too_much(text):
    spelled(text)
