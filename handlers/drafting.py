"""Drafting: one brief for each author, bound to them, and the proposals put together to one draft."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from desk import attached
from desk.answering import Brief, PastTicket
from desk.article import is_expired
from desk.audience import INTERNAL, PUBLIC, Audiences, may_show
from desk.customer import Author, Fact
from desk.draft import Basis, Draft, Evidence, Passage, Proposal, fits, leaks
from desk.ids import DraftId, TicketId, derived
from desk.policy import Policy
from desk.ports import Asker
from desk.selfservice import ActionRequest
from desk.space import ChannelKind
from desk.timeline import Message
from desk.triage import Classification
from desk.usage import Payer
from handlers import files, history, requests, wishes
from handlers.requests import Asking, permitted
from handlers.services import Services
from handlers.situation import Situation, private_of
from handlers.wishes import Wishes

CITATION = re.compile(r"\[(\d{1,2})\]")
POLICY_SECTIONS = ("answers", "audience", "phrases")
"""The sections of policy that a draft rests on: changing one of them makes it stale."""


@dataclass(frozen=True, slots=True)
class BoundTools:
    """Look-ups for one author: what they may see is fixed here, and no call can name anybody else."""

    author: Author
    audiences: Audiences
    services: Services
    ticket: TicketId | None = None

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

    async def article(self, document: str) -> Sequence[Passage]:
        """Return the passages of one article in order, those that some part of this answer may show and that are not past their day."""
        now = self.services.clock.now()
        return [p for p in await self.services.knowledge.article(document, self.audiences) if not is_expired(p.expires, now)]

    async def look_up(self, request: ActionRequest) -> Sequence[Passage | Evidence]:
        """Return what an action that only looks something up finds, nothing that no part of this answer may show."""
        spec = next((a for a in permitted(await self.services.policy.current(), self.author) if a.name == request.action), None)
        if spec is None or self.services.actions is None:
            return ()
        return await self.services.actions.lookup(spec, request, Asker(self.author, await self.record(), self.audiences))

    async def past_tickets(self) -> Sequence[PastTicket]:
        """Return the author's own earlier tickets; none unless we know the person, since nobody else's may be told."""
        return await history.past_tickets(self.author, self.services, but=self.ticket)

    async def record(self) -> Sequence[Fact]:
        """Return the author's own record, without what is internal."""
        return [fact for fact in await self.services.crm.record(self.author) if fact.audience != INTERNAL]


async def propose(s: Situation, classification: Classification, services: Services, *, wanted: Wishes = wishes.NONE) -> Proposal:
    """Return one proposal for everything unanswered, author by author, each at their own trust."""
    proposals = [await _for_author(author, s, classification, services=services, wanted=wanted) for author in s.authors]
    names = [author.name for author in s.authors]
    return proposals[0] if len(proposals) == 1 else _together(proposals, names)


async def propose_one(
    author: Author,
    text: str,
    *,
    place: Audiences,
    classification: Classification,
    policy: Policy,
    services: Services,
    language: str = "en",
    kind: ChannelKind = ChannelKind.COMMUNITY,
) -> Proposal:
    """Return the proposal for a question asked outside any ticket."""
    brief = Brief(
        text,
        author,
        place,
        private_of(author),
        classification,
        language,
        policy.phrases_in(language),
        hosts=policy.answers.hosts,
        now=services.clock.now(),
        wrong_rate=policy.answers.wrong_rate,
        policy=policy,
        kind=kind,
        payer=Payer(person=str(author.user)),
        actions=permitted(policy, author),
        style=await services.styles.text(policy),
    )
    tools = BoundTools(author, place | (brief.private or frozenset({PUBLIC})), services)
    return await _sealed(await services.answerer.propose(brief, tools), brief, tools)


def stored(proposal: Proposal, s: Situation, *, label: str = "draft") -> Draft:
    """Return a proposal as a draft of this turn, with everything it rests on."""
    passages = {item.id: item.hash for item in proposal.evidence if item.source == "passage"}
    fields = {item.id: item.hash for item in proposal.evidence if item.source == "record"}
    named = {"actions": bool(proposal.requests), "macros": any(item.source == "macro" for item in proposal.evidence)}
    sections = {name: s.policy.hashes.get(name, "") for name in (*POLICY_SECTIONS, *(name for name, used in named.items() if used))}
    basis = Basis(s.ticket.turn, passages, fields, sections)
    return Draft(DraftId(derived("r", s.cause, label)), s.ticket.id, proposal, basis, s.now, asked_by=s.authors[0].user)


