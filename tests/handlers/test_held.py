"""While a human holds it, or it is muted: the bot does not speak, but it still reads."""

import pytest

from desk.decision import Escalate
from desk.escalation import EscalationStatus
from desk.ticket import Level
from desk.timeline import Purpose

QUESTION = "When does my refund arrive?"


async def _taken(w):
    await w.clicks("noor", "Take over")


async def _muted(w):
    await w.clicks("noor", "Mute")


async def _written(w):
    asked = next(iter(await w.store.tickets())).anchor
    await w.says("noor", "I will look at it", under=asked)


SILENCED = [pytest.param(_taken, id="taken over"), pytest.param(_muted, id="muted"), pytest.param(_written, id="a teammate wrote")]


@pytest.mark.parametrize("silence", SILENCED)
@pytest.mark.parametrize("words", ["#human now", "#security leak", "#data_loss gone", "#legal claim", "#safety danger"])
async def test_a_hard_rule_says_nothing_to_the_customer_and_tells_owner_and_lead(w, silence, words):
    asked = await w.asks("mara", QUESTION)
    await silence(w)
    before = len(w.texts(where="community"))
    await w.asks("mara", words, under=asked)
    assert len(w.texts(where="community")) == before
    told = {str(p.target).rsplit("/", 1)[1] for p in w.posts(Purpose.PAGE)}
    assert told == {"lea"} | ({"noor"} if silence is not _muted else set())
    action = (await w.all_decisions())[-1].action
    assert isinstance(action, Escalate)
    assert action.quiet


async def test_one_page_is_enough_for_each_of_them(w):
    asked = await w.asks("mara", QUESTION)
    await _taken(w)
    await w.asks("mara", "#security leak", under=asked)
    assert len(w.posts(Purpose.PAGE)) == 2


async def test_another_rule_tells_owner_and_lead_too(w):
    asked = await w.asks("mara", QUESTION)
    await w.clicks("mara", "Not solved")
    await _taken(w)
    await w.asks("mara", "#not_solved the refund is not there", under=asked)
    assert len(w.posts(Purpose.PAGE)) == 2
    assert "not solved" in w.texts(Purpose.PAGE)[0]
    assert (await w.decisions())[-1] == "stand_by"


async def test_an_ordinary_message_tells_nobody(w):
    asked = await w.asks("mara", QUESTION)
    await _taken(w)
    await w.asks("mara", "Do you sell bicycles?", under=asked)
    assert w.posts(Purpose.PAGE) == []


async def test_priority_is_weighed_on_every_message(w):
    asked = await w.asks("mara", QUESTION)
    await _taken(w)
    await w.asks("mara", "#security leak", under=asked)
    assert (await w.ticket()).priority.level is Level.URGENT


async def test_not_solved_under_an_answer_while_somebody_holds_it_says_nothing(w):
    await w.asks("mara", QUESTION)
    await _taken(w)
    await w.clicks("mara", "Not solved")
    assert w.posts(Purpose.QUESTION) == []


async def test_get_a_human_while_somebody_holds_it_tells_them(w):
    await w.asks("mara", QUESTION)
    await _taken(w)
    await w.clicks("mara", "Get a human")
    assert {str(p.target).rsplit("/", 1)[1] for p in w.posts(Purpose.PAGE)} == {"noor", "lea"}


async def test_while_a_rule_is_open_the_owner_hears_of_it_again_and_no_second_card_is_posted(w):
    asked = await w.asks("mara", QUESTION)
    await _taken(w)
    for _ in range(2):
        await w.asks("mara", "#legal claim", under=asked)
    assert len(await w.store.escalations((await w.ticket()).id)) == 1
    assert len(w.posts(Purpose.PAGE)) == 4


async def test_a_page_about_something_new_is_not_taken_for_what_somebody_took_up_before(w):
    asked = await w.asks("mara", "#human please")
    await _taken(w)
    await w.asks("mara", "#human #data_loss all of it is gone", under=asked)
    pages = [text for text in w.texts(Purpose.PAGE) if "data loss" in text]
    assert len(pages) == 2
    assert all(text.startswith("Page: data loss") and "Because data may be lost." in text for text in pages)
    await w.clicks("lea", "Acknowledge", ref=_newest(w))
    (lost,) = [e for e in await w.store.escalations((await w.ticket()).id) if "data_loss" in e.rules]
    assert lost.status is EscalationStatus.ACKNOWLEDGED


def _newest(w):
    return next(ref for ref, post in reversed(w.chat.standing.items()) if post.purpose is Purpose.PAGE and post.to[0].id == "lea")
