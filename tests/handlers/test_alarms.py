"""The team is told what only a person can mend."""

from dataclasses import replace

import pytest

from desk.audience import INTERNAL
from desk.changes import SaveChannel, write
from desk.events import ModelStopped
from desk.ids import EventId
from desk.space import ChannelKind
from desk.timeline import Purpose
from tests.fakes import START

STOPPED = ModelStopped(id=EventId("ev-model"), why="model_key", model="claude-x", at=START)


async def notices(w):
    assert {post.audience for post in w.posts(Purpose.NOTICE)} <= {INTERNAL}
    return w.texts(Purpose.NOTICE, where="agents")


@pytest.mark.parametrize(
    ("why", "happened", "helps"),
    [
        pytest.param("model_key", "refuses our key", "ANTHROPIC_API_KEY", id="a key that is refused"),
        pytest.param("model_spend_limit", "spending limit is reached", "asked again every 15 minutes", id="the vendor's limit"),
        pytest.param("model_unknown_model", "no language model claude-x", "model.fallback", id="a model that is gone"),
        pytest.param("budget_day", "budget for the language model is used up", "USD 50.00", id="the day's budget"),
        pytest.param("model_odd", "stopped: model_odd", "frontdesk doctor", id="something new"),
    ],
)
async def test_a_notice_says_what_happened_what_helps_and_what_is_done_meanwhile(w, why, happened, helps):
    await w.emit(replace(STOPPED, why=why))
    (text,) = await notices(w)
    assert happened in text
    assert helps in text
    assert "Meanwhile answers are quoted" in text


async def test_a_notice_that_is_told_twice_is_posted_once(w):
    await w.emit(STOPPED)
    await w.emit(replace(STOPPED, model="claude-y"))
    assert len(await notices(w)) == 1


async def test_a_notice_is_for_the_team_in_every_mode(observing):
    await observing.emit(STOPPED)
    assert len(await notices(observing)) == 1


async def test_without_an_agents_channel_nothing_is_posted(w):
    for channel in await w.store.channels():
        if channel.kind is ChannelKind.INTERNAL:
            await w.store.commit(
                EventId(f"gone{channel.ref}"), write(SaveChannel(replace(channel, kind=ChannelKind.COMMUNITY, agents=False))), at=START
            )
    await w.emit(STOPPED)
    assert w.posts(Purpose.NOTICE) == []
