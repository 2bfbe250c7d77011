"""Wording: which words of a text carry its topic, cut to stems so that forms of one word meet."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache

from agent.signals import WORDS, plain

WORD = re.compile(r"[a-z0-9][a-z0-9/_.-]*[a-z0-9]|[a-z0-9]|[^\W\d_]{2,}")
DENIAL = re.compile(r"[a-z]+n't\b|[a-z]+")
LONGEST = 40
SCANNED = 8000
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ied", "ies", "ers", "ed", "es", "er", "ly", "s", "e")
GREETING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:morgen|tag|abend)|moin|bonjour|salut"
    r"|hola|buenos dias|buenas tardes|ola|bom dia|boa tarde)\b"
    r"(?:[ ,]*(?:there|all|everyone|everybody|team|folks|guys|support|frontdesk|zusammen|a tous|a todos))*[\s,.!:;–-]*)+",
    re.IGNORECASE,
)
ASIDE = re.compile(
    r"^\W*(?:(?:sorry|excuse me|apologies)\b[^:,.?!]{0,40}|(?:(?:just )?(?:a|one) )?(?:quick|short|stupid|silly|dumb|small|simple) question"
    r"|one more (?:thing|question)|just (?:wondering|curious|asking))\s*[:,.;–-]+\s*",
    re.IGNORECASE,
)
"""What people say before they ask."""
CLOSING = re.compile(
    r"[\s,.!;–-]*\b(?:(?:many |kind |best )?(?:thanks|thank you|regards|cheers)(?: (?:a lot|so much|in advance|for your help))?"
    r"|thx|danke|merci|gracias|obrigad[oa])[\s,.!]*$",
    re.IGNORECASE,
)
UNWANTED = re.compile(
    r"\b(?:i|we) (?:do not|don[’']?t) (?:want|wish|mean|need) (?:to )?([a-z]+) [^.,;:!?]{1,120}[,;:] (?:but |just )*(?=only\b)", re.IGNORECASE
)
"""What somebody does not want before they say what alone they want: "I don't want to delete the company, only my login" asks to delete a login."""


def question_of(text: str) -> str:
    """Return what somebody asks, without the greeting and the excuse before it and the thanks after it, nor what they say they do not want; the
    text itself when nothing else is left."""
    bare = CLOSING.sub("", ASIDE.sub("", GREETING.sub("", text.strip()[:SCANNED]))).strip()
    bare = UNWANTED.sub(r"\1 ", bare)
    return bare if WORD.search(plain(bare)) else text.strip()[:SCANNED]


# Each sentence of a reply is compared with the same few texts.
@lru_cache(maxsize=1024)
def content(text: str) -> frozenset[str]:
    """Return the stems of the words that carry a topic."""
    said = WORD.findall(plain(text[:SCANNED]))
    return frozenset(stem(word) for word in said if word not in lists()["stop"] and len(word) <= LONGEST)


def topical(text: str) -> frozenset[str]:
    """Return the stems that say what a question is about: content without the words that only say something is wrong."""
    return content(text) - lists()["vague_stems"]


def is_negative(text: str) -> bool:
    """Tell whether a text denies something."""
    return any(word in lists()["negative"] or word.endswith("n't") for word in DENIAL.findall(plain(text)))


def stem(word: str) -> str:
    """Return a word without its ending, as long as three letters stay; a code such as `e102` keeps every sign."""
    if any(sign.isdigit() for sign in word):
        return word
    bare = word.removesuffix("'s").replace("'", "")
    return next((bare[: -len(ending)] for ending in ENDINGS if bare.endswith(ending) and len(bare) - len(ending) >= 3), bare)


def share(asked: frozenset[str], found: frozenset[str]) -> float:
    """Return which part of the first words is among the second, 0 when there are none."""
    return len(asked & found) / len(asked) if asked else 0.0


@cache
def lists() -> Mapping[str, frozenset[str]]:
    """Read the word lists on first use."""
    table = tomllib.loads((WORDS / "stop.toml").read_text(encoding="utf-8"))
    words = {name: frozenset(text.split()) for name, text in table.items()}
    return {**words, "vague_stems": frozenset(stem(word) for word in words["vague"])}
