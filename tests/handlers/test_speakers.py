"""Each speaker is their own customer: nobody in a thread uses the author's identity, data or buttons."""

import pytest

from desk.audience import PUBLIC
from desk.ticket import Attention, Status
from desk.timeline import Purpose
from tests.world import channel, user

QUESTION = "When does my refund arrive?"


async def test_a_strangers_question_in_somebodys_thread_becomes_their_own_ticket(w):
    asked = await w.asks("mara", QUESTION)
    await w.asks("ina", "unsure: and my refund?", under=asked)
    first, second = await w.store.tickets()
    assert (first.customer, second.customer) == (user("mara"), user("ina"))
    assert second.place == first.place
    assert first.turn == 1


async def test_a_bystanders_question_is_answered_with_none_of_the_authors_data(w):
    asked = await w.asks("mara", QUESTION)
    await w.asks("ina", "refund for my invoice?", under=asked)
    brief = w.answerer.briefs[-1]
    assert (brief.author.user, [m.author for m in brief.history if m.author]) == (user("ina"), [user("ina")])
    assert w.posts(Purpose.PART) == []


async def test_a_bystanders_remark_stays_in_the_thread_and_is_not_answered(w):
    asked = await w.asks("mara", QUESTION)
    await w.asks("ina", "thanks, good to know", under=asked)
    assert (await w.ticket()).turn == 1
    assert await w.decisions() == ["reply"]


@pytest.mark.parametrize("label", ["Solved", "Not solved", "Get a human"])
async def test_a_bystander_may_not_press_the_authors_buttons(w, label):
    await w.asks("mara", QUESTION)
    before = await w.ticket()
    await w.clicks("ina", label)
    assert await w.ticket() == before
    assert "Only the person who asked" in w.texts(Purpose.NOTICE)[-1]


@pytest.mark.parametrize(("label", "status"), [("Solved", Status.SOLVED), ("Get a human", Status.WAITING_TEAM)])
async def test_a_colleague_of_the_same_account_may_press_solved_and_get_a_human_in_a_shared_channel(w, label, status):
    await w.asks("mara", QUESTION, where="shared")
    await w.clicks("jon", label)
    assert (await w.ticket()).status is status


async def test_a_colleague_of_the_same_account_may_not_press_not_solved(w):
    await w.asks("mara", QUESTION, where="shared")
    await w.clicks("jon", "Not solved")
    assert (await w.ticket()).not_solved == 0


async def test_a_colleague_of_the_same_account_may_press_nothing_in_a_community_channel(w):
    await w.asks("mara", QUESTION)
    await w.clicks("jon", "Solved")
    assert (await w.ticket()).status is Status.WAITING_CUSTOMER


async def test_a_guest_of_another_account_may_not_press_in_a_shared_channel(w):
    await w.asks("mara", QUESTION, where="shared")
    await w.clicks("ina", "Solved")
    assert (await w.ticket()).status is Status.WAITING_CUSTOMER


async def test_a_teammate_cannot_say_solved_for_the_customer(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Solved")
    assert (await w.ticket()).status is Status.WAITING_CUSTOMER


async def test_several_authors_in_one_turn_of_a_shared_channel_are_answered_part_by_part_at_their_own_trust(w):
    await w.says("mara", "refund for my invoice?", where="shared")
    await w.says("jon", "refund for my invoice too?", where="shared")
    await w.wait(seconds=9)
    assert [(b.author.user, b.text) for b in w.answerer.briefs] == [
        (user("mara"), "refund for my invoice?"),
        (user("jon"), "refund for my invoice too?"),
    ]
    (part,) = w.posts(Purpose.PART)
    assert part.to == (user("mara"),)
    assert "Mara: " in w.texts(Purpose.ANSWER)[0]
    assert "Jon: " in w.texts(Purpose.ANSWER)[0]


async def test_people_of_the_home_company_are_never_customers(w):
    await w.asks("kim", QUESTION)
    assert await w.store.tickets() == []
    assert w.posts() == []


async def test_a_colleagues_reply_stands_the_bot_down_like_a_teammates(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("kim", "I had that once, it took a week", under=asked)
    await w.asks("ina", "And my other refund?", under=asked)
    ticket = await w.ticket()
    assert (ticket.attention, ticket.owner) == (Attention.DORMANT, None)
    assert await w.decisions() == ["reply", "stand_by"]


async def test_in_a_channel_that_takes_mentions_only_the_bot_answers_only_when_mentioned(w):
    await w.asks("ina", QUESTION, where="mentions")
    assert w.posts() == []
    await w.asks("ina", "@frontdesk when does my refund arrive?", where="mentions", mentions_bot=True)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_in_a_thread_that_one_of_ours_began_the_bot_answers_only_when_mentioned(w):
    news = await w.says("kim", "We shipped something new")
    await w.asks("ina", QUESTION, under=news)
    assert w.posts(Purpose.ANSWER) == []
    await w.asks("ina", "@frontdesk when does my refund arrive?", under=news, mentions_bot=True)
    assert w.posts(Purpose.ANSWER, where="community") == []
    assert (await w.store.tickets())[-1].attention is Attention.DORMANT


async def test_who_is_not_verified_gets_public_knowledge_and_how_to_get_verified(w):
    await w.asks("max", "refund for my invoice?")
    (answer,) = w.texts(Purpose.ANSWER)
    assert "5 to 7 working days" in answer
    assert "To be verified" in answer
    assert w.posts(Purpose.PART) == []


async def test_a_shared_channel_that_everybody_can_read_is_public(w):
    w.chat.everyones.add(channel("shared"))
    await w.asks("mara", QUESTION, where="shared")
    assert w.answerer.briefs[0].place == {PUBLIC}


async def test_a_guest_in_a_shared_channel_makes_it_public(w):
    w.chat.guests[channel("shared")] = [user("ina")]
    await w.asks("mara", QUESTION, where="shared")
    assert w.answerer.briefs[0].place == {PUBLIC}
