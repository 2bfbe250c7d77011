"""Found: what there is to answer a message with, question by question, and what of it is quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent import quoting
from agent.asking import Asked
from agent.quoting import Quote
from agent.ranking import Read
from agent.record import Told

WEAK = 0.35
"""Below this confidence a quote would more likely mislead than help: nothing is drafted, and a human gets the question."""
PART = 0.4
"""The confidence that each question of a message needs to be answered by itself."""
BESIDE_RECORD = 0.35
BESIDE_PHRASE = 0.6
"""The confidence that a quote needs to stand beside a field of the record, and beside the sentence that the record is not for this person."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with its passages, best first, what is quoted of them, and how sure it is that this answers."""

    asked: Asked
    reads: tuple[Read, ...] = ()
    quotes: tuple[Quote, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to answer a message with: `answers` in the order of its questions, and what the record says.

    `open` says that some question of the message has no answer among them, `hidden` that only an internal article has one.
    """

    answers: tuple[Answered, ...]
    told: Told
    open: bool = False
    hidden: bool = False

    @property
    def confidence(self) -> float:
        """Return how sure the least sure of the answers is: one wrong answer makes a wrong reply."""
        return min((answer.confidence for answer in self.answers), default=0.0)

    @property
    def reads(self) -> tuple[Read, ...]:
        """Return all passages that were read, each question's best first."""
        return tuple(read for answer in self.answers for read in answer.reads)


def settled(answers: Sequence[Answered], told: Told, *, hidden: bool) -> Found:
    """Choose between the message as a whole, which comes first, and its questions one by one: these when each has an answer of its own.

    Of a message with one question beside other words the surer reading counts: what somebody tells may say what they mean, or blur it.
    """
    whole, *parts = answers
    if len(parts) == 1:
        return Found((max(whole, parts[0], key=lambda answer: answer.confidence),), told, hidden=hidden)
    answerable = [part for part in parts if part.confidence >= PART]
    if parts and len(answerable) == len(parts):
        return Found(tuple(parts), told, hidden=hidden)
    # One answer for everything: it leaves no question open only when each question alone finds the same passage.
    same = all(part.quotes and whole.quotes and part.quotes[0].read.passage.id == whole.quotes[0].read.passage.id for part in parts)
    return Found((whole,), told, open=not same, hidden=hidden)


def quotable(found: Found) -> tuple[Quote, ...]:
    """Return what to quote, if it is sure enough for what stands beside it; a passage that answers two questions is quoted once."""
    told = found.told
    needed = BESIDE_RECORD if told.said else BESIDE_PHRASE if told.lacks else WEAK
    if (told.said and not told.quotes) or found.hidden or found.confidence < needed:
        return ()
    merged: dict[str, Quote] = {}
    for quote in (quote for answer in found.answers for quote in answer.quotes):
        known = merged.get(quote.read.passage.id)
        merged[quote.read.passage.id] = quoting.joined(known, quote) if known else quote
    return tuple(merged.values())


def language_of(quotes: Sequence[Quote], *, otherwise: str) -> str:
    """Return the language of what is quoted: one that differs from the reader's (`otherwise`), if any quote is in one."""
    spoken = [quote.read.passage.language or "en" for quote in quotes]
    return next((language for language in spoken if language != otherwise), otherwise)
