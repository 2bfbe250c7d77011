"""Confidence: how likely it is that what is quoted answers, from what the search, the ranking and the question show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agent.calibration import Calibration
from agent.kinds import KINDS, kind_of
from agent.quoting import Quote, text_of
from agent.ranking import Read
from agent.shape import fits
from agent.wording import content, share, topical

LEAST = 0.001
"""What keeps the log-odds of a sure thing finite."""
TOWARD = {"quoted": 1, "nearest": 1, "agreement": 1, "coverage": 1, "worded": 1, "shaped": 1, "out_of_scope": -1}
"""Which way each sign may count; a fit that noise turned around leaves it out."""
SIGNS = (*TOWARD, *(f"kind:{kind}" for kind, _ in KINDS))


@dataclass(frozen=True, slots=True)
class Signs:
    """What confidence is computed from, for one question.

    `quoted` is the log-odds that the ranking gives to the quoted passages together, so that it holds the margin to everything else; `nearest`
    is their best sentence, `agreement` the share of the two legs of the search that put their article first, `coverage` the share of the
    question's words that one of them contains, `worded` the share of its topical words in what is quoted and its headings, `shaped` whether
    that looks as an answer must (1 where any look will do).
    """

    quoted: float
    nearest: float
    agreement: float
    coverage: float
    worded: float
    shaped: float
    out_of_scope: float
    kind: str

    def of(self, name: str) -> float:
        """Return a sign by its name among `SIGNS`."""
        scope, _, kind = name.partition(":")
        return float(self.kind == kind) if kind else float(getattr(self, scope))


def signs(reads: Sequence[Read], quotes: Sequence[Quote], *, question: str, out_of_scope: float) -> Signs:
    """Read the signs of a ranked search and of what is quoted of it; there must be something quoted."""
    own = {quote.read.passage.id for quote in quotes}
    document = reads[0].passage.document
    told = " ".join(f"{quote.read.passage.heading} {text_of(quote.units)}" for quote in quotes)
    # Each leg's own first: after fusion both would seem to agree with whatever won.
    firsts = (max(reads, key=lambda read: read.passage.dense), max(reads, key=lambda read: read.passage.lexical))
    return Signs(
        quoted=_log_odds(sum(read.chance for read in reads if read.passage.id in own)),
        nearest=max(quote.read.best for quote in quotes),
        agreement=sum(first.passage.document == document for first in firsts) / len(firsts),
        coverage=max(quote.read.cues.coverage for quote in quotes),
        worded=share(topical(question), content(told)),
        shaped=float(fits(question, (unit for quote in quotes for unit in quote.units))),
        out_of_scope=out_of_scope,
        kind=kind_of(question),
    )


def confidence(found: Signs, fitted: Calibration) -> float:
    """Return the probability, 0 to 1, that what is quoted answers, as it came out on the questions of the calibration."""
    return 1 / (1 + math.exp(-(fitted.bias + sum(weight * found.of(name) for name, weight in fitted.weights.items()))))


def _log_odds(chance: float) -> float:
    return math.log((chance + LEAST) / (1 - chance + LEAST))
