"""A defect of ours: nobody is left without a word, and no customer reads an error."""

import pytest

from desk.audience import INTERNAL
from desk.timeline import Purpose
from handlers import failures
from tests.world import world


async def test_an_event_that_fails_for_good_is_told_to_the_team_and_not_to_the_customer(tmp_path):
    async with world(tmp_path) as w:

        async def broken(brief, tools):
            raise ZeroDivisionError("a defect, with the customer's secret in it")

        w.answerer.propose = broken
        await w.says("ina", "my refund is missing")
        with pytest.raises(ZeroDivisionError):
            await w.wait(seconds=9)
        w.queue.clear()
        await w.settle()
        (notice,) = w.texts(Purpose.NOTICE, where="agents")
        assert "TurnStarted" in notice
        assert "secret" not in notice
        assert w.posts(where="community") == []


async def test_a_question_asked_while_paused_is_answered_once_the_pause_is_over(tmp_path):
    async with world(tmp_path) as w:
        await w.commands("lea", "pause for 2h")
        await w.asks("ina", "my refund is missing")
        assert w.posts(Purpose.ANSWER) == []
        await w.wait(hours=3)
        assert len(w.posts(Purpose.ANSWER)) == 1


async def test_what_came_in_and_cannot_be_read_is_told_in_the_agents_channel_once(w):
    for _ in range(2):
        await failures.set_aside("message", "C0HELP", w.services, id="slack/C0HELP/1")
    await failures.set_aside("clicked", "by U0TIM", w.services, id="slack/by U0TIM/2")
    await w.settle()
    assert [text.split(":")[0] for text in w.texts(Purpose.NOTICE, where="agents")] == [
        "(!) I could not read something that came in (message, C0HELP)",
        "(!) I could not read something that came in (clicked, by U0TIM)",
    ]
    assert {post.audience for post in w.posts(Purpose.NOTICE)} == {INTERNAL}
