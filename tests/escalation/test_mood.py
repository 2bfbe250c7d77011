"""The mood of a ticket: derived from its messages in order, with two marks so that it does not flicker."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.mood import Mood, MoodPolicy
from escalation.mood import followed, trend

POLICY = MoodPolicy(latest=0.6, low=0.6, lifted=0.4, change=0.25)
DISPLEASURES = st.lists(st.floats(0, 1), max_size=30)


def low(*displeasures):
    """Return whether the mood is low after each message."""
    return [followed(displeasures[: n + 1], POLICY).is_low for n in range(len(displeasures))]


def test_nothing_said_is_no_mood():
    assert followed((), POLICY) == Mood()


def test_one_message_is_the_whole_mood():
    assert followed((0.7,), POLICY) == Mood(0.7, 0.7, is_low=True, change=0.0, messages=1)


def test_the_latest_message_counts_most_and_not_alone():
    assert followed((0.0, 1.0), POLICY).displeasure == 0.6
    assert followed((1.0, 0.0), POLICY).displeasure == 0.4


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param((0.1, 0.2, 0.1), [False, False, False], id="calm throughout"),
        pytest.param((0.1, 0.95, 0.95), [False, True, True], id="it becomes low above the upper mark"),
        pytest.param((0.8, 0.45, 0.45), [True, True, True], id="between the marks it stays low"),
        pytest.param((0.3, 0.5, 0.55), [False, False, False], id="between the marks it stays what it was"),
        pytest.param((0.8, 0.1, 0.1), [True, False, False], id="it ends below the lower mark"),
        pytest.param((0.65, 0.5, 0.65, 0.5), [True, True, True, True], id="it does not flicker"),
    ],
)
def test_a_mood_is_low_from_one_mark_on_and_until_a_lower_one(said, expected):
    assert low(*said) == expected


def test_the_peak_stays_when_the_mood_gets_better():
    found = followed((0.9, 0.0, 0.0, 0.0), POLICY)
    assert found.peak == 0.9
    assert found.displeasure < 0.1


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param((0.5,), "", id="one message has no trend"),
        pytest.param((0.1, 0.2, 0.7, 0.9), "worse", id="turning sour"),
        pytest.param((0.9, 0.5, 0.1), "better", id="turning sweet"),
        pytest.param((0.5, 0.5, 0.6), "same", id="about as before"),
        pytest.param((0.9, 0.95, 0.9), "same", id="as furious as at first"),
    ],
)
def test_the_trend_compares_the_beginning_with_now(said, expected):
    assert trend(followed(said, POLICY), POLICY) == expected


@given(DISPLEASURES)
def test_a_mood_stays_within_its_bounds(said):
    found = followed(said, POLICY)
    assert 0 <= found.displeasure <= found.peak <= 1
    assert found.messages == len(said)
    assert -1 <= found.change <= 1


@given(DISPLEASURES, st.floats(0, 1), st.floats(0, 1))
def test_a_worse_last_message_never_makes_a_better_mood(said, one, other):
    better, worse = (followed([*said, last], POLICY) for last in sorted((one, other)))
    assert better.displeasure <= worse.displeasure
    assert better.is_low <= worse.is_low


@given(DISPLEASURES.filter(len))
def test_it_changes_sides_only_across_a_mark(said):
    moods = [followed(said[: n + 1], POLICY) for n in range(len(said))]
    for before, after in pairwise(moods):
        if after.is_low and not before.is_low:
            assert after.displeasure >= POLICY.low - 1e-4
        if before.is_low and not after.is_low:
            assert after.displeasure < POLICY.lifted + 1e-4


def test_two_hundred_messages_cost_next_to_nothing():
    said = [n % 10 / 10 for n in range(200)]
    start = time.perf_counter()
    followed(said, POLICY)
    assert time.perf_counter() - start < 0.005
