"""Ports: what the desk needs from the world, as protocols. Each has one fake in tests/fakes.py and one contract suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from desk.audience import Audiences
from desk.cards import Card
from desk.customer import Account, Author, Fact, Identity, Invoice, Person, Role
from desk.decision import Decision
from desk.draft import Draft, Evidence, Passage, Proposal
from desk.escalation import Escalation
from desk.events import Event
from desk.ids import AccountId, OutboxId, PersonId
from desk.policy import Policy
from desk.post import Post
from desk.runs import ActionResult, ActionRun
from desk.selfservice import ActionRequest, SelfService
from desk.space import Channel, ChannelKind, ChannelRef, MessageRef, Place, UserRef
from desk.summary import Summary, SummaryKind, Talk
from desk.ticket import Ticket
from desk.timeline import Message, Timeline
from desk.triage import Classification
from desk.usage import ModelCall, Payer, Spending, Spent


class Clock(Protocol):
    """The one source of time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    async def wait(self, until: datetime) -> None:
        """Sleep until an instant of this clock, or less: callers look again."""
        ...


class Engine(Protocol):
    """Durable execution: what was submitted runs, whatever happens to the process."""

    async def submit(self, event: Event) -> None:
        """Make an event durable and start it; return once it is durable. An id submitted before is left alone. One runs at a time per key."""
        ...

    async def settled(self) -> None:
        """Return when nothing runs, is queued or is due; a row awaiting its retry counts as settled."""
        ...


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform does by itself; the rest its adapter emulates."""

    private_threads: bool = False
    ephemeral: bool = True
    find_by_id: bool = True
    edit_notifies: bool = False
    streams: bool = False
    pace: timedelta = timedelta()
    """The least time between two posts in one channel."""


class ChatPlatform(Protocol):
    """A chat platform, as `handlers` meets it. Errors: RateLimited and Unavailable (try again), PlaceGone and NotAllowed (final)."""

    can: Capabilities

    async def send(self, post: Post) -> MessageRef:
        """Post `post.card` at `post.target` and return where it stands; a whisper returns a ref that cannot be edited."""
        ...

    async def edit(self, ref: MessageRef, post: Post) -> None:
        """Replace what stands at `ref`."""
        ...

    async def delete(self, ref: MessageRef, post: Post) -> None:
        """Take back what stands at `ref`; one that is gone already is fine."""
        ...

    async def react(self, ref: MessageRef, emoji: str) -> None:
        """Put an emoji on a message; twice is once."""
        ...

    async def find(self, outbox_id: OutboxId, near: Place) -> MessageRef | None:
        """Return where a post with this outbox id stands, None when it never arrived."""
        ...

    async def open(self, user: UserRef) -> Place:
        """Return the private place with one person."""
        ...

    async def mark(self, ticket: Ticket) -> None:
        """Show a ticket's state on its thread (tags, archive, status)."""
        ...

    async def history(self, place: Place, after: datetime) -> Sequence[Message]:
        """Return what people wrote in a place since an instant, in platform order."""
        ...

    async def fetch(self, ref: str) -> bytes:
        """Return the content of a file by the `ref` of its `File`."""
        ...

    async def roles(self, user: UserRef) -> Role:
        """Return what the platform's roles make of somebody."""
        ...

    async def outsiders(self, channel: ChannelRef) -> Sequence[UserRef]:
        """Return the members of a channel who are not of the home company."""
        ...

    async def is_private(self, channel: ChannelRef) -> bool:
        """Tell whether only the home company can read a channel; asked before every internal post."""
        ...


