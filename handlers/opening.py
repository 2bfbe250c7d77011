"""Opening: a ticket begins, also in the middle of a thread, and takes in what was said there before."""

from __future__ import annotations

from dataclasses import replace

from desk.customer import TEAM, Role
from desk.ids import TicketId, derived
from desk.space import Intake, Place
from desk.ticket import Ticket, group_of, stood_down
from desk.timeline import Message, Timeline, ordered
from handlers import so_far
from handlers.sorting import Table

OURS = TEAM | {Role.COLLEAGUE}


async def opened(message: Message, table: Table) -> Ticket:
    """Open a ticket, anchored in the message's thread; in somebody else's thread, or by mention, the bot is a guest."""
    assert message.ref is not None, "pending messages come from a platform"
    assert message.author is not None, "pending messages were written by somebody"
    place = Place(table.channel.ref, message.place.thread or message.ref.id)
    before = await _said_before(message, place, table)
    earlier = [t for t in await table.services.store.tickets_in_thread(place) if t.group == table.group]
    root = next((m for m in before if m.place.thread is None), None)
    own = root is not None and root.ticket is None and root.role is Role.CUSTOMER and not (root.deleted or _is_others(root, table))
    ticket = Ticket(
        id=TicketId(derived("t", message.ref)),
        place=place,
        anchor=(root.ref if root and own else None) or message.ref,
        group=table.group,
        customer=message.author,
        customer_name=message.author_name,
        opened=message.at,
        account=table.channel.account,
        guest=(root is not None and root.role in OURS) or table.channel.intake is Intake.MENTIONS,
        previous=earlier[-1].id if earlier else None,
    )
    return _with_context(ticket, message, before, table=table)


async def _said_before(message: Message, place: Place, table: Table) -> Timeline:
    """Return what was said in the thread that a ticket opens in; what nobody told us of is read from the platform, once."""
    services = table.services
    fresh = table.before
    if not fresh and message.place.thread and await so_far.lacks_root(place, services):
        fresh = await so_far.read(place, services)
    known = [table.aside.get(m.id, m) for m in await services.store.thread(place)]
    # Whoever drew the bot in asks now, and what they said there before with it; what others said is context.
    read = [replace(m, late=message.late, bystander=_is_others(m, table)) for m in fresh]
    return ordered([m for m in (*known, *read) if m.id != message.id])


def _with_context(ticket: Ticket, message: Message, before: Timeline, *, table: Table) -> Ticket:
    """Take in what was said in the thread before and is in no ticket: whoever of ours was faster than the pause has the ticket."""
    burst = {m.id for m in table.burst} - table.aside.keys()
    taken = [m for m in before if m.ticket is None and not m.deleted and m.role is not Role.BOT and m.id not in burst and not _waits(m, table)]
    for said in taken:
        table.aside.pop(said.id, None)
        own = said.role is Role.CUSTOMER and not _is_others(said, table)
        table.said.setdefault(ticket.id, []).append(replace(said, ticket=ticket.id, bystander=said.bystander and not own))
    ours = tuple(m for m in taken if m.role in OURS)
    return stood_down(ticket, ours, since=ours[0].at) if ours else ticket


def _waits(message: Message, table: Table) -> bool:
    """Tell whether a message of somebody else is yet to be sorted for its own author."""
    return message.is_customers and _is_others(message, table)


def _is_others(message: Message, table: Table) -> bool:
    return message.role is Role.CUSTOMER and _group(message, table) != table.group


def _group(message: Message, table: Table) -> str:
    return group_of(table.channel, message.author) if message.author else ""
