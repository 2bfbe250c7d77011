"""Fields: what a sentence of a model may say of fields of the customer record, beyond having their figures right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from agent.figures import CURRENCIES, CURRENCY_CODES, MONTHS
from agent.signals import WORDS
from agent.wording import content, is_negative, share, stem

HELD = 0.75
"""The share of what a sentence says, without figures and words that claim nothing of a field, that the fields must hold."""
SAME = 0.6
"""The share of a sentence's words from which one that policy words for the same fields says the same."""
UNSAID, OPPOSITE = "the record does not say this", "the record says the opposite"
COUNTED = frozenset(code.lower() for code in (*CURRENCY_CODES.split("|"), *CURRENCIES)) | frozenset(map(stem, MONTHS))


@dataclass(frozen=True, slots=True)
class Words:
    """Stems that claim nothing of a field, and those that say the same as a status."""

    neutral: frozenset[str]
    alike: Mapping[str, frozenset[str]]


def unsaid(sentence: str, fields: str, told: tuple[str, ...] = ()) -> str:
    """Return what keeps a sentence from being said of some fields, "" for nothing. Figures were compared before.

    `told` are sentences that policy words for the same fields: "You have no open invoices" stands in no field.
    """
    said = content(sentence)
    if any(share(said, content(other)) >= SAME and is_negative(other) == is_negative(sentence) for other in told):
        return ""
    claimed = frozenset(word for word in said - words().neutral - COUNTED if not re.search(r"\d", word))
    if claimed and share(claimed, _held(fields)) < HELD:
        return UNSAID
    return OPPOSITE if is_negative(sentence) and not is_negative(fields) else ""


def _held(fields: str) -> frozenset[str]:
    there = content(fields)
    return there.union(*(alike for status, alike in words().alike.items() if re.search(rf"\b{status}\b", fields, re.IGNORECASE)))


@cache
def words() -> Words:
    """Read the word lists on first use."""
    table = tomllib.loads((WORDS / "fields.toml").read_text(encoding="utf-8"))
    return Words(content(table["neutral"]), {status: content(text) for status, text in table["alike"].items()})
