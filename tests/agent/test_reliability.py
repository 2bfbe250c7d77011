import numpy as np
import pytest

from agent import scope
from agent.reliability import Report, auroc, bins_of, confusion_of, curve_of, ece, macro_f1


def test_confusion_counts_what_was_taken_for_what():
    assert confusion_of(["a", "a", "b"], ["a", "b", "b"]) == {"a": {"a": 1, "b": 1}, "b": {"b": 1}}


def test_macro_f1_is_the_mean_of_the_classes():
    # a: precision 1, recall 1/2; b: precision 1/2, recall 1.
    assert macro_f1(confusion_of(["a", "a", "b"], ["a", "b", "b"])) == pytest.approx(2 / 3)


def test_a_class_that_is_never_right_counts_as_zero():
    assert macro_f1(confusion_of(["a", "b"], ["a", "a"])) == pytest.approx((2 / 3 + 0) / 2)


def test_bins_hold_how_sure_and_how_right():
    bins = bins_of(np.array([0.95, 1.0, 0.12]), np.array([True, False, False]))
    assert [(b.low, b.count, b.confidence, b.accuracy) for b in bins] == [(0.1, 1, 0.12, 0.0), (0.9, 2, 0.975, 0.5)]


def test_the_calibration_error_weighs_bins_by_their_rows():
    assert ece(bins_of(np.array([0.95, 1.0, 0.12]), np.array([True, False, False]))) == pytest.approx((2 * 0.475 + 0.12) / 3, abs=1e-3)
    assert ece(bins_of(np.array([1.0, 1.0]), np.array([True, True]))) == 0
    assert ece(()) == 0


def test_the_curve_tells_what_stays_in():
    curve = {p.threshold: (p.coverage, p.false_acceptance) for p in curve_of(np.array([0.1, 0.4]), np.array([0.45, 0.9]))}
    assert curve[0.3] == (0.5, 0.0)
    assert curve[0.5] == (1.0, 0.5)
    assert curve[0.95] == (1.0, 1.0)


@pytest.mark.parametrize(("higher", "lower", "chance"), [([2, 3], [0, 1], 1.0), ([0, 1], [2, 3], 0.0), ([1], [1], 0.5), ([1, 3], [2, 0], 0.75)])
def test_auroc_is_the_chance_to_lie_above(higher, lower, chance):
    assert auroc(np.array(higher), np.array(lower)) == chance


def test_the_most_frequent_mistake_comes_first():
    confusion = {"a": {"a": 5, "b": 1}, "b": {"a": 3}}
    assert Report(9, 0.5, 0.5, confusion, 1.0, 0.1, (), (), 0.9).mistaken == [("b", "a", 3), ("a", "b", 1)]


def test_strangeness_falls_as_recognition_grows():
    fitted = scope.fit(np.array([1.0, 1.1, 1.2, 0.9]), np.array([0.2, 0.3, 0.4]))
    low, middle, high = fitted.strangeness(np.array([0.2, fitted.middle, 1.2]))
    assert low > 0.8 > middle > 0.2 > high
    assert middle == pytest.approx(0.5)


def test_a_few_strange_examples_weigh_as_much_as_many_messages():
    few = scope.fit(np.full(1000, 1.0) + np.linspace(-0.3, 0.3, 1000), np.array([0.1, 0.5, 0.9]))
    assert 0.4 < few.middle < 0.9


def test_scores_that_say_nothing_make_a_flat_curve():
    flat = scope.fit(np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    assert flat.strangeness(np.array([0.0, 1.0, 5.0])) == pytest.approx([0.5] * 3, abs=0.05)


def test_strength_joins_the_best_score_and_the_nearness():
    assert scope.strength_of(np.array([[0.2, 0.7]]), np.array([0.6])) == pytest.approx([0.7 + scope.NEARNESS * 0.6])
