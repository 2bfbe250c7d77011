"""Own: whether words ask for somebody's own record, or for what is true of everybody."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from agent.sentences import sentences
from agent.signals import WORDS, plain


@dataclass(frozen=True, slots=True)
class Words:
    """What each record intent is about, how people say whose something is, what asks for an article instead, and an invoice named by its number."""

    intents: Mapping[str, re.Pattern[str]]
    whose: re.Pattern[str]
    general: re.Pattern[str]
    number: re.Pattern[str]


def may_mean_own(text: str, intent: str) -> bool:
    """Tell whether some sentence is about what the intent is about, and does not ask how it is done: "open items?", "double charge, please fix"."""
    about = words().intents.get(intent)
    return about is not None and any(about.search(said) or words().number.search(said) for said in _particular(text))


def asks_own(text: str, intent: str) -> bool:
    """Tell whether a sentence also says whose record it asks for, or an invoice's number.

    The head of intents knows topics, and "did my client pay twice?" has the topic of a double charge; whose it is stands in these words.
    """
    known = words()
    about = known.intents.get(intent)
    if not about:
        return False
    return any(known.number.search(said) or (about.search(said) and known.whose.search(said)) for said in _particular(text))


@cache
def words() -> Words:
    """Read and compile the patterns on first use."""
    table = tomllib.loads((WORDS / "own.toml").read_text(encoding="utf-8"))
    intents = {name: re.compile(rf"\b(?:{pattern})\b") for name, pattern in table["intents"].items()}
    return Words(intents, *(re.compile(table[name]["pattern"]) for name in ("whose", "general", "number")))


def _particular(text: str) -> list[str]:
    """Return the sentences that do not ask how something is done or whether it can be."""
    return [said for said in map(plain, sentences(text)) if not words().general.search(said)]
