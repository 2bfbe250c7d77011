"""Commands about one ticket: why, take, hand back, mute, merge, split."""

from __future__ import annotations

from dataclasses import replace

from desk.cards import Card, Text
from desk.changes import NOTHING, Changes, ClearDeadlines, Refresh, SaveDraft, SaveMessage, SaveTicket, follow, write
from desk.draft import DraftStatus
from desk.errors import InvalidInput
from desk.events import ButtonClicked, CommandInvoked, TurnStarted
from desk.ids import EventId, OutboxId, TicketId, derived
from desk.space import Place
from desk.ticket import Status, Ticket
from handlers import steering
from handlers.reasons import decision_lines
from handlers.services import Services


async def why(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Show a ticket's decisions with their reasons."""
    ticket = await _ticket(event.text, 1, services)
    lines = [line for decision in await services.store.decisions(ticket.id) for line in decision_lines(decision)]
    return Card((Text("\n".join(lines) or "Nothing was decided yet."),)), NOTHING


async def take(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Hold a ticket yourself; the bot is silent there."""
    ticket = await _ticket(event.text, 1, services)
    return Card((Text(f"You hold {ticket.id} now."),)), await steering.take_over(_click(event, ticket), ticket, services)


async def hand_back(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Give a ticket back to the bot."""
    ticket = await _ticket(event.text, 1, services)
    return Card((Text(f"{ticket.id} is the bot's again."),)), await steering.hand_back(_click(event, ticket), ticket, services)


async def mute(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Silence the bot in a ticket until it is unmuted."""
    ticket = await _ticket(event.text, 1, services)
    return Card((Text(f"The bot is silent in {ticket.id}."),)), await steering.mute(_click(event, ticket), ticket, services)


async def unmute(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Let the bot speak in a ticket again."""
    ticket = await _ticket(event.text, 1, services)
    return Card((Text(f"The bot may speak in {ticket.id} again."),)), await steering.unmute(_click(event, ticket), ticket, services)


async def merge(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Make one ticket part of another of the same customer or account."""
    source, target = await _ticket(event.text, 1, services), await _ticket(event.text, -1, services)
    if source.id == target.id or source.group != target.group:
        raise InvalidInput("Only two tickets of the same customer, or of the same account in a shared channel, can be merged.")
    moved = [SaveMessage(replace(message, ticket=target.id)) for message in await services.store.timeline(source.id)]
    stale = [SaveDraft(replace(d, status=DraftStatus.STALE)) for t in (source, target) for d in await services.store.drafts(t.id) if d.is_open]
    gone = replace(source, merged_into=target.id, status=Status.CLOSED, closed=event.at)
    joined = replace(target, turn=target.turn + 1, status=Status.OPEN)
    changes = write(*moved, *stale, SaveTicket(gone), SaveTicket(joined), ClearDeadlines(str(source.id)))
    cards = [*await services.store.cards(source.id), *await services.store.cards(target.id)]
    drawn = write(*(Refresh(card.id, OutboxId(derived("o", event.id, card.id)), event.at) for card in cards))
    return Card((Text(f"{source.id} is part of {target.id} now."),)), changes + drawn + _turn(event, joined)


async def split(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Make the customer's last message a ticket of its own."""
    ticket = await _ticket(event.text, 1, services)
    said = [m for m in await services.store.timeline(ticket.id) if m.is_customers]
    if len(said) < 2 or said[-1].ref is None or said[-1].author is None:
        raise InvalidInput(f"{ticket.id} has only one message, so there is nothing to split off.")
    last = said[-1]
    place = Place(ticket.place.channel, last.place.thread or said[-1].ref.id)
    fresh = Ticket(
        id=TicketId(derived("t", "split", last.ref)),
        place=place,
        anchor=said[-1].ref,
        group=ticket.group,
        customer=said[-1].author,
        customer_name=last.author_name,
        opened=last.at,
        turn=1,
        account=ticket.account,
        participants=(said[-1].author,),
        previous=ticket.id,
    )
    changes = write(SaveMessage(replace(last, ticket=fresh.id)), SaveTicket(fresh), SaveTicket(replace(ticket, turn=ticket.turn + 1)))
    return Card((Text(f"Split off as {fresh.id}."),)), changes + _turn(event, fresh)


async def _ticket(text: str, position: int, services: Services) -> Ticket:
    """Find the ticket a word of the command names, by its id or the beginning of it."""
    words = text.split()
    if len(words) < 2:
        raise InvalidInput(f"Name the ticket: `/frontdesk {words[0]} t-...`")
    found = [t for t in await services.store.tickets() if t.id.startswith(words[position])]
    if len(found) != 1:
        raise InvalidInput(f"{'No' if not found else 'More than one'} ticket begins with {words[position]!r}.")
    return found[0]


def _click(event: CommandInvoked, ticket: Ticket) -> ButtonClicked:
    """A command does what the button of the same name does."""
    return ButtonClicked(
        id=event.id,
        action="",
        ticket=ticket.id,
        subject=str(ticket.id),
        by=event.by,
        by_name=event.by_name,
        role=event.role,
        at=event.at,
        place=event.place,
        form=event.form,
    )


def _turn(event: CommandInvoked, ticket: Ticket) -> Changes:
    return follow(TurnStarted(id=EventId(derived("ev", event.id, ticket.id)), ticket=ticket.id, turn=ticket.turn, at=event.at))
