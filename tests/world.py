"""A world for the use cases: the real store and customer record, with a chat, a clock, a knowledge base and a model that tests script."""

from __future__ import annotations

import json
import math
import re
import tempfile
import tomllib
from array import array
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from agent.advisor import ExtractiveAdvisor
from agent.summary import ExtractiveSummarizer
from crm.embedded import EmbeddedCrm
from desk import audience
from desk.answering import Brief, Heard, Tools
from desk.article import Chunk, Document
from desk.audience import Audiences, may_show
from desk.cards import Button, Card, english, find_button, plain
from desk.changes import SaveChannel, write
from desk.customer import Account, Author, Fact, Identity, Invoice, Person, Role, Trust
from desk.decision import Decision
from desk.draft import Claim, Draft, Evidence, Part, Passage, Proposal
from desk.errors import Unavailable
from desk.events import ButtonClicked, CommandInvoked, Event, MessageDeleted, MessageEdited, MessageReceived, TypingSeen
from desk.ids import AccountId, EventId, PersonId
from desk.library import Hits
from desk.meaning import Meaning
from desk.policy import Policy
from desk.policy_check import merged, read_policy
from desk.post import Post
from desk.space import Channel, ChannelKind, ChannelRef, Intake, MessageRef, Place, Platform, UserRef
from desk.ticket import Ticket
from desk.timeline import Message, Purpose, message_id
from desk.triage import Classification, Signal
from escalation.calendars.days_off import with_days_off
from handlers import sealing
from handlers.commands.table import COMMAND
from handlers.dispatch import dispatch
from handlers.outbox import Sender
from handlers.rearming import Rearming
from handlers.runner import Runner
from handlers.services import Services
from handlers.styles import Styles
from handlers.timers import Sweeper
from store.customers import SqlCustomers
from store.database import Database, open_database
from store.library import SqlLibrary
from store.overrides import SqlOverrides
from store.policy import overlaid
from tests.audit import Journal, WatchedChat, check
from tests.fakes import START, FakeActions, FakeClock, FakeMailer

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = {
    "mara": Person(PersonId("mara"), "Mara", account=AccountId("acme"), zone="Europe/Berlin", entitlements=frozenset({"billing"})),
    "jon": Person(PersonId("jon"), "Jon", account=AccountId("acme")),
    "ina": Person(PersonId("ina"), "Ina", account=AccountId("globex")),
    "noor": Person(PersonId("noor"), "Noor", Role.TEAMMATE),
    "tom": Person(PersonId("tom"), "Tom", Role.TEAMMATE),
    "lea": Person(PersonId("lea"), "Lea", Role.LEAD),
    "ada": Person(PersonId("ada"), "Ada", Role.ADMIN),
    "kim": Person(PersonId("kim"), "Kim", Role.COLLEAGUE),
}
ACCOUNTS = (
    Account(AccountId("acme"), "Acme", tier="enterprise", health=62, health_trend="falling", manager="Lea"),
    Account(AccountId("globex"), "Globex", tier="team"),
)
INVOICES = (Invoice(AccountId("acme"), "INV-204", Decimal("420.00"), "EUR", "refunding"),)
_templates = tempfile.TemporaryDirectory(prefix="frontdesk-world-")
_template: list[bytes] = []
CHUNK = Chunk(
    "c-refund",
    "refunds",
    0,
    "Refund times",
    "",
    "https://help.example/refunds",
    audience.PUBLIC,
    "Refunds reach the card within 5 to 7 working days.",
)


def passage(chunk: Chunk) -> Passage:
    """Return a chunk as search returns it."""
    known = {"updated": chunk.updated, "reviewed": chunk.reviewed, "expires": chunk.expires}
    return Passage(chunk.id, chunk.document, chunk.title, chunk.heading, chunk.url, chunk.audience, chunk.text, chunk.hash, 1.0, 0.8, **known)


def user(name: str) -> UserRef:
    """Return somebody's platform user."""
    return UserRef(Platform.LOCAL, "main", name)


