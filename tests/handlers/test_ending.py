"""The end: solved, silent, reopened, and how it was."""

import pytest

from desk.decision import Occasion
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
