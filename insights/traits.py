"""Traits: how one reply is made, counted and named from closed lists, so that nothing of its words stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

CITED = re.compile(r"\s*\[\d{1,3}\]")
END = re.compile(r"[.!?…]+(?=\s|$)|\n+")
WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+", re.MULTILINE)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]|(?<!\\w):[a-z_]{2,30}:(?!\\w)")
HELLOS = (
    "hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|liebe|lieber"
    "|bonjour|salut|hola|buenos días|buenas tardes|olá|bom dia|boa tarde"
)
GREETING = re.compile(rf"^({HELLOS})\b(?: (?:there|all|everyone|team|zusammen))?[ ,]*([^\W\d_][^\s,!.:]{{0,30}})?", re.IGNORECASE)
BYES = (
    "best regards|kind regards|warm regards|regards|best wishes|cheers|all the best|viele grüße|beste grüße|liebe grüße|mit freundlichen grüßen"
    "|cordialement|bien à vous|bien cordialement|un saludo|saludos|com os melhores cumprimentos|cumprimentos|atenciosamente"
)
SIGN_OFF = re.compile(rf"^({BYES})(?:[,.!]? *|, [^\n]{{0,40}})(?:\n[^\n.?]{{0,40}}){{0,2}}\s*\Z", re.IGNORECASE | re.MULTILINE)
FORMS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "de": {
        # At the start of a sentence the word may be "they" as well.
        "Sie": re.compile(r"(?<=[^.!?\n] )(?:Sie|Ihnen|Ihr|Ihre[nmrs]?)\b"),
        "du": re.compile(r"\b(?:du|dir|dich|dein(?:e[nmrs]?)?)\b", re.IGNORECASE),
    },
    "fr": {"vous": re.compile(r"\b(?:vous|votre|vos)\b", re.IGNORECASE), "tu": re.compile(r"\b(?:tu|toi|ton|tes)\b", re.IGNORECASE)},
    "es": {"usted": re.compile(r"\b(?:usted|ustedes)\b", re.IGNORECASE), "tú": re.compile(r"\b(?:tú|tu|tus|contigo)\b", re.IGNORECASE)},
    "pt": {"você": re.compile(r"\b(?:você|vocês)\b", re.IGNORECASE), "tu": re.compile(r"\b(?:tu|teu|tua|contigo)\b", re.IGNORECASE)},
}
"""The words that only one form of address uses, by language."""


@dataclass(frozen=True, slots=True)
class Traits:
    """One reply: its length, its habits, and how it addresses the reader.

    `hello` and `bye` are of our lists, "" for none; `named` tells whether a name follows the greeting; `form` is "" where nobody can tell.
    """

    sentences: int
    words: int
    hello: str = ""
    named: bool = False
    bye: str = ""
    emoji: bool = False
    exclaims: bool = False
    lists: bool = False
    language: str = "en"
    form: str = ""


def traits(text: str, language: str) -> Traits:
    """Return how a reply is made; citations do not count."""
    said = CITED.sub("", text).strip()
    greeting, bye = GREETING.match(said), SIGN_OFF.search(said)
    name = (greeting[2] or "") if greeting else ""
    return Traits(
        sentences=len([piece for piece in END.split(said) if WORD.search(piece)]),
        words=len(WORD.findall(said)),
        hello=greeting[1].lower() if greeting else "",
        named=name[:1].isupper() and name.casefold() != said.split()[0].casefold(),
        bye=bye[1].lower() if bye else "",
        emoji=bool(EMOJI.search(said)),
        exclaims="!" in said,
        lists=bool(ITEM.search(said)),
        language=language,
        form=_form(said, language),
    )


def _form(text: str, language: str) -> str:
    """Return the form of address that a reply uses more, "" for none or both alike."""
    found = {form: len(pattern.findall(text)) for form, pattern in FORMS.get(language, {}).items()}
    best = max(found, key=lambda form: found[form], default="")
    return best if best and found[best] > sum(count for form, count in found.items() if form != best) else ""
