"""Changes: everything one event writes, as data, committed at once or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk.cards import CardRecord
from desk.customer import Identity
from desk.deadlines import Deadline
from desk.decision import Decision
from desk.draft import Draft
from desk.escalation import Escalation
from desk.events import Event
from desk.ids import CardId, MessageId, OutboxId, PersonId, TicketId
from desk.incident import Incident
from desk.linking import Challenge
from desk.meaning import Meaning
from desk.paging import Page
from desk.post import Post
from desk.routing import Route
from desk.runs import ActionRun, RunStatus
from desk.sla import Breach
from desk.space import Channel, ChannelRef, MessageRef, UserRef
from desk.summary import Summary
from desk.ticket import Ticket
from desk.timeline import Message


@dataclass(frozen=True, slots=True)
class SaveTicket:
    """Insert (revision 0) or replace a ticket; lost when the stored revision is not the ticket's. The stored one is raised by 1."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class SaveMessage:
    """Insert or replace a message by id."""

    message: Message


@dataclass(frozen=True, slots=True)
class SaveReading:
    """Keep what was read of a message's files, by their refs, and which of them a model was shown; a file that is gone by now is left out."""

    message: MessageId
    texts: Mapping[str, str] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SaveEarly:
    """Keep an edit or deletion that came before its message: the text, or None for a deletion."""

    ref: MessageRef
    at: datetime
    text: str | None


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Insert a draft, or replace it; lost when `was` is given and the stored status is another."""

    draft: Draft
    was: str | None = None


@dataclass(frozen=True, slots=True)
class RecordDecision:
    """Append a decision."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class SaveEscalation:
    """Insert or replace an escalation by id."""

    escalation: Escalation


@dataclass(frozen=True, slots=True)
class SaveMeaning:
    """Keep what a customer's message means, in place of what the same embedder made of it before. A message without a ticket is left out."""

    message: MessageId
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class SaveBreach:
    """Insert or replace a broken promise by id."""

    breach: Breach


@dataclass(frozen=True, slots=True)
class SavePage:
    """Insert or replace a page by id."""

    page: Page


@dataclass(frozen=True, slots=True)
class SaveRoute:
    """Insert or replace a route by id."""

    route: Route


@dataclass(frozen=True, slots=True)
class SaveIncident:
    """Insert (revision 0) or replace an incident; lost when the stored revision is not the incident's. The stored one is raised by 1."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class SaveSummary:
    """Keep a summary, in place of the one of its ticket and kind before."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class SetDeadline:
    """Set a deadline, replacing one of the same id."""

    deadline: Deadline


@dataclass(frozen=True, slots=True)
class ClearDeadlines:
    """Drop the deadlines of a key, of these kinds or of all."""

    key: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DropDeadline:
    """Drop one deadline, if it is still set to this instant."""

    id: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Put a post in the outbox; a row with the same id is left as it is. An edit of an unsent row replaces its content."""

    post: Post


@dataclass(frozen=True, slots=True)
class SaveCard:
    """Remember where a card stands."""

    card: CardRecord


@dataclass(frozen=True, slots=True)
class Refresh:
    """Draw a card again where it stands: one outbox row, none when one is waiting already."""

    card: CardId
    id: OutboxId
    at: datetime


@dataclass(frozen=True, slots=True)
class Unsend:
    """Drop the waiting rows of a ticket to customers that nobody has sent yet."""

    ticket: TicketId


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of our work: `kind` is solved, not_solved, get_human, csat, correct, retract, wrong or right.

    Of the kinds category and priority `subject` is what a teammate set in place of what was worked out.
    `person` keys CSAT to once in 30 days. The comment lives in the messages table, by id.
    """

    id: str
    ticket: TicketId
    kind: str
    by: UserRef
    at: datetime
    score: int | None = None
    comment: MessageId | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class RecordFeedback:
    """Append feedback; the same id twice is once."""

    feedback: Feedback


