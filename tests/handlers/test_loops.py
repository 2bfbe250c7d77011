"""No loops: after three answers, two questions or two times "not solved", a human."""

from desk.ticket import Status
from desk.timeline import Purpose
from tests.world import CHUNK

QUESTION = "When does my refund arrive?"


async def test_after_three_answers_in_a_row_a_human(w):
    asked = await w.asks("ina", QUESTION)
    for n in range(3):
        await _changed(w, n)
        await w.asks("ina", f"refund {n}?", under=asked)
    assert await w.decisions() == ["reply", "reply", "reply", "escalate"]
    assert (await w.all_decisions())[-1].facts.triggers == ("loop",)


async def test_solved_starts_the_count_again(w):
    asked = await w.asks("ina", QUESTION)
    for n in range(3):
        await _changed(w, n)
        await w.clicks("ina", "Solved")
        await w.asks("ina", f"refund {n}?", under=asked)
    assert "escalate" not in await w.decisions()


async def test_a_changed_topic_starts_the_count_again(w):
    asked = await w.asks("ina", QUESTION)
    for n, words in enumerate(["refund?", "my refund?", "login of the card?"]):
        await _changed(w, n, also="login")
        await w.asks("ina", words, under=asked)
    assert await w.decisions() == ["reply"] * 4


async def test_after_two_questions_in_a_row_a_human(w):
    asked = await w.asks("ina", "vague")
    await w.asks("ina", "still vague", under=asked)
    await w.asks("ina", "vague again", under=asked)
    assert await w.decisions() == ["ask", "ask", "escalate"]


async def test_the_same_answer_again_is_not_given(w):
    asked = await w.asks("ina", QUESTION)
    await w.asks("ina", "I mean: when does the refund come?", under=asked)
    assert len(w.posts(Purpose.ANSWER)) == 1
    assert await w.decisions() == ["reply", "escalate"]


async def test_thanks_after_three_answers_is_no_loop(w):
    asked = await w.asks("ina", QUESTION)
    for n in range(2):
        await _changed(w, n)
        await w.asks("ina", f"refund {n}?", under=asked)
    await w.asks("ina", "thanks", under=asked)
    assert (await w.decisions())[-1] == "ignore"


async def test_not_solved_asks_once_what_is_missing_and_twice_brings_a_human(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Not solved")
    assert "what is still missing" in w.texts(Purpose.QUESTION)[0]
    await w.clicks("ina", "Not solved")
    assert await w.decisions() == ["reply", "ask", "escalate"]
    assert (await w.ticket()).status is Status.WAITING_TEAM


async def test_not_solved_by_button_and_then_in_words_brings_a_human(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Not solved")
    await w.asks("ina", "#not_solved the refund is not there", under=asked)
    assert "not_solved" in (await w.all_decisions())[-1].facts.triggers


async def test_not_solved_in_words_and_then_by_button_brings_a_human(w):
    asked = await w.asks("ina", QUESTION)
    await _changed(w, 1)
    await w.asks("ina", "#not_solved the refund is not there", under=asked)
    await w.clicks("ina", "Not solved")
    assert await w.decisions() == ["reply", "reply", "escalate"]


async def test_not_solved_before_any_answer_is_a_description_and_counts_nothing(w):
    await w.asks("ina", "#not_solved my refund, though the shop says so")
    assert (await w.ticket()).not_solved == 0


async def test_asking_for_a_human_in_any_words_brings_one_without_argument(w):
    await w.asks("ina", "refund? #human please")
    assert await w.decisions() == ["escalate"]
    assert w.posts(Purpose.ANSWER, Purpose.QUESTION) == []


async def test_get_a_human_brings_one_without_argument(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Get a human")
    assert await w.decisions() == ["reply", "escalate"]
    assert "asks human" in w.texts(Purpose.ESCALATION_CARD)[0]


async def test_getting_a_human_twice_raises_one_escalation(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Get a human")
    await w.clicks("ina", "Get a human")
    assert len(await w.store.escalations((await w.ticket()).id)) == 1


async def _changed(w, n, *, also=""):
    """Let the article say something else, so that the answer is a new one."""
    from dataclasses import replace

    await w.learns(replace(CHUNK, text=f"Refund {also} rule {n}: 5 to 7 days, card and login."))
