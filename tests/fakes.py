"""Fakes: one for each port, kept honest by `tests/contracts`."""

import asyncio
import math
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from desk.alert import Alert
from desk.answering import Picture
from desk.article import Chunk, ChunkChange, Document
from desk.audience import may_show
from desk.customer import Person, Role
from desk.draft import Evidence, Passage
from desk.errors import Conflict, PlaceGone, Rejected, Unavailable
from desk.events import Event
from desk.ids import OutboxId, derived
from desk.ports import Asker, Capabilities, Query, View
from desk.post import Direct, Op, Post
from desk.runs import ActionResult, ActionRun, RunStatus
from desk.selfservice import ActionRequest, Effect, SelfService
from desk.source import LONGEST_HOLD, Holding, SyncState
from desk.space import ChannelRef, MessageRef, Place, UserRef
from desk.ticket import Ticket
from desk.timeline import Message
from desk.usage import ModelCall, Payer, Spending, Spent
from knowledge.index import Entry, Found
from knowledge.vectors import unpacked

START = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
"""A Monday morning."""
PNG = b"\x89PNG\r\n\x1a\n"


class MemoryLibrary:
    """The articles in dictionaries."""

    def __init__(self):
        self._documents: dict[str, Document] = {}
        self._chunks: dict[str, Chunk] = {}
        self._vectors: dict[tuple[str, str], bytes] = {}
        self._changes: list[ChunkChange] = []

    async def documents(self, source: str | None = None) -> Sequence[Document]:
        return [document for document in self._documents.values() if source in (None, document.source)]

    async def put(self, document: Document, chunks: Sequence[Chunk], vectors: Mapping[str, bytes], *, embedder: str) -> None:
        new = {chunk.id: chunk for chunk in chunks}
        for chunk in await self.chunks_of(document.id):
            if chunk.id not in new:
                self._drop(chunk.id)
        for chunk in chunks:
            before = self._chunks.get(chunk.id)
            if before is None or before.hash != chunk.hash:
                self._vectors = {key: vector for key, vector in self._vectors.items() if key[0] != chunk.id}
                self._note(chunk.id, gone=False)
            self._chunks[chunk.id] = chunk
        self._documents[document.id] = document
        self._vectors.update({(id, embedder): vector for id, vector in vectors.items()})

    async def remove(self, documents: Sequence[str]) -> None:
        for id in documents:
            for chunk in await self.chunks_of(id):
                self._drop(chunk.id)
            self._documents.pop(id, None)

    async def mark_reviewed(self, documents: Sequence[str], *, on: str) -> Sequence[str]:
        found = [id for id in documents if id in self._documents]
        for id in found:
            self._documents[id] = replace(self._documents[id], reviewed=on)
            self._chunks |= {chunk.id: replace(chunk, reviewed=on) for chunk in await self.chunks_of(id)}
        return found

    async def chunks(self, ids: Sequence[str]) -> Mapping[str, Chunk]:
        return {id: self._chunks[id] for id in ids if id in self._chunks}

    async def chunks_of(self, document: str) -> Sequence[Chunk]:
        return sorted((chunk for chunk in self._chunks.values() if chunk.document == document), key=lambda chunk: chunk.n)

    async def vectors(self, ids: Sequence[str], *, embedder: str) -> Mapping[str, bytes]:
        return {id: self._vectors[id, embedder] for id in ids if (id, embedder) in self._vectors}

    async def lacking(self, embedder: str, *, limit: int = 1000) -> Sequence[Chunk]:
        return [chunk for id, chunk in self._chunks.items() if (id, embedder) not in self._vectors][:limit]

    async def add_vectors(self, vectors: Mapping[str, bytes], *, embedder: str) -> None:
        for id in vectors.keys() & self._chunks.keys():
            self._vectors[id, embedder] = vectors[id]
            self._note(id, gone=False)

    async def embedders(self) -> Mapping[str, int]:
        return Counter(embedder for _, embedder in self._vectors)

    async def changes(self, after: int, *, limit: int = 5000) -> Sequence[ChunkChange]:
        return self._changes[after : after + limit]

    async def position(self) -> int:
        return len(self._changes)

    def _drop(self, id: str) -> None:
        del self._chunks[id]
        self._vectors = {key: vector for key, vector in self._vectors.items() if key[0] != id}
        self._note(id, gone=True)

    def _note(self, id: str, *, gone: bool) -> None:
        self._changes.append(ChunkChange(len(self._changes) + 1, id, gone))


