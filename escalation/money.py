"""Money: the amounts that a text names, in EUR, read carefully: a number without a currency is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

SIGNS: Mapping[str, str] = {
    "€": "EUR",
    "$": "USD",
    "US$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "R$": "BRL",
    "C$": "CAD",
    "A$": "AUD",
    "₹": "INR",
    "zł": "PLN",
}
WORDS: Mapping[str, str] = {
    **dict.fromkeys(("euro", "euros", "eur"), "EUR"),
    **dict.fromkeys(("dollar", "dollars", "dólares", "bucks"), "USD"),
    **dict.fromkeys(("pound", "pounds", "quid"), "GBP"),
    **dict.fromkeys(("franken", "francs", "sfr"), "CHF"),
    **dict.fromkeys(("yen",), "JPY"),
    **dict.fromkeys(("reais",), "BRL"),
}
NUMBER = r"\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,15}(?:[.,]\d{1,2})?"
"""Bounded: a pasted column of numbers is one endless number otherwise, and reading it took minutes."""
TIMES: Mapping[str, int] = {"k": 1000, "tsd": 1000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000}
SCALE = r"(?:\s?(?P<scale>k|tsd|mio|million|m)\b\.?)?"


def largest(text: str, rates: Mapping[str, float]) -> Decimal | None:
    """Return the largest amount that a text names, in EUR; None when it names none in a currency that policy has a rate for."""
    return max((amount * Decimal(str(rates[code])) for amount, code in amounts(text, rates) if code in rates), default=None)


def amounts(text: str, known: Mapping[str, float]) -> Iterator[tuple[Decimal, str]]:
    """Yield each amount with its currency; `known` are the codes that are looked for beside signs and words."""
    signs = sorted(SIGNS, key=len, reverse=True)
    names = "|".join([*map(re.escape, signs), *(rf"\b(?:{word})\b" for word in (*WORDS, *known))])
    before = rf"(?P<name>{names})\s?(?P<number>{NUMBER}){SCALE}"
    after = rf"(?<![\w.,])(?P<number>{NUMBER}){SCALE}\s?(?:-,?\s?)?(?P<name>{names})"
    for pattern in (before, after):
        for found in re.finditer(pattern, text, re.IGNORECASE):
            yield value_of(found["number"]) * TIMES.get((found["scale"] or "").lower(), 1), _code(found["name"])


def value_of(number: str) -> Decimal:
    """Read `1,234.56`, `1.234,56`, `1 234,56`, `1'234` and `420`; of two marks the last one begins the cents."""
    bare = re.sub(r"['’ \u00a0\u202f]", "", number)
    cents = re.search(r"[.,](\d{1,2})$", bare)
    whole = bare[: cents.start()] if cents else bare
    return Decimal(re.sub(r"[.,]", "", whole) + (f".{cents[1]}" if cents else ""))


def _code(name: str) -> str:
    found = {sign.casefold(): code for sign, code in SIGNS.items()}
    return found.get(name.casefold()) or WORDS.get(name.casefold()) or name.upper()
