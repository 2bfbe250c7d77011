"""Kinds: what a question asks for (steps, a time, a price, yes or no, a reason, a repair, somebody's own account)."""

from __future__ import annotations

import re

from agent.signals import plain

KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "own",
        re.compile(
            r"\bwhy (?:was|is|am|were|did|are) (?:my|our|i|we)\b|\b(?:was|is|has|did|where is|where's|when will) (?:my|our)\b[^?]{0,40}\b"
            r"(?:refund|payment|invoice|order|account|request|charge|money|ticket)\b|\b(?:charged|billed) (?:me|us)\b"
        ),
    ),
    ("why", re.compile(r"^\W*why\b|\bwhy (?:do|does|is|are|can'?t|did|was|were)\b|\bwhat (?:causes|is the reason)\b")),
    ("when", re.compile(r"\bhow (?:long|soon|fast|quickly|often)\b|\b(?:until |since )?when\b|\bat (?:what|which) time\b")),
    ("how_much", re.compile(r"\bhow (?:much|many|big|large)\b|\bcosts?\b|\bprices?\b|\bfees?\b|\blimits?\b|\bmaximum\b")),
    (
        "repair",
        re.compile(
            r"\b(?:error|fails?|failed|failing|broken|stuck|crash\w*|missing|wrong|disappeared|invalid|rejected|denied)\b"
            r"|\b(?:not|no longer|stopped|never|can'?t|cannot|won'?t|doesn'?t|isn'?t|didn'?t)\b"
        ),
    ),
    (
        "how_to",
        re.compile(r"\bhow (?:do|can|to|would|should|does)\b|\bwhere (?:do|can|is|are|would)\b|\bsteps\b|\bset ?up\b|\bwhat (?:do|must|should) i\b"),
    ),
    ("yes_no", re.compile(r"(?:^|[.!,;]\s*)(?:can|could|do|does|is|are|may|will|would|should|has|have|am)\b")),
)
"""The first that matches is a question's kind."""
OTHER = "other"


def kind_of(question: str) -> str:
    """Return the kind of a question, `other` when its form says nothing."""
    said = plain(question)
    return next((kind for kind, pattern in KINDS if pattern.search(said)), OTHER)
