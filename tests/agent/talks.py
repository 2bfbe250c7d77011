"""Talks: conversations for the tests of recaps, points and summaries."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk.audience import INTERNAL, PUBLIC
from desk.customer import Role
from desk.draft import Basis, Claim, Draft, DraftStatus, Evidence, Part, Proposal
from desk.ids import DraftId, MessageId, OutboxId, TicketId
from desk.policy_check import read_policy
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef
from desk.summary import Talk
from desk.ticket import Ticket
from desk.timeline import Message, Purpose
from desk.usage import Payer

POLICY = read_policy(tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text()))
COMMUNITY = ChannelRef(Platform.LOCAL, "main", "community")
PLACE = Place(COMMUNITY, "1")
NINE = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
TICKET = Ticket(TicketId("t-1"), PLACE, MessageRef(COMMUNITY, "1"), "user:mara", UserRef(Platform.LOCAL, "main", "mara"), "Mara", NINE, turn=3)
ASKED = "We were charged EUR 420.00 twice on 3 November, invoice INV-204. Can you refund one?"
ANSWERED = "Refunds reach the card within 5 to 7 working days. [1]"
AGAIN = "That does not help. It is still not on the card, and my bank sees nothing."
TEAM = "I have asked our billing partner and will write on Thursday."


def said(n: int, text: str, who: str = "Mara", role: Role = Role.CUSTOMER, **more) -> Message:
    """Return the nth message, a minute after the one before; the bot's are answers."""
    author = None if role is Role.BOT else UserRef(Platform.LOCAL, "main", who.lower())
    more = {"purpose": Purpose.ANSWER if role is Role.BOT else Purpose.CUSTOMER, **more}
    return Message(MessageId(f"m-{n}"), None, PLACE, author, who, role, text, NINE + timedelta(minutes=n), **more)


def answer(n: int, text: str = ANSWERED, **more) -> Draft:
    """Return the draft that was sent as the nth message."""
    evidence = (Evidence(1, "passage", "c-1", PUBLIC, "Refunds reach the card within 5 to 7 working days.", title="How long a refund takes"),)
    proposal = Proposal((Part(PUBLIC, text),), (Claim(text, supported=True, evidence=(1,)),), evidence, 0.9)
    told = {"status": DraftStatus.SENT, "automatic": True, "posts": (OutboxId(f"m-{n}"),), **more}
    return Draft(DraftId(f"r-{n}"), TICKET.id, proposal, Basis(1), NINE, **told)


WHOLE = (
    said(1, ASKED),
    said(2, ANSWERED, "Frontdesk", Role.BOT),
    said(3, "A person of our team has this now.", "Frontdesk", Role.BOT, purpose=Purpose.NOTICE),
    said(4, "The card number may be wrong in our books.", "Noor", Role.TEAMMATE, audience=INTERNAL),
    said(5, TEAM, "Noor", Role.TEAMMATE),
    said(6, AGAIN),
)


def talk(*timeline: Message, drafts: tuple[Draft, ...] = (), **more) -> Talk:
    """Return a conversation, the whole one where none is given."""
    ticket = replace(TICKET, **more.pop("ticket", {}))
    whole = timeline or WHOLE
    return Talk(
        ticket, whole, drafts if timeline else (answer(2), *drafts), POLICY, Payer("t-1", "mara", "community"), NINE + timedelta(hours=1), **more
    )
