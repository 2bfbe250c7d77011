"""Which ticket: threads, topics, and tickets that are over."""

from datetime import timedelta

from desk.space import Place
from desk.ticket import Containment, Status
from desk.timeline import Purpose
from tests.world import channel

QUESTION = "When does my refund arrive?"


async def test_a_thread_reply_belongs_to_the_threads_ticket_with_no_mention_needed(w):
    asked = await w.asks("ina", QUESTION)
    await w.asks("ina", "The refund is for an export", under=asked)
    assert (await w.ticket()).turn == 2
    assert await w.decisions() == ["reply", "escalate"]


async def test_top_level_messages_within_sixty_minutes_are_one_ticket(w):
    await w.asks("ina", QUESTION)
    await w.wait(minutes=50)
    await w.asks("ina", "My refund, I mean?")
    assert len(await w.store.tickets()) == 1


async def test_after_sixty_minutes_a_top_level_message_is_a_new_ticket(w):
    await w.asks("ina", QUESTION)
    await w.wait(minutes=61)
    await w.asks("ina", "My refund, I mean?")
    assert len(await w.store.tickets()) == 2


async def test_two_people_of_one_account_share_a_ticket_in_a_shared_channel_and_not_elsewhere(w):
    await w.asks("mara", "unsure: our refund?", where="shared")
    await w.asks("jon", "unsure: that refund?", where="shared")
    assert len(await w.store.tickets()) == 1
    await w.asks("mara", "unsure: our refund?")
    await w.asks("jon", "unsure: that refund?")
    assert len(await w.store.tickets()) == 3


async def test_the_answer_hangs_under_the_first_message_and_the_later_ones_get_a_link(w):
    first = await w.asks("ina", "unsure: my refund?")
    later = await w.asks("ina", "unsure: that refund?")
    await w.clicks("noor", "Approve")
    assert [p.target for p in w.posts(Purpose.ANSWER)] == [Place(channel("community"), first.id)]
    (link,) = [p for p in w.posts(Purpose.NOTICE) if p.target == Place(channel("community"), later.id)]
    assert f"message:{first}" in w.texts(Purpose.NOTICE)[w.posts(Purpose.NOTICE).index(link)]


async def test_a_reply_within_fourteen_days_reopens(w):
    asked = await w.asks("ina", QUESTION)
    await w.wait(days=4)
    assert (await w.ticket()).status is Status.CLOSED
    await w.wait(days=9)
    await w.asks("ina", "unsure: the refund is still not there", under=asked)
    ticket = await w.ticket()
    assert (ticket.status, ticket.closed) == (Status.WAITING_TEAM, None)


async def test_a_reply_after_fourteen_days_is_a_new_ticket_that_links_the_old_one(w):
    asked = await w.asks("ina", QUESTION)
    await w.wait(days=18)
    await w.asks("ina", "My refund again?", under=asked)
    old, new = await w.store.tickets()
    assert new.previous == old.id
    assert old.status is Status.CLOSED


async def test_thanks_after_solved_neither_reopens_nor_counts_as_coming_back(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.asks("ina", "thanks a lot", under=asked)
    ticket = await w.ticket()
    assert (ticket.status, ticket.containment) == (Status.SOLVED, Containment.CONFIRMED)
    await w.wait(days=4)
    assert w.posts(Purpose.REMINDER) == []


async def test_correcting_a_typing_error_after_solved_does_not_reopen(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.edits(asked, "When does my refund come?")
    await w.wait(seconds=9)
    assert (await w.ticket()).status is Status.SOLVED


async def test_coming_back_in_the_thread_within_seven_days_is_not_contained(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.asks("ina", "unsure: the refund is still not there", under=asked)
    await w.clicks("noor", "Approve")
    await w.clicks("ina", "Solved")
    assert (await w.ticket()).containment is Containment.RECONTACTED


async def test_coming_back_in_the_thread_after_seven_days_leaves_it_contained(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.wait(days=8)
    await w.asks("ina", "unsure: one more refund?", under=asked)
    assert (await w.ticket()).containment is Containment.CONFIRMED


async def test_the_account_coming_back_about_it_in_another_channel_within_seven_days_is_not_contained(w):
    await w.asks("mara", QUESTION, where="shared")
    await w.clicks("mara", "Solved")
    await w.wait(days=6)
    await w.asks("jon", "Our refund is still missing?")
    old, _ = await w.store.tickets()
    assert (old.status, old.containment) == (Status.SOLVED, Containment.RECONTACTED)


async def test_the_account_coming_back_about_something_else_leaves_it_contained(w):
    await w.asks("mara", QUESTION, where="shared")
    await w.clicks("mara", "Solved")
    await w.asks("jon", "login is broken")
    old, _ = await w.store.tickets()
    assert old.containment is Containment.CONFIRMED


async def test_another_account_with_the_same_question_leaves_it_contained(w):
    await w.asks("mara", QUESTION, where="shared")
    await w.clicks("mara", "Solved")
    await w.asks("ina", QUESTION)
    old, _ = await w.store.tickets()
    assert old.containment is Containment.CONFIRMED


async def test_somebody_nobody_knows_who_comes_back_is_not_contained_either(w):
    await w.asks("max", QUESTION)
    await w.clicks("max", "Solved")
    await w.wait(days=2)
    await w.asks("max", "My refund is still not there?")
    assert (await w.store.tickets())[0].containment is Containment.RECONTACTED


async def test_messages_from_before_a_channel_was_declared_are_ignored(w):
    await w.says("ina", QUESTION, at=w.clock.now() - timedelta(days=2))
    await w.wait(minutes=1)
    assert await w.store.tickets() == []


async def test_what_comes_more_than_an_hour_late_is_drafted_and_never_answered_automatically(w):
    await w.says("ina", QUESTION, at=w.clock.now() - timedelta(hours=2))
    await w.wait(minutes=1)
    assert await w.decisions() == ["suggest"]
    assert "Waits because the message came long after it was written" in w.texts(Purpose.DRAFT_CARD)[0]


async def test_nobody_is_heard_in_a_channel_that_nobody_declared(w):
    await w.says("ina", QUESTION, where="random")
    await w.wait(minutes=1)
    assert w.posts() == []
