"""Figures: the parts of a sentence that must not be wrong (amounts, dates, quantities, names, links, codes) in a form that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "EURO": "EUR", "EUROS": "EUR", "DOLLARS": "USD"}
CURRENCY_CODES = "EUR|USD|GBP|CHF|BRL|JPY|SEK|NOK|DKK|PLN"
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero janeiro", "feb february februar fevrier febrero fevereiro", "mar march marz maerz mars marzo marco",
            "apr april avril abril", "may mai mayo maio", "jun june juni juin junio junho", "jul july juli juillet julio julho",
            "aug august aout agosto", "sep sept september septembre septiembre setembro", "oct october okt oktober octobre octubre outubro",
            "nov november novembre noviembre novembro", "dec december dez dezember decembre diciembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
UNITS = {
    spelled: unit
    for unit, spellings in {
        "%": "% percent prozent",
        "second": "second sec sekunde sekunden",
        "minute": "minute min minuten",
        "hour": "hour stunde stunden heure hora",
        "day": "day tag tage tagen werktag werktage werktagen arbeitstag arbeitstage arbeitstagen jour dia",
        "week": "week woche wochen semaine semana",
        "month": "month monat monate monaten mois mes meses",
        "year": "year jahr jahre jahren an ano",
        "user": "user", "seat": "seat", "row": "row", "time": "time", "character": "character", "digit": "digit",
        "kb": "kb", "mb": "mb", "gb": "gb",
    }.items()
    for spelled in spellings.split()
}  # fmt: skip
NUMBER = r"(?:\d{1,3}(?:[ ',.]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)(?!\d)"
MONEY = re.compile(
    rf"(?:(?P<before>[€$£¥]|\b(?:{CURRENCY_CODES}))\s?(?P<a>{NUMBER})|(?P<b>{NUMBER})\s?(?P<after>[€$£¥]|(?:{CURRENCY_CODES}|euros?|dollars)\b))",
    re.IGNORECASE,
)
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|\.)?\s(?:of |de |do )?([^\W\d_]{3,10})\.?(?:,?\s(?:de )?(\d{4}))?\b")
MONTH_DAY = re.compile(r"\b([^\W\d_]{3,10})\.?\s(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s(\d{4})\b)?")
QUANTITY = re.compile(rf"(?<![\w.-])({NUMBER})(?:\s?(?:to|-|–|—|bis|à|a|and|or)\s?({NUMBER}))?\s?(%|[^\W\d_]+)?(?:\s([^\W\d_]+))?")
LINK = re.compile(r"https?://[^\s<>\])\"'|`]+", re.IGNORECASE)
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
VERSION = re.compile(r"\bv?\d+(?:\.\d+){2,}\b|\bv\d+(?:\.\d+)*\b|\b(?:version|release) (\d+(?:\.\d+)*)\b", re.IGNORECASE)
LABEL = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*\b")
NAME = re.compile(r"\b[A-Z][\w&'’-]+(?:\s(?:of|and|&|de|von|du|da)?\s?[A-Z][\w&'’-]+)+")
SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
MARKUP = re.compile(r"\*\*|__|(?<!\w)[*_]|[*_](?!\w)|\[\d+\]")


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing to compare: `kind`, its value in normal form, and `said`, the words it stood in."""

    kind: str
    value: str
    said: str


# Each sentence of a reply is compared with the same few texts.
@lru_cache(maxsize=1024)
def tidy(text: str) -> str:
    """Return text with one kind of space and without emphasis and evidence numbers."""
    return MARKUP.sub("", SPACES.sub(" ", text))


@lru_cache(maxsize=1024)
def figures(text: str) -> tuple[Figure, ...]:
    """Return everything in a text that evidence must contain, the most specific reading of each spot only."""
    rest = tidy(text)
    found: list[Figure] = []
    for read in (_links, _codes, _money, _dates, _versions, _labels, _quantities):
        taken = list(read(rest))
        found += [figure for figure, _ in taken]
        for _, (start, end) in taken:
            rest = rest[:start] + "\x00" * (end - start) + rest[end:]
    return (*found, *(Figure("name", " ".join(match.group().lower().split()), match.group()) for match in NAME.finditer(rest.replace("\x00", "."))))


def number(text: str) -> Decimal | None:
    """Read a number as people write it: 1,234.50 and 1.234,50 and 1 234,50 are the same."""
    bare = re.sub(r"[' ]", "", text)
    point, comma = bare.rfind("."), bare.rfind(",")
    if point >= 0 and comma >= 0:
        bare = bare.replace(",", "") if point > comma else bare.replace(".", "").replace(",", ".")
    elif comma >= 0:
        bare = bare.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+", bare) else bare.replace(",", ".", 1)
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", bare):
        bare = bare.replace(".", "")
    try:
        return Decimal(bare).normalize()
    except InvalidOperation:
        return None


Found = Iterator[tuple[Figure, tuple[int, int]]]


def _links(text: str) -> Found:
    for match in LINK.finditer(text):
        yield Figure("link", match.group().rstrip(".,;:!?").lower(), match.group()), match.span()


def _codes(text: str) -> Found:
    for match in FENCED.finditer(text):
        yield Figure("code", " ".join(match.group().split()), "the code block"), match.span()
    for match in CODE.finditer(FENCED.sub(lambda fenced: "\x00" * len(fenced.group()), text)):
        yield Figure("code", " ".join(match.group(1).split()), match.group(1)), match.span()


def _money(text: str) -> Found:
    for match in MONEY.finditer(text):
        amount = number(match["a"] or match["b"])
        sign = (match["before"] or match["after"]).upper()
        if amount is not None:
            yield Figure("amount", f"{CURRENCIES.get(sign, sign)} {amount:f}", match.group()), match.span()


def _dates(text: str) -> Found:
    for match in ISO.finditer(text):
        yield Figure("date", f"{int(match[1])}-{int(match[2])}-{int(match[3])}", match.group()), match.span()
    for pattern, day, month in ((DAY_MONTH, 1, 2), (MONTH_DAY, 2, 1)):
        for match in pattern.finditer(text):
            named = MONTHS.get(_ascii(match[month]))
            if named and 1 <= int(match[day]) <= 31:
                yield Figure("date", f"{match[3] or '*'}-{named}-{int(match[day])}", match.group()), match.span()


def _versions(text: str) -> Found:
    for match in VERSION.finditer(text):
        yield Figure("version", (match[1] or match.group()).lower().removeprefix("v"), match.group()), match.span()


def _labels(text: str) -> Found:
    for match in LABEL.finditer(text):
        if not re.fullmatch(r"\d+(?:st|nd|rd|th|x|am|pm|h|s|m|k|GB|MB|KB)", match.group(), re.IGNORECASE):
            yield Figure("code", match.group(), match.group()), match.span()


def _quantities(text: str) -> Found:
    for match in QUANTITY.finditer(text):
        low, high = number(match[1]), number(match[2]) if match[2] else None
        unit = next((known for word in (match[3], match[4]) if word and (known := _unit(word))), "")
        if low is not None:
            yield Figure("quantity", f"{low:f}{f'..{high:f}' if high is not None else ''} {unit}".strip(), match.group().strip()), match.span(1)


def _unit(word: str) -> str | None:
    said = _ascii(word)
    return UNITS.get(said) or UNITS.get(said.removesuffix("s"))


def _ascii(word: str) -> str:
    return word.lower().translate(str.maketrans("äöüéèêáàâãíóõúûç", "aoueeeaaaaioouuc"))
