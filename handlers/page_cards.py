"""Page cards: what somebody who is called reads: why, for whom and until when in their own time, and who has it by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.cards import Block, Button, Buttons, Card, CardRecord, Header, Style, Text
from desk.customer import Person
from desk.draft import Draft, Part
from desk.escalation import Escalation, EscalationStatus
from desk.ids import TicketId
from desk.paging import Page
from desk.ticket import Reason
from handlers import page_buttons, spokesman, team_buttons
from handlers.dossier import Dossier, dossier
from handlers.reasons import render
from handlers.services import Services
from handlers.situation import team_of
from handlers.times import timed, until

GONE = Card((Header("This is not there any more"),))


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page, and when: the zone and the language are theirs."""

    zone: str
    now: datetime
    language: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason to call somebody: an escalation of a ticket, or what they were told of it.

    `stands_for` is how many tickets of an incident it speaks for.
    """

    page: Page
    d: Dossier
    escalation: Escalation | None = None
    stands_for: int = 1


async def page_card(record: CardRecord, services: Services) -> Card:
    """Draw a page as things stand now, with every ticket that it lists."""
    entries = [entry for id in record.context for entry in await _entries(TicketId(id), record, services)]
    if not entries:
        return GONE
    policy, now = await services.policy.current(), services.clock.now()
    user = entries[0].page.person
    person: Person | None = (await team_of(services)).get(user) if user else None
    reader = Reader(person.zone, now, person.language) if person else Reader(policy.hours.zone, now)
    return drawn(entries, reader)


def drawn(entries: Sequence[Entry], reader: Reader) -> Card:
    """Draw a page; several reasons to call somebody stand under a line that counts them."""
    first = (Header(f"{len(entries)} pages in one"),) if len(entries) > 1 else ()
    return Card((*first, *(block for entry in entries for block in _blocks(entry, reader))))


def state(entry: Entry) -> str:
    """Return how a page begins: that somebody is called, has it, or need not any more."""
    raised = entry.escalation
    if raised is None or raised.status is EscalationStatus.OPEN:
        return "Over" if entry.d.ticket.status.is_over else "Page"
    if raised.status is EscalationStatus.CLOSED:
        verdict = raised.verdict.value.replace("_", " ") if raised.verdict else ""
        return f"Closed, {verdict}" if verdict else "Closed"
    return f"{raised.by_name} has it"


def _blocks(entry: Entry, reader: Reader) -> tuple[Block, ...]:
    ticket, page, raised = entry.d.ticket, entry.page, entry.escalation
    rules = ", ".join(rule.replace("_", " ") for rule in page.rules)
    account = entry.d.account
    tier = f" ({account.tier})" if account and account.tier else ""
    who = f"{ticket.customer_name}, {account.name}{tier}" if account else ticket.customer_name
    head = Header(f"{state(entry)}: {rules}", who)
    if ticket.status.is_over or (raised and raised.status is EscalationStatus.CLOSED):
        return (head, Text(f"Ticket {ticket.id}. Nothing is left to do.", Style.QUIET))
    why = "; ".join(dict.fromkeys(render(Reason(trigger.rule, trigger.values)) for trigger in raised.triggers)) if raised else ""
    text = f"Ticket {ticket.id} in #{entry.d.channel}: {rules}. {_stands_for(entry)}{_due(page, reader)}{_held(raised, reader)}"
    return (head, Text(text), *((Text(f"Because {why}.", Style.QUIET),) if why else ()), *_draft(entry.d), Buttons(_row(entry)))


def _row(entry: Entry) -> tuple[Button, ...]:
    ticket, raised = entry.d.ticket, entry.escalation
    approve = tuple(button for draft in _waiting(entry.d) for button in team_buttons.review(draft, entry.d) if button.action.startswith("approve"))
    if raised is None:
        return approve
    acknowledge = Button("acknowledge", "Acknowledge", ticket.id, subject=raised.id, style=Style.PRIMARY)
    first = (acknowledge,) if raised.status is EscalationStatus.OPEN else ()
    late = team_buttons.why_late(entry.d) if "sla_breached" in raised.rules else ()
    return (*first, *approve, *page_buttons.later(raised, entry.d), *late)


def _draft(d: Dossier) -> tuple[Block, ...]:
    """Show what Approve would send: exactly that."""
    parts = [part for draft in _waiting(d) for part in draft.proposal.parts]
    return tuple(Text(f"{_where(part, d)}: {part.text}") for part in parts)


def _where(part: Part, d: Dossier) -> str:
    return f"to {d.names.get(str(part.to), d.ticket.customer_name)} alone" if part.to else "in the thread"


def _waiting(d: Dossier) -> list[Draft]:
    """Return the draft that waits, if there is one: of several the latest."""
    return [draft for draft in d.drafts if draft.is_open][-1:]


def _stands_for(entry: Entry) -> str:
    return f"It stands for {entry.stands_for} tickets of one incident. " if entry.stands_for > 1 else ""


def _due(page: Page, reader: Reader) -> str:
    """Return when an answer is due, and by the clock of whoever reads it how long that is."""
    if page.until is None:
        return ""
    at = timed(page.until, now=reader.now, zone=reader.zone, language=reader.language)
    return f"An answer is due by {at}." if page.until > reader.now else f"An answer was due by {at}, {until(page.until, reader.now)}."


def _held(raised: Escalation | None, reader: Reader) -> str:
    if raised is None or raised.status is not EscalationStatus.ACKNOWLEDGED or raised.held_until is None:
        return ""
    return f" Nobody else is called until {timed(raised.held_until, now=reader.now, zone=reader.zone, language=reader.language)}."


async def _entries(id: TicketId, record: CardRecord, services: Services) -> list[Entry]:
    while (ticket := await services.store.ticket(id)) and ticket.merged_into:
        id = ticket.merged_into
    # Each escalation has buttons of its own: one that is joined later hides none that is to be acknowledged.
    pages = {page.escalation: page for page in await services.store.pages_of(id) if page.outbox == record.outbox}
    d = await dossier(id, services) if pages else None
    if d is None:
        return []
    raised = {e.id: e for e in d.escalations}
    stands_for = await spokesman.speaks_for(d.ticket, services)
    return [Entry(page, d, raised.get(page.escalation), stands_for) for page in pages.values()]
