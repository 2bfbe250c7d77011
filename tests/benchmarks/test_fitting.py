"""What the figures rest on: fits that find what is there, and intervals that hold what they say."""

import numpy as np
import pytest

from benchmarks.fitting import area, bootstrap, conditional_logit, coverage, folds, logistic, wilson

DRAW = np.random.default_rng(7)


def questions(count, weights, *, candidates=6):
    """Return made-up questions whose right candidate is drawn by a conditional logit with these weights."""
    cues = [DRAW.normal(size=(candidates, len(weights))) for _ in range(count)]
    odds = [np.exp(found @ weights) for found in cues]
    right = [np.arange(candidates) == DRAW.choice(candidates, p=each / each.sum()) for each in odds]
    return cues, right


def test_a_conditional_logit_finds_the_weights_that_made_the_answers():
    cues, right = questions(1500, np.array([2.0, -1.0, 0.0]))
    assert conditional_logit(cues, right, ridge=0.0) == pytest.approx([2.0, -1.0, 0.0], abs=0.2)


def test_questions_of_different_length_and_without_an_answer_do_no_harm():
    cues, right = questions(1500, np.array([2.0, -1.0]))
    shorter = [found[: 3 + n % 4] for n, found in enumerate(cues)]
    cut = [good[: 3 + n % 4] for n, good in enumerate(right)]
    assert conditional_logit(shorter, cut, ridge=0.0) == pytest.approx([2.0, -1.0], abs=0.3)


def test_a_ridge_holds_weights_down():
    cues, right = questions(300, np.array([2.0]))
    assert 0 < conditional_logit(cues, right, ridge=0.5)[0] < conditional_logit(cues, right, ridge=0.0)[0]


def signs(count=2000):
    found = DRAW.normal(size=(count, 2))
    chance = 1 / (1 + np.exp(-(0.5 + 1.5 * found[:, 0] - 1.0 * found[:, 1])))
    return found, (DRAW.random(count) < chance).astype(float)


def test_a_logistic_regression_finds_bias_and_weights():
    found, right = signs()
    assert logistic(found, right, ridge=np.zeros(2), toward=np.array([0, 0])) == pytest.approx([0.5, 1.5, -1.0], abs=0.25)


def test_a_sign_that_counts_the_wrong_way_is_left_out():
    found, right = signs()
    solution = logistic(found, right, ridge=np.full(2, 0.01), toward=np.array([1, 1]))
    assert solution[2] == 0
    assert solution[1] > 1


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        pytest.param(0.0, (2, 0, 0.8), id="none wrong"),
        pytest.param(0.25, (4, 1, 0.6), id="one in four, though not one in three"),
        pytest.param(1.0, (5, 2, 0.5), id="all, but what a person looks at"),
    ],
)
def test_coverage_is_the_most_that_keeps_to_a_share_wrong(wrong, expected):
    chances, right = np.array([0.9, 0.8, 0.7, 0.6, 0.5, -1.0]), np.array([1.0, 1, 0, 1, 0, 1])
    assert coverage(chances, right, wrong=wrong) == expected


def test_nothing_is_covered_when_the_surest_is_wrong():
    assert coverage(np.array([0.9]), np.array([0.0]), wrong=0.02) == (0, 0, 1.0)


def test_the_bootstrap_holds_the_coverage_and_is_the_same_each_time():
    chances = DRAW.random(150)
    right = (DRAW.random(150) < chances).astype(float)
    low, high = bootstrap(chances, right, wrong=0.1)
    assert low <= coverage(chances, right, wrong=0.1)[0] / 150 <= high
    assert bootstrap(chances, right, wrong=0.1) == (low, high)


@pytest.mark.parametrize(("hits", "count", "low", "high"), [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1.0), (0, 0, 0.0, 1.0)])
def test_wilsons_interval(hits, count, low, high):
    assert wilson(hits, count) == pytest.approx((low, high), abs=0.001)


def test_the_area_is_the_chance_that_right_is_surer_than_wrong():
    assert area(np.array([0.9, 0.8, 0.2]), np.array([1.0, 1, 0])) == 1.0
    assert area(np.array([0.9, 0.8, 0.2]), np.array([0.0, 1, 0])) == 0.5


def test_folds_are_equal_in_size_and_the_same_each_time():
    assert np.bincount(folds(103, of=10)).tolist() == [11, 11, 11, 10, 10, 10, 10, 10, 10, 10]
    assert (folds(103, of=10) == folds(103, of=10)).all()
