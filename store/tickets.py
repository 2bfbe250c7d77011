"""Tickets: kept by compare-and-set on their revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, not_, or_, select, update

from desk.changes import SaveTicket
from desk.errors import Conflict
from desk.ids import AccountId, PersonId, TicketId
from desk.space import ChannelRef, Place, UserRef, parse_user
from desk.ticket import Ticket
from store.database import Reads
from store.rows import Writer, add, all_of, one_of, pack
from store.schema import messages, tickets

OLDEST_FIRST = (tickets.c.opened, tickets.c.id)


def save_ticket(connection: Connection, write: SaveTicket) -> None:
    """Store a ticket with the next revision; raise Conflict when somebody else did."""
    ticket = write.ticket
    values = _columns(replace(ticket, revision=ticket.revision + 1))
    if ticket.revision == 0:
        saved = add(connection, tickets, values)
    else:
        held = (tickets.c.id == ticket.id) & (tickets.c.revision == ticket.revision)
        saved = connection.execute(update(tickets).where(held).values(**values)).rowcount == 1
    if not saved:
        raise Conflict(f"ticket {ticket.id!r} is no longer at revision {ticket.revision}")


class TicketReads(Reads):
    """The questions asked of tickets."""

    async def ticket(self, id: TicketId) -> Ticket | None:
        """Return a ticket at its stored revision."""
        return await self.database.read(lambda c: one_of(c, Ticket, select(tickets.c.doc).where(tickets.c.id == id)))

    async def tickets(self, *, open_only: bool = False) -> Sequence[Ticket]:
        """Return all tickets, or those neither solved nor closed, oldest first."""
        return await self._all(not_(tickets.c.is_over)) if open_only else await self._all()

    async def open_tickets(self, *, after: str, most: int) -> Sequence[Ticket]:
        """Return open tickets by their id, those behind `after` only."""
        statement = select(tickets.c.doc).where(not_(tickets.c.is_over), tickets.c.id > after).order_by(tickets.c.id).limit(most)
        return await self.database.read(lambda c: all_of(c, Ticket, statement))

    async def tickets_in_thread(self, place: Place) -> Sequence[Ticket]:
        """Return the tickets that live in a thread, oldest first."""
        return await self._all(tickets.c.channel == str(place.channel), tickets.c.thread == place.thread)

    async def tickets_of_group(self, channel: ChannelRef, group: str, *, since: datetime) -> Sequence[Ticket]:
        """Return a group's tickets in a channel with a message since then, oldest first."""
        return await self._all(tickets.c.channel == str(channel), tickets.c.grp == group, _spoken_since(since))

    async def tickets_of_account(self, account: AccountId | None, person: PersonId | None, *, since: datetime) -> Sequence[Ticket]:
        """Return the tickets of an account or of a person, on any platform, that were opened or had a message since then."""
        theirs = [column == value for column, value in ((tickets.c.account, account), (tickets.c.person, person)) if value is not None]
        if not theirs:
            return []
        return await self._all(or_(*theirs), or_(tickets.c.opened >= since, _spoken_since(since)))

    async def loads(self) -> Mapping[UserRef, int]:
        """Return how many open tickets each teammate holds."""
        held = (not_(tickets.c.is_over), tickets.c.owner.is_not(None))
        statement = select(tickets.c.owner, func.count()).where(*held).group_by(tickets.c.owner)
        return await self.database.read(lambda c: {parse_user(owner): count for owner, count in c.execute(statement)})

    async def _all(self, *conditions: ColumnElement[bool]) -> Sequence[Ticket]:
        statement = select(tickets.c.doc).where(*conditions).order_by(*OLDEST_FIRST)
        return await self.database.read(lambda c: all_of(c, Ticket, statement))


def _columns(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "revision": ticket.revision,
        "is_over": ticket.status.is_over,
        "channel": str(ticket.place.channel),
        "thread": ticket.place.thread,
        "grp": ticket.group,
        "customer": str(ticket.customer),
        "account": ticket.account,
        "person": ticket.person,
        "owner": str(ticket.owner) if ticket.owner else None,
        "opened": ticket.opened,
        "doc": pack(ticket),
    }


def _spoken_since(since: datetime) -> ColumnElement[bool]:
    return exists().where(messages.c.ticket == tickets.c.id, messages.c.at >= since)


WRITERS: Mapping[type, Writer] = {SaveTicket: save_ticket}
