"""Answers: how many questions the local answerer may answer alone, and how many of those wrongly.

`python -m benchmarks.answers` prints coverage at 2 % and 5 % wrong on the demo's questions and on Banking77 as a FAQ; `--fit` first fits the
ranking, the confidence and its curve anew and writes agent/fitted/confidence.json. An answer is right when what it quotes contains the sentence
that the question was written for (or another that is marked as answering it too).
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from agent import calibration, quoting, ranking
from agent.calibration import FITTED, Calibration
from agent.confidence import SIGNS, TOWARD, Signs, confidence, signs
from agent.extractive import ExtractiveAnswerer
from agent.fit import ready
from agent.triage import LocalTriager
from benchmarks import bank_faq
from benchmarks.faq import DEVELOPING, THRESHOLDS, Known, Tried, answers, known, tried
from benchmarks.fitting import Array, area, bootstrap, conditional_logit, coverage, folds, logistic, wilson
from benchmarks.help_center import PublicTools, opened
from desk.answering import Brief
from desk.audience import PUBLIC
from desk.customer import Author
from desk.draft import Proposal
from desk.space import Platform, UserRef
from knowledge.embeddings import OnnxEmbedder
from knowledge.search import HybridKnowledge

FOLDS = 10
RANKING_RIDGE = 0.005
SIGN_RIDGE, KIND_RIDGE = 0.1, 0.5
"""The kinds of questions are many and the questions few: what they say is held closer to nothing."""
PLACE = frozenset({PUBLIC})
NOBODY = Author(UserRef(Platform.LOCAL, "benchmark", "asker"), "asker")
PHRASES = {"clarify": "Which part is it about?", "verify": "Who are you?", "not_entitled": "This is for billing contacts."}


def fit(found: Sequence[Tried], *, embedder: str) -> Calibration:
    """Fit the ranking to all questions and the confidence to those whose sentence is known; the curve is of questions held out from both."""
    weights = _ranking(found)
    solution = _confidence(found, weights)
    chances, right = held_out(found)
    points = calibration.curve(chances.tolist(), [bool(each) for each in right])
    return Calibration(embedder, weights, float(solution[0]), dict(zip(SIGNS, solution[1:].tolist(), strict=True)), len(right), points)


def held_out(found: Sequence[Tried]) -> tuple[Array, Array]:
    """Return, for each question whose sentence is known, its confidence under weights that have not seen it, and whether its quote answers."""
    fold = folds(len(found), of=FOLDS)
    chances, right = np.full(len(found), -1.0), np.zeros(len(found))
    for n in range(FOLDS):
        seen = [each for each, own in zip(found, fold.tolist(), strict=True) if own != n]
        weights = _ranking(seen)
        solution = _confidence(seen, weights)
        fitted = Calibration("", weights, float(solution[0]), dict(zip(SIGNS, solution[1:].tolist(), strict=True)), 0, ())
        for at in np.flatnonzero(fold == n).tolist():
            sign, is_right = _weighed(found[at], weights)
            chances[at], right[at] = confidence(sign, fitted), is_right
    exact = np.array([each.known.exact for each in found])
    return chances[exact], right[exact]


def _ranking(found: Sequence[Tried]) -> dict[str, float]:
    weights = conditional_logit([each.cues for each in found], [each.right for each in found], ridge=RANKING_RIDGE)
    named = dict(zip(ranking.CUES, weights.tolist(), strict=True))
    ranked = [(each, ranking.scored(each.reads, named)) for each in found]
    beaten = [next((read.score for read in reads if read.passage.document != reads[0].passage.document), 0.0) for _, reads in ranked]
    return {**named, ranking.ELSEWHERE: float(np.mean(beaten))}


def _confidence(found: Sequence[Tried], weights: dict[str, float]) -> Array:
    weighed = [_weighed(each, weights) for each in found if each.known.exact]
    features = np.array([[sign.of(name) for name in SIGNS] for sign, _ in weighed])
    ridge = np.array([SIGN_RIDGE if name in TOWARD else KIND_RIDGE for name in SIGNS])
    return logistic(features, np.array([float(right) for _, right in weighed]), ridge=ridge, toward=np.array([TOWARD.get(name, 0) for name in SIGNS]))


def _weighed(each: Tried, weights: dict[str, float]) -> tuple[Signs, bool]:
    reads = ranking.scored(each.reads, weights)
    quotes = quoting.quotes(reads)
    found = signs(reads, quotes, question=each.asked.words, out_of_scope=each.classification.out_of_scope_score)
    return found, each.quoted_right(quotes)


def write(fitted: Calibration, about: str) -> None:
    """Write a calibration with where it comes from."""
    table = {
        "embedder": fitted.embedder,
        "fitted": about,
        "questions": fitted.questions,
        "ranking": {name: round(weight, 3) for name, weight in fitted.ranking.items()},
        "bias": round(fitted.bias, 3),
        "weights": {name: round(weight, 3) for name, weight in fitted.weights.items()},
        "curve": [list(asdict(point).values()) for point in fitted.curve],
    }
    FITTED.write_text(json.dumps(table, indent=1).replace("[\n   ", "[").replace(",\n   ", ", ").replace("\n  ]", "]") + "\n", encoding="utf-8")
    calibration.fitted.cache_clear()


async def through_the_door(questions: Sequence[Known], knowledge: HybridKnowledge, embedder: OnnxEmbedder) -> tuple[Array, Array, Array]:
    """Ask the answerer itself; return its confidence, -1 where a person would have to look, whether it is right, and the words it quotes."""
    heads = await ready(embedder, Path(tempfile.mkdtemp()))
    answerer, triager = ExtractiveAnswerer(embedder, heads), LocalTriager(embedder, heads, THRESHOLDS)
    rows = []
    for each in questions:
        brief = Brief(each.question, NOBODY, PLACE, None, await triager.triage(each.question), "en", PHRASES)
        proposal = await answerer.propose(brief, PublicTools(knowledge))
        sure = proposal.confidence if _goes_out(proposal) else -1.0
        right = answers(each, [(item.document, item.quote) for item in proposal.evidence])
        rows.append((sure, float(right), sum(len(item.quote.split()) for item in proposal.evidence)))
    chances, rights, words = np.array(rows).T
    return chances, rights, words


async def as_a_faq(embedder: OnnxEmbedder) -> None:
    """Print what Banking77 as a FAQ comes to: with what ships, and fitted anew to it as `--fit` would for another help center."""
    folder, questions = bank_faq.made()
    if not questions:
        print("Banking77 is not here: its figures are left out")
        return
    found = await tried(questions, await opened(embedder, folder), embedder)
    fitted = calibration.fitted()
    weighed = [_weighed(each, dict(fitted.ranking)) for each in found]
    chances, right = np.array([confidence(sign, fitted) for sign, _ in weighed]), np.array([float(good) for _, good in weighed])
    told("Banking77 as a FAQ, with what ships", chances, right)
    shipped("Banking77 as a FAQ", chances, right, threshold=fitted.threshold(0.02))
    told("Banking77 as a FAQ, fitted to it and held out in turn", *held_out(found))


def _goes_out(proposal: Proposal) -> bool:
    # A reply that quotes nothing, such as that somebody may not see a record, answers none of these questions either: it counts, and as wrong.
    return bool(proposal.parts) and not proposal.question and not proposal.unsupported and not proposal.doubts


def told(name: str, chances: Array, right: Array) -> None:
    """Print what may be answered alone at each share wrong."""
    print(f"{name}: {len(right)} questions, right if all were answered {int(right.sum())}, AUROC of confidence {area(chances, right):.3f}")
    for wrong in (0.02, 0.05, 0.1):
        answered, errors, threshold = coverage(chances, right, wrong=wrong)
        low, high = bootstrap(chances, right, wrong=wrong)
        share = f"{answered} answered = {answered / len(right):.1%} ({low:.1%} to {high:.1%})"
        print(f"  at most {wrong:.0%} wrong: {share}, {errors} wrong, from {threshold:.3f}")


def shipped(name: str, chances: Array, right: Array, *, threshold: float) -> None:
    """Print what came of answering alone from the shipped threshold on."""
    chosen = chances >= threshold
    errors = int((1 - right[chosen]).sum())
    low, high = wilson(errors, int(chosen.sum()))
    print(f"{name}, from the shipped threshold {threshold:.3f}: {chosen.sum()} of {len(right)} answered, {errors} wrong ({low:.1%} to {high:.1%})")


async def main() -> None:
    embedder = OnnxEmbedder()
    knowledge = await opened(embedder)
    developing = [each for name in DEVELOPING for each in known(name)]
    if "--fit" in sys.argv:
        found = await tried(developing, knowledge, embedder)
        write(fit(found, embedder=embedder.id), f"by python -m benchmarks.answers --fit, to {len(found)} questions over demo/knowledge")
        told("development questions, held out in turn", *held_out(found))
    threshold = calibration.fitted().threshold(0.02)
    halves: dict[str, tuple[Array, ...]] = {}
    for split in ("test", "dev"):
        halves[split] = await through_the_door(known("faq200", split=split), knowledge, embedder)
    halves["whole, of which half is for developing"] = tuple(np.concatenate(parts) for parts in zip(*halves.values(), strict=True))
    for name, (chances, right, words) in halves.items():
        told(f"faq200, {name}", chances, right)
        shipped(f"faq200, {name}", chances, right, threshold=threshold)
        print(f"  words quoted on average: {np.mean(words[words > 0]):.0f}")
    await as_a_faq(embedder)


if __name__ == "__main__":
    asyncio.run(main())
