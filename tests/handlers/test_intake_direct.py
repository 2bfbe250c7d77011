"""Direct messages: nobody has to declare them, and what ours say there is no ticket."""

from datetime import timedelta

import pytest

from desk.audience import INTERNAL
from desk.cards import plain
from desk.space import ChannelKind
from desk.timeline import Purpose
from tests.world import channel

QUESTION = "When does my refund arrive?"


async def test_a_direct_message_declares_its_conversation_and_binds_the_person_we_know(w):
    await w.asks("ina", QUESTION, where="D1", kind=ChannelKind.DIRECT)
    declared = await w.store.channel(channel("D1"))
    assert (declared.kind, declared.person, declared.name) == (ChannelKind.DIRECT, "ina", "Ina")
    assert len(w.posts(Purpose.ANSWER, where="D1")) == 1


async def test_somebody_nobody_knows_is_answered_there_too_and_bound_to_nobody(w):
    await w.asks("max", QUESTION, where="D2", kind=ChannelKind.DIRECT)
    assert (await w.store.channel(channel("D2"))).person is None
    assert len(w.posts(Purpose.ANSWER, where="D2")) == 1


async def test_an_undeclared_channel_that_is_no_direct_conversation_stays_unheard(w):
    await w.asks("ina", QUESTION, where="elsewhere")
    assert await w.store.channel(channel("elsewhere")) is None
    assert await w.store.tickets() == []


async def test_a_direct_message_is_not_lost_while_the_customer_record_is_down_and_the_next_one_binds_the_person(w):
    w.crm.down = True
    first = await w.says("ina", QUESTION, where="D1", kind=ChannelKind.DIRECT)
    assert (await w.store.channel(channel("D1"))).person is None
    w.crm.down = False
    await w.asks("ina", "About the refund?", where="D1", kind=ChannelKind.DIRECT)
    assert (await w.store.channel(channel("D1"))).person == "ina"
    assert (await w.store.message(first)).ticket == (await w.ticket()).id


async def test_of_two_first_messages_the_one_that_comes_late_is_not_from_before_the_conversation(w):
    early = w.message("ina", QUESTION, where="D1", kind=ChannelKind.DIRECT, at=w.clock.now() - timedelta(seconds=5))
    await w.says("ina", "Hello?", where="D1", kind=ChannelKind.DIRECT)
    await w.emit(early)
    assert await w.store.message(early.ref) is not None


@pytest.mark.parametrize("who", ["noor", "lea", "ada", "kim"], ids=["a teammate", "a lead", "an admin", "a colleague"])
async def test_what_one_of_ours_says_to_the_bot_alone_is_a_note_and_no_ticket(w, who):
    alone = f"dm-{who}"
    w.chat.internal.add(channel(alone))
    said = await w.asks(who, "What waits for the refund?", where=alone, kind=ChannelKind.DIRECT)
    assert (await w.store.channel(channel(alone))).kind is ChannelKind.DIRECT
    assert (await w.store.message(said)).audience == INTERNAL
    assert await w.store.tickets() == []


async def test_a_teammate_who_joins_a_customers_own_conversation_holds_it_and_asks_the_desk_nothing(w):
    asked = await w.says("ina", QUESTION, where="dm-ina", kind=ChannelKind.DIRECT)
    await w.says("noor", "I see that", where="dm-ina", under=asked, kind=ChannelKind.DIRECT)
    await w.wait(seconds=9)
    assert (await w.ticket()).held
    assert not [post for post in w.chat.sent if post.streamed]


async def test_a_colleague_is_told_once_a_day_that_nobody_reads_it_and_a_teammate_is_not(w):
    w.chat.internal |= {channel("dm-kim"), channel("dm-noor")}
    first = await w.says("kim", QUESTION, where="dm-kim", kind=ChannelKind.DIRECT)
    await w.says("kim", "Hello?", where="dm-kim", kind=ChannelKind.DIRECT)
    [told] = w.posts(Purpose.NOTICE, where="dm-kim")
    assert "have an admin add you to it" in plain(told.card)
    assert told.target.thread == first.id
    await w.says("noor", QUESTION, where="dm-noor", kind=ChannelKind.DIRECT)
    assert not any("have an admin add you" in plain(post.card) for post in w.chat.sent if post.target.channel == channel("dm-noor"))
    await w.wait(hours=24)
    await w.says("kim", "Hello?", where="dm-kim", kind=ChannelKind.DIRECT)
    assert len(w.posts(Purpose.NOTICE, where="dm-kim")) == 2
