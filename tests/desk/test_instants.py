"""Instants in texts: marked once, drawn by each platform its own way, and never forged."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import instants
from desk.audience import PUBLIC
from desk.cards import Button, Buttons, Card, Fields, Header, Notes, Quote, Text, plain
from desk.customer import Role
from desk.draft import Claim, Evidence, Part, Proposal
from desk.events import ButtonClicked, MessageReceived
from desk.ids import EventId, TicketId
from desk.instants import ANY, cleaned, marked, shown, without_marks
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef
from desk.summary import Point
from desk.timeline import File

NOON = datetime(2026, 11, 2, 11, tzinfo=UTC)
MARK = marked(NOON, "12:00 CET")
CHANNEL = ChannelRef(Platform.SLACK, "T1", "C1")
USER = UserRef(Platform.SLACK, "T1", "U1")
TEXTS = st.text(st.characters() | st.sampled_from([instants.OPEN, instants.BETWEEN, instants.CLOSE, "1", "7"]))


def test_a_platform_draws_instants_its_own_way_and_leaves_the_words():
    assert shown(f"You hear by {MARK}. Not {MARK}!", lambda at, words: f"<{at}|{words}>") == (
        "You hear by <1793617200|12:00 CET>. Not <1793617200|12:00 CET>!"
    )


def test_elsewhere_an_instant_is_its_words():
    assert instants.plain(f"by {MARK}.") == "by 12:00 CET."


@pytest.mark.parametrize(
    "card",
    [
        Card((Header("Draft", f"due {MARK}"),)),
        Card((Header(f"Sent by Lea {MARK}"),)),
        Card((Text(f"due {MARK}"),)),
        Card((Quote(f"due {MARK}", "Lea"),)),
        Card((Notes("So far", (f"• due {MARK}",)),)),
        Card((Fields((("Due", MARK),)),)),
    ],
    ids=lambda card: type(card.blocks[0]).__name__,
)
def test_a_card_in_plain_text_has_the_words(card):
    assert "12:00 CET" in plain(card)
    assert not ANY.search(plain(card))


@given(TEXTS)
def test_what_somebody_wrote_holds_no_mark_once_it_is_cleaned(text):
    assert not ANY.search(without_marks(text))
    assert shown(without_marks(text), lambda at, words: "FORGED") == without_marks(text)


@given(TEXTS)
def test_no_sign_of_a_mark_is_ever_shown(text):
    assert not ANY.search(instants.plain(text))


@pytest.mark.parametrize(
    ("made", "name"),
    [
        pytest.param(Part(PUBLIC, f"by {MARK}"), "text", id="a part of a draft"),
        pytest.param(Claim(f"by {MARK}", True), "text", id="a claim"),
        pytest.param(Evidence(1, "passage", "c", PUBLIC, f"by {MARK}"), "quote", id="what a document says"),
        pytest.param(Evidence(1, "passage", "c", PUBLIC, "", title=MARK), "title", id="how a document is called"),
        pytest.param(Proposal(translation=MARK), "translation", id="a translation"),
        pytest.param(Proposal(summary=MARK), "summary", id="what a model says of a conversation"),
        pytest.param(Point(f"by {MARK}"), "text", id="a point of a summary"),
    ],
)
def test_what_models_and_documents_wrote_is_cleaned_where_it_enters(made, name):
    assert not ANY.search(getattr(made, name))
    assert "12:00 CET" in getattr(made, name)


def test_what_people_wrote_is_cleaned_where_it_enters():
    event = MessageReceived(
        id=EventId("e"),
        ref=MessageRef(CHANNEL, "1.2"),
        place=Place(CHANNEL),
        author=USER,
        author_name=f"Mara {MARK}",
        role=Role.CUSTOMER,
        text=f"answer by {MARK}",
        at=NOON,
        files=(File(f"{MARK}.txt", "text/plain", 1),),
    )
    clean = cleaned(event)
    assert (clean.text, clean.author_name, clean.files[0].name) == tuple(
        without_marks(text) for text in (event.text, event.author_name, event.files[0].name)
    )
    assert (clean.role, clean.ref, clean.at) == (event.role, event.ref, event.at)


def test_what_was_filled_in_is_cleaned():
    click = ButtonClicked(
        id=EventId("e"), action="reject", ticket=TicketId("t"), subject="", by=USER, by_name="Lea", role=Role.LEAD, at=NOON,
        place=Place(CHANNEL), form={"reason": f"{MARK}!"},
    )  # fmt: skip
    assert cleaned(click).form == {"reason": without_marks(f"{MARK}!")}


@dataclass(frozen=True)
class Thing:
    """A thing with everything an event may hold."""

    text: str
    role: Role = Role.LEAD
    at: datetime = NOON
    inner: tuple[object, ...] = ()
    values: dict[str, str] = field(default_factory=dict)


@given(TEXTS)
def test_cleaning_twice_is_cleaning_once_and_leaves_the_rest(text):
    thing = Thing(text, inner=(Thing(text), 3, None), values={"a": text})
    once = cleaned(thing)
    assert cleaned(once) == once
    assert (once.role, once.at, once.inner[1:]) == (Role.LEAD, NOON, (3, None))
    assert once.text == once.values["a"] == once.inner[0].text == without_marks(text)


def test_a_thing_without_marks_is_left_as_it_is():
    thing = Thing("hello", inner=(Button("a", "A", TicketId("t")), Buttons(())))
    assert cleaned(thing) is thing
