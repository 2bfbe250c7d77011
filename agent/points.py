"""Points: sentences about a conversation, each checked by code against the messages it rests on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

from agent import claims
from agent.clauses import clauses
from agent.figures import figures
from agent.language import detect
from agent.recap import told
from agent.recap import words as spoken_words
from agent.sentences import ITEM, sentences
from agent.triage_schema import stands
from agent.untrusted import cleaned, named
from agent.vault import Vault
from agent.wording import content, share
from desk.audience import INTERNAL
from desk.customer import Role
from desk.draft import Evidence
from desk.ids import MessageId
from desk.summary import MOST, Point, Talk
from desk.timeline import Message

SAID = "message"
"""The source of evidence that somebody said."""
SHOWN = 40
"""Messages that are looked at: the first one and the latest."""
MESSAGE = 2000
LONGEST = 300
"""Characters of a message and of a point."""
RESTS = 3
"""Messages that one point may rest on."""
NEAR = 6
"""Messages and sources that are looked at for a sentence without numbers, those that have most of its words."""
SURE = 0.75
"""How sure the language of a message must be for a point in another one to be held to its quote instead of its words."""
REPLY = 20_000
NUMBERS = re.compile(r"\s*[\[(](?:(?:message|m|#)?\s?\d{1,3}(?:,\s?|(?=[\])])))+[\])]", re.IGNORECASE)
FRAME = re.compile(
    r"\b(?:the customers?|customers?|users?|they|she|he|we|our|colleagues?|desk|agent|bot|support)\b"
    r"|\b(?:ask|want|need|report|confirm|promis|offer|mention|repl[iy]|answer|suggest|explain|tr[iy])(?:s|es|e|ed|ies|ied)?\b"
    r"|\b(?:says?|said|writes?|wrote|tells?|told|sees?|saw|since|currently|already|still|(?:is|are|remains?) open|open)\b",
    re.IGNORECASE,
)
"""Words by which a summary says who said something, which no message holds."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as a model reads it: numbered, and without what is kept back."""

    n: int
    message: Message
    text: str

    @property
    def ground(self) -> Evidence:
        """Return it as evidence: who said what, and on which day."""
        said = self.message
        return Evidence(self.n, SAID, str(said.id), INTERNAL, self.text, title=named(said.author_name), heading=f"{said.at:%-d %B %Y}")


def numbered(talk: Talk, vault: Vault) -> tuple[Spoken, ...]:
    """Return what was said with its numbers, from 1 on; of a long conversation the first message and the latest."""
    said = told(talk.timeline)
    kept = (*said[:1], *said[1:][1 - SHOWN :])
    return tuple(Spoken(n, message, _text(message, talk, vault)) for n, message in enumerate(kept, 1))


def read(reply: str, said: Sequence[Spoken], *, language: str) -> tuple[Point, ...]:
    """Return the points of a model's reply that hold, none of a reply that is not of the schema. `language` is what points are written in."""
    by_number = {spoken.n: spoken for spoken in said}
    found: list[Point] = []
    for raw in _items(reply):
        text, quote = _tidy(raw.get("text")), _tidy(raw.get("quote"))
        named_ones = raw.get("messages")
        numbers = dict.fromkeys(n for n in named_ones if isinstance(n, int) and n in by_number) if isinstance(named_ones, list) else {}
        rests = [by_number[n] for n in numbers][:RESTS]
        if text and rests and _holds(text, rests, quote, language=language):
            found.append(Point(text, tuple(spoken.message.id for spoken in rests)))
    return tuple(found[:MOST])


def tied(talk: Talk) -> tuple[Point, ...]:
    """Return the agent's own sentences for whoever takes over, each with what it rests on.

    What nothing carries is not `supported`: it may be what is open, or a judgement. With a figure that stands nowhere it is left out.
    """
    said = numbered(talk, Vault(()))
    language = talk.policy.model.team_language
    known = [(ground, content(f"{ground.title} {ground.heading} {ground.quote}")) for ground in (*(one.ground for one in said), *talk.evidence)]
    found = (_tied(text, known, language=language) for text in _sentences(talk.own)[:MOST])
    return tuple(point for point in found if point is not None)


