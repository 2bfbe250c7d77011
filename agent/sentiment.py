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
SURE_OF_DISPLEASURE, SURE_OF_PLEASURE = 0.88, 0.85
FELT_WORDS = 3
QUESTION = re.compile(r"\?|\b(?:how|where|what|why|when|who|which|can|could|please|wie|wo|warum|comment|pourquoi|como|donde|quando|cuando)\b")
MASKED = re.compile(r"(?<![\w*@])[a-z]{1,2}(?:[*#$]{2,}[a-z]*|(?<=[a-z]{2})\*[a-z]{1,6}|\*[a-z]{2,6}|[!@](?:te|t|mn|p)|#@%)(?!\w)")
"""A swear word behind asterisks; bold Markdown has its asterisks before the word too."""
MOCKERY = re.compile(r"\b(?:well done|congrat\w+|bravo|lovely|love|cool|hooray|terrific|happy \w+day|good (?:job|work|morning)|toll)\b")
PRAISE = (
    "oh|wow|so|well|thanks?|thank you|thx|cheers|great|nice|cool|perfect|brilliant|splendid|terrific|super|top|lovely|wonderful|fantastic|awesome|"
    "amazing|congrat\\w+|good job|well done|nice (?:one|job)|hooray|yay|bravo|"
    "klasse|toll|prima|danke|merci|parfait|genial|gracias|perfecto|obrigad[oa]|otimo"
)
OPENING = re.compile(rf"\W*(?:(?:{PRAISE})\b(?: \w+)?[,.!;: ]+)+", re.IGNORECASE)
SOUR = ("fury", "displeasure", "bitter", "failure", "setback")
"""What no praise stands beside, wherever in the text."""
SENTENCE = re.compile(r"(?<=[.!?]) +")
NEGATION = re.compile(r"\b(?:not|never|nobody|nothing|\w+n't|no)(?!\w)")
NEGATED = re.compile(
    r"\b(?:nothing|not|never|nobody|\w+n't|nichts|nicht|pas|nada|nao|no)\W+(?:\w+\W+)?(?:work\w*|help\w*|fix\w*|runs?|marche\w*|funcion\w*)"
)


def weigh(text: str, felt: Mapping[str, float] = MappingProxyType({})) -> Sentiment:
    """Return the level of a text; `felt` are a head's probabilities by level, used where no word decides.

    Anger wins over thanks, because "thanks for nothing" is common and a missed complaint costs more; so does mockery. Capitals and
    exclamation marks make displeasure fury; by themselves they mean nothing.
    """
    said, loud = civil(plain(text[:SCANNED])), is_loud(text[:SCANNED])
    return _displeased(said, felt, loud=loud) or _pleased(said, felt, loud=loud) or Sentiment.NEUTRAL


def fails(text: str) -> bool:
    """Tell whether a text names something that does not work and does not say that it is over; in any tone, that asks for help."""
    said = plain(text[:SCANNED])
    return bool(feelings()["failure"].search(said)) and not _relieved(said)


def after_praise(text: str) -> str:
    """Return what follows an opening of mere praise or thanks, "" when nothing of weight does: there mockery says what it is about."""
    opened = OPENING.match(text[:SCANNED])
    rest = text[opened.end() : SCANNED].strip() if opened else ""
    return rest if len(rest.split()) >= FELT_WORDS and not _relieved(plain(rest)) else ""


def civil(said: str) -> str:
    """Return a plain text without the swear words of sentences that praise: "this is fucking great". In any other text they stay."""
    told = feelings()
    bare = told["swears"].sub(" ", said)
    if bare == said or any(told[name].search(bare) for name in SOUR):
        return said
    return " ".join(told["swears"].sub(" ", piece) if _praises(piece) else piece for piece in SENTENCE.split(said))


def mocks(said: str) -> bool:
    """Tell whether praise stands beside what is none: "great, gone again"."""
    praised = feelings()["thanks"].search(said) or feelings()["delight"].search(said) or MOCKERY.search(said)
    failed = feelings()["failure"].search(said) or feelings()["setback"].search(said)
    return bool(praised and failed) and not _relieved(said)


def is_loud(text: str) -> bool:
    """Tell whether a text shouts: several exclamation marks in a row or all over, or mostly capitals beyond a short code."""
    letters = [sign for sign in text if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    return "!!" in text or text.count("!") >= 3 or (len(letters) >= 10 and capitals > 0.7 * len(letters))


@cache
def feelings() -> Mapping[str, re.Pattern[str]]:
    """Read the words of each feeling on first use."""
    table = tomllib.loads((WORDS / "sentiment.toml").read_text(encoding="utf-8"))
    return {name: re.compile(rf"\b(?:{'|'.join(words)})(?!\w)") for name, words in table.items()}


def _displeased(said: str, felt: Mapping[str, float], *, loud: bool) -> Sentiment | None:
    if feelings()["fury"].search(said) or MASKED.search(said):
        return Sentiment.FURIOUS
    if feelings()["displeasure"].search(said) or feelings()["bitter"].search(said) or mocks(said):
        return Sentiment.FURIOUS if loud else Sentiment.UNHAPPY
    # Of two words a head knows too little: it heard displeasure in "good point", and in "nos vemos", because the embedder knows English only.
    if len(said.split()) < FELT_WORDS or feelings()["farewell"].search(said):
        return None
    if felt.get(Sentiment.FURIOUS, 0.0) + felt.get(Sentiment.UNHAPPY, 0.0) > SURE_OF_DISPLEASURE:
        return Sentiment.FURIOUS if loud and felt.get(Sentiment.FURIOUS, 0.0) > 0.5 else Sentiment.UNHAPPY
    return None


def _praises(piece: str) -> bool:
    """Tell whether a plain sentence with swear words praises for all that."""
    told = feelings()
    bare = told["swears"].sub(" ", piece)
    return bool(told["good"].search(bare)) and "?" not in piece and not (told["aimed"].search(piece) or NEGATION.search(bare))


def _relieved(said: str) -> bool:
    # "Now nothing works" must not pass for "now it works".
    return bool(feelings()["relief"].search(NEGATED.sub(" ", said)))


def _pleased(said: str, felt: Mapping[str, float], *, loud: bool) -> Sentiment | None:
    if feelings()["delight"].search(said):
        return Sentiment.DELIGHTED
    if QUESTION.search(said):
        return None
    if feelings()["thanks"].search(said):
        return Sentiment.DELIGHTED if loud and felt.get(Sentiment.DELIGHTED, 0.0) > 0.5 else Sentiment.PLEASED
    return Sentiment.PLEASED if felt.get(Sentiment.PLEASED, 0.0) + felt.get(Sentiment.DELIGHTED, 0.0) > SURE_OF_PLEASURE else None