def role_of(name: str) -> Role:
    """Return what the platform makes of somebody: a stranger is a customer."""
    return PEOPLE[name].role if name in PEOPLE else Role.CUSTOMER


def channel(name: str) -> ChannelRef:
    """Return a channel by name."""
    return ChannelRef(Platform.LOCAL, "main", name)


def _pointing(topics: Sequence[str], text: str) -> bytes:
    """Return the direction of the topics that a text names; without any it says nothing."""
    named = [float(topic in text.lower()) for topic in topics]
    length = math.sqrt(sum(named))
    return array("f", [value / length for value in named]).tobytes() if length else b""


def words_of(text: str) -> set[str]:
    """Return the words of a text, in lower case."""
    return set(re.findall(r"\w+", text.lower()))


@dataclass
class ScriptedPolicy:
    """The shipped policy with what a test changes and what commands override."""

    changes: dict[str, Any] = field(default_factory=dict)
    overrides: SqlOverrides | None = None

    async def current(self) -> Policy:
        """Return the policy; the same layers are read once."""
        return await self.preview({})

    async def preview(self, values: Mapping[str, object]) -> Policy:
        """Return the policy with more keys set by command."""
        return _policy(json.dumps(merged(self.changes, await self._layer(values))))

    async def resolved(self) -> Mapping[str, Any]:
        """Return the policy as tables."""
        return merged(tomllib.loads((ROOT / "policy.toml").read_text()), self.changes, await self._layer({}))

    async def number(self) -> int:
        """Return how many changes by command there were."""
        return await self.overrides.number() if self.overrides else 0

    async def _layer(self, values: Mapping[str, object]) -> dict[str, Any]:
        return overlaid(await self.overrides.current() if self.overrides else (), values)

    def change(self, **tables: Any) -> None:
        """Lay these tables over what was changed before."""
        self.changes = merged(self.changes, tables)


@cache
def _policy(changes: str) -> Policy:
    return with_days_off(read_policy(merged(tomllib.loads((ROOT / "policy.toml").read_text()), json.loads(changes))))


class ScriptedCrm(EmbeddedCrm):
    """The customer record, which a test may take down."""

    down = False

    async def identify(self, user: UserRef, name: str, channel: Channel) -> Author:
        self._reach()
        return await super().identify(user, name, channel)

    async def record(self, author: Author) -> Sequence[Fact]:
        self._reach()
        return await super().record(author)

    async def account(self, account: AccountId) -> Account | None:
        self._reach()
        return await super().account(account)

    async def accounts(self) -> Sequence[Account]:
        self._reach()
        return await super().accounts()

    async def invoices(self, account: AccountId) -> Sequence[Invoice]:
        self._reach()
        return await super().invoices(account)

    async def users(self, person: PersonId) -> Sequence[UserRef]:
        self._reach()
        return await super().users(person)

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        self._reach()
        return await super().team()

    def _reach(self) -> None:
        if self.down:
            raise Unavailable("crm")


@dataclass
class ScriptedKnowledge:
    """A knowledge base of a few passages: a word of the query finds them, the audience is honored."""

    passages_: dict[str, Passage] = field(default_factory=dict)
    down: bool = False

    async def search(self, query: str, audiences: Audiences, *, k: int = 10, also: Sequence[str] = ()) -> Hits:
        if self.down:
            raise Unavailable("kb")
        words = set(re.findall(r"\w+", query.lower()))
        found = [
            p for p in self.passages_.values() if may_show(audiences, p.audience) and words & set(re.findall(r"\w+", f"{p.title} {p.text}".lower()))
        ]
        return Hits(tuple(found[:k]), await self.version())

    async def passages(self, ids: Sequence[str]) -> Mapping[str, Passage]:
        return {id: self.passages_[id] for id in ids if id in self.passages_}

    async def article(self, document: str, audiences: Audiences) -> Sequence[Passage]:
        return [p for p in self.passages_.values() if p.document == document and may_show(audiences, p.audience)]

    async def version(self) -> str:
        return str(len(self.passages_))


