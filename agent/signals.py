"""Signals: the words that bring in a human, as patterns in five languages; the heads add what no pattern foresaw in English."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from desk.triage import Signal

WORDS = Path(__file__).parent / "words"
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'"})


@dataclass(frozen=True, slots=True)
class Ear:
    """What is listened for: one expression a signal, how a question about other people's agents is told from a wish for one, and for each signal
    what a head takes for it and what tells that it is one all the same.
    """

    patterns: Mapping[Signal, re.Pattern[str]]
    about_others: re.Pattern[str]
    wish: re.Pattern[str]
    mistaken: Mapping[Signal, tuple[re.Pattern[str], re.Pattern[str]]]


def plain(text: str) -> str:
    """Return text as the patterns expect it: lower case, no accents, straight apostrophes, single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.translate(APOSTROPHES).lower().replace("ß", "ss"))
    return re.sub(r"\s+", " ", "".join(sign for sign in decomposed if not unicodedata.combining(sign)))


def heard(sentence: str) -> frozenset[Signal]:
    """Return the signals whose patterns occur in one sentence; `personal_data` is recognized elsewhere, by its form."""
    said = plain(sentence)
    found = frozenset(signal for signal, pattern in ear().patterns.items() if pattern.search(said))
    return found - {Signal.ASKS_HUMAN} if about_others(said) else found


def about_others(said: str) -> bool:
    """Tell whether a plain sentence asks how the customer's own people or agents are handled."""
    return bool(ear().about_others.search(said)) and not ear().wish.search(said)


def mistaken(signal: Signal, said: str) -> bool:
    """Tell whether a plain sentence is of a kind that a head takes for a signal, as it takes "I am furious" for a threat."""
    looks_like, unless = ear().mistaken.get(signal, (None, None))
    return bool(looks_like and unless and looks_like.search(said) and not unless.search(said))


@cache
def ear() -> Ear:
    """Read and compile the patterns on first use; all languages listen to every text, because a short one does not show its own."""
    table = tomllib.loads((WORDS / "signals.toml").read_text(encoding="utf-8"))
    words, others, mistakes = table.pop("words"), table.pop("about_others"), table.pop("mistaken")
    joined = {name: "|".join(pattern for patterns in spoken.values() for pattern in patterns) for name, spoken in table.items()}
    for name, value in words.items():
        joined = {signal: pattern.replace("{" + name + "}", value) for signal, pattern in joined.items()}
    compiled = {Signal(name): re.compile(pattern) for name, pattern in joined.items()}
    taken = {Signal(name): (re.compile(mistake["pattern"]), re.compile(mistake["unless"])) for name, mistake in mistakes.items()}
    return Ear(compiled, re.compile(others["pattern"]), re.compile(others["unless"]), taken)
