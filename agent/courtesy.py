"""Courtesy: sentences that greet, thank, regret or offer to go on. They claim nothing, so they need no evidence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache

from agent.figures import figures
from agent.signals import WORDS
from agent.wording import content, stem

GREETINGS = (
    "hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:morgen|tag|abend)|liebe[r]?|bonjour|bonsoir|cher|chère|salut"
    "|hola|buenos días|buenas (?:tardes|noches)|estimad[oa]|olá|bom dia|boa (?:tarde|noite)"
    "|thanks|thank you|danke|merci|gracias|obrigad[oa]|sorry"
)
LONGEST = 24
"""Words of a sentence beyond which it says more than a courtesy."""


def courteous(sentence: str, *, names: Iterable[str] = ()) -> bool:
    """Tell whether a sentence is made of courtesy alone: such words, words without a topic, and these names; no figure of any kind."""
    if len(sentence.split()) > LONGEST:
        return False
    own = frozenset(stem for name in names for stem in content(name))
    known = words() | own
    return content(sentence) <= known and not [figure for figure in figures(sentence) if not content(figure.said) <= known]


def unsaluted(sentence: str, names: Iterable[str]) -> str:
    """Return a sentence without the greeting or thanks by name at its beginning: "Hello Greta, a refund takes ..." claims only what follows."""
    parts = {part for name in names for part in (name, *name.split()) if part}
    if not parts:
        return sentence
    known = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
    return re.sub(rf"^\s*(?:(?:{GREETINGS})\b[\s,]*)?(?:(?:{known})\s*)*[,!:–-]\s*(?=\S)", "", sentence, count=1, flags=re.IGNORECASE)


@cache
def words() -> frozenset[str]:
    """Return the stems of the courteous words of all languages, read on first use."""
    table = tomllib.loads((WORDS / "courtesy.toml").read_text(encoding="utf-8"))
    return frozenset(stem(word) for text in table.values() for word in text.split())