def _tied(text: str, known: Sequence[tuple[Evidence, frozenset[str]]], *, language: str) -> Point | None:
    """Return a sentence with the one or two messages and sources that carry it, the nearest first; of messages in another language its figures do."""
    bare = _bare(text)
    words = content(bare)
    near = sorted(known, key=lambda one: -share(words, one[1]))[:NEAR]
    for rests in chain(combinations(near, 1), combinations(near, 2)):
        # Most have too few of the words, and counting those is much cheaper than comparing figures.
        enough = share(words, frozenset().union(*(theirs for _, theirs in rests))) >= claims.ENTAILED
        if enough and not lacks(text, [ground for ground, _ in rests]):
            return _resting(text, [ground for ground, _ in rests])
    if figures(bare):
        said = [ground for ground, _ in near if ground.source == SAID]
        if found := next((one for one in said if not claims.wrong_figure(bare, [one]) and _is_foreign(one.quote, language)), None):
            return _resting(text, [found])
        if claims.wrong_figure(bare, [ground for ground, _ in known]):
            return None
    return Point(text, supported=False)


def _resting(text: str, rests: Sequence[Evidence]) -> Point:
    messages = sorted((ground for ground in rests if ground.source == SAID), key=lambda ground: ground.n)
    sources = tuple(named(ground.title or ground.id) for ground in rests if ground.source != SAID)
    return Point(text, tuple(MessageId(ground.id) for ground in messages), sources=sources)


def _holds(text: str, rests: Sequence[Spoken], quote: str, *, language: str) -> bool:
    """Tell whether messages carry a point: by its words, or where they are in another language by its figures and a quote that stands there."""
    grounds = [spoken.ground for spoken in rests]
    if not lacks(text, grounds):
        return True
    quoted = any(stands(quote, spoken.text) for spoken in rests)
    return quoted and any(_is_foreign(spoken.text, language) for spoken in rests) and not claims.wrong_figure(_bare(text), grounds)


def _is_foreign(text: str, language: str) -> bool:
    return detect(text, sure=SURE) not in (None, language)


def lacks(text: str, grounds: Sequence[Evidence]) -> str:
    """Return what of a point its messages and sources do not carry, by words and figures alike."""
    bare = _bare(text)
    # A record answers for its figures alone elsewhere; here its words are compared too, or it would carry whatever has no figure.
    why = claims.unsupported(bare, [replace(ground, source=SAID) for ground in grounds])
    # "It is 45 days old and does not fit" does not deny that it is 45 days old, so one clause is compared at a time.
    return claims.unsupported(bare, [replace(ground, source=SAID, quote=_apart(ground.quote)) for ground in grounds]) if why else ""


def _apart(text: str) -> str:
    """Return a text with each of its clauses in a paragraph of its own."""
    return "\n\n".join(clause for sentence in sentences(text) for clause in clauses(sentence) or [sentence])


def _bare(text: str) -> str:
    return " ".join(FRAME.sub(" ", text).split())


def _text(message: Message, talk: Talk, vault: Vault) -> str:
    files = "".join(f"\n(file: {named(file.name)})" for file in message.files)
    # Before it is cut: of half a card's number nobody can tell what it is.
    hidden = vault.beginning(spoken_words(message, talk), most=MESSAGE, own=message.role is Role.CUSTOMER)
    return cleaned(hidden, most=MESSAGE) + files


def _items(reply: str) -> Iterator[dict[str, object]]:
    """Yield the points that a reply holds; gateways that know no schema put a fence around it."""
    start, end = reply.find("{"), reply.rfind("}")
    try:
        table = json.loads(reply[start : end + 1]) if 0 <= start < end and len(reply) <= REPLY else None
    # A reply may be nested as deep as it likes.
    except (ValueError, RecursionError):
        return
    points = table.get("points") if isinstance(table, dict) else None
    yield from (item for item in points[: 2 * MOST] if isinstance(item, dict)) if isinstance(points, list) else ()


def _tidy(raw: object) -> str:
    """Return a sentence on one line, without the numbers that it may carry itself."""
    text = " ".join(NUMBERS.sub("", cleaned(raw, most=2 * LONGEST)).split()) if isinstance(raw, str) else ""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _sentences(text: str) -> list[str]:
    lines = [ITEM.sub("", line) for line in text.splitlines()]
    return [tidy for line in lines for sentence in sentences(line) if (tidy := _tidy(sentence))]
