"""Stakes: the case of a turn, with what only store and record know: how often they came before, what was promised, how much it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from desk.draft import Proposal
from desk.errors import Unavailable
from desk.meaning import Meaning, Meant
from desk.ticket import Containment, Status, Ticket
from desk.timeline import SPOKEN, Purpose, in_a_row
from desk.triage import Classification
from escalation.case import Case
from escalation.clock import owed
from escalation.money import largest
from escalation.repeats import contacts
from handlers import drafting
from handlers.services import Services
from handlers.situation import Situation

MOST = 30
"""Earlier tickets that are compared: the latest ones."""
NUMBERED = re.compile(r"\b[A-Za-z]{1,6}-?\d{2,}\b")
"""What may be an invoice's number."""


async def case_of(
    s: Situation, c: Classification, services: Services, *, proposal: Proposal, said: Sequence[Meant] = (), repeats: bool = False
) -> Case:
    """Return what the rules and the priority look at; `said` is what the messages that wait for an answer mean."""
    since = s.ticket.topic_since
    sound = drafting.sound(proposal, s) and not proposal.question
    return Case(
        c,
        s.account,
        s.ticket.not_solved,
        in_a_row(s.timeline, purposes=SPOKEN - {Purpose.QUESTION, Purpose.PART}, since=since),
        in_a_row(s.timeline, purposes=frozenset({Purpose.QUESTION}), since=since),
        repeats,
        mood=s.ticket.mood,
        owed=owed(s.ticket, s.account, s.policy, s.now, kind=s.channel.kind),
        contacts=await _contacts(s, said, services),
        confidence=round(proposal.confidence, 4) if sound else None,
        threshold=s.policy.answers.threshold_of(c.category, calibrated=proposal.threshold),
        money=await _money(s, services),
        since_answer=since_answer(s),
        person=s.customer.person,
    )


def since_answer(s: Situation) -> timedelta | None:
    """Return how long ago a ticket's customer last heard an answer, None when they never did."""
    return s.now - s.ticket.answered_at if s.ticket.answered_at else None


async def _contacts(s: Situation, said: Sequence[Meant], services: Services) -> int:
    """Return how many earlier tickets of theirs, none of them solved, were about this one's problem."""
    if not said:
        return 0
    before = await _before(s, services)
    embedder = said[0].meaning.embedder
    meant = [item for ticket in before for item in await services.store.meanings(ticket.id, embedder=embedder)]
    return contacts(await _own(s, said, services), meant, alike=s.policy.escalation.repeat.alike) if meant else 0


async def _own(s: Situation, said: Sequence[Meant], services: Services) -> list[Meaning]:
    """Return what this ticket's customers said since its topic is what it is."""
    kept = await services.store.meanings(s.ticket.id, embedder=said[0].meaning.embedder, since=s.ticket.topic_since)
    return [item.meaning for item in {**{item.message: item for item in kept}, **{item.message: item for item in said}}.values()]


async def _before(s: Situation, services: Services) -> Sequence[Ticket]:
    since = s.now - s.policy.escalation.repeat.within
    person = s.customer.person.id if s.customer.person else None
    known = await services.store.tickets_of_account(s.account.id if s.account else None, person, since=since)
    here = await services.store.tickets_of_group(s.channel.ref, s.ticket.group, since=since)
    found = {ticket.id: ticket for ticket in (*known, *here) if ticket.opened < s.ticket.opened and _is_unsolved(ticket)}
    return sorted(found.values(), key=lambda ticket: ticket.opened)[-MOST:]


def _is_unsolved(ticket: Ticket) -> bool:
    return ticket.merged_into is None and ticket.status is not Status.SOLVED and ticket.containment is not Containment.CONFIRMED


async def _money(s: Situation, services: Services) -> Decimal | None:
    """Return the largest amount that they write of, in EUR: as they name it, or as the record has it of an invoice they name."""
    text, rates = drafting.words_of(s.said), s.policy.escalation.money.rates
    found = [largest(text, rates), *([largest(amount, rates) for amount in await _invoiced(s, text, services)] if NUMBERED.search(text) else [])]
    return max((amount for amount in found if amount is not None), default=None)


async def _invoiced(s: Situation, text: str, services: Services) -> list[str]:
    """Return the amounts of the invoices that a text names, as far as their author may see them."""
    try:
        record = await services.crm.record(s.authors[0])
    except Unavailable:
        return []
    known = [dict(fact.attributes) for fact in record if fact.kind == "invoice"]
    named = [each for each in known if each.get("number") and each["number"].casefold() in text.casefold()]
    return [f"{each.get('amount', '')} {each.get('currency', '')}" for each in named]
