"""Tickets: who holds one, and whether the bot may speak in its thread."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.audience import INTERNAL
from desk.customer import Role
from desk.ids import AccountId, TicketId
from desk.space import Channel, ChannelKind, ChannelRef, MessageRef, Place, Platform, UserRef
from desk.ticket import Attention, Status, Ticket, attention_of, group_of, handed_back, stood_down
from desk.timeline import Message, Purpose, message_id

CHANNEL = ChannelRef(Platform.LOCAL, "main", "c")
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
INA, NOOR = (UserRef(Platform.LOCAL, "main", name) for name in ("ina", "noor"))
TICKET = Ticket(TicketId("t-1"), Place(CHANNEL, "1"), MessageRef(CHANNEL, "1"), "user:ina", INA, "Ina", NOON)


def at(minute):
    """Return an instant."""
    return NOON + timedelta(minutes=minute)


def said(minute, role=Role.CUSTOMER, **more):
    """Return a message."""
    ref = MessageRef(CHANNEL, str(minute))
    who = INA if role is Role.CUSTOMER else NOOR
    return Message(message_id(ref), ref, Place(CHANNEL, "1"), who, who.id.title(), role, "words", at(minute), Purpose.CUSTOMER, **more)


@pytest.mark.parametrize(
    ("timeline", "known", "attention"),
    [
        pytest.param([said(1)], {}, Attention.ACTIVE, id="in a customer's thread it is active"),
        pytest.param([said(1), said(2, Role.TEAMMATE)], {}, Attention.DORMANT, id="a teammate stands it down"),
        pytest.param([said(1), said(2, Role.COLLEAGUE)], {}, Attention.DORMANT, id="a colleague too"),
        pytest.param([said(1), said(2, Role.TEAMMATE), said(3)], {}, Attention.DORMANT, id="and the customer does not bring it back"),
        pytest.param([said(1), said(2, Role.TEAMMATE), said(3, mentions_bot=True)], {}, Attention.DORMANT, id="not even with a mention"),
        pytest.param([said(1), said(2, Role.TEAMMATE), said(3, Role.LEAD, mentions_bot=True)], {}, Attention.ACTIVE, id="one of ours does"),
        pytest.param([said(1), said(2, Role.TEAMMATE, deleted=True)], {}, Attention.ACTIVE, id="what was deleted stands nobody down"),
        pytest.param([said(1), said(2, Role.TEAMMATE, audience=INTERNAL)], {}, Attention.ACTIVE, id="nor does a note"),
        pytest.param([said(1), said(2, Role.TEAMMATE)], {"handed_back": at(3)}, Attention.ACTIVE, id="handing back does bring it back"),
        pytest.param([said(1), said(4, Role.TEAMMATE)], {"handed_back": at(3)}, Attention.DORMANT, id="until ours write again"),
        pytest.param([said(1)], {"guest": True}, Attention.GUEST, id="in somebody else's thread it is a guest"),
        pytest.param([said(1, mentions_bot=True)], {"guest": True}, Attention.ACTIVE, id="until it is mentioned"),
        pytest.param([said(1, mentions_bot=True)], {"muted": True}, Attention.MUTED, id="muted is muted"),
    ],
)
def test_attention_is_a_function_of_the_thread(timeline, known, attention):
    assert attention_of(tuple(timeline), **{"muted": False, "guest": False, "handed_back": None, **known}) is attention


def test_a_teammates_message_holds_the_ticket_from_then_on():
    ticket = stood_down(TICKET, (said(1), said(2, Role.TEAMMATE)), since=at(2))
    assert (ticket.owner, ticket.owner_name, ticket.answered_at) == (NOOR, "Noor", at(2))
    assert (ticket.status, ticket.attention, ticket.held) == (Status.WAITING_CUSTOMER, Attention.DORMANT, True)


@pytest.mark.parametrize("order", [(2, 3), (3, 2)], ids=["in order", "the mention first"])
def test_a_mention_after_it_gives_the_ticket_back_in_whatever_order_they_arrive(order):
    said_by_ours = {2: said(2, Role.TEAMMATE), 3: said(3, Role.TEAMMATE, mentions_bot=True)}
    ticket, known = TICKET, (said(1),)
    for minute in order:
        known = (*known, said_by_ours[minute])
        ticket = stood_down(ticket, tuple(sorted(known, key=lambda m: m.at)), since=at(minute))
    assert (ticket.owner, ticket.attention) == (None, Attention.ACTIVE)


def test_a_colleague_takes_nothing_over():
    ticket = stood_down(TICKET, (said(1), said(2, Role.COLLEAGUE)), since=at(2))
    assert (ticket.owner, ticket.answered_at, ticket.held) == (None, None, True)


def test_what_is_over_is_not_taken_over_by_a_friendly_word():
    solved = Ticket(**{**{name: getattr(TICKET, name) for name in TICKET.__slots__}, "status": Status.SOLVED})
    assert stood_down(solved, (said(1), said(2, Role.TEAMMATE)), since=at(2)).status is Status.SOLVED


def test_handing_back_takes_the_holder_the_mute_and_the_escalation_away():
    held = stood_down(TICKET, (said(1), said(2, Role.TEAMMATE)), since=at(2))
    ticket = handed_back(held, at(3))
    assert (ticket.owner, ticket.held, ticket.muted, ticket.handed_back, ticket.status) == (None, False, False, at(3), Status.OPEN)


@pytest.mark.parametrize(("status", "over"), [(Status.OPEN, False), (Status.WAITING_TEAM, False), (Status.SOLVED, True), (Status.CLOSED, True)])
def test_what_is_over(status, over):
    assert status.is_over is over


@pytest.mark.parametrize(
    ("kind", "account", "group"),
    [
        (ChannelKind.SHARED, AccountId("acme"), "account:acme"),
        (ChannelKind.SHARED, None, "user:local/main/ina"),
        (ChannelKind.COMMUNITY, AccountId("acme"), "user:local/main/ina"),
        (ChannelKind.DIRECT, None, "user:local/main/ina"),
    ],
)
def test_whose_messages_make_one_ticket(kind, account, group):
    assert group_of(Channel(CHANNEL, "c", kind, NOON, account=account), INA) == group
