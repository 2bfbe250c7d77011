"""The codec: everything that is stored or carried comes back as it was."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import audience
from desk.audience import Audience
from desk.cards import Block, Button, Buttons, Card, CardRecord, Field, Fields, Form, Header, Notes, Option, Quote, Sources, Style, Text
from desk.changes import Feedback
from desk.codec import decode, encode
from desk.customer import Account, Identity, Invoice, Person, Role, Trust
from desk.deadlines import Deadline, DeadlineKind
from desk.decision import Action, Decision
from desk.draft import Basis, Claim, Draft, Evidence, Part, Proposal
from desk.errors import InvalidInput
from desk.escalation import Escalation, Package, Trigger
from desk.events import Event
from desk.facts import Facts
from desk.post import Post, Row
from desk.space import Channel, ChannelRef, MessageRef, Place, UserRef
from desk.ticket import Holding, Priority, Reason, Ticket
from desk.timeline import File, Message
from desk.triage import Classification, Label

WORDS = st.text(max_size=6)
AUDIENCES = st.sampled_from([audience.PUBLIC, audience.INTERNAL, audience.account("acme"), audience.person("mara")])
st.register_type_strategy(str, WORDS)
st.register_type_strategy(Audience, AUDIENCES)
st.register_type_strategy(datetime, st.integers(0, 10**9).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)))
st.register_type_strategy(timedelta, st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)))
st.register_type_strategy(float, st.floats(0, 1))
st.register_type_strategy(Decimal, st.decimals(0, 10**6, places=2))

STORED = [
    Account,
    Action,
    Basis,
    CardRecord,
    Channel,
    Classification,
    Deadline,
    Decision,
    Draft,
    Escalation,
    Event,
    Facts,
    Feedback,
    Identity,
    Invoice,
    Message,
    Person,
    Post,
    Proposal,
    Row,
    Ticket,
]


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: getattr(kind, "__name__", "union"))
@settings(max_examples=25)
@given(data=st.data())
def test_whatever_is_stored_comes_back_as_it_was(kind, data):
    value = data.draw(st.from_type(kind))
    assert decode(kind, json.loads(json.dumps(encode(value)))) == value


CARD = Card(
    (
        Header("Draft", "high 71"),
        Text("in the thread", Style.WARNING),
        Quote("words", "Mara"),
        Notes("So far", ("one", "two")),
        Fields((("Plan", "team"),)),
        Sources((Evidence(1, "passage", "c", audience.PUBLIC, "quote"),), detailed=True),
        Buttons((Button("edit", "Edit", "t-1", form=Form("Edit", (Field("text", "Text", options=(Option("a", "A"),)),))),)),
    )
)


def test_a_card_with_every_kind_of_block_comes_back_as_it_was():
    assert decode(Card, json.loads(json.dumps(encode(CARD)))) == CARD
    assert {type(block) for block in CARD.blocks} == set(Block.__args__)


def test_a_field_at_its_default_is_not_written_so_that_a_new_field_with_a_default_can_be_read():
    assert encode(Part(audience.PUBLIC, "x")) == {"type": "Part", "audience": {"type": "Audience", "scope": "public"}, "text": "x"}


def test_a_field_that_is_not_known_any_more_is_left_out():
    assert decode(Label, {"type": "Label", "category": "billing", "confidence": 0.5, "gone": 1}) == Label("billing", 0.5)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Label, {"type": "Label", "category": "billing"}),
        (Label, None),
        (Action, {"type": "Fly"}),
        (Deadline, {"type": "Deadline", "id": "x", "kind": "never", "key": "k", "due": "2026-01-01"}),
        (Message, "words"),
    ],
    ids=["a field is missing", "nothing", "an unknown type", "an unknown word", "no object"],
)
def test_what_does_not_fit_is_refused_by_name(kind, raw):
    with pytest.raises(InvalidInput, match="cannot be read"):
        decode(kind, raw)


def test_sets_are_written_in_order_so_that_equal_values_are_written_alike():
    assert encode(frozenset("cab")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "value",
    [date(2026, 11, 2), Decimal("420.00"), timedelta(hours=1), datetime(2026, 11, 2, 10, tzinfo=UTC), Role.LEAD, Trust.PERSON, DeadlineKind.PAUSE],
    ids=str,
)
def test_scalars_keep_their_type(value):
    assert decode(type(value), json.loads(json.dumps(encode(value)))) == value


def test_nested_types_are_registered_too():
    holding = Holding("o-1", datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
    assert decode(Holding, encode(holding)) == holding
    package = Package(("r-1",), (), "r-2")
    assert decode(Package, encode(package)) == package
    priority = Priority(71, reasons=(Reason("priority_rule", (("points", "+60"),)),))
    assert decode(Priority, encode(priority)) == priority
    assert decode(tuple[Trigger, ...], encode((Trigger("loop"),))) == (Trigger("loop"),)
    assert decode(tuple[Claim | File, ...], encode((Claim("x", True), File("a", "b", 1)))) == (Claim("x", True), File("a", "b", 1))


def test_refs_are_values():
    channel = ChannelRef("local", "main", "c")
    for ref in (channel, UserRef("local", "main", "u"), MessageRef(channel, "m"), Place(channel, "t")):
        assert decode(type(ref), encode(ref)) == ref
