"""Languages: what an article is written in, when nobody says so."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

CODES = ("DE", "EN", "ES", "FR", "IT", "NL", "PT")
"""The languages that are told apart. An article in another one names it in its front matter."""
SCANNED = 600
"""Characters that are looked at: more of them cost more and change the answer for no article of the demo."""
FEWEST = 60
"""Letters below which a guess is worth nothing."""
SURE = 0.9
NOISE = re.compile(r"```.*?(?:```|$)|`[^`]*`|\(?https?://\S+|<[^>]*>|[|#*_\[\]]", re.DOTALL)


def detected(text: str) -> str:
    """Return the ISO 639-1 code of a Markdown text's language, "" when it is short, mixed or written in other letters."""
    plain = NOISE.sub(" ", text[: 2 * SCANNED])[:SCANNED]
    letters = [sign for sign in plain if sign.isalpha()]
    # All of these are written in Latin letters; the detector would take Greek for one of them.
    if len(letters) < FEWEST or sum(sign < "\u0250" for sign in letters) < 0.9 * len(letters):
        return ""
    best = _detector().compute_language_confidence_values(plain)[0]
    return str(best.language.iso_code_639_1.name).lower() if best.value >= SURE else ""


@cache
def _detector() -> Any:
    """Build the detector on first use; low accuracy is accurate enough for whole articles and needs a tenth of the memory."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_iso_codes_639_1(*(getattr(IsoCode639_1, code) for code in CODES)).with_low_accuracy_mode().build()