class MemorySources:
    """How far syncs are, in dictionaries; what came of them is counted in `library`."""

    def __init__(self, library: MemoryLibrary):
        self._library = library
        self._states: dict[str, SyncState] = {}
        self._holds: dict[str, tuple[str, datetime]] = {}
        self._staged: dict[str, dict[str, str]] = {}

    async def states(self) -> Mapping[str, SyncState]:
        return dict(self._states)

    async def hold(self, source: str, holder: str, *, now: datetime, until: datetime) -> bool:
        by, end = self._holds.get(source, (holder, now))
        if by != holder and now < end <= now + LONGEST_HOLD:
            return False
        self._holds[source] = (holder, until)
        return True

    async def release(self, source: str, holder: str) -> None:
        if self._holds.get(source, ("",))[0] == holder:
            del self._holds[source]

    async def held(self, now: datetime) -> frozenset[str]:
        return frozenset(name for name, (_, end) in self._holds.items() if end > now)

    async def save(self, state: SyncState, *, holder: str, staged: Mapping[str, str] | None = None, anew: bool = False) -> int:
        if self._holds.get(state.source, ("",))[0] != holder:
            raise Conflict(f"the source {state.source!r} is held by another")
        before = {} if anew else self._staged.get(state.source, {})
        self._staged[state.source] = before | dict(staged or {})
        known = self._states.get(state.source)
        self._states[state.source] = replace(state, reminded=known.reminded) if known else state
        return len(self._staged[state.source])

    async def staged(self, source: str, *, after: str = "", limit: int = 100) -> Sequence[tuple[str, str]]:
        return sorted((key, text) for key, text in self._staged.get(source, {}).items() if key > after)[:limit]

    async def remind(self, source: str, at: datetime) -> None:
        self._states[source] = replace(self._states.get(source, SyncState(source)), reminded=at)

    async def forget(self, source: str) -> None:
        for table in (self._states, self._holds, self._staged):
            table.pop(source, None)

    async def holdings(self) -> Mapping[str, Holding]:
        found: dict[str, Holding] = {}
        for document in await self._library.documents():
            known = found.get(document.source, Holding(0, 0))
            found[document.source] = Holding(known.documents + 1, known.chunks + len(await self._library.chunks_of(document.id)))
        return found


class MemoryLedger:
    """What the model cost, in a list. `locked` makes it unavailable."""

    def __init__(self):
        self.booked: list[Spending] = []
        self.locked = False

    async def book(self, call: ModelCall, payer: Payer, *, at: datetime) -> None:
        if self.locked:
            raise Unavailable("store", "the test says so")
        self.booked.append(Spending(at, payer, call))

    async def spent(self, *, since: datetime | None = None, ticket: str = "", person: str = "", channel: str = "") -> Spent:
        named = {what: who for what, who in (("ticket", ticket), ("person", person), ("channel", channel)) if who}
        found = [
            spending.call
            for spending in self.booked
            if (since is None or spending.at >= since) and all(getattr(spending.payer, what) == who for what, who in named.items())
        ]
        return Spent(len(found), sum(call.tokens for call in found), round(sum(call.price for call in found), 6))

    async def bookings(self, since: datetime, until: datetime) -> Sequence[Spending]:
        return [spending for spending in sorted(self.booked, key=lambda spending: spending.at) if since <= spending.at < until]


class WordEmbedder:
    """Vectors that are near when texts share words; `texts` are all it was given."""

    def __init__(self, id: str = "words@1", dimensions: int = 64):
        self.id = id
        self.dimensions = dimensions
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.texts.extend(texts)
        return [self._vector(text) for text in texts]

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return await self.embed(texts)

    def _vector(self, text: str) -> list[float]:
        vector = [0.0] * self.dimensions
        for word in _words(text):
            vector[hash_of(word) % self.dimensions] += 1.0
        length = math.hypot(*vector)
        return [value / length for value in vector] if length else [1.0, *vector[1:]]


