import json

import numpy as np
import pytest

from agent import heads
from agent.heads import Head, Heads
from desk.errors import Misconfigured

GENERATOR = np.random.default_rng(7)
CENTERS = {"red": [1.0, 0, 0, 0], "green": [0, 1.0, 0, 0], "blue": [0, 0, 1.0, 0]}


def clouds(count=30, *, noise=0.25):
    vectors = np.concatenate([np.array(center) + GENERATOR.normal(0, noise, (count, 4)) for center in CENTERS.values()]).astype(np.float32)
    return vectors, [label for label in CENTERS for _ in range(count)]


def test_a_head_learns_what_can_be_told_apart():
    vectors, labels = clouds()
    head = heads.fit(vectors, labels)
    unseen, truth = clouds()
    guessed = [head.classes[n] for n in head.probabilities(unseen).argmax(axis=1)]
    assert np.mean([a == b for a, b in zip(guessed, truth, strict=True)]) > 0.9


def test_the_same_examples_give_the_same_head():
    vectors, labels = clouds()
    first, second = heads.fit(vectors, labels), heads.fit(vectors, labels)
    assert np.array_equal(first.weights, second.weights)
    assert first.temperature == second.temperature


def test_probabilities_are_probabilities_whatever_the_logits():
    head = Head(("a", "b"), np.array([[1000.0, 0], [0, 1000.0]], dtype=np.float32), np.zeros(2, dtype=np.float32))
    chances = head.probabilities(np.array([[1, 0], [0.5, 0.5]], dtype=np.float32))
    assert chances.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert chances[0, 0] == pytest.approx(1)


def test_a_rare_class_weighs_as_much_as_a_common_one():
    vectors, labels = clouds(60)
    few = [n for n, label in enumerate(labels) if label != "red"] + [n for n, label in enumerate(labels) if label == "red"][:5]
    head = heads.fit(vectors[few], [labels[n] for n in few])
    red = head.of("red", np.array([CENTERS["red"]], dtype=np.float32))
    assert red[0] > 0.7


def test_noise_raises_the_temperature():
    calm, labels = clouds(noise=0.2)
    wild, _ = clouds(noise=1.5)
    assert heads.fit(wild, labels).probabilities(wild).max(axis=1).mean() < heads.fit(calm, labels).probabilities(calm).max(axis=1).mean()


def test_folds_hold_every_class():
    codes = np.array([0] * 7 + [1] * 9)
    dealt = heads.fold_of(codes, 3)
    assert all(set(codes[dealt == fold]) == {0, 1} for fold in range(3))


def test_what_is_saved_is_what_is_loaded(tmp_path):
    vectors, labels = clouds()
    kept = Heads({"color": heads.fit(vectors, labels)}, vectors[:5], "tiny@1", "abc")
    heads.save(kept, tmp_path)
    read = heads.load(tmp_path, embedder="tiny@1")
    assert read.version == "heads-abc"
    assert read["color"].classes == kept["color"].classes
    assert np.allclose(read["color"].probabilities(vectors), kept["color"].probabilities(vectors), atol=0.02)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["heads.json", "heads.npz"]


def test_heads_of_another_embedder_are_refused(tmp_path):
    vectors, labels = clouds()
    heads.save(Heads({"color": heads.fit(vectors, labels)}, vectors[:5], "tiny@1", "abc"), tmp_path)
    with pytest.raises(Misconfigured, match=r"'tiny@1' and this one is 'other@2'"):
        heads.load(tmp_path, embedder="other@2")


@pytest.mark.parametrize("damage", ["", "not json", json.dumps({"schema": 1}), json.dumps([])])
def test_heads_that_cannot_be_read_say_so(tmp_path, damage):
    (tmp_path / "heads.json").write_text(damage)
    with pytest.raises(Misconfigured, match="fit them again"):
        heads.load(tmp_path, embedder="tiny@1")
    assert heads.describe(tmp_path) in ({}, {"schema": 1})


def test_an_empty_folder_describes_nothing(tmp_path):
    assert heads.describe(tmp_path) == {}
