"""Resolved tickets: what teammates answered in their own words, offered for review and read as articles once it was approved."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence

from desk.audience import PUBLIC
from desk.candidate import Candidate, CandidateStatus
from desk.customer import TEAM
from desk.draft import Draft, DraftStatus, Verdict
from desk.library import CandidateRows
from desk.ports import CustomerRows
from desk.store import Store
from desk.ticket import Status, Ticket
from desk.timeline import Purpose, Timeline
from knowledge.article import Article
from knowledge.connector import Batch

Redact = Callable[[str, Iterable[str], Iterable[str]], str]
"""Takes names, of companies for one, and those of people out of a text."""
CITED = re.compile(r" ?\[\d{1,2}\]")
ASKED = 3
"""A customer's messages that are kept of the question: later ones are mostly thanks."""
SHORTEST = 5
"""Words an answer needs: "done, please try again" teaches nobody anything."""
AT_ONCE = 50


class ResolvedTickets:
    """A connector that offers and then reads. A ticket becomes a candidate when its customer called it solved and a person worded the answer."""

    def __init__(self, store: Store, rows: CandidateRows, customers: CustomerRows, redact: Redact) -> None:
        self._store = store
        self._rows = rows
        self._customers = customers
        self._redact = redact

    async def batches(self, cursor: str) -> AsyncIterator[Batch]:
        """Offer what was resolved since the last time, then yield the approved ones behind the cursor, a ticket's id."""
        await self.offer()
        approved = sorted((c for c in await self._rows.candidates(CandidateStatus.APPROVED) if c.ticket > cursor), key=lambda c: c.ticket)
        for start in range(0, len(approved), AT_ONCE):
            some = approved[start : start + AT_ONCE]
            yield Batch(tuple(map(article, some)), some[-1].ticket)

    async def offer(self) -> int:
        """Keep a candidate of every resolved ticket that has none yet; return how many are new."""
        known = {candidate.ticket for candidate in await self._rows.candidates()}
        solved = [ticket for ticket in await self._store.tickets() if ticket.status is Status.SOLVED and ticket.id not in known]
        if not solved:
            return 0
        people = {person.name for person in await self._customers.people()}
        accounts = {account.name for account in await self._customers.accounts()}
        found = [candidate for ticket in solved if (candidate := await self._candidate(ticket, people, accounts=accounts))]
        for candidate in found:
            await self._rows.offer(candidate)
        return len(found)

    async def _candidate(self, ticket: Ticket, people: Collection[str], *, accounts: Collection[str]) -> Candidate | None:
        timeline, drafts = await self._store.timeline(ticket.id), await self._store.drafts(ticket.id)
        question, answer = asked(timeline), answered(timeline, drafts)
        if not question or len(answer.split()) < SHORTEST or ticket.closed is None:
            return None
        known = {*people, ticket.customer_name, *(message.author_name for message in timeline if message.author)}
        question, answer = (self._redact(text, accounts, known) for text in (question, answer))
        return Candidate(ticket.id, question, answer, ticket.closed, ticket.category, ticket.language)


def asked(timeline: Timeline) -> str:
    """Return what the customer asked, without what came after somebody answered."""
    said = [message.text for message in timeline if message.is_customers and message.text.strip()]
    return "\n\n".join(said[:ASKED])


def answered(timeline: Timeline, drafts: Sequence[Draft]) -> str:
    """Return the last answer that a person worded, "" when there is none or it rests on what only some may see.

    An answer that was approved as it stood says what an article says already.
    """
    edited = [draft for draft in drafts if draft.status is DraftStatus.SENT and draft.verdict is Verdict.EDIT]
    if edited:
        proposal = edited[-1].proposal
        private = any(item.audience != PUBLIC for item in proposal.evidence)
        return "" if private else "\n\n".join(CITED.sub("", part.text) for part in proposal.parts if part.to is None and part.audience == PUBLIC)
    written = [m for m in timeline if m.role in TEAM and m.purpose is Purpose.TEAMMATE and m.audience == PUBLIC and not m.deleted]
    return written[-1].text if written else ""


def article(candidate: Candidate) -> Article:
    """Return an approved candidate as an article; it is as old as the answer, and reviewed when it was approved."""
    title = candidate.title or _first_line(candidate.question)
    reviewed = candidate.decided_at.date().isoformat() if candidate.decided_at else ""
    return Article(
        str(candidate.ticket),
        title,
        candidate.answer,
        f"ticket {candidate.ticket}",
        updated=candidate.solved.date().isoformat(),
        language=candidate.language,
        reviewed=reviewed,
    )


def _first_line(text: str, most: int = 120) -> str:
    line = " ".join(text.split("\n", 1)[0].split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
