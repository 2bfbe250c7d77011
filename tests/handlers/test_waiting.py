"""Waiting: the holding answer, its time, and what becomes of it."""

from datetime import timedelta

import pytest

from desk.post import Op
from desk.timeline import Purpose
from tests.world import user

QUESTION = "unsure: when does my refund arrive?"


async def test_one_holding_answer_is_given_however_often_the_customer_writes(w):
    asked = await w.asks("ina", QUESTION)
    await w.asks("ina", "unsure: or my other refund?", under=asked)
    assert len(w.posts(Purpose.HOLDING)) == 1


async def test_with_few_approvals_the_time_is_the_slas_in_business_time(w):
    await w.wait(hours=6, minutes=30)
    await w.asks("mara", QUESTION)
    assert "Tuesday 3 November, 10:31 CET" in w.texts(Purpose.HOLDING)[0]


async def test_with_enough_recent_approvals_it_is_their_eightieth_percentile_at_this_hour(w):
    w.policy.change(holding={"approvals": 5})
    for n in range(5):
        await w.asks("ina", f"unsure: refund {n}?")
        await w.wait(minutes=1 if n < 4 else 30)
        await w.clicks("noor", "Approve")
        await w.clicks("ina", "Solved")
    await w.asks("ina", QUESTION)
    promised = (await w.store.tickets())[-1].holding.promised
    assert timedelta(minutes=1) <= promised - w.clock.now() < timedelta(minutes=3)


async def test_the_answer_takes_the_place_of_the_holding_answer(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Approve")
    (answer,) = w.posts(Purpose.ANSWER)
    assert (answer.op, answer.changes) == (Op.EDIT, w.posts(Purpose.HOLDING)[0].id)


async def test_within_sixty_seconds_the_replaced_holding_answer_mentions_nobody(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Approve")
    assert not any("the answer is above" in text for text in w.texts())


async def test_after_sixty_seconds_one_short_reply_mentions_the_author(w):
    await w.asks("ina", QUESTION)
    await w.wait(seconds=61)
    await w.clicks("noor", "Approve")
    (note,) = [p for p, text in zip(w.posts(Purpose.NOTICE), w.texts(Purpose.NOTICE), strict=True) if "the answer is above" in text]
    assert note.to == (user("ina"),)


async def test_no_reply_mentions_the_author_when_a_human_has_spoken_since(w):
    asked = await w.asks("ina", QUESTION)
    await w.wait(seconds=61)
    await w.says("noor", "One moment please", under=asked)
    await w.asks("ina", QUESTION, under=asked)
    await w.clicks("noor", "Hand back")
    await w.clicks("noor", "Approve")
    assert len(w.posts(Purpose.ANSWER)) == 1
    assert not any("the answer is above" in text for text in w.texts())


async def test_links_to_read_meanwhile_are_given_if_there_are_any(w):
    proposal = await _proposal(w)
    w.answerer.instead = proposal
    await w.asks("ina", QUESTION)
    assert "Meanwhile these may help: [Refund times](https://help.example/refunds)" in w.texts(Purpose.HOLDING)[-1]


async def test_a_promised_time_that_passes_is_renewed_once_and_a_lead_is_told(w):
    await w.asks("mara", QUESTION)
    await w.wait(hours=1, minutes=1)
    renewed = [text for text in w.texts(Purpose.HOLDING) if "This takes longer than I said" in text]
    assert len(renewed) == 1
    assert [str(p.target) for p in w.posts(Purpose.PAGE)] == ["direct:local/main/lea"]
    await w.wait(hours=6)
    assert len([text for text in w.texts(Purpose.HOLDING) if "This takes longer than I said" in text]) == 1
    assert len(w.posts(Purpose.PAGE)) == 2


async def test_a_promise_that_was_kept_is_not_renewed(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Approve")
    await w.wait(hours=2)
    assert w.posts(Purpose.PAGE) == []


async def test_whoever_took_the_ticket_over_speaks_for_themselves_when_a_promise_passes(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Take over")
    await w.wait(hours=1, minutes=1)
    assert len(w.posts(Purpose.HOLDING)) == 1
    assert {str(p.target) for p in w.posts(Purpose.PAGE)} == {"direct:local/main/noor", "direct:local/main/lea"}


@pytest.mark.parametrize("words", ["#human please", "Do you sell bicycles?"], ids=["asks for a human", "has no answer"])
async def test_the_customer_is_told_once_that_a_human_has_it_by_when_and_that_nothing_needs_repeating(w, words):
    asked = await w.asks("mara", words)
    await w.asks("mara", words, under=asked)
    (told,) = [text for text in w.texts(Purpose.NOTICE) if "A person of our team has this now" in text]
    assert "by 12:01 CET" in told
    assert "need not repeat anything" in told


async def test_an_answer_after_the_hand_over_stands_beside_it(w):
    await w.asks("mara", "#human refund")
    await w.clicks("noor", "Approve")
    (answer,) = w.posts(Purpose.ANSWER)
    assert answer.op is Op.POST


async def test_new_cards_mention_nobody_unless_urgent(w):
    await w.asks("ina", QUESTION)
    assert w.posts(Purpose.DRAFT_CARD)[0].to == ()
    w.policy.change(priority={"urgent": 10})
    await w.asks("jon", QUESTION)
    assert w.posts(Purpose.DRAFT_CARD)[-1].to == (user("lea"),)


async def _proposal(w):
    from dataclasses import replace

    await w.asks("jon", QUESTION)
    (draft,) = await w.drafts()
    return replace(draft.proposal, related=draft.proposal.evidence)
