"""Events: what happened, as the desk is told. An event has an id, by which it is handled once, and a key, by which it waits its turn.

Events that come from people key on the channel until intake knows the ticket; everything after keys on the ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk.alert import Alert
from desk.customer import Role
from desk.ids import CardId, EventId, IncidentId, MessageId, TicketId
from desk.runs import RunId, RunStatus
from desk.space import ChannelKind, ChannelRef, MessageRef, Place, UserRef
from desk.summary import SummaryKind
from desk.tending import Chore
from desk.timeline import File


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """Somebody wrote. `role` is what the platform's roles say of the author; the CRM is asked later."""

    id: EventId
    ref: MessageRef
    place: Place
    author: UserRef
    author_name: str
    role: Role
    text: str
    at: datetime
    files: tuple[File, ...] = ()
    mentions_bot: bool = False
    late: bool = False
    kind: ChannelKind | None = None
    """What the platform itself says of the channel: `direct` for a private conversation, which nobody has to declare; None for the others."""

    @property
    def key(self) -> str:
        """Return the channel."""
        return str(self.place.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesReceived:
    """Much was written in one channel at once, as in a raid: messages of customers, in order, which are stored together."""

    id: EventId
    messages: tuple[MessageReceived, ...]

    @property
    def at(self) -> datetime:
        """Return when the last of them was written."""
        return self.messages[-1].at

    @property
    def key(self) -> str:
        """Return the channel."""
        return self.messages[0].key


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """Somebody changed what they wrote; `text` is the whole new text."""

    id: EventId
    ref: MessageRef
    text: str
    at: datetime

    @property
    def key(self) -> str:
        """Return the channel."""
        return str(self.ref.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted:
    """Somebody took back what they wrote."""

    id: EventId
    ref: MessageRef
    at: datetime

    @property
    def key(self) -> str:
        """Return the channel."""
        return str(self.ref.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingSeen:
    """A customer is typing; it prolongs a running pause and is otherwise forgotten."""

    id: EventId
    place: Place
    author: UserRef
    at: datetime

    @property
    def key(self) -> str:
        """Return the channel."""
        return str(self.place.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted:
    """A ticket has something to answer. A turn that is no longer the ticket's is dropped."""

    id: EventId
    ticket: TicketId
    turn: int
    at: datetime

    @property
    def key(self) -> str:
        """Return the ticket."""
        return str(self.ticket)


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonClicked:
    """Somebody pressed a button. `action` names it, `subject` is the draft, escalation or ticket it stands under.

    `basis` is what the card was drawn from (a draft id or a ticket revision); `form` are the values of its form.
    """

    id: EventId
    action: str
    ticket: TicketId
    subject: str
    by: UserRef
    by_name: str
    role: Role
    at: datetime
    place: Place
    card: CardId | None = None
    basis: str = ""
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the ticket, or whoever pressed what is about none."""
        return str(self.ticket) or str(self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded:
    """Somebody put an emoji on a message."""

    id: EventId
    ref: MessageRef
    emoji: str
    by: UserRef
    role: Role
    at: datetime

    @property
    def key(self) -> str:
        """Return the channel."""
        return str(self.ref.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAsked:
    """Somebody asked for a ticket out of a message that stands already, by a shortcut or an emoji; `place` is the message's.

    The message may be one that nobody was told of: it is then read from the platform, with the thread around it.
    """

    id: EventId
    ref: MessageRef
    place: Place
    by: UserRef
    by_name: str
    role: Role
    at: datetime

    @property
    def key(self) -> str:
        """Return the channel."""
        return str(self.ref.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    """A teammate asked the desk something, with a message that is stored; `ticket` is the one under whose card, if any."""

    id: EventId
    message: MessageId
    place: Place
    by: UserRef
    by_name: str
    ticket: TicketId | None
    at: datetime

    @property
    def key(self) -> str:
        """Return the thread: questions in it are answered one after another."""
        return str(self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotInvited:
    """The bot was let into a channel, by somebody whom the platform may not name."""

    id: EventId
    channel: ChannelRef
    name: str
    by: UserRef | None
    by_name: str
    role: Role
    at: datetime
    shared: bool = False
    """People of another organization are in it."""

    @property
    def key(self) -> str:
        """Return the channel."""
        return str(self.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChanged:
    """A channel was renamed (`name`), or the bot can write there no more (`gone`): archived, deleted, or the bot was removed."""

    id: EventId
    channel: ChannelRef
    at: datetime
    name: str = ""
    gone: bool = False

    @property
    def key(self) -> str:
        """Return the channel."""
        return str(self.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLeft:
    """Somebody left the space, or was removed from it: they read nothing there any more."""

    id: EventId
    user: UserRef
    at: datetime

    @property
    def key(self) -> str:
        """Return the person."""
        return str(self.user)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandInvoked:
    """Somebody of ours gave a slash command; `text` is what follows `/frontdesk`."""

    id: EventId
    text: str
    by: UserRef
    by_name: str
    role: Role
    at: datetime
    place: Place
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the person: their commands run one after another."""
        return str(self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReached:
    """A deadline's instant came; `deadline` is its row's id and `at` when it was due: one set to another instant since then is not this one."""

    id: EventId
    deadline: str
    kind: str
    subject: str
    at: datetime
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return what the deadline is about: a ticket or a channel."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDue:
    """Articles of a source were neither changed nor reviewed for longer than its interval; `owner` is a name or e-mail address."""

    id: EventId
    source: str
    owner: str
    documents: tuple[str, ...]
    titles: tuple[str, ...]
    at: datetime

    @property
    def key(self) -> str:
        """Return the source."""
        return f"source:{self.source}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStopped:
    """The language model stopped for a reason that waiting does not mend; `why` is its code (model_key, model_spend_limit, budget_day)."""

    id: EventId
    why: str
    model: str
    at: datetime

    @property
    def key(self) -> str:
        """Return the model."""
        return "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFinished:
    """An attempt at a run ended, or the time it may take did: `status` is what became of it, `result` a few words for the team."""

    id: EventId
    run: RunId
    ticket: TicketId
    status: RunStatus
    at: datetime
    result: str = ""

    @property
    def key(self) -> str:
        """Return the ticket."""
        return str(self.ticket)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryAsked:
    """A ticket is to be summed up, because it ended."""

    id: EventId
    ticket: TicketId
    kind: SummaryKind
    at: datetime

    @property
    def key(self) -> str:
        """Return the ticket."""
        return str(self.ticket)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoreAsked:
    """Somebody asked by command for what takes longer than a command may; `cause` is the command."""

    id: EventId
    chore: Chore
    cause: EventId
    by: UserRef
    by_name: str
    at: datetime

    @property
    def key(self) -> str:
        """Return what it is about: of two chores about one thing the second waits."""
        return self.chore.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemReported:
    """A customer said that something fails; `embedder` made what it means. It may be one of several that have one cause."""

    id: EventId
    ticket: TicketId
    embedder: str
    at: datetime

    @property
    def key(self) -> str:
        """Return one key for all: incidents are found one after another, so that two complaints at once make one."""
        return "incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentChanged:
    """A ticket came to an incident or left it, or the incident is another now: its ticket follows."""

    id: EventId
    incident: IncidentId
    ticket: TicketId
    at: datetime

    @property
    def key(self) -> str:
        """Return the ticket."""
        return str(self.ticket)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTold:
    """A reply to everybody in an incident was approved: `telling` is its id, and this is one of the tickets it is for."""

    id: EventId
    incident: IncidentId
    ticket: TicketId
    telling: str
    at: datetime

    @property
    def key(self) -> str:
        """Return the ticket."""
        return str(self.ticket)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAsked:
    """A service that wakes a phone is to be told of an escalation: that it began, was acknowledged or is over. `attempt` counts from 1."""

    id: EventId
    alert: Alert
    at: datetime
    attempt: int = 1

    @property
    def key(self) -> str:
        """Return the alert, apart from its ticket: whoever does not answer keeps nobody else waiting."""
        return f"alert:{self.alert.escalation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged:
    """The policy is another one than it was; `after` is the last ticket that was looked at for it, "" at the beginning."""

    id: EventId
    version: str
    at: datetime
    after: str = ""

    @property
    def key(self) -> str:
        """Return what it is about: of two policies the second waits for the first."""
        return "policy"


Event = (
    MessageReceived
    | MessagesReceived
    | MessageEdited
    | MessageDeleted
    | TypingSeen
    | TurnStarted
    | ButtonClicked
    | ReactionAdded
    | TicketAsked
    | QuestionAsked
    | BotInvited
    | ChannelChanged
    | CustomerLeft
    | CommandInvoked
    | DeadlineReached
    | ReviewDue
    | SummaryAsked
    | ModelStopped
    | ActionFinished
    | ChoreAsked
    | AlertAsked
    | ProblemReported
    | IncidentChanged
    | IncidentTold
    | PolicyChanged
)
"""Everything that can happen; `handlers/dispatch` has one function for each."""
