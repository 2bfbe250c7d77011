"""Tickets: one problem of one customer, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from desk.audience import INTERNAL
from desk.customer import TEAM, Role
from desk.ids import AccountId, IncidentId, MessageId, OutboxId, PersonId, TicketId
from desk.mood import Felt, Mood
from desk.sla import Mark
from desk.space import Channel, ChannelKind, MessageRef, Place, UserRef
from desk.timeline import Timeline


class Status(StrEnum):
    """Where a ticket stands. Closed is not solved: only a customer's word is."""

    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_TEAM = "waiting_team"
    SOLVED = "solved"
    CLOSED = "closed"

    @property
    def is_over(self) -> bool:
        """Tell whether nobody owes anybody anything."""
        return self in (Status.SOLVED, Status.CLOSED)


class Attention(StrEnum):
    """Whether the bot may speak in a thread."""

    ACTIVE = "active"
    GUEST = "guest"
    DORMANT = "dormant"
    MUTED = "muted"


class Containment(StrEnum):
    """What became of an automatic first answer."""

    CONFIRMED = "confirmed"
    SILENT = "silent"
    RECONTACTED = "re-contacted"


class Level(StrEnum):
    """How urgent, most urgent first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with its parameters; the sentence is rendered from both when somebody reads it."""

    code: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Priority:
    """A score from 0 to 100 with its reasons, and the level it falls in."""

    score: int = 0
    level: Level = Level.NORMAL
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """A holding answer that stands: its outbox row, when it was posted, what it promised, and whether the promise was renewed."""

    outbox: OutboxId
    at: datetime
    promised: datetime
    renewed: bool = False
    kept: bool = False
    """The answer is posted beside it, not in its place: it said more than "wait"."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One problem of one customer, anchored in a thread.

    `group` is whose messages belong to it: `account:ID` in a shared channel, else `user:PLATFORM/SPACE/ID`.
    `revision` is raised by every write (compare-and-set), `turn` only by what people say, edit or delete.
    """

    id: TicketId
    place: Place
    anchor: MessageRef
    group: str
    customer: UserRef
    customer_name: str
    opened: datetime
    status: Status = Status.OPEN
    revision: int = 0
    turn: int = 0
    person: PersonId | None = None
    account: AccountId | None = None
    participants: tuple[UserRef, ...] = ()
    attention: Attention = Attention.ACTIVE
    muted: bool = False
    guest: bool = False
    """It lives in somebody else's thread, or in a channel that takes mentions only."""
    handed_back: datetime | None = None
    """When a teammate last gave it to the bot; what ours wrote before then no longer stands it down."""
    owner: UserRef | None = None
    owner_name: str = ""
    category: str = ""
    language: str = ""
    priority: Priority = field(default_factory=Priority)
    holding: Holding | None = None
    escalated: bool = False
    """The customer was told that a human has it, and nobody has handed it back since."""
    deflected: bool = False
    """The first answer was automatic."""
    containment: Containment | None = None
    not_solved: int = 0
    """How often the customer said "not solved" since it was last solved or handed back."""
    topic_since: datetime | None = None
    """When "solved" or a changed topic last reset the counts of answers and questions in a row."""
    answered_at: datetime | None = None
    reminded_at: datetime | None = None
    closed: datetime | None = None
    linked: tuple[MessageId, ...] = ()
    """Later top-level messages whose author was pointed to the answer."""
    previous: TicketId | None = None
    merged_into: TicketId | None = None
    heard_once: frozenset[str] = frozenset()
    """Fixed sentences this customer got once in this ticket: verify, personal_data, observe, down."""
    snoozed_until: datetime | None = None
    snoozed_by: str = ""
    """The name of the teammate who put it aside."""
    filed: bool = False
    """A teammate chose the category, which stands until the topic changes."""
    ranked_at: datetime | None = None
    """When a teammate set the priority, which stands until the customer writes again."""
    mood: Mood = field(default_factory=Mood)
    felt: Felt = ()
    clock: tuple[Mark, ...] = ()
    """Whose move it was since when, oldest first; the promises' clock is read off it."""
    third_party: str = ""
    """Whom it waits for who is neither we nor the customer, in a few words of a teammate's; "" for nobody."""
    third_party_until: datetime | None = None
    """When it stops waiting for them whether they came back or not."""
    team: str = ""
    """The team of policy that it was routed to; "" while it is everybody's."""
    tags: tuple[str, ...] = ()
    offered: UserRef | None = None
    """Whom routing gave it to who has neither accepted nor given it back."""
    offered_name: str = ""
    incident: IncidentId | None = None
    failing: datetime | None = None
    """When its customer last said that something fails."""
    stands: frozenset[str] = frozenset()
    """The rules that stood when it was last weighed."""

    @property
    def held(self) -> bool:
        """Tell whether a human holds it: an owner, a teammate in the thread, or an escalation nobody handed back."""
        return self.owner is not None or self.attention is Attention.DORMANT or self.escalated

    @property
    def is_queued(self) -> bool:
        """Tell whether it stands in the team's queue: it waits for the team, and nobody put it aside."""
        return self.status is Status.WAITING_TEAM and self.merged_into is None and self.snoozed_until is None


