"""Sorting: which ticket a message belongs to, by thread and topic, and whether it may open one where a channel takes less than everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from desk.errors import Unavailable
from desk.facts import HARD
from desk.ids import MessageId, TicketId
from desk.policy import Policy
from desk.space import Channel, Intake
from desk.ticket import Ticket
from desk.timeline import Message, Timeline, ordered
from handlers.services import Services


@dataclass(slots=True)
class Table:
    """What lies on the table while messages are sorted: the tickets as they will be saved, and what each holds.

    `asked` is a message out of which somebody asked for a ticket; `before` is what is known of the thread that it stands in.
    """

    channel: Channel
    group: str
    policy: Policy
    services: Services
    now: datetime
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)
    stored: dict[TicketId, Timeline] = field(default_factory=dict)
    said: dict[TicketId, list[Message]] = field(default_factory=dict)
    burst: Timeline = ()
    aside: dict[MessageId, Message] = field(default_factory=dict)
    """What asks nothing of a desk that does not take in everything here."""
    asked: MessageId | None = None
    before: Timeline = ()
    known: dict[datetime, Sequence[Ticket]] = field(default_factory=dict)

    async def since(self, at: datetime) -> Sequence[Ticket]:
        """Return the group's tickets in the channel in which something was said since then, oldest first; asked once for a burst."""
        first = min((each for each in self.known if each <= at), default=None)
        if first is None:
            first = at
            self.known[at] = await self.services.store.tickets_of_group(self.channel.ref, self.group, since=at)
        return [ticket for ticket in self.known[first] if any(message.at >= at for message in await self.timeline(ticket.id))]

    async def timeline(self, ticket: TicketId) -> Timeline:
        """Return what a ticket holds, with what was just put in it."""
        if ticket not in self.stored:
            self.stored[ticket] = await self.services.store.timeline(ticket)
        return ordered([*self.stored[ticket], *self.said.get(ticket, [])])


async def by_thread(message: Message, table: Table) -> Ticket | None:
    """Return the thread's ticket of this group; somebody else's takes in what asks nothing; None opens a new one."""
    stored = await table.services.store.tickets_in_thread(message.place)
    here = [
        ticket for ticket in {**{t.id: t for t in stored}, **table.tickets}.values() if ticket.place == message.place and ticket.merged_into is None
    ]
    own = [ticket for ticket in here if ticket.group == table.group]
    own = own or [heir for ticket in stored if ticket.group == table.group and (heir := await _heir(ticket, table))]
    if own:
        return _reopenable(own[-1], message, table)
    return here[0] if here and not await _asks_own(message, table) else None


async def _asks_own(message: Message, table: Table) -> bool:
    """Tell whether what somebody says in another's thread is for a ticket of their own."""
    if table.channel.intake is Intake.MENTIONS:
        return await _calls(message, table)
    return message.id == table.asked or await asks(message, table)


async def _heir(ticket: Ticket, table: Table) -> Ticket | None:
    """Return the ticket that a merged one is part of by now."""
    heir: Ticket | None = ticket
    while heir and heir.merged_into:
        heir = table.tickets.get(heir.merged_into) or await table.services.store.ticket(heir.merged_into)
    return heir if heir is not ticket else None


def _reopenable(ticket: Ticket, message: Message, table: Table) -> Ticket | None:
    """Return a ticket that may go on; one that was closed too long ago does not."""
    return None if ticket.closed and message.at - ticket.closed > table.policy.tickets.reopen else ticket


async def by_topic(message: Message, table: Table) -> Ticket | None:
    """Return the group's latest ticket in this channel that is still warm and has the same topic."""
    window = table.policy.tickets.window
    if table.channel.intake is Intake.MENTIONS and not await _calls(message, table):
        window = table.policy.pause.quiet  # Only what belongs to a burst that mentioned the bot goes on without a mention.
    since = message.at - window
    known = {**{t.id: t for t in await table.since(since)}, **table.tickets}
    warm = [t for t in known.values() if t.group == table.group and not t.status.is_over and t.merged_into is None]
    for ticket in sorted(warm, key=lambda t: (t.opened, t.id), reverse=True):
        if await _same_topic(message, ticket, table):
            return ticket
    return None


async def _same_topic(message: Message, ticket: Ticket, table: Table) -> bool:
    """A burst is one topic; greetings and the like join whatever there is, and whatever there is joins them; two questions must be alike."""
    timeline = [m for m in await table.timeline(ticket.id) if m.is_customers]
    recent = [m for m in timeline if message.at - m.at <= table.policy.tickets.window]
    if not recent:
        return False
    if any(m.author == message.author and message.at - m.at <= table.policy.pause.quiet for m in recent):
        return True
    asked = [m for m in timeline if await asks(m, table)]
    if not asked or not await asks(message, table):
        return True
    try:
        alike = [await table.services.triager.similarity(message.text, other.text) for other in asked[-3:]]
    except Unavailable:
        return True
    return max(alike) >= table.policy.tickets.same_topic


async def counts(message: Message, table: Table) -> bool:
    """Tell whether a message may open a ticket, by what its channel takes in: it, or what its author said with it, must call for one."""
    if table.channel.intake is Intake.ALL:
        return True
    burst = [m for m in table.burst if m.author == message.author and m.place == message.place]
    return any([await _calls(m, table) for m in (message, *burst)])


async def _calls(message: Message, table: Table) -> bool:
    """Tell whether a message calls for a ticket where not everything does. Who needs a human is heard everywhere."""
    if message.mentions_bot or message.id == table.asked:
        return True
    try:
        said = await table.services.triager.triage(message.text)
    except Unavailable:
        return table.channel.intake is Intake.QUESTIONS
    return (said.is_request and table.channel.intake is Intake.QUESTIONS) or bool({str(signal) for signal in said.signals} & HARD)


async def asks(message: Message, table: Table) -> bool:
    """Tell whether a message asks for anything; while nobody can tell, it does."""
    try:
        return (await table.services.triager.triage(message.text)).is_request
    except Unavailable:
        return True