@dataclass
class ScriptedTriager:
    """Triage by words: `#human`, `#security` and the like are signals, each `#sour` is half of all displeasure, `chat` asks nothing.

    Two texts that name one topic word are alike.
    """

    down: bool = False
    model: str = ""
    topics: tuple[str, ...] = ("refund", "login", "export")

    async def triage(self, text: str, *, heard: Heard | None = None) -> Classification:
        if self.down:
            raise Unavailable("model")
        signals = frozenset(signal for signal in Signal if f"#{signal.removeprefix('asks_')}" in text.lower())
        asks = not text.lower().startswith(("chat", "thanks", "hi"))
        sour = 0.5 * text.lower().count("#sour")
        language = "de" if "bitte" in text else "en"
        return Classification("billing", 0.9, is_request=asks, language=language, signals=signals, displeasure=min(1.0, sour), model=self.model)

    async def similarity(self, a: str, b: str) -> float:
        if self.down:
            raise Unavailable("model")
        first, second = ({topic for topic in self.topics if topic in text.lower()} for text in (a, b))
        return 1.0 if first & second or not (first and second) else 0.0

    async def meanings(self, texts: Sequence[str]) -> Sequence[Meaning]:
        if self.down:
            raise Unavailable("model")
        return [Meaning("scripted", _pointing(self.topics, text)) for text in texts]


@dataclass
class ScriptedAnswerer:
    """Answers with the first passage found; `vague` asks back, `unsure` lowers the confidence, `invoice` adds a private part from the record."""

    down: bool = False
    confidence: float = 0.9
    unsupported: bool = False
    instead: Proposal | None = None
    """What it returns whatever was asked, for an answerer that misbehaves."""
    briefs: list[Brief] = field(default_factory=list)

    async def propose(self, brief: Brief, tools: Tools) -> Proposal:
        self.briefs.append(brief)
        if self.down:
            raise Unavailable("model")
        if self.instead is not None:
            return self.instead
        if "vague" in brief.text:
            return Proposal((Part(audience.PUBLIC, f"Which part is it, in {brief.text!r}?"),), question=True, confidence=1.0)
        parts, claims, evidence = [], [], []
        for passage in list(await tools.search(brief.text))[:1]:
            evidence.append(
                Evidence(
                    1,
                    "passage",
                    passage.id,
                    passage.audience,
                    passage.text,
                    passage.title,
                    passage.document,
                    url=passage.url,
                    updated=passage.updated,
                    hash=passage.hash,
                    reviewed=passage.reviewed,
                    expires=passage.expires,
                )
            )
            parts.append(Part(audience.PUBLIC, f"{passage.text} [1]"))
            claims.append(Claim(passage.text, not self.unsupported, (1,), 0))
        for fact in [f for f in await tools.record() if f.kind == "invoice" and "invoice" in brief.text][:1]:
            n = len(evidence) + 1
            evidence.append(Evidence(n, "record", fact.key, fact.audience, fact.value, fact.label, hash=fact.hash))
            parts.append(Part(fact.audience, f"{fact.value} [{n}]", to=brief.author.user))
            claims.append(Claim(fact.value, True, (n,), len(parts) - 1))
        if not parts:
            return Proposal(abstained="no_evidence")
        if "invoice" in brief.text and not brief.author.verified:
            parts.append(Part(audience.PUBLIC, brief.phrases["verify"]))
        return Proposal(tuple(parts), tuple(claims), tuple(evidence), 0.2 if "unsure" in brief.text else self.confidence)


