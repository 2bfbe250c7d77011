"""A ticket that opens in the middle of a thread: it knows what was said there before, and asks nothing of it twice."""

from datetime import timedelta

from desk.customer import Role
from desk.errors import Misconfigured
from desk.ticket import Attention
from desk.timeline import Purpose
from tests.handlers.outside import stood
from tests.world import channel, user

QUESTION = "When does my refund arrive?"


def history(w):
    """Count how often threads are read."""
    reads, read = [], w.chat.history

    async def counted(place, after):
        reads.append(place)
        return await read(place, after)

    w.chat.history = counted
    return reads


async def test_a_mention_under_a_root_nobody_told_us_of_brings_the_thread_and_has_its_question_answered(w):
    root = stood(w, "ina", QUESTION, where="mentions")
    peer = stood(w, "max", "I wonder too", where="mentions", under=root)
    await w.asks("ina", "@frontdesk can you help?", where="mentions", under=root, mentions_bot=True)
    ticket = await w.ticket()
    assert [m.ref for m in (await w.store.timeline(ticket.id))[:2]] == [root, peer]
    assert QUESTION in w.answerer.briefs[0].text
    assert "I wonder" not in w.answerer.briefs[0].text
    assert (await w.store.message(peer)).bystander
    assert await w.decisions() == ["reply"]


async def test_what_a_teammate_answered_there_before_is_not_answered_again(w):
    root = stood(w, "ina", QUESTION)
    stood(w, "noor", "By Friday. @frontdesk takes it from here", under=root)
    await w.asks("ina", "And when does my login work?", under=root)
    assert QUESTION not in w.answerer.briefs[0].text


async def test_a_teammate_who_holds_the_conversation_goes_on_holding_it(w):
    root = stood(w, "ina", QUESTION)
    stood(w, "noor", "I am on it", under=root)
    await w.asks("ina", "@frontdesk anything new?", under=root, mentions_bot=True)
    assert (await w.ticket()).owner == user("noor")
    assert await w.decisions() == ["stand_by"]


async def test_under_a_colleagues_own_thread_the_bot_is_a_guest_though_nobody_told_us_of_its_root(w):
    news = stood(w, "kim", "We shipped something new")
    await w.asks("ina", QUESTION, under=news)
    ticket = await w.ticket()
    assert (ticket.guest, ticket.attention) == (True, Attention.DORMANT)
    assert w.posts(Purpose.ANSWER) == []


async def test_a_thread_is_read_once(w):
    root = stood(w, "ina", QUESTION)
    reads = history(w)
    await w.asks("ina", "unsure: my refund?", under=root)
    await w.asks("max", "unsure: when does my login work?", under=root)
    await w.asks("ina", "unsure: from May", under=root)
    assert len(reads) == 1
    assert len(await w.store.tickets()) == 2


async def test_a_thread_whose_root_we_were_told_of_is_not_read_at_all(w):
    reads = history(w)
    asked = await w.asks("ina", QUESTION)
    await w.asks("max", "unsure: when does my login work?", under=asked)
    assert reads == []


async def test_while_the_platform_is_down_the_question_waits_and_nobody_elses_does(w):
    root = stood(w, "ina", QUESTION)
    w.chat.down = True
    await w.asks("ina", "@frontdesk anything new?", under=root, mentions_bot=True)
    await w.asks("max", "unsure: when does my login work?")
    assert [t.customer.id for t in await w.store.tickets()] == ["max"]
    w.chat.down = False
    await w.wait(minutes=2)
    assert len(await w.store.tickets()) == 2
    assert QUESTION in w.answerer.briefs[-1].text


async def test_a_thread_that_can_never_be_read_is_answered_without_it(w):
    root = stood(w, "ina", QUESTION)

    async def refused(place, after):
        raise Misconfigured("the app lacks channels:history")

    w.chat.history = refused
    await w.asks("ina", "When does the refund arrive?", under=root)
    assert await w.decisions() == ["reply"]


async def test_what_was_said_before_stays_with_whoever_said_it(w):
    root = stood(w, "max", "My login fails")
    await w.asks("ina", QUESTION, under=root)
    ticket = await w.ticket()
    stored = await w.store.message(root)
    assert (stored.author, stored.role, stored.ticket) == (user("max"), Role.CUSTOMER, ticket.id)
    assert ticket.participants == (user("ina"),)


async def test_the_root_gets_no_link_to_the_answer_that_stands_under_it(w):
    root = stood(w, "ina", QUESTION)
    await w.asks("ina", "unsure: can anybody help?", under=root)
    await w.clicks("noor", "Approve")
    assert [p for p in w.posts(Purpose.NOTICE, where="community") if not p.emoji] == []


async def test_an_old_thread_is_answered_as_freshly_as_it_is_asked_about(w):
    root = stood(w, "ina", QUESTION, ago=timedelta(days=3))
    await w.asks("ina", "Can anybody help with the refund?", under=root)
    assert await w.decisions() == ["reply"]


async def test_what_comes_late_in_a_thread_is_drafted_with_all_that_was_said_there(w):
    root = stood(w, "ina", QUESTION, ago=timedelta(hours=5))
    await w.says("ina", "Can anybody help with the refund?", under=root, at=w.clock.now() - timedelta(hours=2))
    await w.wait(seconds=9)
    assert await w.decisions() == ["suggest"]


async def test_a_colleagues_reply_in_their_own_thread_keeps_the_bot_out_of_it(w):
    news = await w.says("kim", "We shipped something new", where="shared")
    asked = await w.asks("mara", QUESTION, where="shared", under=news)
    await w.says("kim", "By Friday", where="shared", under=news)
    await w.asks("mara", "unsure: and the other refund?", where="shared", under=news)
    ticket = await w.ticket()
    assert (ticket.customer, ticket.attention) == (user("mara"), Attention.DORMANT)
    assert w.posts(Purpose.ANSWER, where="shared") == []
    assert (await w.store.message(asked)).place.channel == channel("shared")
