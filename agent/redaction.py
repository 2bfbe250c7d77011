"""Redaction: a text with placeholders where names and personal data stood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agent.personal import CARD, EMAIL, IBAN, PHONE, TOLD_PHONE

LINK = re.compile(r"https?://[^\s<>)\]]*(?:[?#=@]|\d{4})[^\s<>)\]]*", re.IGNORECASE)
"""A link with a query, a fragment or a number in it leads to somebody's own page; others are help and stay."""
MENTION = re.compile(r"<@[^<>\s]+>|(?<![\w/.`\"'])@(?!(?:here|channel|everyone)\b)\w[\w.-]+(?![\w/])")
KEY = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[\w-]*\d)(?=[\w-]*[a-z])[a-z0-9_-]{24,}\b", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w.])(?!127\.|0\.)(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
NUMBER = re.compile(
    r"\b(?!(?i:iso|rfc|utf|sha|http|error|code)-)(?:[A-Z]{1,6}-\d{3,}|[a-z]{1,6}-\d{4,})(?:-\w+)*\b"
    r"|\b(?=\w*\d{4})[A-Z][A-Z0-9]{5,20}\b|(?<![\w.,-])\d{6,}(?![\w.,-]*\d)"
)
"""Numbers of invoices, orders and accounts; a short code such as E102 is an error that others see too."""
TOLD_NUMBER = re.compile(
    r"\b((?:order|invoice|ticket|case|customer|account|reference|ref|booking|contract|bestellung|rechnung|kunde|kundennummer)"
    r"(?:\s+(?:is|number|no|nr|id))*[\s.:#]{1,3})[a-z]{0,3}\d{3,}\b",
    re.IGNORECASE,
)
STREET = re.compile(
    r"\b\d{1,5}[a-z]? (?:[A-Z][\w'.]* ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Square|Court|Terrace)\b\.?"
    r"|\b[A-Z][\w-]*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse) \d{1,4}(?: ?[a-z]\b)?"
    r"|\b[A-Z][\w-]+ (?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee) \d{1,4}\b"
    r"|\b\d{1,4},? (?:rue|avenue|boulevard) (?:d[eu]s? |l[ae] )*[A-Z][\w-]+|\b(?:Calle|Via|Avenida) [A-Z][\w-]+,? \d{1,4}\b"
)
CITY = re.compile(r"(\[address\]),?\s+(?:[A-Z]{1,2}-)?(?:\d{4,5} [A-Z][\w-]+|[A-Z][\w-]+,? (?:[A-Z]{2} )?\d{5}|[A-Z][\w-]+)")
"""What follows a street: its town, with the postal code before or behind it."""
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
SHORTEST = 3
"""Letters of a name's part below which it is rather a word: "Al", "de"."""
WORDS = """
art bell berg best bill black bond brook brown bush case chance chase cook cross dale dawn day dean drew faith field fields fisher ford fox
frank gene grace grant gray green guy hall hand hart heart hill hope hunter iris jack jade joy june king knight lake lane law light long
love mark mason may miles miller moon noble north page park parker pat pearl penny pierce pope power price ray reed rice rich rob robin rock
rose ruby rush sage sharp short sky smart snow star stone strong sue summer sun sunny swift taylor underwood wall ward waters way west white
wild will wise wolf wood woods young
"""
ORDINARY = frozenset(WORDS.split())
"""Names that are words as well: only capitalized ones are taken for names."""


def redacted(text: str, names: Iterable[str], people: Iterable[str] = ()) -> str:
    """Return a text without e-mail, postal and machine addresses, telephone, card and account numbers, keys, personal links, numbers of
    records, and these names; `people` are found in small letters and inside of user names too.

    It would rather take too much: checksums do not count here. What it cannot know, such as a name nobody has told it, is for whoever reviews.
    """
    for pattern, placeholder in PATTERNS:
        text = pattern.sub(placeholder, text)
    text = TOLD_PHONE.sub(lambda match: match.group().replace(match.group(1), "[phone number]"), text)
    people = list(people)
    for pattern in _patterns([*names, *people], people):
        text = pattern.sub("[name]", text)
    return re.sub(r"\[name\](?:[ ,]+\[name\])+", "[name]", text)


PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (LINK, "[link]"),
    (EMAIL, "[e-mail address]"),
    (MENTION, "[name]"),
    (IBAN, "[account number]"),
    (CARD, "[card number]"),
    (PHONE, "[phone number]"),
    (MACHINE, "[IP address]"),
    (STREET, "[address]"),
    (CITY, r"\1"),
    (POSTCODE, "[address]"),
    (KEY, "[key]"),
    (TOLD_NUMBER, r"\1[number]"),
    (NUMBER, "[number]"),
)
"""In this order: the groups of an account number look like a card, those of a card like a telephone number."""


def _patterns(names: Iterable[str], people: Iterable[str]) -> Iterator[re.Pattern[str]]:
    """Yield what finds names, the longest first."""
    whole = {" ".join(name.split()) for name in names if name.strip()}
    parts = {part for name in whole for part in _parts(name) if part[:1].isupper()}
    small = {part.lower() for name in people for part in (*_parts(name), "".join(name.split())) if len(part) >= SHORTEST}
    personal = small - ORDINARY
    for name in sorted(whole | parts | personal, key=lambda name: (-len(name), name)):
        # A part of a company's name is one only when it is capitalized, but for web addresses; letters alone bound it, since user names have digits.
        anywhere = " " in name or name.lower() in personal
        bounded = rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])"
        yield re.compile(bounded if not anywhere else rf"(?i:{bounded})")
        if name in whole and not anywhere and len(name) >= SHORTEST:
            yield re.compile(rf"(?i:(?<=[./@-]){re.escape(name)}(?![^\W\d_])|(?<![^\W\d_]){re.escape(name)}(?=[.@-]\w))")


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\s,./]+", name) if len(part) >= SHORTEST]