def awake(ticket: Ticket) -> Ticket:
    """Return the ticket as nobody put it aside."""
    return replace(ticket, snoozed_until=None, snoozed_by="")


def attention_of(timeline: Timeline, *, muted: bool, guest: bool, handed_back: datetime | None) -> Attention:
    """Return the bot's attention in a thread, from who wrote last; a pure function of the thread.

    A teammate's or colleague's message makes it dormant until the bot is mentioned by one of ours or handed the thread back.
    `guest` says that the thread is somebody else's or that the channel takes mentions only.
    """
    if muted:
        return Attention.MUTED
    ours = [
        m
        for m in timeline
        if m.role in TEAM | {Role.COLLEAGUE} and m.audience != INTERNAL and not m.deleted and (handed_back is None or m.at > handed_back)
    ]
    if ours and not ours[-1].mentions_bot:
        return Attention.DORMANT
    mentioned = any(m.mentions_bot for m in timeline if not m.deleted)
    return Attention.GUEST if guest and not mentioned else Attention.ACTIVE


def group_of(channel: Channel, author: UserRef) -> str:
    """Return whose messages make one ticket: in a shared channel its account's, elsewhere the author's."""
    return f"account:{channel.account}" if channel.kind is ChannelKind.SHARED and channel.account else f"user:{author}"


def handed_back(ticket: Ticket, at: datetime) -> Ticket:
    """Return the ticket as the bot's again: nobody owns it and what ours wrote before no longer stands the bot down."""
    return replace(
        awake(ticket),
        owner=None,
        owner_name="",
        escalated=False,
        handed_back=at,
        muted=False,
        attention=Attention.ACTIVE,
        status=Status.OPEN,
        not_solved=0,
    )


def stood_down(ticket: Ticket, timeline: Timeline, *, since: datetime) -> Ticket:
    """Return the ticket as ours left it who wrote in its thread since an instant, in whatever order their messages arrived.

    A teammate holds it from their message on, also when they delete it; one that mentions the bot gives it back, unless somebody
    of the team wrote later still.
    """
    ours = [m for m in timeline if m.role in TEAM and m.audience != INTERNAL and m.at >= since]
    given = max((m.at for m in ours if m.mentions_bot), default=None)
    if given and (ticket.handed_back is None or given > ticket.handed_back):
        ticket = handed_back(ticket, given)
    last = max((m for m in ours if not m.mentions_bot), key=lambda m: m.at, default=None)
    if last:
        ticket = replace(ticket, answered_at=max(ticket.answered_at or last.at, last.at))
    # "You are welcome" under a solved ticket takes nothing over.
    if last and not ticket.status.is_over and (ticket.handed_back is None or last.at > ticket.handed_back):
        ticket = replace(awake(ticket), owner=last.author, owner_name=last.author_name, status=Status.WAITING_CUSTOMER)
    return replace(ticket, attention=attention_of(timeline, muted=ticket.muted, guest=ticket.guest, handed_back=ticket.handed_back))
