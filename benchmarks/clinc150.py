"""CLINC150: how well `train` knows what is none of its 150 categories: `python -m benchmarks.clinc150`.

Fitted to the training rows alone, asked about the validation rows and the validation rows that are out of scope. The data lies in ../shared/data
and is CC-BY-3.0 (Larson et al. 2019).
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time

import numpy as np

from agent import kernel
from agent.heads import Matrix
from agent.reliability import auroc
from agent.scope import strength_of
from benchmarks.frozen import DATA, embedded, reference
from knowledge.embeddings import OnnxEmbedder

FILE = DATA / "clinc150" / "data.json"
MARK = 0.977
"""The highest logit of a logistic regression on the same embeddings."""
DRAWS = 1000


def interval(inside: Matrix, strange: Matrix) -> str:
    """Return the AUROC with its 95 % interval, by drawing both sets again a thousand times."""
    chooser = random.Random(1)
    drawn = []
    for _ in range(DRAWS):
        a, b = (values[chooser.choices(range(len(values)), k=len(values))] for values in (inside, strange))
        drawn.append(auroc(a, b))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{auroc(inside, strange):.2%} ({low:.2%} to {high:.2%})"


async def main() -> int:
    if not FILE.exists():
        print("CLINC150: skipped, ../shared/data is not here")
        return 0
    data = json.loads(FILE.read_text(encoding="utf-8"))
    embedder = OnnxEmbedder()
    vectors = {part: await embedded(f"clinc150-{part}", [text for text, _ in data[part]], embedder) for part in ("train", "val", "oos_val")}
    classes, codes = np.unique([label for _, label in data["train"]], return_inverse=True)
    asked = np.searchsorted(classes, [label for _, label in data["val"]])
    names = await embedded("clinc150-names", [str(label).replace("_", " ") for label in classes], embedder)
    start = time.perf_counter()
    fitted = kernel.fit(vectors["train"], codes, tuple(map(str, classes)), names=names)
    print(f"fitted to {len(codes)} rows in {time.perf_counter() - start:.1f} s")
    weights, bias = reference(vectors["train"], codes, count=len(classes))
    scores = {part: fitted.scores(rows) for part, rows in vectors.items() if part != "train"}
    logits = {part: rows @ weights.T + bias for part, rows in vectors.items() if part != "train"}
    near = {part: kernel.nearness(vectors[part], fitted.landmarks) for part in scores}
    strength = {part: strength_of(scores[part], near[part]) for part in scores}
    print(f"accuracy {(scores['val'].argmax(axis=1) == asked).mean():.2%}; reference {(logits['val'].argmax(axis=1) == asked).mean():.2%}")
    print(f"out of scope, AUROC: {interval(strength['val'], strength['oos_val'])}; mark {MARK:.1%}")
    print(f"  best score alone: {interval(scores['val'].max(axis=1), scores['oos_val'].max(axis=1))}")
    print(f"  nearness alone: {interval(near['val'], near['oos_val'])}")
    print(f"  reference, highest logit: {interval(logits['val'].max(axis=1), logits['oos_val'].max(axis=1))}")
    return 0 if auroc(strength["val"], strength["oos_val"]) > MARK else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