@dataclass(frozen=True, slots=True)
class RecordGap:
    """Remember a question that the knowledge base did not answer, by the ids of its messages."""

    ticket: TicketId
    messages: tuple[MessageId, ...]
    category: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QueueRun:
    """Have an action run; one of the same id is left as it is, however far it came."""

    run: ActionRun


@dataclass(frozen=True, slots=True)
class SaveRun:
    """Record how far a run came; lost when the stored status is not `was`."""

    run: ActionRun
    was: RunStatus


@dataclass(frozen=True, slots=True)
class SaveChannel:
    """Declare a channel, or change how it is declared."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class RemoveChannel:
    """Take a declaration back: the desk neither hears nor writes there any more. What was said stays."""

    channel: ChannelRef


@dataclass(frozen=True, slots=True)
class SaveIdentity:
    """Link a platform user to a person of the customer record, in place of whom they were linked to before."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class DropIdentity:
    """Unlink a platform user: nobody knows any more who they are."""

    user: UserRef


@dataclass(frozen=True, slots=True)
class SaveChallenge:
    """Insert or replace a challenge; lost when `was` is given and not what is stored, so that each try counts and what is over stays over."""

    challenge: Challenge
    was: Challenge | None = None


@dataclass(frozen=True, slots=True)
class ExpectChallenges:
    """Lost when `user` did not ask for `asked` codes since then, or `sent` did not go to `person`: nobody gets past a limit by two at once."""

    user: UserRef
    person: PersonId | None
    since: datetime
    asked: int
    sent: int


@dataclass(frozen=True, slots=True)
class SetOverride:
    """Change one policy key by command; None takes the override away, with those of the keys below it."""

    path: str
    value: object
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExpectPolicy:
    """Lost when the policy was changed by command since there were this many changes: lists are set whole, so nobody's entry may be lost."""

    changes: int


@dataclass(frozen=True, slots=True)
class ExpectPages:
    """Lost when somebody was called since `since` more often than this: their budget is counted, and nobody may go past it by two at once."""

    person: UserRef
    since: datetime
    pages: int


@dataclass(frozen=True, slots=True)
class Expect:
    """Lost when customers of this channel and group said something that no ticket has taken in yet."""

    channel: str
    group: str


@dataclass(frozen=True, slots=True)
class ExpectBasis:
    """Lost when a passage (by chunk id) no longer has this hash."""

    passages: Mapping[str, str] = field(default_factory=dict)


Write = (
    SaveTicket
    | SaveMessage
    | SaveReading
    | SaveEarly
    | SaveDraft
    | RecordDecision
    | SaveEscalation
    | SaveMeaning
    | SaveBreach
    | SavePage
    | SaveRoute
    | SaveIncident
    | SaveSummary
    | SetDeadline
    | ClearDeadlines
    | DropDeadline
    | Enqueue
    | SaveCard
    | Refresh
    | Unsend
    | RecordFeedback
    | RecordGap
    | QueueRun
    | SaveRun
    | SaveChannel
    | RemoveChannel
    | SaveIdentity
    | DropIdentity
    | SaveChallenge
    | ExpectChallenges
    | SetOverride
    | ExpectPolicy
    | ExpectPages
    | Expect
    | ExpectBasis
)
"""Everything an event may write; `store` has one function for each."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What one event writes, in order, and the events that follow from it."""

    writes: tuple[Write, ...] = ()
    events: tuple[Event, ...] = ()

    def __add__(self, other: Changes) -> Changes:
        return Changes(self.writes + other.writes, self.events + other.events)

    def __bool__(self) -> bool:
        return bool(self.writes or self.events)


NOTHING = Changes()


def write(*writes: Write) -> Changes:
    """Return changes that write these."""
    return Changes(writes)


def follow(*events: Event) -> Changes:
    """Return changes that submit these events after the commit."""
    return Changes(events=events)
