"""Extractive: answers without a language model, quoted from articles and filled from the customer record, never written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from agent import asking, calibration, claims, quoting, ranking, record
from agent.asking import Asked
from agent.assembly import Assembly
from agent.calibration import Calibration
from agent.confidence import confidence, signs
from agent.examples import NONE
from agent.heads import Heads, Matrix
from agent.memo import Memo
from agent.quoting import Quote
from agent.ranking import Read
from agent.record import Case, Told
from agent.wording import question_of, topical
from desk.article import is_expired
from desk.audience import INTERNAL, Audience, may_show
from desk.draft import Evidence, Passage, Proposal
from desk.errors import Misconfigured
from desk.ports import Brief, Embedder, Tools

MODEL = "extractive-2"
SEARCHED = 10
WEAK = 0.35
"""Below this confidence a quote would more likely mislead than help: nothing is drafted, and a human gets the question."""
FOREIGN = 0.1
"""The same where passage and customer differ in language: a person looks at it anyway, and confidence was fitted to questions in English."""
PART = 0.4
"""The confidence that each question of a message needs to be answered by itself."""
BESIDE_RECORD = 0.35
BESIDE_PHRASE = 0.6
"""The confidence that a quote needs to stand beside a field of the record, and beside the sentence that the record is not for this person."""
RECORD = 0.9
"""The confidence of an answer filled from the record: what can be wrong is the intent."""
INTENT, INTENT_TO_REFUSE = 0.6, 0.75
"""How probable a record intent must be for its fields to be looked up, and for somebody to be told that they may not see them."""
OUTRANKED = 0.03
"""How much nearer than any other an internal passage must be for the question to be taken for one that only it answers: so it is for 6 of the 12
development questions of that sort, and for 4 of the 186 that a public article answers."""
RELATED, RELATED_FROM = 2, 0.35
NOTHING = Told()


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

    answers: tuple[Answered, ...] = ()
    told: Told = NOTHING
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


class ExtractiveAnswerer:
    """An `Answerer` that quotes. It says nothing that is not in a passage, in the record or among policy's sentences."""

    def __init__(self, embedder: Embedder, heads: Heads, fitted: Calibration | None = None) -> None:
        if heads.embedder != embedder.id:
            raise Misconfigured(f"the heads were fitted to the embedder {heads.embedder!r} and this one is {embedder.id!r}: fit them again")
        self._memo = Memo(embedder)
        self._heads = heads
        self._fitted = fitted or calibration.fitted()

    async def propose(self, brief: Brief, tools: Tools) -> Proposal:
        """Return a reply that quotes, a question back when the words say nothing, or neither and why.

        Under an embedder that the calibration was not made with nobody knows how sure a quote is: it abstains as `not_fitted`.
        """
        asked = asking.read(brief)
        if not asked:
            return _abstained("empty", brief)
        if not topical(asked[0].query):
            return _asking(brief)
        answers = await self._answered(asked, brief, tools)
        told = await self._told(brief, tools)
        found = _settled(answers, told, hidden=await tools.outranked(asked[0].query) > OUTRANKED)
        if self._memo.id != self._fitted.embedder:
            if not told.said:
                return _abstained("not_fitted", brief, found.reads)
            found = replace(found, answers=())
        return replace(_proposal(brief, found), threshold=self._fitted.threshold(brief.wrong_rate))

    async def _answered(self, asked: Sequence[Asked], brief: Brief, tools: Tools) -> tuple[Answered, ...]:
        """Return what answers each question; everything they need is embedded in one call."""
        searched = [_usable(await tools.search(one.query, k=SEARCHED), brief) for one in asked]
        wanted = [ranking.texts(one, passages) for one, passages in zip(asked, searched, strict=True)]
        vectors = await self._memo.vectors([question_of(brief.text), *(text for each in wanted for text in each)])
        answers, start = [], 1
        for one, passages, needed in zip(asked, searched, wanted, strict=True):
            reads = ranking.rank(one, vectors[start : start + len(needed)], passages=passages, weights=self._fitted.ranking)
            start += len(needed)
            answers.append(self._weighed(one, reads, brief))
        return tuple(answers)

    def _weighed(self, asked: Asked, reads: tuple[Read, ...], brief: Brief) -> Answered:
        quotes = quoting.quotes(reads)
        if not quotes:
            return Answered(asked, reads)
        found = signs(reads, quotes, question=asked.words, out_of_scope=brief.classification.out_of_scope_score)
        return Answered(asked, reads, quotes, confidence(found, self._fitted))

    async def _told(self, brief: Brief, tools: Tools) -> Told:
        """Return what the record says, if the question is about it."""
        head = self._heads["intent"]
        vector: Matrix = await self._memo.vectors([question_of(brief.text)])
        row = head.probabilities(vector)[0]
        intent, sure = head.classes[int(np.argmax(row))], float(row.max())
        if intent == NONE or sure < INTENT:
            return NOTHING
        facts = [fact for fact in await tools.record() if fact.audience != INTERNAL and may_show(_shown(brief), fact.audience)]
        told = record.tell(intent, Case(question_of(brief.text), brief.author, facts, brief.phrases))
        return replace(told, lacks="") if sure < INTENT_TO_REFUSE else told


