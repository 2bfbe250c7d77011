"""Ports: what the desk needs from the world, as protocols. Each has one fake in tests/fakes.py and one contract suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from desk.alert import Alert
from desk.audience import Audiences
from desk.cards import Card, Form
from desk.catalog import Catalog, Options
from desk.customer import Account, Author, Fact, Identity, Invoice, Person, Role
from desk.decision import Decision
from desk.draft import Draft, Evidence, Passage
from desk.escalation import Escalation
from desk.events import Event
from desk.ids import AccountId, OutboxId, PersonId
from desk.layers import Difference, Override, PolicyVersion
from desk.oncall import Rota, Shift
from desk.policy import Policy
from desk.post import Post
from desk.runs import ActionResult, ActionRun
from desk.selfservice import ActionRequest, SelfService
from desk.sla import Owed
from desk.space import Channel, ChannelRef, MessageRef, Place, UserRef
from desk.summary import Summary
from desk.ticket import Ticket
from desk.timeline import Message, Timeline


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
    card_threads: bool = False
    """The team's cards of one ticket stand in one thread, under the first of them."""
    pace: timedelta = timedelta()
    """The least time between two posts in one channel."""
    paces_threads: bool = False
    """Each thread has a pace of its own."""


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

    async def stream(self, place: Place, chunks: AsyncIterator[str], *, to: UserRef, id: OutboxId) -> None:
        """Show a text while it is made, at an internal place, to who asked; best effort: what counts goes through the outbox.

        What was streamed to its end is found by `id`, as if it had been sent, so that the post of that id takes its place.
        """
        ...

    async def roles(self, user: UserRef) -> Role:
        """Return what the platform's roles make of somebody."""
        ...

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins whom the platform and policy name, by name; nobody where only the customer record knows."""
        ...

    async def outsiders(self, channel: ChannelRef) -> Sequence[UserRef]:
        """Return the members of a channel who are not of the home company."""
        ...

    async def is_private(self, channel: ChannelRef) -> bool:
        """Tell whether only the home company can read a channel; asked before every internal post."""
        ...

    async def is_open(self, channel: ChannelRef) -> bool:
        """Tell whether anybody at all can read a channel, so that it is no single account's."""
        ...

    async def name_of(self, channel: ChannelRef) -> str:
        """Return how a channel is called, without #; raise PlaceGone where there is none, or where the bot is not let in."""
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

    async def accounts(self) -> Sequence[Account]:
        """Return all accounts, by name."""
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

    async def invoices(self, account: AccountId) -> Sequence[Invoice]:
        """Return all invoices of an account, for the team's eyes: `record` says what may be quoted to whom."""
        ...

    async def identity(self, user: UserRef) -> Identity | None:
        """Return whom a platform user is linked to, since when and how we know; None for nobody."""
        ...

    async def find(self, words: str) -> Sequence[Person]:
        """Return the people who have this id, e-mail address or name, in any case, by id; for the team, which means one person by it."""
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


class Pager(Protocol):
    """Wakes a phone. Raises Unavailable("pager") where nobody answered, Misconfigured without its key, Rejected for a refusal."""

    async def tell(self, alert: Alert) -> None:
        """Tell the service of an alert; telling it twice is telling it once."""
        ...


class Mailer(Protocol):
    """Sends mail, one-time codes above all. Raises Unavailable("mail") where nobody answered, Misconfigured for refused credentials."""

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Send a plain text to one address. What was handed over counts as sent, also where no answer says so."""
        ...


class Calendars(Protocol):
    """The calendars that rotas name."""

    async def shifts(self, rota: Rota, start: datetime, until: datetime) -> Sequence[Shift]:
        """Return who a rota's calendar says is on call between two instants, nobody without one. Raises Misconfigured for one that cannot be read."""
        ...


class PolicySource(Protocol):
    """The policy in force."""

    async def current(self) -> Policy:
        """Return the resolved policy; a file that became wrong leaves the last good one in force."""
        ...


class PolicyLayers(PolicySource, Protocol):
    """The policy in force with the layers that it is made of: a change by command is looked at before it is written."""

    async def resolved(self) -> Mapping[str, Any]:
        """Return the policy in force as tables."""
        ...

    async def preview(self, values: Mapping[str, object]) -> Policy:
        """Return the policy as it would be with these keys (`tickets.window`) set, or taken from the overrides (None); raise PolicyError if wrong."""
        ...

    async def number(self) -> int:
        """Return how many changes by command there were."""
        ...

    async def beneath(self) -> Mapping[str, Any]:
        """Return the policy as tables as it would be without changes by command."""
        ...

    async def overrides(self) -> Sequence[Override]:
        """Return what commands set, in the order it was set."""
        ...

    async def history(self) -> Sequence[Override]:
        """Return every change by command, oldest first."""
        ...

    async def versions(self) -> Sequence[PolicyVersion]:
        """Return every policy that was in force, oldest first."""
        ...

    async def diff(self) -> Sequence[Difference]:
        """Return every key that the file or a command sets to something else than what is shipped, by path."""
        ...


class Desk(Protocol):
    """What `bot` is given."""

    async def emit(self, event: Event) -> None:
        """Make an event durable; acknowledge the platform when this returns."""
        ...

    async def view(self, query: Query) -> View:
        """Return what to show, read only and permission checked, within 500 ms."""
        ...

    async def check(self, query: Query, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return what is wrong with the values of a form that `query` names, as sentences by field; nothing when it may be sent."""
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """What a person wants to see.

    | kind    | subject                                  | answer                                           |
    |---------|------------------------------------------|--------------------------------------------------|
    | card    | a card's id                              | the card as things stand now                     |
    | ticket  | a ticket's id                            | the ticket with its history                      |
    | queue   |                                          | what waits for the team                          |
    | form    | the id of the card or the outbox row that shows the button | the form of its button `action` about `about` (None: it has none) |
    | command | a command as written                     | the form it opens (None: it is run at once)      |
    | hints   | the beginning of a command               | a card that says how it may go on                |
    | home    |                                          | the page of whoever asks, by their role          |
    | commands|                                          | every command there is, for a platform to offer  |
    | options | the beginning of a command               | how it may go on, as commands written further    |
    """

    kind: str
    subject: str
    by: UserRef | None = None
    role: Role = Role.CUSTOMER
    action: str = ""
    place: Place | None = None
    name: str = ""
    """How the platform calls who asks."""
    about: str = ""
    """The subject of the button that was pressed, which tells two buttons of one action apart."""


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
    owed: tuple[Owed, ...] = ()
    """What was promised to the customer and is owed, the most pressing first."""


View = Card | Form | TicketView | Catalog | Options | tuple[TicketView, ...] | None
