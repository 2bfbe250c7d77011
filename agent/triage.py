"""Triage: what a message is about and how it is meant, decided on this machine by heads and patterns."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from agent import displeasure, impact, language, personal, request, sentiment
from agent.chosen import Chosen
from agent.clauses import MOST, clauses
from agent.examples import DISPLEASED, HARD_SIGNALS, NONE, YES
from agent.heads import Heads, Matrix
from agent.memo import Memo
from agent.sentences import sentences
from agent.signals import about_others, heard, mistaken, plain
from agent.topics import Own, Shipped, Topics, Unknown, labels_of
from desk.answering import Heard
from desk.errors import Misconfigured
from desk.library import Embedder
from desk.meaning import Meaning
from desk.policy import Triage
from desk.triage import Classification, Impact, Sentiment, Signal

HEAD, TAIL = 6000, 2000
"""Characters of a long message that are read for signals: people complain first or last."""
SENTENCES = 12
"""Sentences that are embedded one by one; each costs about 2 ms."""
SENSED_WORDS = 3
"""The fewest words on which a head may raise an alarm: "help" alone looks like anything."""
LONG = 4
"""Sentences from which a message is long: what it says as a whole hides what one of them says."""
TELLING_WORDS = 3
"""The fewest words of a sentence that may add a category: "Hi!" looks a little like each of them."""
INTENT = 0.6
PASTED = re.compile(r"```.*?```|^>[^\n]*", re.DOTALL | re.MULTILINE)
"""What was not said but pasted. A fence that nobody closed hides nothing: what was said may stand behind it."""
ANYTHING = re.compile(r"[^\W_]")
ASKS_HOW = re.compile(
    r"^\W*(?:how (?:do|can|to|would|should|long|often|many)|where|which|what|do (?:you|i|we)|does|can (?:i|we)"
    r"|(?:can|could) you (?:please )?(?:confirm|explain|clarify)|is|are|may i)\b"
)
INTRODUCES = re.compile(
    r"^\W*(?:(?:hi|hello|hey)\W+(?:\w+\W+){0,2})?(?:my name is|i'?m|i am|this is|we are|we're) [^,;?]{1,40} (?:from|at|of|with|here)\b[^,;?]{0,40}$"
)

Current = Callable[[], Awaitable[Triage]]
"""Gives the thresholds as they are now."""


@dataclass(frozen=True, slots=True)
class Taught:
    """What is told apart: the categories in use, the entries of the customer record that can be asked for, and the id that decisions remember."""

    categories: tuple[str, ...]
    intents: tuple[str, ...]
    version: str


class LocalTriager:
    """A `Triager` that needs no model but the embedder. Categories that a customer trained stand in for the shipped ones while they are `chosen`.

    `thresholds` hold until `current`, asked at each message, gives others.
    """

    def __init__(self, embedder: Embedder, heads: Heads, thresholds: Triage, *, chosen: Chosen | None = None, current: Current | None = None) -> None:
        if heads.embedder != embedder.id:
            raise Misconfigured(f"the heads were fitted to the embedder {heads.embedder!r} and this one is {embedder.id!r}: fit them again")
        self._memo = Memo(embedder)
        self._heads = heads
        self._thresholds = thresholds
        self._chosen = chosen
        self._current = current

    async def triage(self, text: str, *, heard: Heard | None = None) -> Classification:
        """Classify a message; one without a letter or digit (empty, emoji only) asks nothing, unless it is "??"."""
        # Asked each time, because an admin may change the policy while the desk runs.
        self._thresholds = await self._current() if self._current else self._thresholds
        if not ANYTHING.search(text[:HEAD]):
            return Classification("", 0.0, is_request="?" in text[:HEAD], is_request_confidence=1.0, model=self._heads.version)
        topics = await self._topics()
        said = spoken(text)
        pieces = _pieces(said)
        parts = [clause for piece in pieces for clause in clauses(piece)][:MOST]
        rest = "" if request.courteous(said) else sentiment.after_praise(said)
        vectors = await self._memo.vectors([said, *pieces, *parts, *filter(None, [rest])])
        classified = await asyncio.to_thread(self._classify, text, pieces, vectors[: 1 + len(pieces) + len(parts)], topics)
        return self._unmasked(classified, rest, vectors[-1:]) if rest else classified

    async def similarity(self, a: str, b: str) -> float:
        """Return the cosine of the two texts' embeddings; 0 when either says nothing."""
        if not (ANYTHING.search(a[:HEAD]) and ANYTHING.search(b[:HEAD])):
            return 0.0
        first, second = await self._memo.vectors([a, b])
        return float(first @ second)

    async def meanings(self, texts: Sequence[str]) -> Sequence[Meaning]:
        """Return each text's embedding; one without a letter or digit has none."""
        said = [text for text in texts if ANYTHING.search(text[:HEAD])]
        found = dict(zip(said, await self._memo.vectors(said) if said else (), strict=True))
        return [Meaning(self._memo.id, found[text].astype("<f4").tobytes() if text in found else b"") for text in texts]

    async def taught(self) -> Taught:
        """Return what this tells apart now."""
        self._thresholds = await self._current() if self._current else self._thresholds
        topics = await self._topics()
        return Taught(topics.classes, tuple(name for name in self._heads["intent"].classes if name != NONE), topics.version)

    async def _topics(self) -> Topics:
        """Return what tells categories apart now; trained ones that cannot be used leave a message without a category, and were logged."""
        try:
            trained = await self._chosen.current() if self._chosen else None
        except Misconfigured:
            return Unknown(self._heads.version)
        return Own(trained, self._heads.version) if trained else Shipped.of(self._heads, self._thresholds.categories)

    def _classify(self, text: str, pieces: Sequence[str], everything: Matrix, topics: Topics) -> Classification:
        # Half a sentence may name a topic; what is asked and how it is meant takes a whole one.
        telling = [n == 0 or n > len(pieces) or len(pieces[n - 1].split()) >= TELLING_WORDS for n in range(len(everything))]
        labels, vectors = labels_of(topics, everything[telling]), everything[: 1 + len(pieces)]
        whole = vectors[:1]
        signals = self._signals(text, pieces, vectors)
        felt = self._heads["sentiment"]
        # What is courtesy alone has no undertone: in "muchísimas gracias" a head that knows English heard displeasure.
        polite = request.courteous(" ".join(pieces))
        mood = sentiment.weigh(text, {} if polite else dict(zip(felt.classes, map(float, felt.probabilities(whole)[0]), strict=True)))
        asked = 1.0 if sentiment.fails(text) else self._request(pieces, vectors, mood=mood, signals=signals)
        alien = float(topics.strangeness(whole)[0])
        tongue = language.detect(text, sure=self._thresholds.language)
        return Classification(
            labels[0].category if labels else "",
            labels[0].confidence if labels else 0.0,
            labels=labels,
            is_request=asked >= self._thresholds.request,
            is_request_confidence=round(max(asked, 1 - asked), 4),
            out_of_scope=alien >= self._thresholds.out_of_scope and not signals & frozenset(HARD_SIGNALS),
            out_of_scope_score=round(alien, 4),
            sentiment=mood,
            displeasure=0.0 if polite else self._displeasure(pieces, vectors, mood=mood),
            impact=self._impact(pieces, vectors[1:], english=tongue in ("en", None)),
            language=tongue,
            intent=self._intent(vectors),
            signals=signals,
            model=topics.version,
        )

    def _unmasked(self, found: Classification, rest: str, vectors: Matrix) -> Classification:
        """Return a classification that heeds what follows the praise: "nice one, half my customers are missing" thanks nobody."""
        asked = request.chance(rest, self._odds(vectors)[0])
        if found.is_request or asked < self._thresholds.request:
            return found
        return replace(found, is_request=True, is_request_confidence=round(asked, 4))

    def _request(self, pieces: Sequence[str], vectors: Matrix, *, mood: Sentiment, signals: frozenset[Signal]) -> float:
        """Return how likely something is asked; a complaint always asks to be heard, and a bare "help" too."""
        if any(request.complains(piece) for piece in pieces):
            return 1.0
        if signals & frozenset(HARD_SIGNALS) or mood in DISPLEASED or Signal.NOT_SOLVED in signals:
            return 1.0
        # Only now: "thanks for nothing" is made of words of thanks too.
        if request.courteous(" ".join(pieces)):
            return 0.0
        odds = self._odds(vectors)
        asking = [request.chance(piece, head) for piece, head in zip(pieces, odds[1:], strict=True) if request.speaks(piece)]
        return max([request.chance(" ".join(pieces), odds[0]), *asking])

    def _displeasure(self, pieces: Sequence[str], vectors: Matrix, *, mood: Sentiment) -> float:
        """Return how displeased a writer is: the whole says it, or in a long message one of its sentences; the level and it never contradict."""
        feeling = displeasure.shipped()
        whole = feeling.of(" ".join(pieces), vectors[0], embedder=self._memo.id)
        each = [feeling.of(piece, row, embedder=self._memo.id) for piece, row in zip(pieces, vectors[1:], strict=True)] if len(pieces) > LONG else []
        return round(displeasure.beside(mood, max([whole, *each])), 4)

    def _impact(self, pieces: Sequence[str], vectors: Matrix, *, english: bool) -> tuple[Impact, ...]:
        """Return what is at stake; by meaning in English only, because the embedder knows no other language well."""
        found = frozenset(stake for piece in pieces for stake in impact.heard(piece))
        found |= impact.sensed(self._heads["impact"], pieces, vectors) if english else frozenset()
        return impact.ordered(found, " ".join(pieces))

    def _odds(self, vectors: Matrix) -> list[float]:
        """Return each vector's log-odds of asking for something."""
        head = self._heads["request"]
        yes, logits = head.classes.index(YES), head.logits(vectors)
        return [float(odds) for odds in logits[:, yes] - logits[:, 1 - yes]]

    def _intent(self, vectors: Matrix) -> str:
        """Return which field of the customer record a message asks for, "" for none."""
        head = self._heads["intent"]
        rows = head.probabilities(vectors)
        row = rows[int(np.argmax(np.delete(rows, head.classes.index(NONE), axis=1).max(axis=1)))]
        best = int(np.argmax(row))
        return head.classes[best] if head.classes[best] != NONE and float(row[best]) >= INTENT else ""

    def _signals(self, text: str, pieces: Sequence[str], vectors: Matrix) -> frozenset[Signal]:
        found = {signal for piece in sentences(spoken(text)) for signal in heard(piece)}
        if language.detect(text, sure=self._thresholds.language) in ("en", None):
            found |= {signal for signal in HARD_SIGNALS if self._senses(signal, pieces, vectors)}
        if personal.kinds(text):
            found.add(Signal.PERSONAL_DATA)
        return frozenset(found)

    def _senses(self, signal: Signal, pieces: Sequence[str], vectors: Matrix) -> bool:
        """Tell whether a head hears a signal in one of the sentences. The embedder knows English only: elsewhere patterns listen alone.

        The heads learned from as many signals as other sentences; in a channel signals are rare, so a head has to be surer than a pattern.
        """
        rows = self._heads[signal.value].of(YES, vectors)[1:]
        needed = (1 + self._thresholds.signal) / 2
        long_enough = ((plain(piece), float(row)) for piece, row in zip(pieces, rows, strict=True) if len(piece.split()) >= SENSED_WORDS)
        return any(row >= needed for said, row in long_enough if may_sense(signal, said))


def may_sense(signal: Signal, said: str) -> bool:
    """Tell whether a head may speak on a plain sentence; only patterns overrule that.

    "How do I ...?" asks how something works, and "I am Mara from Acme." says who writes: neither calls for somebody.
    """
    if mistaken(signal, said):
        return False
    if signal is Signal.ASKS_HUMAN:
        return not about_others(said) and not INTRODUCES.search(said)
    return signal is Signal.SAFETY or not ASKS_HOW.search(said)


def spoken(text: str) -> str:
    """Return what a person said, of a long message its beginning and end; pasted code and quotes are left out unless nothing else is there."""
    read = text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n\n{text[-TAIL:]}"
    said = PASTED.sub(" ", read)
    return said if ANYTHING.search(said) else read


def _pieces(said: str) -> list[str]:
    """Return the sentences to embed: the first ones and the last ones."""
    found = [piece for piece in sentences(said) if ANYTHING.search(piece)] or [said]
    return found if len(found) <= SENTENCES else [*found[: SENTENCES - 4], *found[-4:]]