@dataclass
class World:
    """The desk with everything around it. Verbs tell a story; `settle` lets it happen."""

    services: Services
    chat: WatchedChat
    clock: FakeClock
    policy: ScriptedPolicy
    knowledge: ScriptedKnowledge
    triager: ScriptedTriager
    answerer: ScriptedAnswerer
    crm: ScriptedCrm
    store: Journal
    customers: SqlCustomers
    library: SqlLibrary
    queue: list[Event] = field(default_factory=list)
    numbers: int = 0

    def __post_init__(self) -> None:
        self.sender = Sender(self.services)
        self.runner = Runner(self.services, self.submit)
        self.rearming: Rearming | None = None

    @property
    def actions(self) -> FakeActions:
        """Return what does things for customers."""
        assert isinstance(self.services.actions, FakeActions)
        return self.services.actions

    @property
    def mailer(self) -> FakeMailer:
        """Return what sends mail."""
        assert isinstance(self.services.mailer, FakeMailer)
        return self.services.mailer

    async def says(self, who: str, text: str, *, where: str = "community", under: MessageRef | None = None, **more: Any) -> MessageRef:
        """Somebody writes, in a channel or under a message."""
        event = self.message(who, text, where=where, under=under, **more)
        await self.emit(event)
        return event.ref

    def message(self, who: str, text: str, *, where: str = "community", under: MessageRef | None = None, **more: Any) -> MessageReceived:
        """Return the event of a message, for a test to deliver as it likes."""
        self.numbers += 1
        ref = MessageRef(channel(where), f"m{self.numbers}")
        at = self.clock.now() + timedelta(microseconds=self.numbers)
        place = Place(ref.channel, under.id if under else None)
        event = {"id": EventId(f"e{self.numbers}"), "at": at, "author": user(who), "author_name": who.title(), "role": role_of(who)}
        self.chat.said.append(Message(message_id(ref), ref, place, user(who), who.title(), role_of(who), text, at))
        return MessageReceived(ref=ref, place=place, text=text, **{**event, **more})

    async def types(self, who: str, *, where: str = "community") -> None:
        """Somebody is typing."""
        self.numbers += 1
        await self.emit(TypingSeen(id=EventId(f"e{self.numbers}"), place=Place(channel(where)), author=user(who), at=self.clock.now()))

    async def edits(self, ref: MessageRef, text: str) -> None:
        """Somebody changes what they wrote."""
        self.numbers += 1
        await self.emit(MessageEdited(id=EventId(f"e{self.numbers}"), ref=ref, text=text, at=self.clock.now() + timedelta(microseconds=self.numbers)))

    async def deletes(self, ref: MessageRef) -> None:
        """Somebody takes back what they wrote."""
        self.numbers += 1
        await self.emit(MessageDeleted(id=EventId(f"e{self.numbers}"), ref=ref, at=self.clock.now() + timedelta(microseconds=self.numbers)))

    async def learns(self, *chunks: Chunk) -> None:
        """The knowledge base holds these chunks from now on; one of a known id is changed."""
        for chunk in chunks:
            document = Document(chunk.document, "test", chunk.title, chunk.url, chunk.audience, chunk.hash)
            await self.library.put(document, [chunk], {chunk.id: b""}, embedder="test")
            self.knowledge.passages_[chunk.id] = passage(chunk)
            self.chat.secrets[chunk.text] = frozenset({chunk.audience})

    async def clicks(self, who: str, label: str, *, ref: MessageRef | None = None, **form: str) -> None:
        """Somebody presses a button: on the latest message that has one of this label, or on `ref`."""
        at, button = self.button(label, ref=ref)
        await self.press(who, button, at, **form)

    async def press(self, who: str, button: Button, at: MessageRef, **form: str) -> None:
        """Somebody presses this very button, whatever stands there by now; one that stands for a command gives it."""
        if button.action == COMMAND:
            return await self.commands(who, button.subject, where=at.channel.id, **form)
        await self.emit(await self.click(who, at, button, **form))

    async def click(self, who: str, at: MessageRef, button: Button, **form: str) -> ButtonClicked:
        """Return the event of a click, for a test to deliver as it likes."""
        self.numbers += 1
        record = await self.store.card_at(at)
        return ButtonClicked(
            id=EventId(f"e{self.numbers}"),
            action=button.action,
            ticket=button.ticket,
            subject=button.subject,
            basis=button.basis,
            by=user(who),
            by_name=who.title(),
            role=role_of(who),
            at=self.clock.now() + timedelta(microseconds=self.numbers),
            place=Place(at.channel),
            card=record.id if record else None,
            form=form,
        )

    async def commands(self, who: str, text: str, /, *, where: str = "agents", **form: str) -> None:
        """Somebody gives a slash command, with the values of its form if it has one."""
        self.numbers += 1
        event = CommandInvoked(
            id=EventId(f"e{self.numbers}"),
            text=text,
            by=user(who),
            by_name=who.title(),
            role=role_of(who),
            at=self.clock.now(),
            place=Place(channel(where)),
            form=form,
        )
        await self.emit(event)

    async def emit(self, event: Event) -> None:
        """Deliver an event and everything that follows at this instant."""
        self.queue.append(await sealing.safe(event, self.services))
        await self.settle()

    async def settle(self) -> None:
        """Work until nothing is queued, due or sendable."""
        sweeper, sender = Sweeper(self.services, self.submit), self.sender
        busy = True
        while busy:
            while self.queue:
                await dispatch(self.queue.pop(0), self.services, self.submit)
            busy = await self._rearmed()
            busy = await sweeper.sweep() or busy
            busy = await self.runner.drain() or busy
            busy = await sender.drain() or busy or bool(self.queue)

    async def _rearmed(self) -> bool:
        """Notice a policy that was changed since this world began."""
        self.rearming = self.rearming or Rearming(self.services, self.submit, seen=(await self.policy.current()).version)
        return await self.rearming.look()

    async def wait(self, **span: float) -> None:
        """Let time pass, stopping at every instant at which something is due."""
        target = self.clock.now() + timedelta(**span)
        while True:
            due = [at for at in (await self.store.next_due(), await self.store.next_sendable()) if at is not None and at > self.clock.now()]
            self.clock.at = min([target, *due])
            await self.settle()
            if self.clock.at >= target:
                return

    async def asks(self, who: str, text: str, **more: Any) -> MessageRef:
        """Somebody writes and pauses."""
        ref = await self.says(who, text, **more)
        await self.wait(seconds=9)
        return ref

    def posts(self, *purposes: Purpose, where: str | None = None) -> list[Post]:
        """Return what was sent, in order."""
        return [
            p for p in self.chat.sent if (not purposes or p.purpose in purposes) and (where is None or str(p.target).startswith(str(channel(where))))
        ]

    def texts(self, *purposes: Purpose, where: str | None = None) -> list[str]:
        """Return what was sent as plain text."""
        return [plain(p.card) for p in self.posts(*purposes, where=where) if p.card]

    def standing(self, *, where: str = "") -> list[str]:
        """Return what stands now, as plain text."""
        return [plain(post.card) for ref, post in self.chat.standing.items() if post.card and where in ("", ref.channel.id)]

    def button(self, label: str, *, ref: MessageRef | None = None) -> tuple[MessageRef, Button]:
        """Return the latest button of this label that stands anywhere, and where."""
        for at, post in reversed(self.chat.standing.items()):
            if ref in (None, at) and post.card and (button := find_button(post.card, label)):
                return at, button
        raise AssertionError(
            f"no button {english(label)!r}; there are {[b.name for p in self.chat.standing.values() if p.card for b in p.card.buttons]}"
        )

    def card(self, purpose: Purpose) -> Card:
        """Return the latest standing card of a purpose."""
        return next(p.card for p in reversed(self.chat.standing.values()) if p.purpose is purpose and p.card)

    async def ticket(self) -> Ticket:
        """Return the only ticket there is."""
        (ticket,) = await self.store.tickets()
        return ticket

    async def decisions(self) -> list[str]:
        """Return the words of all decisions, in order."""
        return [decision.word for decision in await self.all_decisions()]

    async def all_decisions(self) -> Sequence[Decision]:
        """Return all decisions, in order."""
        return await self.store.decisions()

    async def drafts(self) -> Sequence[Draft]:
        """Return the drafts of the only ticket."""
        return await self.store.drafts((await self.ticket()).id)

    async def submit(self, event: Event) -> None:
        """Queue what follows from an event."""
        self.queue.append(event)


