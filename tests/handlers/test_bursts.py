"""Bursts: one answer for what a customer writes before they pause."""

from datetime import timedelta

from desk.events import TurnStarted
from desk.ids import EventId
from desk.timeline import Purpose
from handlers.dispatch import dispatch
from handlers.turn import turn_started

FAR = timedelta(days=1)
QUESTION = "When does my refund arrive?"


async def test_the_bot_waits_until_the_customer_has_paused_eight_seconds_then_answers_once(w):
    await w.says("ina", "Hello,")
    await w.wait(seconds=5)
    await w.says("ina", QUESTION)
    await w.wait(seconds=7)
    assert w.posts(Purpose.ANSWER) == []
    await w.wait(seconds=2)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_typing_prolongs_the_pause(w):
    await w.says("ina", QUESTION)
    await w.wait(seconds=6)
    await w.types("ina")
    await w.wait(seconds=7)
    assert w.posts(Purpose.ANSWER) == []
    await w.wait(seconds=2)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_typing_alone_starts_nothing(w):
    await w.types("ina")
    await w.wait(minutes=5)
    assert await w.store.tickets() == []


async def test_somebody_elses_typing_does_not_prolong_the_pause(w):
    await w.says("ina", QUESTION)
    await w.wait(seconds=6)
    await w.types("jon")
    await w.wait(seconds=3)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_after_forty_five_seconds_it_answers_even_while_the_customer_goes_on_typing(w):
    await w.says("ina", QUESTION)
    for _ in range(8):
        await w.wait(seconds=5)
        await w.types("ina")
    assert w.posts(Purpose.ANSWER) == []
    await w.wait(seconds=6)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_messages_that_come_after_their_pause_is_over_share_the_one_that_is_under_way(w):
    late = [w.message("ina", text) for text in ("Hello,", "one more thing:", QUESTION)]
    w.clock.advance(minutes=2)
    dues = []
    for event in late:
        await dispatch(event, w.services, w.submit)
        dues += [deadline.due for deadline in await w.store.due(w.clock.now())]
    assert dues == [dues[0]] * 3
    await w.wait(seconds=1)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_an_edit_before_the_answer_changes_what_is_answered(w):
    ref = await w.says("ina", "Do you sell bicycles?")
    await w.wait(seconds=3)
    await w.edits(ref, QUESTION)
    await w.wait(seconds=20)
    assert "5 to 7 working days" in w.texts(Purpose.ANSWER)[0]
    assert await w.decisions() == ["reply"]


async def test_an_edit_restarts_an_answer_that_still_waits_for_approval(w):
    ref = await w.asks("ina", "unsure: when does my refund arrive?")
    await w.edits(ref, QUESTION)
    await w.wait(seconds=9)
    assert await w.decisions() == ["suggest", "reply"]
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_a_deletion_restarts_an_answer_that_still_waits_for_approval(w):
    ref = await w.asks("ina", "unsure: when does my refund arrive?")
    await w.deletes(ref)
    await w.wait(seconds=9)
    assert await w.decisions() == ["suggest", "ignore"]
    assert not any(draft.is_open for draft in await w.drafts())


async def test_a_question_that_is_deleted_before_the_pause_ends_is_never_answered(w):
    ref = await w.says("ina", QUESTION)
    await w.deletes(ref)
    await w.wait(minutes=1)
    assert w.posts() == []


async def test_an_edit_after_the_answer_that_changes_nothing_says_nothing_again(w):
    ref = await w.asks("ina", QUESTION)
    await w.edits(ref, "When does my refund arrive, please?")
    await w.wait(seconds=9)
    assert len(w.posts(Purpose.ANSWER)) == 1
    assert await w.decisions() == ["reply", "ignore"]


async def test_a_direct_message_a_mention_and_a_message_in_a_tickets_thread_show_at_once_that_they_were_heard(w):
    asked = await w.asks("ina", QUESTION)
    assert w.chat.reactions == []
    in_thread = await w.says("ina", "And my other refund?", under=asked)
    mention = await w.says("jon", "@frontdesk where is my refund?", mentions_bot=True)
    direct = await w.says("mara", QUESTION, where="direct")
    assert [ref for ref, _ in w.chat.reactions] == [in_thread, mention, direct]


async def test_nothing_shows_that_it_was_heard_in_mode_observe(observing):
    await observing.says("mara", QUESTION, where="direct", mentions_bot=True)
    assert observing.chat.reactions == []


async def test_nothing_shows_that_it_was_heard_while_the_bot_is_paused(w):
    await w.commands("ada", "pause")
    await w.says("mara", QUESTION, where="direct")
    assert w.chat.reactions == []


async def test_a_turn_waits_for_words_that_are_not_sorted_yet_as_long_as_their_sorting_does(w):
    await w.says("ina", QUESTION)
    await w.wait(seconds=9)
    [ticket] = await w.store.tickets()
    await dispatch(w.message("ina", "Sorry, one more thing"), w.services, w.submit)
    waits = []
    for overdue in (-5, 3, 600):
        [pause] = [deadline for deadline in await w.store.due(w.clock.now() + FAR) if deadline.kind == "pause"]
        w.clock.at = pause.due + timedelta(seconds=overdue)
        changes = await turn_started(TurnStarted(id=EventId("e"), ticket=ticket.id, turn=ticket.turn, at=w.clock.now()), w.services)
        waits += [write.deadline.due - w.clock.now() for write in changes.writes]
    assert [wait.total_seconds() for wait in waits] == [5, 3, 30]
