"""Law 7: a draft holds while its basis holds, compared in the transaction that approves; of two clicks one wins."""

import asyncio
from dataclasses import replace

import pytest

from desk.audience import INTERNAL
from desk.timeline import Purpose
from handlers.dispatch import dispatch
from handlers.timers import Sweeper
from tests.world import CHUNK

QUESTION = "When does my refund arrive?"
CHANGED = replace(CHUNK, text="Refunds take 10 days now.")


async def test_a_passage_that_changes_between_the_look_and_the_commit_is_noticed(drafting):
    await drafting.asks("ina", QUESTION)
    drafting.store.meanwhile.append(lambda: drafting.learns(CHANGED))
    await drafting.clicks("noor", "Approve")
    assert drafting.posts(Purpose.ANSWER) == []
    assert "has changed, so it was not sent" in drafting.texts(Purpose.NOTICE, where="agents")[0]


async def test_a_message_that_arrives_between_the_look_and_the_commit_is_noticed(drafting):
    asked = await drafting.asks("ina", QUESTION)
    message = drafting.message("ina", "Stop, I meant a transfer", under=asked)
    drafting.store.meanwhile.append(lambda: dispatch(message, drafting.services, drafting.submit))
    await drafting.clicks("noor", "Approve")
    assert drafting.posts(Purpose.ANSWER) == []


async def test_a_message_that_arrives_while_an_automatic_answer_is_made_is_answered_with_it(w):
    await w.says("ina", QUESTION)
    w.clock.advance(seconds=9)
    await Sweeper(w.services, w.submit).sweep()
    await dispatch(w.queue.pop(0), w.services, w.submit)
    message = w.message("ina", "unsure: I mean by transfer, the refund")
    w.store.meanwhile.append(lambda: dispatch(message, w.services, w.submit))
    await w.settle()
    assert await w.decisions() == []
    await w.wait(seconds=20)
    assert await w.decisions() == ["suggest"]
    assert w.answerer.briefs[-1].text == f"{QUESTION}\nunsure: I mean by transfer, the refund"


@pytest.mark.parametrize("rival", ["Approve", "Edit", "Reject", "Regenerate", "Take over"])
async def test_of_two_different_clicks_at_once_the_customer_hears_at_most_one(drafting, rival):
    await drafting.asks("ina", QUESTION)
    clicks = [await drafting.click("noor", *drafting.button("Approve")), await drafting.click("tom", *drafting.button(rival), text="In a week.")]
    await asyncio.gather(*(dispatch(click, drafting.services, drafting.submit) for click in clicks))
    await drafting.settle()
    assert len(drafting.posts(Purpose.ANSWER)) <= 1


async def test_of_two_edits_one_is_sent_and_the_other_handed_back(drafting):
    await drafting.asks("ina", QUESTION)
    at, edit = drafting.button("Edit")
    clicks = [await drafting.click(who, at, edit, text=f"{who} says a week") for who in ("noor", "tom")]
    await asyncio.gather(*(dispatch(click, drafting.services, drafting.submit) for click in clicks))
    await drafting.settle()
    (answer,), told = drafting.texts(Purpose.ANSWER), drafting.texts(Purpose.NOTICE)
    (back,) = [text for text in told if "This is what you wrote" in text]
    assert {answer.split()[0], back.rsplit('"', 2)[1].split()[0]} == {"noor", "tom"}
    assert "was faster" in back


async def test_a_draft_remembers_everything_it_rests_on(drafting):
    await drafting.asks("mara", "refund for my invoice?")
    (draft,) = await drafting.drafts()
    assert draft.basis.turn == (await drafting.ticket()).turn
    assert draft.basis.passages == {CHUNK.id: CHUNK.hash}
    assert list(draft.basis.fields) == ["invoice:INV-204"]
    assert set(draft.basis.policy) == {"answers", "audience", "phrases"}


async def test_a_passage_that_changed_back_is_the_same_again(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.learns(CHANGED)
    await drafting.learns(CHUNK)
    await drafting.clicks("noor", "Approve")
    assert len(drafting.posts(Purpose.ANSWER)) == 1


async def test_a_passage_that_nobody_may_see_any_more_is_not_the_same(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.learns(replace(CHUNK, audience=INTERNAL))
    await drafting.clicks("noor", "Approve")
    assert drafting.posts(Purpose.ANSWER) == []
