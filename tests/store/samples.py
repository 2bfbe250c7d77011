"""Samples: a channel, a ticket and what goes with it, each with the fields that a test does not care about filled in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from desk.audience import INTERNAL, PUBLIC
from desk.cards import Card, CardKind, CardRecord, Text
from desk.changes import Changes, Enqueue, SaveCard, SaveChannel, SaveMessage, SaveTicket, Write
from desk.customer import Role
from desk.decision import Action, Decision, Ignore
from desk.draft import Basis, Claim, Draft, Evidence, Part, Proposal
from desk.events import TurnStarted
from desk.facts import Facts
from desk.ids import AccountId, CardId, DraftId, EventId, MessageId, OutboxId, TicketId
from desk.policy import Policy
from desk.policy_check import read_policy
from desk.post import Op, Post, Row, RowStatus
from desk.space import Channel, ChannelKind, ChannelRef, MessageRef, Place, Platform, UserRef
from desk.summary import Point, Summary, SummaryKind
from desk.ticket import Reason, Ticket
from desk.timeline import Message, Purpose
from store.repository import SqlStore

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
COMMUNITY = ChannelRef(Platform.LOCAL, "main", "community")
SHARED = ChannelRef(Platform.LOCAL, "main", "acme-shared")
AGENTS = ChannelRef(Platform.LOCAL, "main", "agents")
MARA = UserRef(Platform.LOCAL, "main", "mara-voss")
YUKI = UserRef(Platform.LOCAL, "main", "yuki-tan")
JONAS = UserRef(Platform.LOCAL, "main", "jonas-reed")
THREAD = Place(COMMUNITY, "1")
T1 = TicketId("t-1")
_numbers = count(1)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def channel(ref: ChannelRef = COMMUNITY, kind: ChannelKind = ChannelKind.COMMUNITY, account: str | None = None) -> Channel:
    return Channel(ref, ref.id, kind, NOW, account=AccountId(account) if account else None)


def message(
    id: str = "m-1", text: str = "How do I reset my password?", *, by: UserRef = MARA, at: datetime = NOW, place: Place | None = None, **fields
) -> Message:
    ref = fields.pop("ref", MessageRef((place or THREAD).channel, id.removeprefix("m-")))
    return Message(MessageId(id), ref, place or Place(COMMUNITY), by, by.id, fields.pop("role", Role.CUSTOMER), text, at, **fields)


def ticket(id: str = "t-1", *, customer: UserRef = MARA, place: Place = THREAD, **fields) -> Ticket:
    opened = fields.pop("opened", NOW)
    return Ticket(TicketId(id), place, MessageRef(place.channel, "1"), f"user:{customer}", customer, "Mara Voss", opened, **fields)


def draft(id: str = "d-1", *, of: TicketId = T1, **fields) -> Draft:
    evidence = (Evidence(1, "passage", "c-1", PUBLIC, "Open Settings.", title="Passwords"),)
    proposal = Proposal((Part(PUBLIC, "Open Settings, then Security."),), (Claim("Open Settings.", supported=True, evidence=(1,)),), evidence, 0.9)
    return Draft(DraftId(id), of, proposal, Basis(1, {"c-1": "h1"}), fields.pop("created", NOW), **fields)


def summary(text: str = "Wants a refund.", *, of: TicketId = T1, kind: SummaryKind = SummaryKind.HANDOVER, turn: int = 1) -> Summary:
    return Summary(of, kind, NOW, turn, (Point(text, (MessageId("m-1"),), sources=(text,)),), "extractive")


def decision(id: str = "x-1", *, of: TicketId = T1, action: Action | None = None, at: datetime = NOW) -> Decision:
    return Decision(id, of, at, 1, 1, Facts(), action or Ignore(), (Reason("not_a_request"),))


def card(text: str = "Open Settings.") -> Card:
    return Card((Text(text),))


def post(id: str = "o-1", text: str | None = "Open Settings.", *, purpose: Purpose = Purpose.ANSWER, target: Place = THREAD, **fields) -> Post:
    shown = None if text is None else card(text)
    return Post(
        OutboxId(id), target, purpose, fields.pop("audience", PUBLIC), fields.pop("at", NOW), card=shown, ticket=fields.pop("ticket", T1), **fields
    )


def draft_card(id: str = "k-1", outbox: str = "o-card") -> tuple[SaveCard, Enqueue]:
    shown = post(outbox, None, purpose=Purpose.DRAFT_CARD, target=Place(AGENTS), audience=INTERNAL, card_id=CardId(id))
    return SaveCard(CardRecord(CardId(id), CardKind.DRAFT, T1, "d-1", OutboxId(outbox), Place(AGENTS))), Enqueue(shown)


def edit(id: str, changes: str, text: str | None = "Open Settings, then Security.", **fields) -> Post:
    return post(id, text, op=Op.EDIT, changes=OutboxId(changes), **fields)


def turn(id: str = "e-1", *, of: str = "t-1") -> TurnStarted:
    return TurnStarted(id=EventId(id), ticket=TicketId(of), turn=1, at=NOW)


def sent(row: Row, id: str = "99") -> Row:
    return replace(row, status=RowStatus.SENT, attempts=row.attempts + 1, ref=MessageRef(COMMUNITY, id))


async def commit(store: SqlStore, *writes: Write, event: str = "") -> bool:
    """Commit under an event id of its own."""
    return await store.commit(EventId(event or f"ev-{next(_numbers)}"), Changes(writes), at=NOW)


async def one_ticket(store: SqlStore) -> Ticket:
    """Store a channel, and a ticket with the message that opened it."""
    await commit(store, SaveChannel(channel()), SaveTicket(ticket()), SaveMessage(message(ticket=T1)))
    found = await store.ticket(T1)
    assert found
    return found


class FixedPolicy:
    """The shipped policy."""

    async def current(self) -> Policy:
        import tomllib

        return read_policy(tomllib.loads(Path("policy.toml").read_text("utf-8")))
