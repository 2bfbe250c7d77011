"""The calibration that ships, and how a curve and its threshold come about."""

import tomllib
from pathlib import Path

import pytest

from agent.calibration import Calibration, Point, curve, fitted
from agent.ranking import CUES, ELSEWHERE


def calibrated(*points):
    return Calibration("e@1", {}, 0.0, {}, 100, tuple(Point(*point) for point in points))


def test_it_was_made_with_the_embedder_that_ships(embedder):
    assert fitted().embedder == embedder.id, "run python -m benchmarks.answers --fit"


def test_it_weighs_every_cue_of_the_ranking():
    assert set(fitted().ranking) == {*CUES, ELSEWHERE}


def test_the_curve_that_ships_reaches_the_wrong_rate_that_ships():
    rate = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text("utf-8"))["answers"]["wrong_rate"]
    assert 0 < fitted().threshold(rate) < 1


@pytest.mark.parametrize(
    ("rate", "threshold"),
    [
        pytest.param(0.0, 1.0, id="nobody can promise that nothing is wrong"),
        pytest.param(0.02, 1.0, id="none in twenty says too little"),
        pytest.param(0.025, 0.9, id="none in twenty says this much"),
        pytest.param(0.04, 0.5, id="one in forty will do"),
        pytest.param(1.0, 0.1, id="anything goes"),
    ],
)
def test_the_threshold_is_the_lowest_that_keeps_to_a_wrong_rate(rate, threshold):
    assert calibrated((0.1, 100, 50), (0.5, 40, 1), (0.9, 20, 0)).threshold(rate) == threshold


def test_when_nothing_keeps_to_it_nothing_is_answered_alone():
    assert calibrated((0.9, 20, 3)).threshold(0.02) == 1.0


def test_a_curve_counts_what_is_answered_from_each_confidence():
    assert curve([0.9, 0.8, 0.7], [True, False, True], least=1) == (Point(0.7, 3, 1), Point(0.8, 2, 1), Point(0.9, 1, 0))


def test_equal_confidences_are_one_point():
    assert curve([0.9, 0.9, 0.5], [True, False, True], least=1) == (Point(0.5, 3, 1), Point(0.9, 2, 1))


def test_few_questions_are_no_point():
    assert curve([0.9, 0.8, 0.7], [True, True, True], least=3) == (Point(0.7, 3, 0),)
