"""Intake per channel: everything, questions only, mentions only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.changes import SaveChannel, write
from desk.ids import EventId
from desk.space import Intake
from desk.ticket import Attention, Status
from desk.timeline import Purpose
from tests.world import channel

QUESTION = "When does my refund arrive?"


@pytest.fixture
async def choosy(w):
    """A community channel that takes questions only."""
    declared = replace(await w.store.channel(channel("community")), intake=Intake.QUESTIONS)
    await w.store.commit(EventId("choosy"), write(SaveChannel(declared)), at=w.clock.now())
    return w


async def test_where_everything_is_taken_in_a_remark_is_a_ticket_that_is_closed_at_once(w):
    await w.asks("ina", "chat about the weather")
    assert ((await w.ticket()).status, await w.decisions()) == (Status.CLOSED, ["ignore"])


async def test_where_questions_are_taken_in_a_remark_opens_no_ticket(choosy):
    said = await choosy.asks("ina", "chat about the weather")
    assert await choosy.store.tickets() == []
    assert (await choosy.store.message(said)).ticket is None
    assert choosy.posts() == []


async def test_where_questions_are_taken_in_a_question_is_answered(choosy):
    await choosy.asks("ina", QUESTION)
    assert len(choosy.posts(Purpose.ANSWER)) == 1


async def test_a_greeting_before_the_question_goes_with_it(choosy):
    hello = await choosy.says("ina", "hi there")
    asked = await choosy.asks("ina", QUESTION)
    ticket = await choosy.ticket()
    assert {(await choosy.store.message(ref)).ticket for ref in (hello, asked)} == {ticket.id}
    assert ticket.anchor == hello


async def test_a_mention_counts_as_a_question_though_it_asks_nothing(choosy):
    await choosy.asks("ina", "chat, @frontdesk", mentions_bot=True)
    assert len(await choosy.store.tickets()) == 1


async def test_a_remark_in_the_thread_of_ones_own_ticket_belongs_to_it(choosy):
    asked = await choosy.asks("ina", QUESTION)
    remark = await choosy.asks("ina", "chat about the weather", under=asked)
    assert (await choosy.store.message(remark)).ticket == (await choosy.ticket()).id


async def test_who_needs_a_human_is_heard_where_only_mentions_are_taken_in(w):
    await w.asks("ina", "Somebody is in my account #security", where="mentions")
    assert await w.decisions() == ["escalate"]


async def test_where_mentions_are_taken_in_nothing_else_opens_a_ticket_or_is_answered(w):
    said = await w.asks("ina", QUESTION, where="mentions")
    assert await w.store.tickets() == []
    assert (await w.store.message(said)).text == QUESTION
    assert w.posts() == []


async def test_once_the_bot_is_mentioned_its_thread_is_active(w):
    asked = await w.asks("ina", "@frontdesk when does my refund arrive?", where="mentions", mentions_bot=True)
    await w.asks("ina", "unsure: and the other refund?", where="mentions", under=asked)
    assert (await w.ticket()).attention is Attention.ACTIVE
    assert await w.decisions() == ["reply", "escalate"]  # The same answer twice is a loop, which only a bot that takes part can be in.


async def test_beside_the_thread_nothing_counts_again_without_a_mention(w):
    await w.asks("ina", "@frontdesk when does my refund arrive?", where="mentions", mentions_bot=True)
    await w.wait(minutes=5)
    remark = await w.asks("ina", "I mean the refund of May", where="mentions")
    assert (await w.store.message(remark)).ticket is None
    assert await w.decisions() == ["reply"]


async def test_what_was_said_in_one_breath_with_the_mention_counts_with_it(w):
    before = await w.says("ina", "My refund is late", where="mentions")
    await w.says("ina", "@frontdesk can you look?", where="mentions", mentions_bot=True)
    await w.wait(seconds=4)
    after = await w.says("ina", "It is from May", where="mentions")
    await w.wait(seconds=9)
    ticket = await w.ticket()
    assert {(await w.store.message(ref)).ticket for ref in (before, after)} == {ticket.id}


async def test_what_was_said_a_moment_later_goes_on_with_the_ticket(w):
    await w.asks("ina", "@frontdesk when does my refund arrive?", where="mentions", mentions_bot=True)
    more = await w.asks("ina", "It is from May", where="mentions", at=w.clock.now() - timedelta(seconds=5))
    assert (await w.store.message(more)).ticket == (await w.ticket()).id


async def test_a_mention_in_the_thread_of_an_unmentioned_question_has_the_question_answered(w):
    asked = await w.asks("ina", QUESTION, where="mentions")
    await w.wait(hours=3)
    await w.asks("ina", "@frontdesk can you help?", where="mentions", under=asked, mentions_bot=True)
    assert QUESTION in w.answerer.briefs[-1].text
    assert [p.target.thread for p in w.posts(Purpose.ANSWER)] == [asked.id]
    assert w.posts(Purpose.NOTICE, where="mentions") == [p for p in w.posts(Purpose.NOTICE) if p.emoji]


async def test_a_mention_beside_somebody_elses_unmentioned_question_does_not_take_it_over(w):
    asked = await w.asks("ina", QUESTION, where="mentions")
    await w.asks("max", "@frontdesk when does a login work?", where="mentions", under=asked, mentions_bot=True)
    assert [t.customer.id for t in await w.store.tickets()] == ["max"]
    assert QUESTION not in w.answerer.briefs[-1].text
    await w.asks("ina", "@frontdesk and my refund?", where="mentions", under=asked, mentions_bot=True)
    assert [t.customer.id for t in await w.store.tickets()] == ["max", "ina"]


async def test_a_strangers_remark_in_a_ticket_of_a_mentions_channel_is_only_context(w):
    asked = await w.asks("ina", "@frontdesk when does my refund arrive?", where="mentions", mentions_bot=True)
    remark = await w.asks("max", "When does mine?", where="mentions", under=asked)
    stored = await w.store.message(remark)
    assert (stored.ticket, stored.bystander) == ((await w.ticket()).id, True)


async def test_a_teammates_mention_in_a_thread_without_a_ticket_opens_the_customers(w):
    asked = await w.asks("ina", QUESTION, where="mentions")
    await w.says("noor", "@frontdesk can you help Ina?", where="mentions", under=asked, mentions_bot=True)
    await w.wait(seconds=9)
    ticket = await w.ticket()
    assert (ticket.customer.id, ticket.attention) == ("ina", Attention.ACTIVE)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_while_nobody_can_tell_a_question_from_a_remark_a_mention_is_needed_only_where_it_always_is(choosy):
    choosy.triager.down = True
    await choosy.asks("ina", "chat about the weather", where="mentions")
    assert await choosy.store.tickets() == []
    await choosy.asks("ina", "chat about the weather")
    assert len(await choosy.store.tickets()) == 1


async def test_community_chat_that_asked_nothing_is_emptied_after_its_time(choosy):
    kept = [await choosy.asks("ina", "chat about the weather"), await choosy.asks("ina", QUESTION, where="mentions")]
    await choosy.wait(days=8)
    await choosy.store.purge(choosy.clock.now())
    assert [(await choosy.store.message(ref)).text for ref in kept] == ["", ""]
