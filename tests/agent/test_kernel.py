"""The kernel on clouds of points on a sphere, where the right answer is known."""

import numpy as np
import pytest

from agent import kernel
from agent.kernel import Kernel

CLASSES = ("blue", "green", "red")


def clouds(count=30, *, noise=0.35, seed=7):
    generator = np.random.default_rng(seed)
    codes = np.repeat(np.arange(3), count)
    rows = np.eye(8)[codes] + generator.normal(0, noise, (3 * count, 8))
    return unit(rows), codes


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def right(fitted: Kernel, vectors, codes):
    return float((fitted.scores(vectors).argmax(axis=1) == codes).mean())


def test_what_can_be_told_apart_is_learned():
    assert right(kernel.fit(*clouds(), CLASSES), *clouds(seed=8)) > 0.9


def test_what_was_never_seen_scores_low_everywhere():
    fitted = kernel.fit(*clouds(noise=0.2), CLASSES)
    strange = unit(np.eye(8)[[5, 6, 7]])
    assert fitted.scores(strange).max() < fitted.scores(clouds(noise=0.2, seed=8)[0]).max(axis=1).min()


def test_probabilities_sum_to_one_and_keep_the_order_of_the_scores():
    fitted = kernel.fit(*clouds(), CLASSES, temperature=0.1)
    vectors, _ = clouds(seed=9)
    chances = fitted.probabilities(vectors)
    assert chances.sum(axis=1) == pytest.approx(np.ones(len(vectors)), abs=1e-5)
    assert (chances.argmax(axis=1) == fitted.scores(vectors).argmax(axis=1)).all()


def test_a_name_stands_in_for_examples_that_are_missing():
    names = unit(np.eye(8)[:3])
    bad, codes = clouds(2, noise=0.9)
    assert right(kernel.fit(bad, codes, CLASSES, names=names), *clouds(seed=8)) > right(kernel.fit(bad, codes, CLASSES), *clouds(seed=8))


def test_many_rows_are_learned_by_some_landmarks(monkeypatch):
    monkeypatch.setattr(kernel, "EXACT", 100)
    monkeypatch.setattr(kernel, "LANDMARKS", 60)
    vectors, codes = clouds(200)
    fitted = kernel.fit(vectors, codes, CLASSES)
    assert len(fitted.landmarks) == 60
    assert right(fitted, *clouds(seed=8)) > 0.9


def test_landmarks_hold_all_of_a_rare_class(monkeypatch):
    monkeypatch.setattr(kernel, "EXACT", 100)
    monkeypatch.setattr(kernel, "LANDMARKS", 60)
    vectors, codes = clouds(200)
    kept = np.flatnonzero((codes > 0) | (np.arange(len(codes)) < 5))
    landmarks = kernel.fit(vectors[kept], codes[kept], CLASSES).landmarks
    assert all((landmarks == vectors[n]).all(axis=1).any() for n in range(5))


def test_the_sample_says_nearly_what_the_whole_says(monkeypatch):
    vectors, codes = clouds(60)
    whole = kernel.fit(vectors, codes, CLASSES)
    monkeypatch.setattr(kernel, "EXACT", 10)
    sampled = kernel.fit(vectors, codes, CLASSES)
    assert np.abs(whole.scores(vectors) - sampled.scores(vectors)).max() < 0.05


def test_of_a_small_set_every_row_is_held_out_once():
    vectors, codes = clouds(20)
    found = kernel.held_out(vectors, codes, CLASSES, names=None, seed=1)
    assert sorted(found.rows) == list(range(60))
    assert found.probabilities.shape == (60, 3)


def test_of_a_large_set_a_fifth_is_held_out(monkeypatch):
    monkeypatch.setattr(kernel, "WHOLE", 50)
    vectors, codes = clouds(20)
    found = kernel.held_out(vectors, codes, CLASSES, names=None, seed=1)
    assert len(found.rows) == 12
    assert sorted(np.bincount(codes[found.rows])) == [4, 4, 4]


def test_the_seed_chooses_what_is_held_out():
    vectors, codes = clouds(20)
    one, again, other = (kernel.held_out(vectors, codes, CLASSES, names=None, seed=seed).rows.tolist() for seed in (1, 1, 2))
    assert one == again != other


def test_held_out_rows_score_lower_than_learned_ones():
    vectors, codes = clouds(10, noise=0.6)
    learned = kernel.fit(vectors, codes, CLASSES).scores(vectors).max(axis=1).mean()
    assert kernel.held_out(vectors, codes, CLASSES, names=None, seed=0).scores.max(axis=1).mean() < learned


def test_nearness_is_the_mean_cosine_to_the_nearest():
    landmarks = unit(np.eye(3))
    assert kernel.nearness(landmarks[:1], landmarks, nearest=1) == pytest.approx([1])
    assert kernel.nearness(landmarks[:1], landmarks, nearest=2) == pytest.approx([0.5])
    assert kernel.nearness(landmarks[:1], landmarks, nearest=9) == pytest.approx([1 / 3])
