"""The shipped heads are those of the examples; `python -m benchmarks.refit` makes them anew."""

import json
import shutil

import numpy as np
import pytest

from agent import examples, fit, heads
from agent.examples import HARD_SIGNALS, NONE, YES, Example, fingerprint, lessons
from desk.errors import Misconfigured
from desk.triage import CATEGORIES


class CountingEmbedder:
    """Turns a text into a vector of its letters, and counts."""

    id = "letters@1"
    dimensions = 26

    def __init__(self):
        self.embedded = 0

    async def embed(self, texts):
        self.embedded += len(texts)
        rows = np.array([[text.lower().count(chr(97 + n)) + 0.01 for n in range(26)] for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).tolist()


def test_the_shipped_heads_match_the_examples_and_the_embedder(embedder):
    about = heads.describe(fit.FITTED)
    assert about["examples"] == fingerprint(lessons()), "agent/examples changed: run python -m benchmarks.refit"
    assert about["embedder"] == embedder.id, "the embedder changed: run python -m benchmarks.refit"


async def test_refitting_gives_the_shipped_heads(embedder):
    """Within a tolerance: the embedder's int8 arithmetic differs a little between processors."""
    taught = lessons()["intent"]
    vectors = await fit.embed_all({"intent": taught}, embedder)
    rows = fit.stack(vectors, [example.text for example in taught])
    anew, shipped = heads.fit(rows, [example.label for example in taught], folds=0), heads.load(fit.FITTED, embedder=embedder.id)["intent"]
    assert anew.classes == shipped.classes
    assert np.abs(heads.softmax(anew.logits(rows)) - heads.softmax(shipped.logits(rows))).mean() < 0.02


async def test_shipped_heads_need_no_embedding(embedder, tmp_path):
    found = await fit.ready(embedder, tmp_path)
    assert found.embedder == embedder.id
    assert list(tmp_path.iterdir()) == []


async def test_another_embedder_gets_its_own_heads_once(tmp_path):
    embedder = CountingEmbedder()
    first = await fit.ready(embedder, tmp_path)
    spent = embedder.embedded
    second = await fit.ready(embedder, tmp_path)
    assert spent > 1000
    assert embedder.embedded == spent
    assert (first.version, second.embedder) == (second.version, "letters@1")


def test_every_head_has_its_lesson():
    taught = lessons()
    assert set(taught) == {"category", "request", "scope", "intent", "sentiment", "impact", *(signal.value for signal in HARD_SIGNALS)}
    assert {example.label for example in taught["category"]} == set(CATEGORIES)
    assert NONE in {example.label for example in taught["intent"]}


@pytest.mark.parametrize("signal", HARD_SIGNALS)
def test_no_example_of_a_signal_is_also_a_counterexample(signal):
    taught = lessons()[signal.value]
    positive = {example.text for example in taught if example.label == YES}
    assert not positive & {example.text for example in taught if example.label != YES}


def test_any_change_of_the_examples_is_noticed():
    base = {"x": (Example("a", "1"), Example("b", "2"))}
    assert fingerprint(base) == fingerprint(dict(base))
    assert fingerprint(base) != fingerprint({"x": (Example("a", "2"), Example("b", "2"))})
    assert fingerprint(base) != fingerprint({"y": base["x"]})


@pytest.mark.parametrize(("line", "said"), [("{", "is no JSON"), (json.dumps({"txt": "a"}), 'has no "text"'), ("[]", 'has no "text"')])
def test_a_bad_example_is_named_by_file_and_line(tmp_path, line, said):
    folder = shutil.copytree(examples.FOLDER, tmp_path / "examples")
    with (folder / "billing.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(Misconfigured, match=rf"billing\.jsonl:\d+ {said}"):
        lessons(folder)
