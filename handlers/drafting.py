"""Drafting: one brief for each author, bound to them, and the proposals put together to one draft."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from desk.article import is_expired
from desk.audience import INTERNAL, PUBLIC, Audiences, may_show
from desk.customer import Author, Fact
from desk.draft import Basis, Draft, Passage, Proposal, fits, leaks
from desk.ids import DraftId, derived
from desk.policy import Policy
from desk.ports import Brief
from desk.space import ChannelKind
from desk.timeline import Message
from desk.triage import Classification
from handlers.services import Services
from handlers.situation import Situation, private_of

CITATION = re.compile(r"\[(\d{1,2})\]")
POLICY_SECTIONS = ("answers", "audience", "phrases")
"""The sections of policy that a draft rests on: changing one of them makes it stale."""


@dataclass(frozen=True, slots=True)
class BoundTools:
    """Look-ups for one author: what they may see is fixed here, and no call can name anybody else."""

    author: Author
    audiences: Audiences
    services: Services

    async def search(self, query: str, *, k: int = 10, also: Sequence[str] = ()) -> Sequence[Passage]:
        """Return passages that some part of this answer may show, none of them past its day."""
        found = (await self.services.knowledge.search(query, self.audiences, k=k, also=also)).passages
        now = self.services.clock.now()
        return [passage for passage in found if not is_expired(passage.expires, now)]

    async def outranked(self, query: str) -> float:
        """Return by how much internal knowledge is nearer to a query than what may be shown; its text goes no further than this function."""
        found = (await self.services.knowledge.search(query, frozenset({INTERNAL}))).passages
        # What is agreed with another account is hidden too, but says nothing about this author: the public answer is theirs.
        hidden = [passage.dense for passage in found if passage.audience == INTERNAL and not may_show(self.audiences, INTERNAL)]
        shown = [passage.dense for passage in found if may_show(self.audiences, passage.audience)]
        return max(hidden) - max(shown, default=0.0) if hidden else -1.0

    async def record(self) -> Sequence[Fact]:
        """Return the author's own record, without what is internal."""
        return [fact for fact in await self.services.crm.record(self.author) if fact.audience != INTERNAL]


async def propose(s: Situation, classification: Classification, services: Services, *, hint: str = "") -> Proposal:
    """Return one proposal for everything unanswered, author by author, each at their own trust."""
    proposals = [await _for_author(author, s, classification, services=services, hint=hint) for author in s.authors]
    names = [author.name for author in s.authors]
    return proposals[0] if len(proposals) == 1 else _together(proposals, names)


async def propose_one(
    author: Author, text: str, *, place: Audiences, classification: Classification, policy: Policy, services: Services, language: str = "en"
) -> Proposal:
    """Return the proposal for a question asked outside any ticket."""
    hosts, wrong_rate = policy.answers.hosts, policy.answers.wrong_rate
    phrases = policy.phrases_in(language)
    brief = Brief(text, author, place, private_of(author), classification, language, phrases, hosts=hosts, wrong_rate=wrong_rate)
    return await services.answerer.propose(brief, BoundTools(author, place | (brief.private or frozenset({PUBLIC})), services))


def stored(proposal: Proposal, s: Situation, *, label: str = "draft") -> Draft:
    """Return a proposal as a draft of this turn, with everything it rests on."""
    passages = {item.id: item.hash for item in proposal.evidence if item.source == "passage"}
    fields = {item.id: item.hash for item in proposal.evidence if item.source == "record"}
    sections = {name: s.policy.hashes.get(name, "") for name in POLICY_SECTIONS}
    basis = Basis(s.ticket.turn, passages, fields, sections)
    return Draft(DraftId(derived("r", s.cause, label)), s.ticket.id, proposal, basis, s.now, asked_by=s.authors[0].user)


def usable(proposal: Proposal) -> bool:
    """Tell whether there is anything to send: parts, and none that rests on what its audience may not see."""
    return bool(proposal.parts) and not leaks(proposal)


def sound(proposal: Proposal, s: Situation) -> bool:
    """Tell whether a proposal is usable here: every part fits where it would go, so that nothing has to be refused at the door."""
    return usable(proposal) and all(fits(part, (s.private(part.to) or frozenset()) if part.to else s.place) for part in proposal.parts)


def words_of(messages: Sequence[Message]) -> str:
    """Return what was said, with what could be read of its files."""
    return "\n".join("\n".join(filter(None, (m.text, *(f"[{f.name}]\n{f.text}" for f in m.files if f.text)))) for m in messages)


async def _for_author(author: Author, s: Situation, classification: Classification, *, services: Services, hint: str) -> Proposal:
    said = [message for message in s.said if message.author == author.user] or list(s.said)
    private = s.place if s.channel.kind is ChannelKind.DIRECT else private_of(author)
    language = s.ticket.language or s.language
    unread = tuple(file.name for message in said for file in message.files if file.text is None)
    phrases, hosts = s.policy.phrases_in(language), s.policy.answers.hosts
    brief = Brief(
        words_of(said),
        author,
        s.place,
        private,
        classification,
        language,
        phrases,
        unread,
        hosts,
        s.timeline,
        hint,
        s.now,
        s.policy.answers.wrong_rate,
    )
    proposal = await services.answerer.propose(brief, BoundTools(author, s.place | (private or frozenset({PUBLIC})), services))
    return _settled(proposal) if s.channel.kind is ChannelKind.DIRECT else proposal


def _settled(proposal: Proposal) -> Proposal:
    """In a direct message every part stays where it is."""
    return replace(proposal, parts=tuple(replace(part, to=None) for part in proposal.parts))


def _together(proposals: Sequence[Proposal], names: Sequence[str]) -> Proposal:
    """Join the authors' proposals: parts one after another under each name, evidence numbered through, as sure as the least sure."""
    answered = [(p, name) for p, name in zip(proposals, names, strict=True) if p.parts]
    if not answered:
        return proposals[0]
    named = [
        replace(p, parts=tuple(replace(part, text=f"{name}: {part.text}") if part.to is None else part for part in p.parts)) for p, name in answered
    ]
    joined = reduce(_joined, named)
    missing = ("someone_unanswered",) if len(answered) < len(proposals) else ()
    return replace(joined, confidence=min(p.confidence for p, _ in answered), doubts=(*joined.doubts, *missing))


def _joined(first: Proposal, second: Proposal) -> Proposal:
    shift, offset = max((item.n for item in first.evidence), default=0), len(first.parts)
    evidence = tuple(replace(item, n=item.n + shift) for item in second.evidence)
    claims = tuple(replace(c, evidence=tuple(n + shift for n in c.evidence), part=c.part + offset) for c in second.claims)
    parts = tuple(replace(part, text=renumbered(part.text, {item.n: item.n + shift for item in second.evidence})) for part in second.parts)
    return replace(
        first,
        parts=first.parts + parts,
        claims=first.claims + claims,
        evidence=first.evidence + evidence,
        question=first.question and second.question,
        fixed=first.fixed and second.fixed,
        doubts=tuple(dict.fromkeys((*first.doubts, *second.doubts))),
        related=first.related + second.related,
    )


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """Return a text with its citations `[n]` renumbered; numbers that are not named stay."""
    return CITATION.sub(lambda found: f"[{numbers.get(int(found[1]), int(found[1]))}]", text)
