"""Store: the port of memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from desk.cards import CardRecord
from desk.changes import Changes, Feedback
from desk.deadlines import Deadline
from desk.decision import Decision
from desk.draft import Draft
from desk.escalation import Escalation
from desk.events import Event
from desk.ids import AccountId, CardId, DraftId, EventId, IncidentId, MessageId, OutboxId, PersonId, TicketId
from desk.incident import Incident
from desk.linking import Challenge
from desk.meaning import Meant
from desk.paging import Page
from desk.post import Row
from desk.routing import Route
from desk.runs import ActionRun, RunId
from desk.selfservice import RunLimits
from desk.sla import Breach
from desk.space import Channel, ChannelRef, MessageRef, Place, UserRef
from desk.summary import Summary
from desk.ticket import Ticket
from desk.timeline import Message, Timeline


class Store(Protocol):
    """Memory. Raises Unavailable("store") for a locked database or a full disk; nothing is half written."""

    async def commit(self, event: EventId, changes: Changes, *, at: datetime) -> bool:
        """Write everything and mark the event handled, in one transaction; False when it was handled before.

        Raises Conflict when a compare-and-set or an expectation is lost.
        """
        ...

    async def follow_ups(self, event: EventId) -> Sequence[Event] | None:
        """Return the events that followed from a handled event, None when it is not handled."""
        ...

    async def channel(self, ref: ChannelRef) -> Channel | None:
        """Return a declared channel, None for one nobody declared."""
        ...

    async def channels(self) -> Sequence[Channel]:
        """Return all declared channels."""
        ...

    async def message(self, ref: MessageRef) -> Message | None:
        """Return the message at a place on a platform."""
        ...

    async def message_by_id(self, id: MessageId) -> Message | None:
        """Return a message by our id."""
        ...

    async def early(self, ref: MessageRef) -> Sequence[tuple[datetime, str | None]]:
        """Return edits (text) and deletions (None) that arrived before their message, in order."""
        ...

    async def pending(self, channel: ChannelRef, group: str) -> Timeline:
        """Return what customers of a group said in a channel that no ticket has taken in yet."""
        ...

    async def waiting(self, channel: ChannelRef, group: str) -> tuple[datetime, datetime] | None:
        """Return when the first and the last of it was said, without reading it; None where nothing waits."""
        ...

    async def timeline(self, ticket: TicketId) -> Timeline:
        """Return everything that belongs to a ticket, in platform order."""
        ...

    async def thread(self, place: Place) -> Timeline:
        """Return everything said in a thread (its root included), whichever ticket it belongs to."""
        ...

    async def ticket(self, id: TicketId) -> Ticket | None:
        """Return a ticket by id."""
        ...

    async def tickets(self, *, open_only: bool = False) -> Sequence[Ticket]:
        """Return all tickets, oldest first."""
        ...

    async def open_tickets(self, *, after: str, most: int) -> Sequence[Ticket]:
        """Return open tickets by their id, those behind `after` only; its cost does not grow with the closed ones, nor with those before."""
        ...

    async def tickets_in_thread(self, place: Place) -> Sequence[Ticket]:
        """Return the tickets that live in a thread, oldest first."""
        ...

    async def tickets_of_group(self, channel: ChannelRef, group: str, *, since: datetime) -> Sequence[Ticket]:
        """Return a group's tickets in a channel with a message since then, oldest first."""
        ...

    async def tickets_of_account(self, account: AccountId | None, person: PersonId | None, *, since: datetime) -> Sequence[Ticket]:
        """Return the tickets of an account, or of a person without one, opened since then."""
        ...

    async def draft(self, id: DraftId) -> Draft | None:
        """Return a draft by id."""
        ...

    async def drafts(self, ticket: TicketId) -> Sequence[Draft]:
        """Return a ticket's drafts, oldest first."""
        ...

    async def waiting_drafts(self) -> Sequence[Draft]:
        """Return the drafts somebody should decide, oldest first."""
        ...

    async def judged_drafts(self, *, most: int) -> Sequence[Draft]:
        """Return the drafts that people approved or edited last, oldest first; of an edit both what it began with and what was sent."""
        ...

    async def approval_times(self, since: datetime) -> Sequence[tuple[datetime, timedelta]]:
        """Return, for drafts decided since then, when they were decided and how long they waited."""
        ...

    async def decisions(self, ticket: TicketId | None = None, *, since: datetime | None = None) -> Sequence[Decision]:
        """Return decisions in the order they were made."""
        ...

    async def escalations(self, ticket: TicketId) -> Sequence[Escalation]:
        """Return a ticket's escalations, oldest first."""
        ...

    async def escalation(self, id: str) -> Escalation | None:
        """Return an escalation by id."""
        ...

    async def open_escalations(self) -> Sequence[Escalation]:
        """Return the escalations of all tickets that nobody closed, oldest first; its cost does not grow with the closed ones."""
        ...

    async def escalations_since(self, since: datetime) -> Sequence[Escalation]:
        """Return the escalations of all tickets that fired since then, oldest first."""
        ...

    async def meanings(
        self, ticket: TicketId | None = None, *, embedder: str, since: datetime | None = None, most: int | None = None
    ) -> Sequence[Meant]:
        """Return what the messages of a ticket, or of all, mean to an embedder, oldest first."""
        ...

    async def breaches(self, ticket: TicketId | None = None, *, since: datetime | None = None) -> Sequence[Breach]:
        """Return the broken promises of a ticket, or of all, oldest first."""
        ...

    async def breach(self, id: str) -> Breach | None:
        """Return a broken promise by id."""
        ...

    async def pages(self, person: UserRef | None = None, *, since: datetime) -> Sequence[Page]:
        """Return the pages to a person, or to all, since then, oldest first."""
        ...

    async def pages_of(self, ticket: TicketId) -> Sequence[Page]:
        """Return a ticket's pages, oldest first."""
        ...

    async def routes(self, ticket: TicketId | None = None, *, since: datetime | None = None) -> Sequence[Route]:
        """Return the routes of a ticket, or of all, oldest first."""
        ...

    async def offers(self, team: str) -> Mapping[UserRef, datetime]:
        """Return when each person was last offered a ticket of a team; its cost does not grow with the tickets of others."""
        ...

    async def incident(self, id: IncidentId) -> Incident | None:
        """Return an incident by id."""
        ...

    async def incidents(self, *, open_only: bool = False) -> Sequence[Incident]:
        """Return the incidents, or those that are neither fixed nor dismissed, oldest first."""
        ...

    async def loads(self) -> Mapping[UserRef, int]:
        """Return how many open tickets each teammate holds."""
        ...

    async def summaries(self, ticket: TicketId) -> Sequence[Summary]:
        """Return a ticket's summaries, one a kind at most."""
        ...

    async def feedback(self, ticket: TicketId | None = None, *, by: UserRef | None = None, since: datetime | None = None) -> Sequence[Feedback]:
        """Return feedback on a ticket, by a person, or since an instant, oldest first."""
        ...

    async def card(self, id: CardId) -> CardRecord | None:
        """Return a card record by id."""
        ...

    async def cards(self, ticket: TicketId) -> Sequence[CardRecord]:
        """Return a ticket's card records, oldest first."""
        ...

    async def card_at(self, ref: MessageRef) -> CardRecord | None:
        """Return the card that stands at a message."""
        ...

    async def due(self, now: datetime) -> Sequence[Deadline]:
        """Return the deadlines whose instant has come, soonest first."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the soonest deadline is due that nobody holds, or the soonest lease ends."""
        ...

    async def claim(self, now: datetime, *, most: int, holder: str, until: datetime, again: bool = False) -> Sequence[Deadline]:
        """Take deadlines whose instant has come, soonest first, and hold them until an instant; those that somebody else holds are left alone.

        `again` also takes what `holder` itself holds, as a process does that begins where another ended.
        """
        ...

    async def deadline(self, id: str) -> Deadline | None:
        """Return a deadline by id, None once it was dropped."""
        ...

    async def row(self, id: OutboxId) -> Row | None:
        """Return an outbox row by id."""
        ...

    async def sendable(self, now: datetime) -> Sequence[Row]:
        """Return the first unsent row of each lane that may be tried now."""
        ...

    async def next_sendable(self) -> datetime | None:
        """Return when the soonest waiting row may be tried."""
        ...

    async def save_row(self, row: Row) -> None:
        """Record how far a row came; a sent post's message gets its ref."""
        ...

    async def run(self, id: RunId) -> ActionRun | None:
        """Return a run of an action, with what it is given as long as nobody erased it."""
        ...

    async def runs(self, ticket: TicketId | None = None, *, since: datetime | None = None) -> Sequence[ActionRun]:
        """Return runs of actions in the order they were asked for."""
        ...

    async def runnable(self, now: datetime) -> Sequence[ActionRun]:
        """Return the runs that wait and may be tried now."""
        ...

    async def run_counts(self, action: str, person: str, *, since: datetime) -> tuple[int, int]:
        """Return how often an action was asked for since then, by a person and by everybody; what certainly was not done is not counted."""
        ...

    async def claim_run(self, id: RunId, limits: RunLimits | None, *, now: datetime, watch: Deadline) -> ActionRun | None:
        """Take a waiting run and set the deadline that watches it, in one transaction; None when it does not wait any more.

        A run whose limits are used up by others comes back as it was, still waiting.
        """
        ...

    async def challenge(self, id: str) -> Challenge | None:
        """Return a code that somebody asked for."""
        ...

    async def challenges(self, user: UserRef | None = None, *, person: PersonId | None = None, since: datetime) -> Sequence[Challenge]:
        """Return the codes that a user asked for since then, or that were to go to a person, oldest first."""
        ...

    async def erase(self, users: Sequence[UserRef]) -> int:
        """Empty everything these users wrote and the drafts made of it; return how many rows."""
        ...

    async def purge(self, now: datetime) -> int:
        """Drop what retention says should be gone; return how many rows."""
        ...
