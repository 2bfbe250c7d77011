"""Evidenced: a part of a draft as the team reads it, each sentence followed by the numbers of what it rests on."""

from __future__ import annotations

import re

from desk.draft import Claim, Proposal

MARKED = re.compile(r"[^\S\n]*\[\d{1,3}\]")
"""A number that stands there already, as the writer put it."""
TAIL = re.compile(r"[.!?:;,)\"'”’*_`]*")
"""What ends a sentence after its last word."""


def text(n: int, proposal: Proposal) -> str:
    """Return the text of a part with the numbers added that it lacks. What the customer reads stays as it is."""
    told, start = proposal.parts[n].text, 0
    for claim in proposal.claims:
        if claim.part != n or not claim.evidence:
            continue
        found = _pattern(claim).search(told, start)
        if found is None:
            continue
        end = TAIL.match(told, found.end()).end()  # type: ignore[union-attr]  # It matches the empty string.
        if MARKED.match(told, end) or MARKED.search(told, found.start(), found.end()):
            start = end
            continue
        mark = " " + "".join(f"[{number}]" for number in claim.evidence)
        told, start = f"{told[:end]}{mark}{told[end:]}", end + len(mark)
    return told


def _pattern(claim: Claim) -> re.Pattern[str]:
    """Return what finds a claim's sentence, however its words are spaced or broken into lines."""
    words = claim.text.rstrip(".!?:;,)\"'”’*_` ").split()
    return re.compile(r"\s+".join(map(re.escape, words))) if words else re.compile(r"(?!)")