class CustomerRows(Protocol):
    """The embedded customer record as SQL keeps it."""

    async def accounts(self) -> Sequence[Account]:
        """Return all accounts."""
        ...

    async def account(self, id: AccountId) -> Account | None:
        """Return an account by id."""
        ...

    async def people(self) -> Sequence[Person]:
        """Return all people, ours included."""
        ...

    async def person(self, id: PersonId) -> Person | None:
        """Return a person by id."""
        ...

    async def identity(self, user: UserRef) -> Identity | None:
        """Return what a platform user is linked to."""
        ...

    async def users(self, person: PersonId) -> Sequence[UserRef]:
        """Return the platform users of a person."""
        ...

    async def invoices(self, account: AccountId) -> Sequence[Invoice]:
        """Return an account's invoices, oldest first."""
        ...

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins with their verified platform users, by name."""
        ...

    async def save(
        self,
        *,
        accounts: Sequence[Account] = (),
        people: Sequence[Person] = (),
        identities: Sequence[Identity] = (),
        invoices: Sequence[Invoice] = (),
    ) -> None:
        """Insert or replace rows by id, in one transaction."""
        ...


class Crm(Protocol):
    """The customer record. Raises Unavailable("crm")."""

    async def identify(self, user: UserRef, name: str, channel: Channel) -> Author:
        """Bind a platform user to whom we know them as; in a shared channel a stranger has trust account."""
        ...

    async def record(self, author: Author) -> Sequence[Fact]:
        """Return the fields that this author may have quoted to them, each with its audience; nothing at trust none."""
        ...

    async def account(self, account: AccountId) -> Account | None:
        """Return an account."""
        ...

    async def person(self, person: PersonId) -> Person | None:
        """Return a person."""
        ...

    async def users(self, person: PersonId) -> Sequence[UserRef]:
        """Return the platform users of a person."""
        ...

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins with their platform users."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message stands in: who pays for looking at it, and what was said in its ticket before."""

    payer: Payer
    before: Timeline = ()


class Triager(Protocol):
    """What a message is about. Raises Unavailable("model")."""

    async def triage(self, text: str, *, heard: Heard | None = None) -> Classification:
        """Classify what a customer wrote; a language model is asked only where `heard` says what it stands in."""
        ...

    async def similarity(self, a: str, b: str) -> float:
        """Return how alike two texts' topics are, -1 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, drawn anew: `media_type` is what it is now."""

    media_type: str
    content: bytes


class FileReader(Protocol):
    """What can be made of a stranger's file. It goes by the content, never raises for a bad one, and keeps within limits of size and time."""

    async def read(self, name: str, media_type: str, content: bytes) -> str | None:
        """Return the text of a PDF, Office document, log or text file; None for what cannot be read. Name and type are what somebody claims."""
        ...

    async def picture(self, content: bytes) -> Picture | None:
        """Return a picture (png, jpeg, gif, webp) as a model may see it: small, upright, without metadata; None for what is none or too large."""
        ...


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the customer's as the agent may see it: the text that was read of it, or a picture. Its name and content are untrusted."""

    name: str
    media_type: str
    text: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class PastTicket:
    """An earlier ticket of the same person: when, what about, how it ended, and its first and last words."""

    id: str
    opened: datetime
    category: str
    status: str
    asked: str
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """What an answerer is asked: one author's words, who they are to us, and where parts of the answer may stand.

    `place` is what the thread may show; `private` what a private message to this author may show, None when they cannot have one.
    `language` is the language to write in. `phrases` are policy's fixed sentences in it, by code.
    """

    text: str
    author: Author
    place: Audiences
    private: Audiences | None
    classification: Classification
    language: str
    phrases: Mapping[str, str]
    files: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """The hosts that links may lead to (none given: all)."""
    history: Timeline = ()
    hint: str = ""
    now: datetime | None = None
    wrong_rate: float = 0.02
    """The share of answers given alone that policy allows to be wrong."""
    policy: Policy | None = None
    """The policy in force, None for an answerer that needs no more of it than stands above."""
    kind: ChannelKind = ChannelKind.COMMUNITY
    payer: Payer = Payer()
    contacts: int = 0
    """How many tickets this person had before."""
    attempt: int = 0
    """How many drafts this ticket had before: who wants another one must not get the same."""
    attachments: tuple[Attachment, ...] = ()
    asked: str = ""
    """The author's own words alone; in `text` the telling lines of what they attached follow them. "" for the same as `text`."""
    actions: tuple[SelfService, ...] = ()
    """What policy lets this author have done, at their trust."""
    style: str = ""
    """What the team's approved replies look like, in a few lines; "" where nothing was learned."""


