"""Joining: two tickets about one thing become one, and a ticket about two things becomes two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from desk.cards import CardRecord, Field, Form, Option
from desk.changes import (
    NOTHING,
    Changes,
    ClearDeadlines,
    Refresh,
    SaveCard,
    SaveDraft,
    SaveEscalation,
    SaveMessage,
    SavePage,
    SaveTicket,
    SetDeadline,
    follow,
    write,
)
from desk.deadlines import Deadline, DeadlineKind
from desk.draft import DraftStatus
from desk.errors import NotAllowed
from desk.escalation import Escalation, EscalationStatus
from desk.events import ButtonClicked, TurnStarted
from desk.ids import EventId, OutboxId, TicketId, derived
from desk.space import ChannelKind, Place
from desk.ticket import Reason, Status, Ticket, awake
from desk.timeline import Message, Timeline
from escalation.chain import wait_before
from handlers import climbing, internal
from handlers.dossier import Dossier
from handlers.services import Services
from handlers.situation import load_anyway
from handlers.times import brief

QUOTED = 60
"""Characters of a message in a list of them: a phone shows one line."""
SHORTLY = timedelta(seconds=1)
OFFERED = 25
"""Messages at which a ticket may be split: the latest ones."""
APART = "Only two tickets of the same customer, or of the same account in a shared channel, can be merged."
KEPT = "What was said in private, or in a customer's own channel, stays there: merge the other one into this ticket instead."


def merge_form(d: Dossier) -> Form:
    """Return the form that asks which ticket this one is about."""
    options = tuple(Option(str(ticket.id), _called(ticket, words, d)) for ticket, words in d.others)
    return Form("Merge", (Field("into", "This ticket becomes part of", options[0].value, options=options),), "Merge")


def split_form(d: Dossier) -> Form:
    """Return the form that asks where the other matter begins."""
    said = _may_begin(d.timeline)[-OFFERED:]
    options = tuple(Option(m.id, f"{brief(m.at, now=d.timeline[-1].at, zone=d.zone)}  {m.author_name}: {_cut(m.text)}") for m in reversed(said))
    note = "What customers wrote from there on becomes a ticket of its own."
    return Form("Split", (Field("message", "The new ticket begins with", options[0].value, options=options, note=note),), "Split")


def may_split(timeline: Timeline) -> bool:
    """Tell whether a ticket holds more than one message that could begin another."""
    return bool(_may_begin(timeline))


async def merge(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Make this ticket part of another, and say so to who pressed."""
    target = await services.store.ticket(TicketId(event.form.get("into", "")))
    if target is None:
        raise NotAllowed("Say which ticket this one is part of.")
    s = await load_anyway(ticket, services, cause=event.id)
    return await merged(ticket, target, services, cause=event.id, at=event.at) + internal.told(s, event, f"It is part of {target.id} now.")


