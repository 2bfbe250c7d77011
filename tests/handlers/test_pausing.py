"""Pausing: an admin or lead stops the bot, sees that everybody knows who and until when, and lets it go on."""

from datetime import timedelta

import pytest

from desk.ports import Capabilities
from desk.timeline import Purpose
from tests.world import channel

QUESTION = "When does my refund arrive?"


@pytest.mark.parametrize("words", ["pause", "pause #community", "pause category billing"])
@pytest.mark.parametrize("who", ["ada", "lea"])
async def test_a_pause_silences_the_bot(w, words, who):
    await w.commands(who, words)
    await w.asks("ina", QUESTION)
    assert w.posts(where="community") == []
    assert await w.decisions() == ["stand_by"]


@pytest.mark.parametrize("words", ["pause #acme-shared", "pause category onboarding"])
async def test_a_pause_silences_nothing_else(w, words):
    await w.commands("ada", words)
    await w.asks("ina", QUESTION)
    assert await w.decisions() == ["reply"]


async def test_it_shows_the_whole_team_who_did_it_and_until_when(w):
    await w.commands("lea", "pause #community for 2h")
    shown = [p for p in w.posts(Purpose.NOTICE, where="agents") if not p.to]
    assert len(shown) == 1
    assert w.texts(Purpose.NOTICE, where="agents") == ["Paused #community until 12:00 UTC, by Lea."] * 2


async def test_a_pause_ends_by_itself(w):
    await w.commands("ada", "pause for 2h")
    await w.wait(hours=2, minutes=1)
    await w.asks("ina", QUESTION)
    assert await w.decisions() == ["reply"]


async def test_resume_ends_it_at_once(w):
    await w.commands("ada", "pause")
    await w.commands("lea", "resume")
    await w.asks("ina", QUESTION)
    assert await w.decisions() == ["reply"]


async def test_pause_also_stops_waiting_outbound_posts(w):
    await _one_waits(w)
    await w.commands("ada", "pause")
    await w.wait(hours=1)
    assert w.posts(Purpose.QUESTION) == []


async def test_a_reason_is_kept_and_told(w):
    await w.commands("lea", "pause category technical issue for 2h because the status page is red")
    assert w.texts(Purpose.NOTICE, where="agents")[0].splitlines()[1:] == ["Reason:", "the status page is red"]
    assert [change.reason for change in await w.policy.overrides.current()] == ["the status page is red"]


async def test_a_channel_is_paused_as_slack_writes_it(w):
    await w.commands("ada", "pause <#community>")
    assert "There is no channel" in w.texts(Purpose.NOTICE)[0]
    await w.commands("ada", f"pause {channel('community')}")
    assert (await w.policy.current()).paused.holds("", "community", now=w.clock.now())


async def test_pausing_one_channel_leaves_the_waiting_posts_of_others_alone(w):
    await _one_waits(w)
    await w.commands("ada", "pause #acme-shared")
    await w.wait(hours=1)
    assert len(w.posts(Purpose.QUESTION)) == 1


async def test_no_reminder_and_no_end_is_said_while_the_bot_is_paused(w):
    w.policy.change(tickets={"remind": "2h", "close": "4h"})
    await w.asks("ina", QUESTION)
    await w.commands("ada", "pause for 6h")
    await w.wait(hours=5)
    assert len(w.posts(where="community")) == 1
    await w.wait(hours=3)
    assert (await w.ticket()).status.is_over


async def test_a_promise_that_passes_while_the_bot_is_paused_is_renewed_afterwards(w):
    await w.asks("mara", "unsure: my refund?")
    await w.commands("ada", "pause for 3h")
    await w.wait(hours=2)
    assert len(w.posts(Purpose.HOLDING)) == 1
    await w.wait(hours=2)
    assert len(w.posts(Purpose.HOLDING)) == 2


async def test_while_paused_who_asks_for_a_human_gets_one_told(w):
    await w.commands("ada", "pause")
    await w.asks("ina", "#human please")
    assert w.posts(where="community") == []
    assert len(w.posts(Purpose.ESCALATION_CARD)) == 1
    assert [str(p.target) for p in w.posts(Purpose.PAGE)] == ["direct:local/main/lea"]


async def test_what_a_teammate_approves_while_paused_is_sent(w):
    await w.commands("ada", "pause")
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Approve")
    assert len(w.posts(Purpose.ANSWER)) == 1


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("pause #nowhere", "There is no channel '#nowhere'"),
        ("pause category bicycles", "There is no category 'bicycles'"),
        ("pause for ever", "'ever' is not a duration"),
        ("pause everything now please", "Write `pause`"),
        ("pause #comunity", "did you mean #community?"),
        ("pause category biling", "did you mean billing?"),
    ],
)
async def test_a_pause_that_names_nothing_changes_nothing(w, words, answer):
    await w.commands("ada", words)
    assert answer in w.texts(Purpose.NOTICE)[0]
    assert (await w.policy.current()).paused.holds("billing", "community", now=w.clock.now()) is False


async def _one_waits(w):
    w.chat.can = Capabilities(pace=timedelta(minutes=10))
    asked = await w.asks("ina", QUESTION)
    await w.asks("ina", "vague, the refund", under=asked)
    assert [p.target.channel for p in w.posts(where="community")] == [channel("community")]
