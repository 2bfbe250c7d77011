"""Clauses: the halves of a sentence that asks for two things at once."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST = 8
"""Clauses of one message that are embedded; each costs about 2 ms."""
FEWEST_WORDS = 3
"""A shorter piece says too little by itself and stays with the one before it."""
CUT = re.compile(r"(?:[,;]\s+|\s+-\s+|\s+)(?:and|but|also|plus|or|while|which|und|aber|et|mais|y|pero|e|mas)\s+|[,;:]\s+", re.IGNORECASE)


def clauses(sentence: str) -> Sequence[str]:
    """Cut a sentence where two wishes may meet, at commas and conjunctions; empty when it does not come apart."""
    found: list[str] = []
    for piece in filter(str.strip, CUT.split(sentence)):
        # "and then?" would be embedded as a thought of its own and look like any category.
        if found and min(len(piece.split()), len(found[-1].split())) < FEWEST_WORDS:
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return found if len(found) > 1 else []
