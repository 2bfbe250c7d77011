"""Entailment: whether evidence says what a sentence says in other words, by meaning where the words alone do not decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from agent.claims import Told, cut, unsupported, wrong_figure
from agent.courtesy import unsaluted
from agent.figures import tidy
from agent.memo import Memo
from agent.wording import content, is_negative, share
from desk.draft import Claim, Evidence, Proposal

SAME = 0.72
"""The cosine from which two sentences are taken to say the same."""
SHARED = 0.34
"""The share of its content words that a sentence must have in common with its evidence all the same: closeness alone also joins opposites."""
SENTENCES = 40
"""Sentences of evidence that one sentence is compared with."""
UNSAID = "the evidence does not say this"
TERM = re.compile(r"(?<=[a-z,;:)] )[A-Z][\w-]{2,}")
"""A capitalized word within a sentence: a term of the product, or a name."""
PLAIN = frozenset({"en", "fr", "es", "pt"})
"""Languages in which a capitalized word within a sentence is a name."""


async def weighed(proposal: Proposal, memo: Memo, *, names: Sequence[str] = ()) -> Proposal:
    """Return the proposal with its claims looked at again: by meaning where words were too few, and for product terms that no evidence has."""
    evidence = {item.n: item for item in proposal.evidence}
    claims = [await _weighed(claim, [evidence[n] for n in claim.evidence if n in evidence], memo) for claim in proposal.claims]
    if proposal.language in PLAIN:
        claims = [_named(claim, [evidence[n] for n in claim.evidence if n in evidence], names) for claim in claims]
    return replace(proposal, claims=tuple(claims))


async def _weighed(claim: Claim, grounds: Sequence[Evidence], memo: Memo) -> Claim:
    return await _by_meaning(claim, grounds, memo) if not claim.supported and claim.why == UNSAID and grounds else claim


def _named(claim: Claim, grounds: Sequence[Evidence], names: Sequence[str]) -> Claim:
    term = _foreign(claim.text, grounds, names) if claim.supported else ""
    return replace(claim, supported=False, why=f'"{term}": not in the evidence') if term else claim


async def _by_meaning(claim: Claim, grounds: Sequence[Evidence], memo: Memo) -> Claim:
    said = [sentence for item in grounds for sentence in cut(tidy(item.quote))][:SENTENCES]
    if not said or share(content(claim.text), content(" ".join(said))) < SHARED:
        return claim
    first, *rest = await memo.vectors([claim.text, *said])
    nearest = int(np.argmax([float(first @ row) for row in rest]))
    same = float(first @ rest[nearest]) >= SAME and is_negative(claim.text) == is_negative(said[nearest])
    return replace(claim, supported=True, why="") if same else claim


def _foreign(sentence: str, grounds: Sequence[Evidence], names: Sequence[str]) -> str:
    known = " ".join([*(f"{item.title} {item.heading} {item.quote}" for item in grounds), *names]).lower()
    return next((term for term in TERM.findall(tidy(sentence)) if term.lower() not in known), "")


def translated(proposal: Proposal, translation: str, *, hosts: Sequence[str] = (), names: Sequence[str] = (), told: Told | None = None) -> Proposal:
    """Return the proposal with unsupported sentences judged by their translation, sentence by sentence.

    The evidence is in the team's language and the reply in the customer's, so that words cannot be compared. Figures were compared before, in
    the reply itself. Where the two have not as many sentences each, nothing is judged anew.
    """
    meanings = list(cut(translation))
    sentences = [sentence for part in proposal.parts for sentence in cut(part.text)]
    if len(meanings) != len(sentences):
        return proposal
    meaning = {unsaluted(_bare(said), names): unsaluted(_bare(meant), names) for said, meant in zip(sentences, meanings, strict=True)}
    evidence = {item.n: item for item in proposal.evidence}

    def judged(claim: Claim) -> Claim:
        grounds = [evidence[n] for n in claim.evidence if n in evidence]
        said = meaning.get(unsaluted(_bare(claim.text), names), "")
        # Capital letters make names in some languages only, so those are left to the translation.
        open_ = not claim.supported and grounds and said and not wrong_figure(claim.text, grounds, hosts=hosts, but=("name",))
        return replace(claim, supported=True, why="") if open_ and not unsupported(said, grounds, hosts=hosts, told=told) else claim

    return replace(proposal, claims=tuple(map(judged, proposal.claims)))


def _bare(sentence: str) -> str:
    return " ".join(re.sub(r"\[\d+\]", "", sentence).split())