class Tools(Protocol):
    """What an answerer may look up, bound to one author: no call takes a customer, an account or an address."""

    async def search(self, query: str, *, k: int = 10, also: Sequence[str] = ()) -> Sequence[Passage]:
        """Return passages that some part of this answer may show; `also` are further queries that belong to this one."""
        ...

    async def record(self) -> Sequence[Fact]:
        """Return the author's own record, at the author's trust."""
        ...

    async def article(self, document: str) -> Sequence[Passage]:
        """Return the passages of one article in order, none when this author may not see it."""
        ...

    async def look_up(self, request: ActionRequest) -> Sequence[Passage | Evidence]:
        """Return what an action that only looks something up finds: articles, or texts that the team saved."""
        ...

    async def past_tickets(self) -> Sequence[PastTicket]:
        """Return the author's own earlier tickets, newest first; none unless the person is verified."""
        ...

    async def outranked(self, query: str) -> float:
        """Return by how much the nearest internal passage is nearer to a query than the nearest that this author may see (cosines).

        A number and nothing else comes out: below 0 when what they may see is nearer, -1 when nothing is hidden.
        """
        ...


class Answerer(Protocol):
    """Proposes an answer. Raises Unavailable("model"); what the tools raise passes through."""

    async def propose(self, brief: Brief, tools: Tools) -> Proposal:
        """Return a reply in parts, a question back, or neither and why."""
        ...


class Summarizer(Protocol):
    """Sums a conversation up for colleagues."""

    async def summarize(self, kind: SummaryKind, talk: Talk) -> Summary:
        """Return what a conversation came to, without points where nothing was said. It never fails: without a model the points are quotes."""
        ...


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks something up: the bound author, their own record, and what some part of the answer to them may show."""

    author: Author
    facts: Sequence[Fact]
    audiences: Audiences


class Actions(Protocol):
    """Does what policy declares. Raises Unavailable("actions") only where nothing was sent, so that it may be tried again."""

    async def run(self, spec: SelfService, run: ActionRun) -> ActionResult:
        """Make one attempt at a run and return what became of it: done, failed (certainly not done) or unknown."""
        ...

    async def undo(self, spec: SelfService, run: ActionRun) -> ActionResult:
        """Make one attempt at taking a run back, at the action's `undo` address."""
        ...

    async def lookup(self, spec: SelfService, request: ActionRequest, asker: Asker) -> Sequence[Passage | Evidence]:
        """Return what an action that only looks something up finds, nothing that no part of the answer may show."""
        ...


class Ledger(Protocol):
    """What the language model cost. A call is booked when it was made, whatever becomes of the turn: the money is spent."""

    async def book(self, call: ModelCall, payer: Payer, *, at: datetime) -> None:
        """Keep a call."""
        ...

    async def spent(self, *, since: datetime | None = None, ticket: str = "", person: str = "", channel: str = "") -> Spent:
        """Return the sum of the calls booked since then on what is named."""
        ...

    async def bookings(self, since: datetime, until: datetime) -> Sequence[Spending]:
        """Return the calls booked in a span, in order."""
        ...


class PolicySource(Protocol):
    """The policy in force."""

    async def current(self) -> Policy:
        """Return the resolved policy; a file that became wrong leaves the last good one in force."""
        ...


class Desk(Protocol):
    """What `bot` is given."""

    async def emit(self, event: Event) -> None:
        """Make an event durable; acknowledge the platform when this returns."""
        ...

    async def view(self, query: Query) -> View:
        """Return what to show, read only and permission checked, within 500 ms."""
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """What a person wants to see: `kind` is card, ticket, queue or why; `subject` its id."""

    kind: str
    subject: str
    by: UserRef | None = None
    role: Role = Role.CUSTOMER


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket with everything a page shows of it."""

    ticket: Ticket
    timeline: Timeline
    decisions: tuple[Decision, ...] = ()
    drafts: tuple[Draft, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    sentences: Mapping[str, tuple[str, ...]] | None = None
    """The reasons of each decision, rendered, by decision id."""
    summaries: tuple[Summary, ...] = ()


View = Card | TicketView | tuple[TicketView, ...] | None
