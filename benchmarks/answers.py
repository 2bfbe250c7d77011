"""Answers: how many of the demo's questions the local answerer may answer alone, and how many of those wrongly.

`python -m benchmarks.answers` prints coverage at 2 % and 5 % wrong; `--fit` first fits the confidence anew and writes agent/fitted/confidence.json.
An answer is right when what it quotes is from the article the question was written for.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent import ranking
from agent.confidence import FITTED, Cues, cues
from agent.fit import ready
from agent.memo import Memo
from agent.triage import LocalTriager
from agent.wording import question_of
from benchmarks.help_center import DEMO, opened
from desk.audience import PUBLIC
from desk.policy import Triage
from desk.triage import CATEGORIES
from knowledge.embeddings import OnnxEmbedder
from knowledge.search import HybridKnowledge

QUESTIONS = DEMO / "faq_eval.jsonl"
THRESHOLDS = Triage(CATEGORIES, request=0.5, out_of_scope=0.6, signal=0.7, language=0.75)
RIDGE = 0.02
CAUTION = 1.75
"""Taken off the log-odds: a confidence of 0.6 then stands for a probability of 0.9 that the passage is the right one."""
SIGNS = np.array([1, 1, 1, 1, 1, -1])
"""Which way each cue may count: one that noise turns around is left out."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Tried:
    """One question with what the search showed and whether its first passage is from the right article."""

    question: str
    cues: Cues
    right: bool
    article: str | None
    quoted: str


async def tried(knowledge: HybridKnowledge, embedder: OnnxEmbedder) -> list[Tried]:
    """Search for every question and read the cues."""
    memo = Memo(embedder)
    triager = LocalTriager(embedder, await ready(embedder, Path(tempfile.mkdtemp())), THRESHOLDS)
    found = []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        question = question_of(row["question"])
        passages = (await knowledge.search(question, frozenset({PUBLIC}), k=10)).passages
        vectors = await memo.vectors([question, *ranking.gists(passages)])
        reads = ranking.rank(question, vectors[0], vectors[1:], passages=passages)
        alien = (await triager.triage(row["question"])).out_of_scope_score
        quoted = reads[0].passage.document
        found.append(Tried(row["question"], cues(reads, out_of_scope=alien), quoted == row["article"], row["article"], quoted))
    return found


def regress(features: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a ridge logistic regression on standardized features; return bias and weights for raw ones, 0 for one that would count the wrong way."""
    used = np.ones(features.shape[1], dtype=bool)
    while True:
        solution = _newton(features * used, labels)
        turned = used & (solution[1:] * SIGNS < 0)
        if not turned.any():
            return solution
        used &= ~turned


def _newton(features: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    design = np.hstack([np.ones((len(features), 1)), (features - mean) / spread])
    penalty = np.diag([1e-6, *[RIDGE] * features.shape[1]])
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ solution))
        gradient = design.T @ (chance - labels) / len(labels) + penalty @ solution
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design / len(labels) + penalty
        solution -= np.linalg.solve(curvature, gradient)
    weights = solution[1:] / spread
    return np.array([solution[0] - weights @ mean, *weights])


def held_out(features: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each question's confidence under coefficients that have not seen it."""
    chances = np.zeros(len(labels))
    for fold in range(FOLDS):
        unseen = np.arange(len(labels)) % FOLDS == fold
        solution = regress(features[~unseen], labels[~unseen])
        chances[unseen] = 1 / (1 + np.exp(CAUTION - solution[0] - features[unseen] @ solution[1:]))
    return chances


def coverage(chances: NDArray[np.float64], labels: NDArray[np.float64], *, wrong: float) -> tuple[int, int, float]:
    """Return how many are answered, how many of them wrongly, and the threshold, for the largest coverage with at most this share wrong."""
    order = np.argsort(-chances)
    errors = np.cumsum(1 - labels[order])
    counts = np.arange(1, len(order) + 1)
    fitting = np.flatnonzero(errors <= wrong * counts)
    if not len(fitting):
        return 0, 0, 1.0
    last = int(fitting[-1])
    return last + 1, int(errors[last]), float(chances[order[last]])


def wilson(hits: int, count: int, *, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    share = hits / count
    center, spread = share + z * z / (2 * count), z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (center - spread) / (1 + z * z / count), (center + spread) / (1 + z * z / count)


def write(solution: NDArray[np.float64], embedder: str, count: int) -> None:
    """Write the coefficients with where they come from."""
    names = list(Cues.__dataclass_fields__)
    about = {
        "embedder": embedder,
        "fitted": f"by python -m benchmarks.answers --fit: ridge {RIDGE}, {count} questions of demo/faq_eval.jsonl over demo/knowledge",
        "caution": CAUTION,
        "bias": round(float(solution[0]), 3),
        "weights": {name: round(float(weight), 3) for name, weight in zip(names, solution[1:], strict=True)},
    }
    FITTED.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


async def main() -> None:
    embedder = OnnxEmbedder()
    found = await tried(await opened(embedder), embedder)
    features, labels = np.array([list(asdict(each.cues).values()) for each in found]), np.array([float(each.right) for each in found])
    if "--fit" in sys.argv:
        write(regress(features, labels), embedder.id, len(found))
    answerable = [each for each in found if each.article]
    print(f"first passage from the right article: {sum(each.right for each in answerable)} of {len(answerable)} answerable questions")
    chances = held_out(features, labels)
    for wrong in (0.02, 0.05):
        answered, errors, threshold = coverage(chances, labels, wrong=wrong)
        low, high = wilson(answered, len(found))
        print(
            f"at most {wrong:.0%} wrong: {answered} of {len(found)} answered ({low:.0%} to {high:.0%}), {errors} of them wrong, from {threshold:.2f}"
        )
    for threshold in (0.1, 0.3, 0.5, 0.6, 0.7, 0.8):
        chosen = chances >= threshold
        errors = int((1 - labels[chosen]).sum())
        low, high = wilson(errors, int(chosen.sum()))
        print(f"  threshold {threshold:.1f}: {chosen.sum()} answered, {errors} wrong ({low:.0%} to {high:.0%})")
    for chance, each in sorted(zip(chances, found, strict=True), key=lambda pair: -pair[0]):
        if not each.right and chance > 0.5:
            print(f"  wrong at {chance:.2f}: {each.question!r} from {each.article!r} got {each.quoted!r}")


if __name__ == "__main__":
    asyncio.run(main())
