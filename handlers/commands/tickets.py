"""Commands about one ticket: why, take, hand back, mute, merge, split."""

from __future__ import annotations

from desk.cards import Card, Text
from desk.changes import NOTHING, Changes
from desk.errors import InvalidInput
from desk.events import ButtonClicked, CommandInvoked
from desk.ticket import Ticket
from handlers import joining, steering
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
    return Card((Text(f"{source.id} is part of {target.id} now."),)), await joining.merged(source, target, services, cause=event.id, at=event.at)


async def split(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Make the customer's last message a ticket of its own."""
    ticket = await _ticket(event.text, 1, services)
    fresh, changes = await joining.separated(ticket, services, cause=event.id, at=event.at)
    return Card((Text(f"Split off as {fresh.id}."),)), changes


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
