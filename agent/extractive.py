"""Extractive: answers without a language model, quoted from articles and filled from the customer record, never written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from agent import asking, calibration, claims, own, quoting, ranking, record
from agent.asking import Asked
from agent.assembly import Assembly
from agent.calibration import Calibration
from agent.confidence import confidence, signs
from agent.examples import NONE
from agent.found import Answered, Found, language_of, quotable, settled
from agent.heads import Heads, Matrix
from agent.memo import Memo
from agent.quoting import Quote
from agent.ranking import Read
from agent.record import Case, Told
from agent.wording import question_of, topical
from agent.worth import BESIDE, MOST, worth
from desk.answering import Brief, Tools
from desk.article import is_expired
from desk.audience import INTERNAL, Audience, may_show
from desk.draft import Evidence, Passage, Proposal
from desk.errors import Misconfigured
from desk.library import Embedder

MODEL = "extractive-2"
SEARCHED = 10
RECORD = 0.9
"""The confidence of an answer filled from the record: what can be wrong is the intent."""
INTENT, INTENT_TO_REFUSE = 0.6, 0.75
"""How probable a record intent must be for its fields to be looked up, and for somebody to be told that they may not see them."""
OUTRANKED = 0.03
"""How much nearer than any other an internal passage must be for the question to be taken for one that only it answers: so it is for 6 of the 12
development questions of that sort, and for 4 of the 186 that a public article answers."""
RELATED, RELATED_FROM = 2, 0.35


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for a message: the reply that quotes it, and the passages that likely answer, the likeliest first."""

    proposal: Proposal
    passages: tuple[Passage, ...] = ()


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
        return (await self.read(brief, tools)).proposal

    async def read(self, brief: Brief, tools: Tools) -> Reading:
        """Return what `propose` does, and the passages that somebody who writes instead should see."""
        asked = asking.read(brief)
        if not asked:
            return Reading(_abstained("unread_file" if _unread(brief) else "empty", brief))
        if not topical(asked[0].query) or asking.is_bare(asked[0].query):
            return Reading(_asking(brief))
        answers = await self._answered(asked, brief, tools)
        told = await self._told(brief, tools)
        found = settled(answers, told, hidden=await tools.outranked(asked[0].query) > OUTRANKED)
        passages = worth([answer.reads for answer in found.answers], most=BESIDE if told.said else MOST)
        # The record needs no fitted confidence: what it says holds under any embedder that the heads know.
        if self._memo.id != self._fitted.embedder:
            if not told.said:
                return Reading(_abstained("not_fitted", brief, found.reads), passages)
            found = replace(found, answers=())
        proposal = replace(_proposal(brief, found), threshold=self._fitted.threshold(brief.wrong_rate), lacks=told.lacks)
        return Reading(proposal, passages)

    async def _answered(self, asked: Sequence[Asked], brief: Brief, tools: Tools) -> tuple[Answered, ...]:
        """Return what answers each question; everything they need is embedded in one call."""
        searched = [_usable(await tools.search(one.query, k=SEARCHED), brief) for one in asked]
        wanted = [ranking.texts(one, passages) for one, passages in zip(asked, searched, strict=True)]
        # The message itself is not ranked: its vector is for the head of intents, which asks the memo for it next.
        vectors = await self._memo.vectors([question_of(asking.own(brief)), *(text for each in wanted for text in each)])
        answers: list[Answered] = []
        start = 1
        for one, passages, needed in zip(asked, searched, wanted, strict=True):
            reads = ranking.rank(one, vectors[start : start + len(needed)], passages=passages, weights=self._fitted.ranking)
            start += len(needed)
            whole = answers[0].reads if answers else ()
            answers.append(self._weighed(one, ranking.favoring(reads, whole[0].passage.document) if whole else reads, brief))
        return tuple(answers)

    def _weighed(self, asked: Asked, reads: tuple[Read, ...], brief: Brief) -> Answered:
        quotes = quoting.quotes(reads)
        if not quotes:
            return Answered(asked, reads)
        found = signs(reads, quotes, question=asked.words, out_of_scope=brief.classification.out_of_scope_score)
        return Answered(asked, reads, quotes, confidence(found, self._fitted))

    async def _told(self, brief: Brief, tools: Tools) -> Told:
        """Return what the record says, if the question is about it; that it is closed to somebody only when they asked for their own."""
        head, words = self._heads["intent"], question_of(asking.own(brief))
        vector: Matrix = await self._memo.vectors([words])
        row = head.probabilities(vector)[0]
        intent, sure = head.classes[int(np.argmax(row))], float(row.max())
        if intent == NONE or sure < INTENT or not own.may_mean_own(words, intent):
            return Told()
        facts = [fact for fact in await tools.record() if fact.audience != INTERNAL and may_show(_shown(brief), fact.audience)]
        told = record.tell(intent, Case(words, brief.author, facts, brief.phrases))
        refuses = sure >= INTENT_TO_REFUSE and own.asks_own(words, intent)
        return told if refuses else replace(told, lacks="")


def _proposal(brief: Brief, found: Found) -> Proposal:
    told, quotes = found.told, quotable(found)
    if told.lacks and told.quotes and not quotes:
        # An article should have said what to do; that we may not look at the record does not answer alone.
        told = replace(told, lacks="")
    if not (quotes or told.said or told.lacks):
        return _abstained(_why_not(brief, found), brief, found.reads)
    assembly = Assembly(brief)
    for said in told.said:
        assembly.say(said)
    for quote in quotes:
        assembly.quote(quote, headed=len(quotes) > 1)
    if told.lacks:
        assembly.add(brief.phrases[told.lacks])
    _admit_unread(assembly, brief)
    proposal = Proposal(
        parts=assembly.parts(),
        evidence=tuple(assembly.evidence),
        confidence=round(_sure(found, quotes), 4),
        language=language_of(quotes, otherwise=brief.language),
        doubts=_doubts(quotes, brief, left=found.open),
        related=_related(found.reads, brief, quotes=quotes),
        fixed=not assembly.evidence,
        model=MODEL,
    )
    return claims.check(proposal, hosts=brief.hosts, fixed=assembly.fixed)


def _sure(found: Found, quotes: Sequence[Quote]) -> float:
    if found.told.said:
        return max(RECORD, found.confidence if quotes else 0.0)
    return found.confidence if quotes else 1.0


def _admit_unread(assembly: Assembly, brief: Brief) -> None:
    for name in _unread(brief):
        assembly.add(brief.phrases["unread_file"].format(file=name))


def _unread(brief: Brief) -> tuple[str, ...]:
    """Return the names of the files that nobody reads here: pictures are for models that see."""
    return (*brief.files, *(attachment.name for attachment in brief.attachments if attachment.content))


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


def _doubts(quotes: Sequence[Quote], brief: Brief, *, left: bool = False) -> tuple[str, ...]:
    doubts = {
        "language_mismatch": language_of(quotes, otherwise=brief.language) != brief.language,
        "part_unanswered": bool(quotes) and left,
        "unread_file": bool(_unread(brief)),
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
