"""Extractive: answers without a language model, quoted from articles and filled from the customer record, never written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from agent import claims, quoting, ranking, record
from agent.assembly import Assembly
from agent.confidence import confidence, cues
from agent.examples import NONE
from agent.heads import Heads, Matrix
from agent.memo import Memo
from agent.ranking import Read
from agent.record import Case, Told
from agent.wording import question_of, topical
from desk.audience import INTERNAL, Audience, may_show
from desk.draft import Evidence, Proposal
from desk.errors import Misconfigured
from desk.ports import Brief, Embedder, Tools

MODEL = "extractive-1"
SEARCHED = 10
WEAK = 0.2
"""Below this confidence a quote would more likely mislead than help: nothing is drafted, and a human gets the question."""
BESIDE_RECORD = 0.15
BESIDE_PHRASE = 0.3
"""The confidence that a quote needs to stand beside a field of the record, and beside the sentence that the record is not for this person."""
RECORD = 0.9
"""The confidence of an answer filled from the record: what can be wrong is the intent."""
INTENT, INTENT_TO_REFUSE = 0.6, 0.75
"""How probable a record intent must be for its fields to be looked up, and for somebody to be told that they may not see them."""
RELATED, RELATED_FROM = 2, 0.35
NOTHING = Told()


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to answer with: passages by how well they answer, how sure the first one is, and what the record says."""

    reads: tuple[Read, ...] = ()
    confidence: float = 0.0
    told: Told = NOTHING


class ExtractiveAnswerer:
    """An `Answerer` that quotes. It says nothing that is not in a passage, in the record or among policy's sentences."""

    def __init__(self, embedder: Embedder, heads: Heads) -> None:
        if heads.embedder != embedder.id:
            raise Misconfigured(f"the heads were fitted to the embedder {heads.embedder!r} and this one is {embedder.id!r}: fit them again")
        self._memo = Memo(embedder)
        self._heads = heads

    async def propose(self, brief: Brief, tools: Tools) -> Proposal:
        """Return a reply that quotes, a question back when the words say nothing, or neither and why."""
        question = _question(brief)
        if not question:
            return _abstained("empty", brief)
        if not topical(question):
            return _asking(brief)
        passages = [passage for passage in await tools.search(question, k=SEARCHED) if _may_use(passage.audience, brief)]
        vectors = await self._memo.vectors([question_of(brief.text), question, *ranking.gists(passages)])
        reads = ranking.rank(question, vectors[1], vectors[2:], passages=passages)
        sure = confidence(cues(reads, out_of_scope=brief.classification.out_of_scope_score), embedder=self._memo.id) if reads else 0.0
        told = await self._told(brief, vectors[:1], tools)
        return _proposal(brief, Found(reads, sure, told))

    async def _told(self, brief: Brief, vector: Matrix, tools: Tools) -> Told:
        """Return what the record says, if the question is about it."""
        head = self._heads["intent"]
        row = head.probabilities(vector)[0]
        intent, sure = head.classes[int(np.argmax(row))], float(row.max())
        if intent == NONE or sure < INTENT:
            return NOTHING
        facts = [fact for fact in await tools.record() if _may_use(fact.audience, brief)]
        told = record.tell(intent, Case(question_of(brief.text), brief.author, facts, brief.phrases))
        return replace(told, lacks="") if sure < INTENT_TO_REFUSE else told


def _proposal(brief: Brief, found: Found) -> Proposal:
    told, quoted = found.told, _quotable(found)
    if not (quoted or told.said or told.lacks):
        return _abstained(_why_not(brief, found), brief, found.reads)
    assembly = Assembly(brief)
    for said in told.said:
        assembly.say(said)
    if quoted:
        assembly.quote(quoted, quoting.chosen(quoted))
    if told.lacks:
        assembly.add(brief.phrases[told.lacks])
    _admit_unread(assembly, brief)
    proposal = Proposal(
        parts=assembly.parts(),
        evidence=tuple(assembly.evidence),
        confidence=round(_sure(found, quoted), 4),
        language=_language(quoted, brief),
        doubts=_doubts(quoted, brief),
        related=_related(found.reads, brief, quoted=quoted),
        fixed=not assembly.evidence,
        model=MODEL,
    )
    return claims.check(proposal, hosts=brief.hosts, fixed=assembly.fixed)


def _quotable(found: Found) -> Read | None:
    """Return the passage to quote, if it is sure enough for what stands beside it."""
    told = found.told
    needed = BESIDE_RECORD if told.said else BESIDE_PHRASE if told.lacks else WEAK
    wanted = told.quotes or not told.said
    return found.reads[0] if found.reads and wanted and found.confidence >= needed else None


def _sure(found: Found, quoted: Read | None) -> float:
    if found.told.said:
        return max(RECORD, found.confidence if quoted else 0.0)
    return found.confidence if quoted else 1.0


def _admit_unread(assembly: Assembly, brief: Brief) -> None:
    for name in brief.files:
        assembly.add(brief.phrases["unread_file"].format(file=name))


def _question(brief: Brief) -> str:
    """Return what to look for: the author's words, with what they said before when these alone say nothing, and a teammate's hint."""
    asked = question_of(brief.text)
    if not asked.strip() or not any(sign.isalnum() for sign in asked):
        return brief.hint.strip()
    return " ".join(filter(None, ("" if topical(asked) else _said_before(brief), asked, brief.hint)))


def _said_before(brief: Brief) -> str:
    """Return what the author last said before these words."""
    own = [message.text for message in brief.history if message.is_customers and message.author == brief.author.user]
    return next((question_of(text) for text in reversed(own) if text.strip() and text not in brief.text), "")


def _asking(brief: Brief) -> Proposal:
    assembly = Assembly(brief)
    assembly.add(brief.phrases["clarify"])
    _admit_unread(assembly, brief)
    return Proposal(
        parts=assembly.parts(), confidence=1.0, question=True, language=brief.language, fixed=True, doubts=_doubts(None, brief), model=MODEL
    )


def _abstained(why: str, brief: Brief, reads: Sequence[Read] = ()) -> Proposal:
    return Proposal(abstained=why, language=brief.language, doubts=_doubts(None, brief), related=_related(reads, brief, quoted=None), model=MODEL)


def _why_not(brief: Brief, found: Found) -> str:
    if brief.classification.out_of_scope:
        return "out_of_scope"
    return "weak_evidence" if found.reads else "no_evidence"


def _may_use(item: Audience, brief: Brief) -> bool:
    """Tell whether something may enter this answer. The tools look nothing else up; this is the second lock on the door."""
    return item != INTERNAL and may_show(brief.place | (brief.private or frozenset()), item)


def _language(quoted: Read | None, brief: Brief) -> str:
    return (quoted.passage.language or "en") if quoted else brief.language


def _doubts(quoted: Read | None, brief: Brief) -> tuple[str, ...]:
    foreign = ("language_mismatch",) if quoted and _language(quoted, brief) != brief.language else ()
    return (*foreign, *(("unread_file",) if brief.files else ()))


def _related(reads: Sequence[Read], brief: Brief, *, quoted: Read | None) -> tuple[Evidence, ...]:
    """Return passages of other articles that are worth reading while waiting, visible in the thread."""
    seen = {quoted.passage.document} if quoted else set()
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