class MemoryIndex:
    """An index in a dictionary; words are matched by counting them."""

    def __init__(self):
        self._entries: dict[str, Entry] = {}
        self._position = 0

    def position(self) -> int:
        return self._position

    def apply(self, put: Sequence[Entry], gone: Sequence[str], *, position: int) -> None:
        self._entries.update({entry.id: entry for entry in put})
        for id in gone:
            self._entries.pop(id, None)
        self._position = position

    def near(self, vector: Sequence[float], audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        return self._best({entry.id: _dot(vector, entry.vector) for entry in self._shown(audiences) if entry.vector}, k)

    def matching(self, text: str, audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        asked = set(_words(text))
        scores = {
            entry.id: float(sum(count for word, count in Counter(_words(entry.text)).items() if word in asked)) for entry in self._shown(audiences)
        }
        return self._best({id: score for id, score in scores.items() if score}, k)

    def clear(self) -> None:
        self._entries.clear()
        self._position = 0

    def close(self) -> None:
        pass

    def _shown(self, audiences: Sequence[str] | None) -> list[Entry]:
        return [entry for entry in self._entries.values() if audiences is None or entry.audience in audiences]

    def _best(self, scores: Mapping[str, float], k: int) -> list[Found]:
        return [Found(id, score) for id, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]]


@dataclass
class FakeClock:
    """A clock that a test moves."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    async def wait(self, until: datetime) -> None:
        self.at = max(self.at, until)

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class FakeChat:
    """A chat platform in memory. A test looks at `sent`, and says who is where through `members`, `internal`, `guests`, `said` and `files`."""

    can: Capabilities = field(default_factory=Capabilities)
    sent: list[Post] = field(default_factory=list)
    standing: dict[MessageRef, Post] = field(default_factory=dict)
    everyones: set[ChannelRef] = field(default_factory=set)
    reactions: list[tuple[MessageRef, str]] = field(default_factory=list)
    marks: dict[str, Ticket] = field(default_factory=dict)
    members: dict[UserRef, Role] = field(default_factory=dict)
    internal: set[ChannelRef] = field(default_factory=set)
    guests: dict[ChannelRef, list[UserRef]] = field(default_factory=dict)
    said: list[Message] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    streamed: list[tuple[Place, UserRef, str]] = field(default_factory=list)
    named: dict[UserRef, Person] = field(default_factory=dict)
    gone: set[ChannelRef] = field(default_factory=set)
    down: bool = False
    lost_replies: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def send(self, post: Post) -> MessageRef:
        self._reach()
        place = await self.open(post.target.user) if isinstance(post.target, Direct) else post.target
        if place.channel in self.gone:
            raise PlaceGone(f"there is no channel {place.channel.id!r}")
        self.sent.append(post)
        ref = MessageRef(place.channel, f"b{next(self._numbers)}")
        self.standing[ref] = post
        if self.lost_replies:
            self.lost_replies -= 1
            raise Unavailable("platform", "the reply to a send was lost")
        return ref

    async def edit(self, ref: MessageRef, post: Post) -> None:
        self._reach()
        was = self.standing.get(ref)
        if was is None or was.op is Op.WHISPER:
            raise PlaceGone(f"the message {ref.id!r} is not there any more")
        self.sent.append(post)
        self.standing[ref] = post

    async def delete(self, ref: MessageRef, post: Post) -> None:
        self._reach()
        if self.standing.pop(ref, None):
            self.sent.append(post)

    async def react(self, ref: MessageRef, emoji: str) -> None:
        self._reach()
        if (ref, emoji) not in self.reactions:
            self.reactions.append((ref, emoji))

    async def find(self, outbox_id: OutboxId, near: Place) -> MessageRef | None:
        self._reach()
        return next((ref for ref, post in self.standing.items() if outbox_id in (post.id, post.changes) and post.op is not Op.WHISPER), None)

    async def open(self, user: UserRef) -> Place:
        self._reach()
        return Place(ChannelRef(user.platform, user.space, f"dm-{user.id}"))

    async def mark(self, ticket: Ticket) -> None:
        self._reach()
        self.marks[ticket.id] = ticket

    async def history(self, place: Place, after: datetime) -> Sequence[Message]:
        self._reach()
        here = [m for m in self.said if m.place.channel == place.channel and place.thread in (None, m.place.thread, m.ref.id if m.ref else None)]
        return sorted((m for m in here if m.at > after), key=lambda m: m.at)

    async def fetch(self, ref: str) -> bytes:
        self._reach()
        if ref not in self.files:
            raise PlaceGone(f"there is no file {ref!r}")
        return self.files[ref]

    async def stream(self, place: Place, chunks: AsyncIterator[str], *, to: UserRef, id: OutboxId) -> None:
        self._reach()
        self.streamed.append((place, to, "".join([chunk async for chunk in chunks])))

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        self._reach()
        return [(user, person) for user, person in self.named.items()]

    async def roles(self, user: UserRef) -> Role:
        self._reach()
        return self.members.get(user, Role.CUSTOMER)

    async def outsiders(self, channel: ChannelRef) -> Sequence[UserRef]:
        self._reach()
        wrote = {m.author for m in self.said if m.place.channel == channel and m.author}
        return sorted(user for user in wrote | set(self.guests.get(channel, [])) if self.members.get(user, Role.CUSTOMER) is Role.CUSTOMER)

    async def is_private(self, channel: ChannelRef) -> bool:
        self._reach()
        alone = UserRef(channel.platform, channel.space, channel.id.removeprefix("dm-")) if channel.id.startswith("dm-") else None
        ours = alone is not None and self.members.get(alone, Role.CUSTOMER) is not Role.CUSTOMER
        return (ours or channel in self.internal) and not await self.outsiders(channel)

    async def is_open(self, channel: ChannelRef) -> bool:
        return channel in self.everyones

    async def name_of(self, channel: ChannelRef) -> str:
        self._reach()
        if channel in self.gone:
            raise PlaceGone(f"there is no channel {channel.id!r}")
        return channel.id

    def _reach(self) -> None:
        if self.down:
            raise Unavailable("platform", "the test says so")


@dataclass
class FakeActions:
    """Does nothing and remembers it. A test says how it ends: `answers` by action, `down` for nobody there, `lost` for no answer to what was done."""

    answers: dict[str, ActionResult] = field(default_factory=dict)
    down: bool = False
    lost: bool = False
    found: dict[str, Sequence[Passage | Evidence]] = field(default_factory=dict)
    ran: list[ActionRun] = field(default_factory=list)
    undone: list[ActionRun] = field(default_factory=list)
    before: Callable[[ActionRun], Awaitable[None]] | None = None
    """What else happens before a run is answered."""

    async def run(self, spec: SelfService, run: ActionRun) -> ActionResult:
        return await self._made(self.ran, spec, run)

    async def undo(self, spec: SelfService, run: ActionRun) -> ActionResult:
        return await self._made(self.undone, spec, run)

    async def lookup(self, spec: SelfService, request: ActionRequest, asker: Asker) -> Sequence[Passage | Evidence]:
        self._reach()
        found = self.found.get(spec.name, ()) if spec.effect is Effect.READ else ()
        return [item for item in found if may_show(asker.audiences, item.audience)]

    async def _made(self, made: list[ActionRun], spec: SelfService, run: ActionRun) -> ActionResult:
        self._reach()
        made.append(run)
        if self.before:
            await self.before(run)
        if self.lost:
            return ActionResult(RunStatus.UNKNOWN, "no answer in time")
        return self.answers.get(spec.name, ActionResult(RunStatus.DONE, "ok"))

    def _reach(self) -> None:
        if self.down:
            raise Unavailable("actions", "the test says so")


@dataclass
class FakePager:
    """Wakes nobody and remembers what became of each alert. A test says how it answers: `down` until told otherwise, or `fail` and `refuse` once."""

    alerts: dict[str, str] = field(default_factory=dict)
    told: list[Alert] = field(default_factory=list)
    down: bool = False
    refuses: bool = False
    _next: list[Exception] = field(default_factory=list)

    def fail(self) -> None:
        self._next.append(Unavailable("pager", "the test says so"))

    def refuse(self) -> None:
        self._next.append(Rejected("the test says so"))

    async def tell(self, alert: Alert) -> None:
        if self._next:
            raise self._next.pop(0)
        if self.down:
            raise Unavailable("pager", "the test says so")
        if self.refuses:
            raise Rejected("the test says so")
        self.told.append(alert)
        self.alerts[alert.escalation] = alert.word.value


@dataclass
class FakeMailer:
    """The port `Mailer`: `mails` is what arrived, by address, subject and text."""

    mails: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    """What the next sends raise, in order."""

    async def send(self, *, to: str, subject: str, text: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.mails.append((to, subject, text))

    @property
    def code(self) -> str:
        """Return the code of the last mail."""
        return re.findall(r"\d{6}", self.mails[-1][2])[0]


@dataclass
class FakeDesk:
    """A desk that keeps what it hears. `shows` answers queries; the next `refusals` emits are refused."""

    heard: list[Event] = field(default_factory=list)
    shows: Callable[[Query], View] = lambda _: None
    asked: list[Query] = field(default_factory=list)
    refusals: int = 0
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def emit(self, event: Event) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("store", "the test says so")
        self.heard.append(event)
        self._heard.set()

    async def until(self, event: Event) -> None:
        """Return when it has heard an event."""
        while event not in self.heard:
            self._heard.clear()
            await self._heard.wait()

    async def view(self, query: Query) -> View:
        self.asked.append(query)
        return self.shows(query)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def hash_of(word: str) -> int:
    return sum(ord(character) * (position + 1) for position, character in enumerate(derived("w", word)))


def _dot(vector: Sequence[float], content: bytes) -> float:
    return sum(a * b for a, b in zip(vector, unpacked(content), strict=True))


class FakeFiles:
    """A file reader that takes UTF-8 for text and the sign of a PNG for a picture; `read_` are the names it was asked to read."""

    def __init__(self) -> None:
        self.read_: list[str] = []

    async def read(self, name: str, media_type: str, content: bytes) -> str | None:
        self.read_.append(name)
        try:
            return None if b"\0" in content else content.decode()
        except UnicodeDecodeError:
            return None

    async def picture(self, content: bytes) -> Picture | None:
        return Picture("image/png", content) if content.startswith(PNG) and len(content) > len(PNG) else None
