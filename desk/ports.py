"""Ports: what the desk needs from the world, as protocols. Each has one fake in tests/fakes.py and one contract suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from desk.article import Chunk, ChunkChange, Document
from desk.audience import Audiences
from desk.candidate import Candidate, CandidateStatus
from desk.cards import Card, CardRecord
from desk.changes import Changes, Feedback
from desk.customer import Account, Author, Fact, Identity, Invoice, Person, Role
from desk.deadlines import Deadline
from desk.decision import Decision
from desk.draft import Draft, Passage, Proposal
from desk.escalation import Escalation
from desk.events import Event
from desk.ids import AccountId, CardId, DraftId, EventId, MessageId, OutboxId, PersonId, TicketId
from desk.policy import Policy
from desk.post import Post, Row
from desk.source import Holding, SyncState
from desk.space import Channel, ChannelRef, MessageRef, Place, UserRef
from desk.ticket import Ticket
from desk.timeline import Message, Timeline
from desk.triage import Classification


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


@dataclass(frozen=True, slots=True)
class Hits:
    """The result of a search, best first. `version` is the knowledge's when it was asked; `degraded` says that one of the two legs was missing."""

    passages: tuple[Passage, ...] = ()
    version: str = ""
    degraded: bool = False


class KnowledgeBase(Protocol):
    """The articles. Raises Unavailable("kb")."""

    async def search(self, query: str, audiences: Audiences, *, k: int = 10, also: Sequence[str] = ()) -> Hits:
        """Return the passages that answer a query, among those that one of `audiences` may show; filtered in the index.

        `also` are further queries that belong to it, such as its questions one by one: a passage may fit any of them.
        """
        ...

    async def passages(self, ids: Sequence[str]) -> Mapping[str, Passage]:
        """Return passages by id as they are now; one that is gone is missing from the result."""
        ...

    async def version(self) -> str:
        """Return what changes when any document does."""
        ...


class Library(Protocol):
    """The articles as SQL keeps them: the truth that every index is a cache of. Vectors are little-endian float32 bytes."""

    async def documents(self, source: str | None = None) -> Sequence[Document]:
        """Return the documents, of one source or of all."""
        ...

    async def put(self, document: Document, chunks: Sequence[Chunk], vectors: Mapping[str, bytes], *, embedder: str) -> None:
        """Replace one document with its chunks and their vectors (by chunk id) in one transaction, noting in the change list what changed."""
        ...

    async def remove(self, documents: Sequence[str]) -> None:
        """Remove documents by id, in one transaction."""
        ...

    async def mark_reviewed(self, documents: Sequence[str], *, on: str) -> Sequence[str]:
        """Note that somebody reviewed documents on a day (ISO date), with their chunks; return the ids that there are. No text changes by it."""
        ...

    async def chunks(self, ids: Sequence[str]) -> Mapping[str, Chunk]:
        """Return live chunks by id."""
        ...

    async def chunks_of(self, document: str) -> Sequence[Chunk]:
        """Return a document's chunks in order."""
        ...

    async def vectors(self, ids: Sequence[str], *, embedder: str) -> Mapping[str, bytes]:
        """Return the vectors that this embedder made."""
        ...

    async def lacking(self, embedder: str, *, limit: int = 1000) -> Sequence[Chunk]:
        """Return chunks without a vector of this embedder."""
        ...

    async def add_vectors(self, vectors: Mapping[str, bytes], *, embedder: str) -> None:
        """Store vectors made later, for a change of embedder; the change list says so, and indexes that already have the chunks fetch them."""
        ...

    async def embedders(self) -> Mapping[str, int]:
        """Return how many live chunks each embedder has read, by its id."""
        ...

    async def changes(self, after: int, *, limit: int = 5000) -> Sequence[ChunkChange]:
        """Return what changed after a position of the change list, in order."""
        ...

    async def position(self) -> int:
        """Return the last position of the change list, 0 when nothing was ever written."""
        ...


class CandidateRows(Protocol):
    """Answers of resolved tickets that wait for a person, or were judged by one."""

    async def candidates(self, status: CandidateStatus | None = None) -> Sequence[Candidate]:
        """Return the candidates, of one status or all, oldest first."""
        ...

    async def offer(self, candidate: Candidate) -> None:
        """Keep a new candidate; one that is known stays as it is, so that nobody's judgment is lost."""
        ...

    async def judge(self, candidate: Candidate) -> bool:
        """Replace a candidate by what a person made of it; False when there is none any more."""
        ...


class SourceRows(Protocol):
    """How far the sync of each source is. One process at a time reads a source: whoever holds it, until the time of the hold is over.

    What a sync has collected is kept as texts by key, in the words of whoever collected it, until it is applied.
    """

    async def states(self) -> Mapping[str, SyncState]:
        """Return the states of all sources that were ever synced, by name, also of those that the policy no longer names."""
        ...

    async def hold(self, source: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take a source, or go on holding it; False while another holds it."""
        ...

    async def release(self, source: str, holder: str) -> None:
        """Let go of a source, if `holder` still has it."""
        ...

    async def held(self, now: datetime) -> frozenset[str]:
        """Return the names of the sources that somebody holds."""
        ...

    async def save(self, state: SyncState, *, holder: str, staged: Mapping[str, str] | None = None, anew: bool = False) -> int:
        """Save a state and, in the same transaction, what was collected with it; return how many items the source has staged now.

        `anew` drops what was staged before. When the owner was reminded is kept. Raises Conflict when `holder` does not hold the source any more.
        """
        ...

    async def staged(self, source: str, *, after: str = "", limit: int = 100) -> Sequence[tuple[str, str]]:
        """Return what was collected behind a key, in order of the keys."""
        ...

    async def remind(self, source: str, at: datetime) -> None:
        """Note that the owner of a source was reminded."""
        ...

    async def forget(self, source: str) -> None:
        """Drop the state of a source and what it has staged."""
        ...

    async def holdings(self) -> Mapping[str, Holding]:
        """Return how much each place gave that documents say they are from: `source:NAME`, or an ingested path."""
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


class Embedder(Protocol):
    """Text to vectors. Everything fitted to an embedder's vectors carries its `id`."""

    id: str
    dimensions: int

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one unit vector a text, in order: shape (len(texts), dimensions)."""
        ...

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the same for texts that search: some models want them marked as such."""
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


class Triager(Protocol):
    """What a message is about. Raises Unavailable("model")."""

    async def triage(self, text: str) -> Classification:
        """Classify what a customer wrote."""
        ...

    async def similarity(self, a: str, b: str) -> float:
        """Return how alike two texts' topics are, -1 to 1."""
        ...


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


class Tools(Protocol):
    """What an answerer may look up, bound to one author: no call takes a customer, an account or an address."""

    async def search(self, query: str, *, k: int = 10, also: Sequence[str] = ()) -> Sequence[Passage]:
        """Return passages that some part of this answer may show; `also` are further queries that belong to this one."""
        ...

    async def record(self) -> Sequence[Fact]:
        """Return the author's own record, at the author's trust."""
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


class PolicySource(Protocol):
    """The policy in force."""

    async def current(self) -> Policy:
        """Return the resolved policy; a file that became wrong leaves the last good one in force."""
        ...


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
        """Return when the soonest deadline is due."""
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

    async def erase(self, users: Sequence[UserRef]) -> int:
        """Empty everything these users wrote and the drafts made of it; return how many rows."""
        ...

    async def purge(self, now: datetime) -> int:
        """Drop what retention says should be gone; return how many rows."""
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


View = Card | TicketView | tuple[TicketView, ...] | None