@asynccontextmanager
async def world(folder: Path, *, mode: str = "auto", **policy: Any) -> AsyncIterator[World]:
    """Open a world whose files lie in `folder`, with channels community, mentions, shared (Acme), direct (Mara) and agents.

    When its story is over, `tests.audit` checks what holds in every world.
    """
    database = await open_database(f"sqlite+aiosqlite:///{await _copied(folder)}")
    source = ScriptedPolicy(merged({"modes": {"default": mode}}, policy), SqlOverrides(database))
    store, customers, clock, chat = Journal(database, source), SqlCustomers(database), FakeClock(), _chat()
    knowledge, triager, answerer = ScriptedKnowledge(), ScriptedTriager(), ScriptedAnswerer()
    crm = ScriptedCrm(customers, source)
    services = Services(
        store,
        clock,
        crm,
        knowledge,
        triager,
        answerer,
        {Platform.LOCAL: chat},
        source,
        Styles(store, clock),
        ExtractiveSummarizer(),
        ExtractiveAdvisor(),
    )
    services = replace(services, actions=FakeActions(), mailer=FakeMailer())
    try:
        made = World(services, chat, clock, source, knowledge, triager, answerer, crm, store, customers, SqlLibrary(database))
        await made.learns(CHUNK)
        yield made
        await check(store, chat)
    finally:
        await database.close()


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    """A world in mode auto."""
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def drafting(tmp_path: Path) -> AsyncIterator[World]:
    """A world in mode draft."""
    async with world(tmp_path / "draft", mode="draft") as made:
        yield made


