"""Sentiment: how a customer feels, in five levels, from words and shape, with a head for what no word list foresaw."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from agent.signals import WORDS, plain
from desk.triage import Sentiment

SCANNED = 4000
SURE_OF_DISPLEASURE, SURE_OF_PLEASURE = 0.75, 0.85
QUESTION = re.compile(r"\?|\b(?:how|where|what|why|when|who|which|can|could|please|wie|wo|warum|comment|pourquoi|como|donde|quando|cuando)\b")


def weigh(text: str, felt: Mapping[str, float] = MappingProxyType({})) -> Sentiment:
    """Return the level of a text; `felt` are a head's probabilities by level, used where no word decides.

    Anger wins over thanks, because "thanks for nothing" is common and a missed complaint costs more. Capitals and
    exclamation marks make displeasure fury; by themselves they mean nothing.
    """
    said, loud = plain(text[:SCANNED]), _is_loud(text[:SCANNED])
    return _displeased(said, felt, loud=loud) or _pleased(said, felt, loud=loud) or Sentiment.NEUTRAL


@cache
def feelings() -> Mapping[str, re.Pattern[str]]:
    """Read the words of each feeling on first use."""
    table = tomllib.loads((WORDS / "sentiment.toml").read_text(encoding="utf-8"))
    return {name: re.compile(rf"\b(?:{'|'.join(words)})\b") for name, words in table.items()}


def _displeased(said: str, felt: Mapping[str, float], *, loud: bool) -> Sentiment | None:
    if feelings()["fury"].search(said):
        return Sentiment.FURIOUS
    if feelings()["displeasure"].search(said):
        return Sentiment.FURIOUS if loud else Sentiment.UNHAPPY
    if felt.get(Sentiment.FURIOUS, 0.0) + felt.get(Sentiment.UNHAPPY, 0.0) > SURE_OF_DISPLEASURE:
        return Sentiment.FURIOUS if loud and felt.get(Sentiment.FURIOUS, 0.0) > 0.5 else Sentiment.UNHAPPY
    return None


def _pleased(said: str, felt: Mapping[str, float], *, loud: bool) -> Sentiment | None:
    if feelings()["delight"].search(said):
        return Sentiment.DELIGHTED
    if QUESTION.search(said):
        return None
    if feelings()["thanks"].search(said):
        return Sentiment.DELIGHTED if loud and felt.get(Sentiment.DELIGHTED, 0.0) > 0.5 else Sentiment.PLEASED
    return Sentiment.PLEASED if felt.get(Sentiment.PLEASED, 0.0) + felt.get(Sentiment.DELIGHTED, 0.0) > SURE_OF_PLEASURE else None


def _is_loud(text: str) -> bool:
    """Tell whether a text shouts: several exclamation marks in a row or all over, or mostly capitals beyond a short code."""
    letters = [sign for sign in text if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    return "!!" in text or text.count("!") >= 3 or (len(letters) >= 10 and capitals > 0.7 * len(letters))
