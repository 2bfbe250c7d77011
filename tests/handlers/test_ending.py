"""The end: solved, silent, reopened, and how it was."""

import pytest

from desk.errors import PlaceGone
from desk.facts import Occasion
from desk.ticket import Containment, Status
from desk.timeline import Purpose
from tests.world import user

QUESTION = "When does my refund arrive?"


async def test_solved_by_the_customer_is_confirmed(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    ticket = await w.ticket()
    assert (ticket.status, ticket.containment) == (Status.SOLVED, Containment.CONFIRMED)


async def test_what_a_teammate_checked_is_no_containment(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Approve")
    await drafting.clicks("ina", "Solved")
    assert (await drafting.ticket()).containment is None


async def test_one_reminder_comes_after_a_days_silence(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=23)
    assert w.posts(Purpose.REMINDER) == []
    await w.wait(hours=40)
    (reminder,) = w.posts(Purpose.REMINDER)
    assert reminder.to == (user("ina"),)


async def test_it_is_closed_as_silent_three_days_after_the_last_answer_and_never_called_solved(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=71)
    assert (await w.ticket()).status is Status.WAITING_CUSTOMER
    await w.wait(hours=2)
    ticket = await w.ticket()
    assert (ticket.status, ticket.containment) == (Status.CLOSED, Containment.SILENT)


async def test_a_reply_stops_the_reminder(w):
    asked = await w.asks("ina", QUESTION)
    await w.wait(hours=20)
    await w.asks("ina", "unsure: and the other refund?", under=asked)
    await w.wait(hours=10)
    assert w.posts(Purpose.REMINDER) == []


async def test_when_a_ticket_closes_the_customer_is_asked_how_it_was(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    assert [button.label for button in w.card(Purpose.CSAT).buttons] == ["1", "2", "3", "4", "5"]


async def test_a_person_is_asked_how_it_was_once_in_thirty_days(w):
    for text in (QUESTION, "login refund?"):
        await w.asks("ina", text)
        await w.clicks("ina", "Solved")
    assert len(w.posts(Purpose.CSAT)) == 1
    await w.wait(days=31)
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    assert len(w.posts(Purpose.CSAT)) == 2


async def test_a_ticket_is_never_asked_about_twice(w):
    w.policy.change(csat={"every": "1s"})
    asked = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.asks("ina", "unsure: my refund?", under=asked)
    await w.clicks("noor", "Approve")
    await w.clicks("ina", "Solved")
    assert len(w.posts(Purpose.CSAT)) == 1


async def test_a_ticket_is_never_scored_twice(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.clicks("ina", "4", comment="quick")
    await w.clicks("ina", "1")
    scores = [f.score for f in await w.store.feedback((await w.ticket()).id) if f.kind == "csat"]
    assert scores == [4]
    assert "already scored" in w.texts(Purpose.NOTICE)[-1]


@pytest.mark.parametrize(("score", "shown"), [("1", True), ("2", True), ("3", False)])
async def test_a_low_score_is_shown_to_the_team_at_once(w, score, shown):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.clicks("ina", score, comment="It took too long")
    notices = [text for text in w.texts(Purpose.NOTICE, where="agents") if "CSAT" in text]
    assert (notices == [f"CSAT {score} of 5 from Ina for ticket {(await w.ticket()).id}: It took too long"]) is shown


async def test_nobody_else_may_score(w):
    await w.asks("mara", QUESTION, where="shared")
    await w.clicks("mara", "Solved")
    for who in ("jon", "noor"):
        await w.clicks(who, "5")
    assert not any(f.kind == "csat" for f in await w.store.feedback((await w.ticket()).id))


async def test_solved_twice_is_solved_once(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.clicks("ina", "Solved")
    assert await w.decisions() == ["reply", "close"]


async def test_silence_after_a_question_back_ends_like_any_other(w):
    await w.asks("ina", "vague")
    await w.wait(hours=73)
    occasions = [decision.facts.occasion for decision in await w.all_decisions()]
    assert occasions == [Occasion.MESSAGE, Occasion.SILENCE, Occasion.SILENCE_OVER]


async def test_no_survey_is_sent_where_policy_wants_none(w):
    w.policy.change(csat={"ask": False})
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    assert w.posts(Purpose.CSAT) == []
    assert w.texts(Purpose.FEEDBACK) == ["Glad it is solved."]


async def test_what_a_teammate_answered_in_the_thread_closes_after_three_days_of_silence_without_a_word_of_the_bots_own(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("noor", "It takes a week, I have checked", under=asked)
    await w.wait(days=4)
    assert (await w.ticket()).status is Status.CLOSED
    assert w.posts(Purpose.REMINDER) == []
    assert w.texts(Purpose.CSAT) == ["How was this support? 1 is very bad, 5 is very good."]


async def test_an_answer_of_a_teammate_on_the_card_ends_alike(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Take over")
    await drafting.clicks("noor", "Reply", text="It takes a week.")
    await drafting.wait(days=4)
    assert (await drafting.ticket()).status is Status.CLOSED
    assert len(drafting.posts(Purpose.CSAT)) == 1


async def test_a_customer_who_answers_the_teammate_keeps_it_open(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("noor", "Which card was it?", under=asked)
    await w.asks("ina", "The blue one", under=asked)
    await w.wait(days=4)
    assert (await w.ticket()).status is Status.OPEN


async def test_when_a_teammate_closes_it_the_customer_is_asked_how_it_was(w):
    await w.asks("ina", "#human please")
    await w.clicks("noor", "Resolve", verdict="needed")
    assert w.texts(Purpose.CSAT) == ["How was this support? 1 is very bad, 5 is very good."]
    assert (await w.decisions())[-1] == "close"


async def test_in_mode_observe_nobody_is_asked_how_it_was(observing):
    await observing.asks("ina", "#human please")
    before = len(observing.posts(where="community"))
    await observing.clicks("noor", "Resolve", verdict="needed")
    assert len(observing.posts(where="community")) == before
    assert (await observing.ticket()).status is Status.CLOSED


@pytest.mark.parametrize("how", ["a teammate wrote", "a teammate approved"])
async def test_what_a_human_answered_in_the_end_is_no_containment_though_the_first_answer_was_automatic(w, how):
    asked = await w.asks("ina", QUESTION)
    await w.asks("ina", "unsure: and by transfer, the refund, vague?", under=asked)
    if how == "a teammate wrote":
        await w.says("noor", "It takes a week", under=asked)
    else:
        await w.clicks("noor", "Take over")
        await w.clicks("noor", "Reply", text="It takes a week.")
    await w.clicks("ina", "Solved")
    ticket = await w.ticket()
    assert (ticket.deflected, ticket.status, ticket.containment) == (True, Status.SOLVED, None)


async def test_a_solved_ticket_is_marked_on_its_thread_and_one_that_goes_on_loses_the_mark(w):
    asked = await w.asks("ina", QUESTION)
    ticket = await w.ticket()
    assert ticket.id not in w.chat.marks
    await w.clicks("ina", "Solved")
    assert w.chat.marks[ticket.id].status is Status.SOLVED
    await w.says("ina", "It has still not arrived, what now?", under=asked)
    await w.wait(minutes=1)
    assert w.chat.marks[ticket.id].status is not Status.SOLVED


async def test_nothing_is_marked_while_the_bot_only_observes(observing):
    asked = await observing.asks("ina", QUESTION, mentions_bot=True)
    await observing.says("ina", "Thanks, solved!", under=asked)
    await observing.wait(days=4)
    assert observing.chat.marks == {}


async def test_a_mark_that_cannot_be_made_tells_nobody(w):
    async def mark(ticket):
        raise PlaceGone("the message is not there any more")

    w.chat.mark = mark
    await w.asks("ina", QUESTION)
    told = len(w.texts(Purpose.NOTICE, where="agents"))
    await w.clicks("ina", "Solved")
    assert len(w.texts(Purpose.NOTICE, where="agents")) == told