async def split(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Make what was said from a message on a ticket of its own, and say so to who pressed."""
    fresh, changes = await separated(ticket, services, cause=event.id, at=event.at, first=event.form.get("message", ""))
    s = await load_anyway(ticket, services, cause=event.id)
    return changes + internal.told(s, event, f"Split off as {fresh.id}.")


async def heir(id: TicketId | None, services: Services) -> Ticket | None:
    """Return the ticket of this id, or the one that it became part of."""
    ticket = await services.store.ticket(id) if id else None
    while ticket and ticket.merged_into:
        ticket = await services.store.ticket(ticket.merged_into)
    return ticket


async def offered(ticket: Ticket, services: Services, *, cause: EventId, at: datetime) -> Changes:
    """Draw the open cards of the customer's other tickets again, once there is one more that they could be merged with."""
    if await services.store.decisions(ticket.id):
        return NOTHING
    since = at - (await services.policy.current()).tickets.reopen
    beside = await services.store.tickets_of_group(ticket.place.channel, ticket.group, since=since)
    changes = NOTHING
    for other in beside:
        if other.id != ticket.id and not other.status.is_over:
            open_ones = {d.id for d in await services.store.drafts(other.id) if d.is_open} | await _raised(other, services)
            cards = [card for card in await services.store.cards(other.id) if card.subject in open_ones]
            changes += write(*(Refresh(card.id, OutboxId(derived("o", cause, card.id)), at) for card in cards))
    return changes


async def merged(source: Ticket, target: Ticket, services: Services, *, cause: EventId, at: datetime) -> Changes:
    """Return what makes `source` part of `target`, which is then answered anew. Who holds either, or waits for either, is not lost."""
    await _joinable(source, target, services)
    moved = [SaveMessage(replace(message, ticket=target.id)) for message in await services.store.timeline(source.id)]
    stale = [*await _stale(source, services), *await _stale(target, services)]
    gone = replace(awake(source), merged_into=target.id, status=Status.CLOSED, closed=at, owner=None, owner_name="", escalated=False, holding=None)
    joined = _joined(source, target)
    cards = [*await services.store.cards(source.id), *await services.store.cards(target.id)]
    changes = write(*moved, *stale, ClearDeadlines(str(source.id)), SaveTicket(gone), SaveTicket(joined))
    changes += await _handed_on(source, target, cards, services)
    drawn = write(*(Refresh(card.id, OutboxId(derived("o", cause, card.id)), at) for card in cards))
    return changes + drawn + _turn(joined, cause=cause, at=at)


async def separated(ticket: Ticket, services: Services, *, cause: EventId, at: datetime, first: str = "") -> tuple[Ticket, Changes]:
    """Return the ticket that begins with a message (the customers' last one where none is named), and what makes it and answers both."""
    timeline = await services.store.timeline(ticket.id)
    said = _may_begin(timeline)
    if not said:
        raise NotAllowed(f"{ticket.id} has only one message, so there is nothing to split off.")
    begins = next((message for message in said if message.id == first), None) if first else said[-1]
    if begins is None:
        raise NotAllowed("That message is not in this ticket any more, or it is the one the ticket began with.")
    fresh = _begun(ticket, begins)
    moved = [SaveMessage(replace(m, ticket=fresh.id)) for m in timeline if m.is_customers and m.at >= begins.at and m.ref]
    left = replace(ticket, turn=ticket.turn + 1)
    changes = write(*moved, *await _stale(ticket, services), SaveTicket(fresh), SaveTicket(left))
    drawn = write(*(Refresh(card.id, OutboxId(derived("o", cause, card.id)), at) for card in await services.store.cards(ticket.id)))
    # One after the other, so that which is told first is no matter of luck.
    later = write(SetDeadline(Deadline(derived("again", left.id), DeadlineKind.RETRY, str(left.id), services.clock.now() + SHORTLY)))
    return fresh, changes + drawn + _turn(fresh, cause=cause, at=at) + later


async def _joinable(source: Ticket, target: Ticket, services: Services) -> None:
    """Raise NotAllowed for tickets that are not one matter, or whose words may not be put together."""
    if source.merged_into or target.merged_into:
        raise NotAllowed(f"{(source if source.merged_into else target).id} was merged into another ticket already.")
    if source.id == target.id or source.group != target.group:
        raise NotAllowed(APART)
    here = await services.store.channel(source.place.channel)
    if source.place.channel != target.place.channel and (here is None or here.kind is not ChannelKind.COMMUNITY):
        raise NotAllowed(KEPT)


def _joined(source: Ticket, target: Ticket) -> Ticket:
    held = (target.owner, target.owner_name) if target.owner else (source.owner, source.owner_name)
    ticket = replace(
        awake(target), turn=target.turn + 1, closed=None, owner=held[0], owner_name=held[1], escalated=target.escalated or source.escalated
    )
    people = (*target.participants, *(user for user in source.participants if user not in target.participants))
    return replace(ticket, participants=people, status=Status.WAITING_TEAM if ticket.held else Status.OPEN)


async def _handed_on(source: Ticket, target: Ticket, cards: Sequence[CardRecord], services: Services) -> Changes:
    """Give the target what a person still has to see to, with the cards that show it."""
    changes = NOTHING
    for escalation in await services.store.escalations(source.id):
        if escalation.status is EscalationStatus.CLOSED:
            continue
        step = Reason("merged", (("into", str(target.id)),))
        changes += write(SaveEscalation(replace(escalation, ticket=target.id, steps=(*escalation.steps, step))))
        changes += write(*(SaveCard(replace(c, ticket=target.id, under=internal.root_of(c))) for c in cards if c.subject == escalation.id))
        changes += await _armed(escalation, target, services)
    return changes


async def _armed(escalation: Escalation, target: Ticket, services: Services) -> Changes:
    """Let an escalation climb on, or come back at the instant it would have, now about the other ticket."""
    theirs = [page for page in await services.store.pages_of(escalation.ticket) if page.escalation == escalation.id]
    pages = write(*(SavePage(replace(page, ticket=target.id)) for page in theirs))
    if escalation.status is EscalationStatus.OPEN and escalation.chain:
        due = services.clock.now() + wait_before(escalation.chain, escalation.next)
        return pages + write(climbing.climbs(replace(escalation, ticket=target.id), due))
    if escalation.acknowledged_at is None:
        return pages
    due = escalation.held_until or escalation.acknowledged_at + (await services.policy.current()).escalation.hold
    values = {"escalation": escalation.id}
    return pages + write(SetDeadline(Deadline(derived("ack", escalation.id), DeadlineKind.ACKNOWLEDGED, str(target.id), due, values)))


async def _raised(ticket: Ticket, services: Services) -> set[str]:
    return {escalation.id for escalation in await services.store.escalations(ticket.id) if escalation.status is not EscalationStatus.CLOSED}


async def _stale(ticket: Ticket, services: Services) -> list[SaveDraft]:
    return [SaveDraft(replace(draft, status=DraftStatus.STALE)) for draft in await services.store.drafts(ticket.id) if draft.is_open]


def _may_begin(timeline: Timeline) -> Timeline:
    """Return what customers said after their first message: each may begin a ticket of its own."""
    said = [message for message in timeline if message.is_customers]
    return tuple(message for message in said[1:] if message.ref is not None and message.author is not None)


def _begun(ticket: Ticket, begins: Message) -> Ticket:
    assert begins.ref is not None, "only what stands on a platform begins a ticket"
    assert begins.author is not None, "only what somebody said begins a ticket"
    return Ticket(
        id=TicketId(derived("t", "split", begins.ref)),
        place=Place(ticket.place.channel, begins.place.thread or begins.ref.id),
        anchor=begins.ref,
        group=ticket.group,
        customer=begins.author,
        customer_name=begins.author_name,
        opened=begins.at,
        turn=1,
        account=ticket.account,
        participants=(begins.author,),
        previous=ticket.id,
    )


def _turn(ticket: Ticket, *, cause: EventId, at: datetime) -> Changes:
    return follow(TurnStarted(id=EventId(derived("ev", cause, ticket.id)), ticket=ticket.id, turn=ticket.turn, at=at))


def _called(ticket: Ticket, words: str, d: Dossier) -> str:
    return f"{brief(ticket.opened, now=d.timeline[-1].at if d.timeline else ticket.opened, zone=d.zone)}  {_cut(words) or ticket.id}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1].rstrip() + "…"