def _settled(answers: Sequence[Answered], told: Told, *, hidden: bool) -> Found:
    """Choose between the message as a whole, which comes first, and its questions one by one: these when each has an answer of its own."""
    whole, *parts = answers
    answerable = [part for part in parts if part.confidence >= PART]
    if parts and len(answerable) == len(parts):
        return Found(tuple(parts), told, hidden=hidden)
    # One answer for everything: it leaves no question open only when each question alone finds the same passage.
    same = all(part.quotes and whole.quotes and part.quotes[0].read.passage.id == whole.quotes[0].read.passage.id for part in parts)
    return Found((whole,), told, open=not same, hidden=hidden)


def _proposal(brief: Brief, found: Found) -> Proposal:
    told, quotes = found.told, _quotable(brief, found)
    if not (quotes or told.said or told.lacks):
        return _abstained(_why_not(brief, found), brief, found.reads)
    assembly = Assembly(brief)
    for said in told.said:
        assembly.say(said)
    for quote in quotes:
        assembly.quote(quote)
    if told.lacks:
        assembly.add(brief.phrases[told.lacks])
    _admit_unread(assembly, brief)
    proposal = Proposal(
        parts=assembly.parts(),
        evidence=tuple(assembly.evidence),
        confidence=round(_sure(found, quotes), 4),
        language=_language(quotes, brief),
        doubts=_doubts(quotes, brief, left=found.open),
        related=_related(found.reads, brief, quotes=quotes),
        fixed=not assembly.evidence,
        model=MODEL,
    )
    return claims.check(proposal, hosts=brief.hosts, fixed=assembly.fixed)


def _quotable(brief: Brief, found: Found) -> tuple[Quote, ...]:
    """Return what to quote, if it is sure enough for what stands beside it; a passage that answers two questions is quoted once."""
    told = found.told
    weak = FOREIGN if _language([quote for answer in found.answers for quote in answer.quotes], brief) != brief.language else WEAK
    needed = BESIDE_RECORD if told.said else BESIDE_PHRASE if told.lacks else weak
    if (told.said and not told.quotes) or found.hidden or found.confidence < needed:
        return ()
    merged: dict[str, Quote] = {}
    for quote in (quote for answer in found.answers for quote in answer.quotes):
        known = merged.get(quote.read.passage.id)
        merged[quote.read.passage.id] = quoting.joined(known, quote) if known else quote
    return tuple(merged.values())


def _sure(found: Found, quotes: Sequence[Quote]) -> float:
    if found.told.said:
        return max(RECORD, found.confidence if quotes else 0.0)
    return found.confidence if quotes else 1.0


def _admit_unread(assembly: Assembly, brief: Brief) -> None:
    for name in brief.files:
        assembly.add(brief.phrases["unread_file"].format(file=name))


def _asking(brief: Brief) -> Proposal:
    assembly = Assembly(brief)
    assembly.add(brief.phrases["clarify"])
    _admit_unread(assembly, brief)
    return Proposal(
        parts=assembly.parts(), confidence=1.0, question=True, language=brief.language, fixed=True, doubts=_doubts((), brief), model=MODEL
    )


def _abstained(why: str, brief: Brief, reads: Sequence[Read] = ()) -> Proposal:
    return Proposal(abstained=why, language=brief.language, doubts=_doubts((), brief), related=_related(reads, brief, quotes=()), model=MODEL)


def _why_not(brief: Brief, found: Found) -> str:
    if brief.classification.out_of_scope:
        return "out_of_scope"
    if found.hidden:
        return "internal_knowledge"
    return "weak_evidence" if found.reads else "no_evidence"


def _usable(passages: Sequence[Passage], brief: Brief) -> list[Passage]:
    """Return what may enter this answer. The tools look nothing else up; this is the second lock on the door, for hidden and expired ones alike."""
    shown = [passage for passage in passages if passage.audience != INTERNAL and may_show(_shown(brief), passage.audience)]
    return [passage for passage in shown if brief.now is None or not is_expired(passage.expires, brief.now)]


def _shown(brief: Brief) -> frozenset[Audience]:
    return brief.place | (brief.private or frozenset())


def _language(quotes: Sequence[Quote], brief: Brief) -> str:
    """Return the language that the answer is in: one that the reader does not write in, if any quote is."""
    spoken = [quote.read.passage.language or "en" for quote in quotes]
    return next((language for language in spoken if language != brief.language), brief.language)


def _doubts(quotes: Sequence[Quote], brief: Brief, *, left: bool = False) -> tuple[str, ...]:
    doubts = {
        "language_mismatch": _language(quotes, brief) != brief.language,
        "part_unanswered": bool(quotes) and left,
        "unread_file": bool(brief.files),
    }
    return tuple(doubt for doubt, holds in doubts.items() if holds)


def _related(reads: Sequence[Read], brief: Brief, *, quotes: Sequence[Quote]) -> tuple[Evidence, ...]:
    """Return passages of other articles that are worth reading while waiting, visible in the thread."""
    seen = {quote.read.passage.document for quote in quotes}
    found: list[Evidence] = []
    for read in reads:
        passage = read.passage
        if passage.document in seen or passage.dense < RELATED_FROM or not may_show(brief.place, passage.audience):
            continue
        seen.add(passage.document)
        found.append(
            Evidence(len(found) + 1, "passage", passage.id, passage.audience, "", passage.title, passage.document, passage.heading, passage.url)
        )
    return tuple(found[:RELATED])
