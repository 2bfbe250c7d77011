"""A ticket out of a message that stands already: by shortcut and by emoji, by whom, and what is said when there is none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.changes import SaveChannel, write
from desk.customer import Role
from desk.ids import EventId
from desk.space import Place
from desk.ticket import Attention, Status
from desk.timeline import Purpose
from handlers import asked, so_far
from tests.handlers.outside import ask, asks_for, reacts, stood, whispers
from tests.world import CHUNK, channel, user

QUESTION = "When does my refund arrive?"


@pytest.mark.parametrize("who", ["noor", "kim", "ina"], ids=["a teammate", "a colleague", "whoever wrote it"])
async def test_a_shortcut_opens_the_ticket_of_a_message_that_no_ticket_took_in(w, who):
    said = await w.asks("ina", QUESTION, where="mentions")
    await asks_for(w, who, said)
    ticket = await w.ticket()
    assert (ticket.customer, ticket.anchor, ticket.attention) == (user("ina"), said, Attention.ACTIVE)
    assert [p.target.thread for p in w.posts(Purpose.ANSWER)] == [said.id]


async def test_policys_emoji_is_as_good_as_the_shortcut(w):
    said = await w.asks("ina", QUESTION, where="mentions")
    await reacts(w, "noor", said)
    assert len(w.posts(Purpose.ANSWER)) == 1


@pytest.mark.parametrize(
    ("emoji", "policy"), [("eyes", "ticket"), ("ticket", ""), ("", "")], ids=["another emoji", "policy has none", "no emoji at all"]
)
async def test_other_emoji_say_nothing(w, emoji, policy):
    w.policy.change(intake={"emoji": policy})
    said = await w.asks("ina", QUESTION, where="mentions")
    await reacts(w, "noor", said, emoji)
    assert (await w.store.tickets(), whispers(w)) == ([], [])


async def test_an_emoji_among_the_team_or_where_nothing_was_declared_says_nothing(w):
    await reacts(w, "noor", await w.says("noor", "We should look at this", where="agents"))
    await reacts(w, "noor", stood(w, "ina", QUESTION, where="elsewhere"))
    assert whispers(w) == []


async def test_the_author_sees_that_they_were_heard_and_the_teammate_that_a_ticket_is_open(w):
    said = await w.asks("ina", QUESTION, where="mentions")
    await asks_for(w, "noor", said)
    assert w.chat.reactions == [(said, "eyes")]
    assert whispers(w) == ["Opened a ticket for Ina."]


async def test_asked_twice_is_one_ticket(w):
    event = ask(w, "noor", await w.asks("ina", QUESTION, where="mentions"))
    await w.emit(event)
    await w.emit(event)
    assert len(await w.store.tickets()) == 1
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_a_stranger_may_not_open_somebody_elses(w):
    said = await w.asks("ina", QUESTION, where="mentions")
    await asks_for(w, "max", said)
    assert await w.store.tickets() == []
    assert whispers(w) == [asked.NOT_YOURS]


@pytest.mark.parametrize("who", ["noor", "kim"], ids=["a teammate's", "a colleague's"])
async def test_a_message_of_ours_opens_nothing_and_a_whisper_says_why(w, who):
    said = await w.says(who, "We shipped something new")
    await asks_for(w, "lea", said)
    assert await w.store.tickets() == []
    assert whispers(w) == [asked.OUR_OWN]


async def test_an_answer_of_the_bots_opens_nothing(w):
    await w.asks("ina", QUESTION)
    answer = next(ref for ref, post in w.chat.standing.items() if post.purpose is Purpose.ANSWER)
    await asks_for(w, "lea", answer)
    assert whispers(w) == [asked.OUR_OWN]


async def test_of_a_message_in_an_open_ticket_it_is_said_which(w):
    said = await w.asks("ina", "unsure: my refund?")
    await asks_for(w, "noor", said)
    assert whispers(w) == [f"It is in ticket {(await w.ticket()).id} already, which is waiting team."]
    await asks_for(w, "ina", said)
    assert whispers(w)[1:] == [asked.OPEN_TO_CUSTOMER]
    assert len(await w.store.tickets()) == 1


async def test_what_triage_took_for_a_remark_is_a_question_once_somebody_asks_for_a_ticket(w):
    said = await w.asks("ina", "chat about my refund")
    assert (await w.ticket()).status is Status.CLOSED
    await asks_for(w, "noor", said)
    ticket = await w.ticket()
    assert ticket.status is Status.WAITING_CUSTOMER
    assert len(w.posts(Purpose.ANSWER)) == 1
    assert whispers(w) == [f"Ticket {ticket.id} is open again."]


async def test_what_was_answered_and_closed_is_asked_anew(w):
    said = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.learns(replace(CHUNK, text="A refund by transfer takes 2 days."))
    await asks_for(w, "noor", said)
    assert len(w.posts(Purpose.ANSWER)) == 2
    assert (await w.ticket()).closed is None


async def test_the_same_answer_once_more_is_a_matter_for_a_human(w):
    said = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await asks_for(w, "noor", said)
    assert await w.decisions() == ["reply", "close", "escalate"]


async def test_a_strangers_remark_in_somebodys_ticket_gets_one_of_its_own(w):
    first = await w.asks("ina", QUESTION)
    remark = await w.asks("max", "chat about my refund too", under=first)
    await asks_for(w, "noor", remark)
    assert [t.customer.id for t in await w.store.tickets()] == ["ina", "max"]
    assert (await w.store.message(remark)).ticket == (await w.store.tickets())[1].id


async def test_a_teammate_who_answered_before_gives_the_ticket_to_the_bot_by_asking_for_it(w):
    said = await w.asks("ina", QUESTION, where="mentions")
    await w.says("noor", "Let me see", where="mentions", under=said)
    await asks_for(w, "noor", said)
    ticket = await w.ticket()
    assert (ticket.owner, ticket.attention) == (None, Attention.ACTIVE)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_a_customer_who_asks_for_one_in_a_teammates_conversation_does_not_wake_the_bot(w):
    said = await w.asks("ina", QUESTION, where="mentions")
    await w.says("noor", "Let me see", where="mentions", under=said)
    await asks_for(w, "ina", said)
    assert (await w.ticket()).owner == user("noor")
    assert w.posts(Purpose.ANSWER) == []


async def test_a_message_that_still_waits_for_its_pause_goes_in_with_what_was_said_beside_it(w):
    first = await w.says("ina", "unsure: my refund?")
    second = await w.says("ina", "From May, I mean")
    await asks_for(w, "noor", second)
    await w.wait(seconds=9)
    assert {(await w.store.message(ref)).ticket for ref in (first, second)} == {(await w.ticket()).id}


async def test_a_message_from_before_the_channel_was_declared_is_taken_in(w):
    said = await w.says("ina", QUESTION, at=w.clock.now() - timedelta(days=2))
    await w.wait(minutes=1)
    assert await w.store.message(said) is None
    await asks_for(w, "noor", said)
    assert (await w.ticket()).anchor == said
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_an_emoji_on_a_reply_nobody_told_us_of_brings_the_thread_around_it(w):
    root = stood(w, "max", "My login fails")
    reply = stood(w, "ina", QUESTION, under=root)
    other = stood(w, "max", "Mine as well", under=root)
    await reacts(w, "noor", reply)
    ticket = await w.ticket()
    assert (ticket.customer, ticket.place) == (user("ina"), Place(channel("community"), root.id))
    assert [m.ref for m in await w.store.timeline(ticket.id) if m.role is Role.CUSTOMER] == [root, reply, other]
    assert w.answerer.briefs[0].text == QUESTION


async def test_of_a_message_that_cannot_be_read_it_is_said_why(w):
    ghost = w.message("ina", QUESTION).ref
    w.chat.said.clear()
    await asks_for(w, "noor", ghost)
    assert whispers(w) == [asked.UNREADABLE]


async def test_while_the_platform_is_down_the_wish_waits_and_is_not_lost(w, caplog):
    said = stood(w, "ina", QUESTION)
    w.chat.down = True
    await asks_for(w, "noor", said)
    await w.says("max", "When does a login work?")
    assert (await w.store.tickets(), whispers(w)) == ([], [])
    await w.wait(minutes=3)
    w.chat.down = False
    await w.wait(minutes=2)
    assert sorted(t.customer.id for t in await w.store.tickets()) == ["ina", "max"]


async def test_in_a_channel_nobody_declared_a_teammate_is_told_and_nobody_else_is(w):
    said = stood(w, "ina", QUESTION, where="elsewhere")
    await asks_for(w, "ina", said)
    assert whispers(w) == []
    await asks_for(w, "noor", said)
    assert whispers(w) == [asked.UNDECLARED]


async def test_among_the_team_there_is_no_customer(w):
    await asks_for(w, "noor", await w.says("noor", "We should look", where="agents"))
    assert whispers(w) == [asked.INSIDE]


async def test_while_observing_nothing_is_said_to_customers_and_the_ticket_is_remembered(observing):
    w = observing
    said = await w.asks("ina", QUESTION, where="mentions")
    await asks_for(w, "max", said)
    await asks_for(w, "ina", said)
    assert [p for p in w.posts() if p.target.channel != channel("agents")] == []
    assert (await w.all_decisions())[0].would == "reply"


async def test_what_somebody_asked_for_long_ago_is_only_drafted(w):
    said = await w.asks("ina", QUESTION, where="mentions")
    await w.emit(replace(ask(w, "noor", said), at=w.clock.now() - timedelta(hours=2)))
    assert await w.decisions() == ["suggest"]


async def test_of_a_long_thread_the_root_and_the_latest_are_taken_in(w, monkeypatch):
    monkeypatch.setattr(so_far, "MOST", 4)
    root = stood(w, "ina", QUESTION)
    replies = [stood(w, "max", f"chat {n}", under=root) for n in range(9)]
    await asks_for(w, "noor", root)
    kept = [m.ref for m in await w.store.timeline((await w.ticket()).id) if m.ref and m.role is Role.CUSTOMER]
    assert kept == [root, *replies[-3:]]


async def test_where_everything_is_taken_in_the_emoji_changes_nothing_about_an_open_ticket(w):
    declared = await w.store.channel(channel("community"))
    await w.store.commit(EventId("same"), write(SaveChannel(declared)), at=w.clock.now())
    said = await w.asks("ina", "unsure: my refund?")
    before = await w.ticket()
    await reacts(w, "noor", said)
    assert await w.ticket() == before
