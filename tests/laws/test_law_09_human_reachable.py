"""Law 9: a human is always reachable, and the rules run on every customer message."""

import pytest

from desk.timeline import Purpose

QUESTION = "When does my refund arrive?"


async def _nothing(w, asked):
    pass


async def _taken(w, asked):
    await w.clicks("noor", "Take over")


async def _muted(w, asked):
    await w.clicks("noor", "Mute")


async def _paused(w, asked):
    await w.commands("ada", "pause")


async def _solved(w, asked):
    await w.clicks("mara", "Solved")


async def _long_closed(w, asked):
    await w.wait(days=20)


async def _no_search(w, asked):
    w.knowledge.down = True


async def _no_record(w, asked):
    w.crm.down = True


async def _observing(w, asked):
    w.policy.change(modes={"default": "observe"})


async def _drafting(w, asked):
    w.policy.change(modes={"default": "draft"})


async def _colleague(w, asked):
    await w.says("kim", "I had that too", under=asked)


STATES = [
    pytest.param(_nothing, id="as usual"),
    pytest.param(_taken, id="while held"),
    pytest.param(_muted, id="while muted"),
    pytest.param(_paused, id="while paused"),
    pytest.param(_solved, id="after solved"),
    pytest.param(_long_closed, id="long after it was closed"),
    pytest.param(_no_search, id="while search is down"),
    pytest.param(_no_record, id="while the customer record is down"),
    pytest.param(_observing, id="in mode observe"),
    pytest.param(_drafting, id="in mode draft"),
    pytest.param(_colleague, id="after a colleague wrote"),
]


async def escalations(w):
    """Return the rules of all escalations."""
    return [rule for ticket in await w.store.tickets() for e in await w.store.escalations(ticket.id) for rule in e.rules]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("way", ["words", "button"])
async def test_who_asks_for_a_human_gets_one(w, state, way):
    asked = await w.asks("mara", QUESTION)
    await state(w, asked)
    if way == "words":
        await w.asks("mara", "#human please", under=asked)
    else:
        await w.clicks("mara", "Get a human")
    assert "asks_human" in await escalations(w)
    assert len(w.posts(Purpose.ESCALATION_CARD)) >= 1


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("rule", ["security", "data_loss"])
async def test_a_matter_of_security_or_lost_data_pages_somebody_in_every_state(w, state, rule):
    asked = await w.asks("mara", QUESTION)
    await state(w, asked)
    await w.asks("mara", f"#{rule} help", under=asked)
    assert len(w.posts(Purpose.PAGE)) >= 1
    assert rule in await escalations(w)


async def test_one_alarming_message_in_a_burst_is_enough(w):
    await w.says("ina", "#security my key leaked")
    await w.asks("ina", "thanks")
    assert await escalations(w) == ["security"]


async def test_an_alarming_message_that_is_edited_away_was_still_heard_if_it_was_read(w):
    ref = await w.asks("ina", "#security my key leaked")
    await w.edits(ref, "never mind")
    await w.wait(minutes=1)
    assert await escalations(w) == ["security"]


async def test_an_edit_that_turns_a_question_into_an_alarm_is_heard(w):
    ref = await w.asks("ina", QUESTION)
    await w.edits(ref, "#data_loss everything is gone")
    await w.wait(minutes=1)
    assert await escalations(w) == ["data_loss"]


async def test_the_bystander_who_raises_an_alarm_is_heard_too(w):
    asked = await w.asks("mara", QUESTION)
    await w.asks("ina", "#security I see somebody else's invoices", under=asked)
    assert await escalations(w) == ["security"]


async def test_every_answer_and_holding_answer_offers_a_human(w):
    await w.asks("ina", QUESTION)
    await w.asks("max", "unsure: when does my refund arrive?")
    for purpose in (Purpose.ANSWER, Purpose.HOLDING):
        assert "Get a human" in [button.name for button in w.card(purpose).buttons]