def usable(proposal: Proposal) -> bool:
    """Tell whether there is anything to send: parts, and none that rests on what its audience may not see."""
    return bool(proposal.parts) and not leaks(proposal)


def sound(proposal: Proposal, s: Situation) -> bool:
    """Tell whether a proposal is usable here: every part fits where it would go, so that nothing has to be refused at the door."""
    return usable(proposal) and all(fits(part, s.alone(part.to) if part.to else s.place) for part in proposal.parts)


def words_of(messages: Sequence[Message]) -> str:
    """Return what was said, with the telling lines of what could be read of its files: a long log must not drown a question."""
    read = [f"[{f.name}]\n{attached.telling(f.text)}" for m in messages for f in m.files if f.text]
    return "\n".join(filter(None, (asked_in(messages), *read)))


def asked_in(messages: Sequence[Message]) -> str:
    """Return what was said, without what was attached."""
    return "\n".join(m.text for m in messages if m.text)


async def _for_author(author: Author, s: Situation, classification: Classification, *, services: Services, wanted: Wishes) -> Proposal:
    said = [message for message in s.said if message.author == author.user] or list(s.said)
    # A direct message is as private as it gets: a part of its own would go to the same place.
    private = s.place if s.channel.kind is ChannelKind.DIRECT else private_of(author)
    language = wanted.language or s.ticket.language or s.language
    found = await files.attached(said, author, s, services)
    brief = Brief(
        words_of(said),
        author,
        s.place,
        private,
        classification,
        language,
        s.policy.phrases_in(language),
        found.unread,
        s.policy.answers.hosts,
        s.timeline,
        wanted.hint,
        s.now,
        s.policy.answers.wrong_rate,
        policy=s.policy,
        kind=s.channel.kind,
        payer=payer_of(s, author),
        attempt=len(s.drafts),
        contacts=await history.contacts(author, services, but=s.ticket.id),
        attachments=found.items,
        asked=asked_in(said),
        wishes=wanted.sentences,
        actions=permitted(s.policy, author),
        style=await services.styles.text(s.policy),
    )
    tools = BoundTools(author, s.place | (private or frozenset({PUBLIC})), services, s.ticket.id)
    proposal = files.shown(await services.answerer.propose(brief, tools), found)
    proposal = await requests.weighed(await _sealed(proposal, brief, tools), s, services)
    return _settled(proposal) if s.channel.kind is ChannelKind.DIRECT else proposal


async def _sealed(proposal: Proposal, brief: Brief, tools: BoundTools) -> Proposal:
    if not proposal.requests:
        return proposal
    return requests.sealed(proposal, Asking(brief.author, brief.actions, await tools.record(), brief.phrases, tools.ticket))


def payer_of(s: Situation, author: Author) -> Payer:
    """Return on whom calls of the model for an author's words are booked."""
    return Payer(str(s.ticket.id), str(author.user), str(s.channel.ref))


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


def following(done: Proposal, proposal: Proposal) -> Proposal:
    """Return what was done meanwhile and has to be told, followed by what answers what was said since."""
    before, done = done.requests, replace(done, requests=())
    if not proposal.parts:
        unanswered = () if proposal.abstained in ("not_needed", None) else ("part_unanswered",)
        return replace(done, doubts=(*done.doubts, *unanswered, *proposal.doubts), calls=proposal.calls)
    # Whoever writes "and please do it" while it is being done means no second time.
    asked = tuple(request for request in proposal.requests if request not in before)
    joined = _joined(done, replace(proposal, requests=asked))
    return replace(joined, confidence=min(done.confidence, proposal.confidence), threshold=proposal.threshold, calls=proposal.calls)


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
        requests=first.requests + second.requests,
        resolves=first.resolves and second.resolves,
        translation="\n\n".join(filter(None, (first.translation, second.translation))),
        summary="\n\n".join(filter(None, (first.summary, second.summary))),
        calls=first.calls + second.calls,
        degraded=tuple(dict.fromkeys((*first.degraded, *second.degraded))),
        shown=first.shown + second.shown,
    )


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """Return a text with its citations `[n]` renumbered; numbers that are not named stay."""
    return CITATION.sub(lambda found: f"[{numbers.get(int(found[1]), int(found[1]))}]", text)
