"""The timeline: order is data, and who has answered whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.audience import INTERNAL
from desk.customer import Role
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef
from desk.timeline import SPOKEN, Message, Purpose, edited, in_a_row, message_id, ordered, tombstone, unanswered

CHANNEL = ChannelRef(Platform.LOCAL, "main", "community")
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def said(n, role=Role.CUSTOMER, purpose=Purpose.CUSTOMER, **more):
    """Return the message of minute n."""
    ref = MessageRef(CHANNEL, str(n))
    author = UserRef(Platform.LOCAL, "main", role.value)
    at = more.pop("at", NOON + timedelta(minutes=n))
    return Message(message_id(ref), ref, Place(CHANNEL), author, role.value, role, f"words {n}", at, purpose, **more)


def bot(n, purpose=Purpose.ANSWER, **more):
    """Return a post of the bot."""
    return said(n, Role.BOT, purpose, **more)


def numbers(messages):
    """Return the minutes of messages."""
    return [int(m.ref.id) for m in messages]


@given(st.permutations(range(6)))
def test_the_order_of_arrival_never_matters(arrived):
    assert numbers(ordered(said(n) for n in arrived)) == list(range(6))


@given(st.permutations(range(4)))
def test_messages_of_one_instant_have_an_order_too(arrived):
    assert ordered(said(n, at=NOON) for n in arrived) == ordered(said(n, at=NOON) for n in range(4))


@given(st.permutations([("first", 1), ("second", 2), ("third", 3)]))
def test_of_edits_in_any_order_the_last_one_stands(edits):
    message = said(0)
    for text, minute in edits:
        message = edited(message, text, NOON + timedelta(minutes=minute))
    assert message.text == "third"


def test_a_deletion_takes_the_words_and_leaves_that_something_was_said():
    gone = tombstone(said(0), NOON)
    assert (gone.text, gone.files, gone.deleted, gone.id) == ("", (), True, said(0).id)
    assert edited(gone, "back again", NOON + timedelta(hours=1)).text == ""
    assert not gone.is_customers


@pytest.mark.parametrize(
    ("timeline", "left"),
    [
        pytest.param([said(1), said(2)], [1, 2], id="everything before the first answer"),
        pytest.param([said(1), bot(2), said(3)], [3], id="what came after the answer"),
        pytest.param([said(1), bot(2, Purpose.QUESTION), said(3)], [3], id="a question back answers"),
        pytest.param([said(1), bot(2, Purpose.HOLDING)], [1], id="a holding answer does not"),
        pytest.param([said(1), bot(2, Purpose.NOTICE)], [1], id="nor does a notice"),
        pytest.param([said(1), said(2, Role.TEAMMATE, Purpose.TEAMMATE)], [], id="a teammate's word answers"),
        pytest.param([said(1), said(2, Role.COLLEAGUE, Purpose.TEAMMATE)], [1], id="a colleague's does not"),
        pytest.param([said(1), said(2, Role.TEAMMATE, Purpose.TEAMMATE, audience=INTERNAL)], [1], id="nor does a note among ourselves"),
        pytest.param([said(1), said(2, Role.TEAMMATE, Purpose.TEAMMATE, mentions_bot=True)], [1], id="nor does calling the bot"),
        pytest.param([said(1), bot(2, deleted=True)], [1], id="an answer that was taken back answers nothing"),
        pytest.param([said(1, edited_at=NOON + timedelta(minutes=3)), bot(2)], [1], id="what was changed since is open again"),
        pytest.param([said(1, deleted=True), said(2)], [2], id="what was deleted is not"),
        pytest.param([said(1, bystander=True), said(2)], [2], id="nor what a bystander said"),
    ],
)
def test_what_waits_for_an_answer(timeline, left):
    assert numbers(unanswered(tuple(timeline))) == left


@pytest.mark.parametrize(
    ("timeline", "count"),
    [
        pytest.param([said(1), bot(2), said(3), bot(4)], 2, id="answers with the customer in between"),
        pytest.param([bot(1), said(2, Role.TEAMMATE, Purpose.TEAMMATE), bot(3)], 1, id="a human of ours starts the count again"),
        pytest.param([bot(1), said(2, Role.TEAMMATE, Purpose.TEAMMATE, audience=INTERNAL), bot(3)], 2, id="a note does not"),
        pytest.param([bot(1, Purpose.HOLDING), bot(2)], 1, id="holding answers do not count"),
        pytest.param([bot(1), bot(2, deleted=True)], 1, id="nor does what was taken back"),
    ],
)
def test_answers_in_a_row(timeline, count):
    assert in_a_row(tuple(timeline), purposes=SPOKEN) == count


def test_what_lies_before_a_changed_topic_does_not_count():
    timeline = (bot(1), said(2), bot(3))
    assert in_a_row(timeline, purposes=SPOKEN, since=NOON + timedelta(minutes=2)) == 1
    assert in_a_row(timeline, purposes=SPOKEN, since=NOON + timedelta(minutes=3)) == 0


def test_a_message_of_ours_is_no_customers():
    assert not said(1, Role.COLLEAGUE).is_customers
    assert not replace(said(1), bystander=True).is_customers
