"""Law 1: nothing acknowledged is lost, nothing is said twice."""

import asyncio
import random
from datetime import timedelta

import pytest

from desk.errors import Unavailable
from desk.events import MessageDeleted, MessageEdited, MessageReceived
from desk.ids import EventId
from desk.post import RowStatus
from desk.space import MessageRef, Place
from desk.timeline import Purpose
from handlers.dispatch import dispatch
from handlers.outbox import Sender
from handlers.timers import Sweeper
from tests.fakes import START
from tests.world import channel, role_of, user, world

QUESTION = "When does my refund arrive?"


def wrote(n, text, *, who="ina", seconds=0.0, under=None):
    """Return the event of a message."""
    ref = MessageRef(channel("community"), f"x{n}")
    at = START + timedelta(seconds=seconds)
    return MessageReceived(
        id=EventId(f"x{n}"),
        ref=ref,
        place=Place(ref.channel, under),
        author=user(who),
        author_name=who.title(),
        role=role_of(who),
        text=text,
        at=at,
    )


def edited(n, text, *, seconds):
    """Return the event of an edit."""
    ref = MessageRef(channel("community"), f"x{n}")
    return MessageEdited(id=EventId(f"edit{n}{seconds}"), ref=ref, text=text, at=START + timedelta(seconds=seconds))


def deleted(n, *, seconds):
    """Return the event of a deletion."""
    return MessageDeleted(id=EventId(f"gone{n}"), ref=MessageRef(channel("community"), f"x{n}"), at=START + timedelta(seconds=seconds))


BURST = (
    wrote(1, "Hello"),
    wrote(2, "When does my refudn arrive?", seconds=0.5),
    edited(2, QUESTION, seconds=1),
    wrote(3, "and my login", seconds=1.5),
    deleted(3, seconds=2),
    edited(1, "Hi there", seconds=2.5),
    edited(1, "Hello again", seconds=3),
    wrote(4, "the refund of last week", seconds=3.5),
)


async def outcome(w):
    """Return what everybody sees and what is stored, without ids and instants."""
    tickets = [(t.status, t.turn, str(t.place)) for t in await w.store.tickets()]
    said = [m.text for t in await w.store.tickets() for m in await w.store.timeline(t.id) if m.author]
    return tickets, said, w.texts(where="community"), await w.decisions()


@pytest.mark.parametrize("seed", range(6))
async def test_a_burst_delivered_three_times_in_any_order_ends_as_if_delivered_once_in_order(tmp_path, seed):
    shuffled = [event for event in BURST for _ in range(3)]
    random.Random(seed).shuffle(shuffled)
    results = []
    for name, events in (("in order", BURST), ("shuffled", shuffled)):
        async with world(tmp_path / name) as w:
            w.clock.advance(seconds=4)
            for event in events:
                await w.emit(event)
            await w.wait(minutes=1)
            results.append(await outcome(w))
    assert results[0] == results[1]
    assert results[0][1] == ["Hello again", QUESTION, "the refund of last week"]


async def test_a_click_delivered_three_times_is_one_click(drafting):
    await drafting.asks("ina", QUESTION)
    click = await drafting.click("noor", *drafting.button("Approve"))
    for _ in range(3):
        await drafting.emit(click)
    assert len(drafting.posts(Purpose.ANSWER)) == 1
    assert drafting.texts(Purpose.NOTICE, where="agents") == []


async def test_what_follows_from_an_event_is_submitted_again_when_the_process_died_after_the_commit(w):
    async def dies(event):
        raise ConnectionResetError

    await w.emit(wrote(1, QUESTION))
    w.clock.advance(seconds=9)
    await Sweeper(w.services, w.submit).sweep()
    (pause_ended,) = w.queue
    with pytest.raises(ConnectionResetError):
        await dispatch(pause_ended, w.services, dies)
    assert await w.decisions() == []
    await w.settle()
    assert await w.decisions() == ["reply"]


async def test_an_event_whose_commit_failed_changes_nothing_and_works_when_it_comes_again(w):
    async def full():
        raise Unavailable("store", "disk is full")

    w.store.meanwhile.append(full)
    with pytest.raises(Unavailable):
        await w.emit(wrote(1, QUESTION))
    await w.emit(wrote(1, QUESTION))
    await w.wait(seconds=20)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_a_post_whose_confirmation_was_lost_is_looked_up_and_not_sent_again(w):
    w.chat.lost_replies = 1
    await w.asks("ina", QUESTION)
    assert len(w.posts(Purpose.ANSWER)) == 1
    await w.wait(minutes=5)
    assert len(w.posts(Purpose.ANSWER)) == 1
    (message,) = [m for m in await w.store.timeline((await w.ticket()).id) if m.purpose is Purpose.ANSWER]
    assert message.ref is not None


async def test_it_is_looked_up_not_earlier_than_ten_seconds_after_the_attempt(w):
    row = await _interrupted(w)
    w.chat.standing.clear()
    await w.wait(seconds=9)
    assert w.posts(Purpose.ANSWER) == []
    await w.wait(seconds=2)
    assert len(w.posts(Purpose.ANSWER)) == 1
    assert (await w.store.row(row.post.id)).status is RowStatus.SENT


async def test_a_post_that_had_arrived_before_the_process_died_is_found_and_not_sent_again(w):
    row = await _interrupted(w)
    await w.chat.send(row.post)
    await w.wait(minutes=1)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_a_whisper_of_unknown_fate_is_sent_at_most_once(w):
    await w.asks("ina", QUESTION)
    w.chat.lost_replies = 1
    await w.commands("noor", "help")
    await w.wait(hours=1)
    assert len(w.posts(Purpose.NOTICE, where="agents")) == 1


async def test_posts_of_one_thread_go_in_order_though_the_first_fails_for_a_while(w):
    w.chat.down = True
    asked = await w.says("ina", QUESTION)
    await w.wait(seconds=9)
    await w.asks("ina", "vague, the refund", under=asked)
    w.chat.down = False
    await w.wait(minutes=10)
    assert [p.purpose for p in w.posts(where="community") if p.purpose is not Purpose.NOTICE] == [Purpose.ANSWER, Purpose.QUESTION]


async def test_two_senders_at_once_send_a_post_once(w):
    await w.says("ina", QUESTION)
    w.clock.advance(seconds=9)
    w.chat.down = True
    await w.settle()
    w.chat.down = False
    w.clock.advance(minutes=1)
    sender = Sender(w.services)
    await asyncio.gather(sender.drain(), sender.drain())
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_every_id_that_travels_with_a_post_fits_discords_nonce(w):
    asked = await w.asks("mara", "refund for my invoice?")
    await w.asks("mara", "#security my key leaked", under=asked)
    await w.commands("ada", "pause")
    assert max(len(post.id) for post in w.posts()) <= 25


async def _interrupted(w):
    """Return an answer's row whose process died after it said that it would send."""
    await w.says("ina", QUESTION)
    w.clock.advance(seconds=9)
    w.chat.down = True
    await w.settle()
    w.chat.down = False
    (row,) = [row for row in await w.store.sendable(w.clock.now() + timedelta(hours=1)) if row.post.purpose is Purpose.ANSWER]
    assert row.status is RowStatus.SENDING
    return row
