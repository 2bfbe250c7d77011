"""Language: which of the languages we serve a text is written in, or none when that is not sure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from agent.signals import WORDS as FOLDER

SHORTEST = 12
"""Letters below which a guess is worth nothing."""
SCANNED = 600
NOISE = re.compile(r"```.*?(?:```|$)|`[^`]*`|https?://\S+|\S+@\S+|<[^>]*>", re.DOTALL)
WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def detect(text: str, *, sure: float) -> str | None:
    """Return an ISO 639-1 code, None for a text that is short, is mostly no words, or is not one language with at least probability `sure`."""
    plain = NOISE.sub(" ", text[: SCANNED * 4])[:SCANNED]
    letters = [sign for sign in plain if sign.isalpha()]
    # The five languages are written in Latin letters; anything else would be forced into one of them.
    if len(letters) < SHORTEST or sum(sign < "\u0250" for sign in letters) < 0.9 * len(letters):
        return None
    backing = _backing(plain)
    best = _detector().compute_language_confidence_values(plain)[0]
    code = str(best.language.iso_code_639_1.name).lower()
    if best.value >= sure and backing[code]:
        return code
    first, second = sorted(backing, key=lambda code: -backing[code])[:2]
    return first if backing[first] >= 2 * backing[second] + 2 else None


def _backing(text: str) -> dict[str, int]:
    """Count the small words of each language."""
    said = [word.lower().replace("’", "'") for word in WORDS.findall(text)]
    return {code: sum(word in small for word in said) for code, small in small_words().items()}


@cache
def small_words() -> Mapping[str, frozenset[str]]:
    """Return the served languages with their small words. Trigrams alone take "export csv json api" for French."""
    table = tomllib.loads((FOLDER / "small.toml").read_text(encoding="utf-8"))
    return {code: frozenset(words.split()) for code, words in table.items()}


@cache
def _detector() -> Any:
    """Build the detector on first use: 13 MB in low accuracy mode, 155 MB and 0.7 s otherwise."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in small_words()]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()
