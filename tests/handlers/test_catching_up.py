"""While what was said in our absence is still being read, nothing is answered, reminded of or closed; afterwards everything is."""

from dataclasses import replace

import pytest

from desk.space import Platform
from desk.ticket import Status
from desk.timeline import Purpose
from handlers.dispatch import dispatch
from handlers.outbox import Sender
from handlers.timers import Sweeper

QUESTION = "When does my refund arrive?"


@pytest.fixture
def behind(w):
    """A world whose platform is being read; `clear` ends that."""
    spaces = {(Platform.LOCAL, "main")}
    w.services = replace(w.services, behind=lambda channel: (channel.platform, channel.space) in spaces)
    w.sender = Sender(w.services)
    return spaces


async def test_a_question_waits_until_everything_is_read_and_is_then_answered(w, behind):
    asked = await w.asks("ina", QUESTION)
    await w.wait(minutes=10)
    assert await w.store.tickets() == []
    assert (await w.store.message(asked)).ticket is None
    behind.clear()
    await w.wait(seconds=6)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_a_turn_that_was_begun_before_waits_too(w, behind):
    behind.clear()
    await w.says("ina", QUESTION)
    w.clock.advance(seconds=9)
    submitted = []

    async def submit(event):
        submitted.append(event)

    await Sweeper(w.services, submit).sweep()
    await dispatch(submitted.pop(), w.services, submit)
    behind.add((Platform.LOCAL, "main"))
    await w.emit(submitted.pop())
    await w.wait(minutes=1)
    assert w.posts(Purpose.ANSWER) == []
    behind.clear()
    await w.wait(seconds=6)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_another_space_goes_on(w, behind):
    behind.clear()
    behind.add((Platform.SLACK, "T1"))
    await w.asks("ina", QUESTION)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_nobody_is_reminded_and_nothing_is_closed_while_their_reply_may_be_among_what_is_unread(w, behind):
    behind.clear()
    asked = await w.asks("ina", QUESTION)
    behind.add((Platform.LOCAL, "main"))
    w.clock.advance(days=4)
    await w.wait(seconds=10)
    assert (w.posts(Purpose.REMINDER), (await w.ticket()).status) == ([], Status.WAITING_CUSTOMER)
    await w.says("ina", "chat: thanks, it is here", under=asked)
    behind.clear()
    await w.wait(seconds=20)
    assert w.posts(Purpose.REMINDER) == []


async def test_what_people_press_is_done_at_once(w, behind):
    behind.clear()
    await w.asks("ina", "unsure: my refund?")
    behind.add((Platform.LOCAL, "main"))
    await w.clicks("noor", "Approve")
    assert len(w.posts(Purpose.ANSWER)) == 1