@pytest.fixture
async def observing(tmp_path: Path) -> AsyncIterator[World]:
    """A world in mode observe."""
    async with world(tmp_path / "observe", mode="observe") as made:
        yield made


async def _copied(folder: Path) -> Path:
    """Return a new database with the channels and the customer record in it; only the first world of a process pays for the migrations."""
    if not _template:
        path = Path(_templates.name) / "desk.db"
        database = await open_database(f"sqlite+aiosqlite:///{path}")
        await _furnished(database)
        await database.close()
        _template.append(path.read_bytes())
    folder.mkdir(exist_ok=True)
    (folder / "desk.db").write_bytes(_template[0])
    return folder / "desk.db"


async def _furnished(database: Database) -> None:
    identities = [Identity(user(name), person.id, Trust.PERSON, "test", START) for name, person in PEOPLE.items()]
    await SqlCustomers(database).save(accounts=ACCOUNTS, people=list(PEOPLE.values()), identities=identities, invoices=INVOICES)
    await Journal(database, ScriptedPolicy()).commit(EventId("declare"), write(*map(SaveChannel, _channels())), at=START)


def _chat() -> WatchedChat:
    members = {user(name): person.role for name, person in PEOPLE.items()}
    billing = frozenset({audience.person("mara")})
    return WatchedChat(internal={channel("agents")}, members=members, people=PEOPLE, secrets={"INV-204": billing, "420.00": billing})


def _channels() -> tuple[Channel, ...]:
    declared = START - timedelta(days=1)
    return (
        Channel(channel("community"), "community", ChannelKind.COMMUNITY, declared),
        Channel(channel("mentions"), "mentions", ChannelKind.COMMUNITY, declared, intake=Intake.MENTIONS),
        Channel(channel("shared"), "acme-shared", ChannelKind.SHARED, declared, account=AccountId("acme")),
        Channel(channel("direct"), "direct", ChannelKind.DIRECT, declared, person=PersonId("mara")),
        Channel(channel("agents"), "agents", ChannelKind.INTERNAL, declared, agents=True),
    )
