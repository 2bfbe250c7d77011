"""Heard: how many requests triage hears and how much chat it lets through, on messages the heads never saw: `python -m benchmarks.heard`.

The messages of benchmarks/messages were written before anything was chosen on them, by whoever wrote the word lists. Half of each file (`dev`) was
looked at since, and so were demo/faq_dev.jsonl and the dev half of demo/faq200.jsonl; the others were counted only, but for one line of thanks and
three requests of Banking77 that were seen to go wrong. `--fit` prints the weights of agent/request.py, from the examples in folds and from what was
looked at; `--missed` prints which of these go wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent import fit, heads
from agent.examples import YES, lessons
from agent.heads import Matrix
from agent.request import evidence
from agent.triage import LocalTriager
from benchmarks.faq import THRESHOLDS
from knowledge.embeddings import OnnxEmbedder

Doubles = NDArray[np.float64]
ROOT = Path(__file__).parents[1]
BANKING = ROOT.parent / "shared" / "data" / "banking77" / "train.csv"
SAMPLE = 1000
COST = 3.0
"""How many lines of chat in the queue one unheard request is worth."""
LOOKED_AT = 3.0
"""The weight of a message that was looked at, beside one of the examples: those are written as people write, and few."""
RIDGE = 1e-3
STEPS = 60


def rows(name: str, *, split: str | None = None) -> list[dict[str, Any]]:
    """Return the rows of a file of questions or messages, of one half when `split` says which."""
    found = [json.loads(line) for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    return [row for row in found if split is None or row.get("split") == split]


def asked(name: str, *, split: str | None = None) -> list[str]:
    """Return the questions of a file that the company can answer."""
    return [row["question"] for row in rows(name, split=split) if not row["out_of_scope"]]


def said(name: str, split: str, *, kind: str = "") -> list[str]:
    """Return one half of a file of messages."""
    return [row["text"] for row in rows(f"benchmarks/messages/{name}.jsonl", split=split) if not kind or row["kind"] == kind]


def banking() -> list[str]:
    """Return a sample of what customers asked a bank, nothing when the data are not there."""
    if not BANKING.exists():
        return []
    with BANKING.open(encoding="utf-8", newline="") as file:
        return random.Random(0).sample([row["text"] for row in csv.DictReader(file)], SAMPLE)


def log_odds(head: heads.Head, logits: Matrix) -> Matrix:
    """Return how much more likely yes is than no."""
    yes = head.classes.index(YES)
    odds: Matrix = logits[:, yes] - logits[:, 1 - yes]
    return odds


async def fitted() -> dict[str, float]:
    """Fit the weights of the evidence by logistic regression, the head's share on folds it has not seen."""
    embedder, taught = OnnxEmbedder(), lessons()
    examples = taught["request"]
    vectors = fit.stack(await fit.embed_all(taught, embedder), [e.text for e in examples])
    known = np.array([e.label == YES for e in examples])
    head = heads.fit(vectors, [e.label for e in examples])
    codes = np.array([head.classes.index(e.label) for e in examples])
    unseen = heads.held_out_logits(vectors, codes, count=2, penalty=heads.PENALTY, folds=5)
    requests = [*asked("demo/faq_dev.jsonl"), *asked("demo/faq200.jsonl", split="dev"), *said("requests", "dev")]
    looked_at = [*requests, *said("chat", "dev")]
    others = head.logits(np.asarray(await fit.in_batches(looked_at, embedder)))
    texts = [*(e.text for e in examples), *looked_at]
    found = [evidence(text, float(odds)) for text, odds in zip(texts, [*log_odds(head, unseen), *log_odds(head, others)], strict=True)]
    target = np.concatenate([known, np.arange(len(looked_at)) < len(requests)])
    weight = np.where(target, COST / target.sum(), 1 / (~target).sum()) * np.where(np.arange(len(texts)) < len(examples), 1, LOOKED_AT)
    solved = regress(np.array([list(each.values()) for each in found]), target, weight=weight)
    return dict(zip(("bias", *found[0]), (round(float(value), 2) for value in solved), strict=True))


def regress(features: Doubles, target: NDArray[np.bool_], *, weight: Doubles) -> Doubles:
    """Return bias and weights of a logistic regression, by Newton's method."""
    design = np.column_stack([np.ones(len(features)), features])
    solution: Doubles = np.zeros(design.shape[1])
    shrink = RIDGE * np.eye(len(solution))
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-design @ solution))
        bend = design.T @ (design * (weight * likely * (1 - likely))[:, None]) + shrink
        solution = solution - np.linalg.solve(bend, design.T @ (weight * (likely - target)) + shrink @ solution)
    return solution


async def show(name: str, texts: Sequence[str], triager: LocalTriager, *, missed: bool = False, wanted: bool = True) -> None:
    """Print how many of some texts are taken for requests, and which of them wrongly or wrongly not."""
    found = [(text, await triager.triage(text)) for text in texts]
    heard = sum(told.is_request for _, told in found)
    print(f"  {name:24} {heard:4} of {len(texts):4} {'heard' if wanted else 'queued'} ({heard / max(1, len(texts)):.1%})")
    for text, told in found if missed else ():
        if told.is_request is not wanted:
            print(f"      {told.is_request_confidence:.2f} {told.sentiment.value:8} {text}")


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--fit", action="store_true", help="print the weights of agent/request.py")
    arguments.add_argument("--missed", action="store_true", help="print what goes wrong among what was looked at")
    given = arguments.parse_args()
    if given.fit:
        print(await fitted())
        return
    embedder = OnnxEmbedder()
    triager = LocalTriager(embedder, await fit.ready(embedder, Path(tempfile.mkdtemp())), THRESHOLDS)
    print("looked at while choosing")
    await show("faq_dev", asked("demo/faq_dev.jsonl"), triager, missed=given.missed)
    await show("faq200, dev", asked("demo/faq200.jsonl", split="dev"), triager, missed=given.missed)
    for split in ("dev", "held_out"):
        if split == "held_out":
            print("counted only")
            await show("faq200, test", asked("demo/faq200.jsonl", split="test"), triager)
            await show("faq_eval", asked("demo/faq_eval.jsonl"), triager)
            await show("banking77, a sample", banking(), triager)
        missed = given.missed and split == "dev"
        await show("requests", said("requests", split), triager, missed=missed)
        await show("angry lines", said("angry", split), triager, missed=missed)
        for kind in ("thanks", "greeting", "people", "remark"):
            await show(f"chat: {kind}", said("chat", split, kind=kind), triager, missed=missed, wanted=False)


if __name__ == "__main__":
    asyncio.run(main())
