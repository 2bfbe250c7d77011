"""Down: the customer hears it once, with a time, a human is told, and the work is resumed."""

import pytest

from desk.escalation import EscalationStatus
from desk.timeline import Purpose

QUESTION = "When does my refund arrive?"


def _set(w, system, *, down):
    {"model": w.answerer, "kb": w.knowledge, "crm": w.crm}[system].down = down
    w.triager.down = down and system == "model"


SYSTEMS = pytest.mark.parametrize("system", ["model", "kb", "crm"])


@SYSTEMS
async def test_the_customer_hears_it_once_with_a_time_and_a_human_is_told(w, system):
    _set(w, system, down=True)
    asked = await w.asks("ina", QUESTION)
    await w.wait(minutes=5)
    await w.asks("ina", "Hello? My refund?", under=asked)
    await w.wait(minutes=5)
    (said,) = w.texts(Purpose.HOLDING)
    assert "expect an answer by 11:01 UTC" in said
    assert len(w.posts(Purpose.ESCALATION_CARD)) == 1
    assert "Needs a human: down" in w.texts(Purpose.ESCALATION_CARD)[0]


@SYSTEMS
async def test_once_it_is_up_the_work_is_resumed_in_place_of_what_was_said(w, system):
    _set(w, system, down=True)
    await w.asks("ina", QUESTION)
    _set(w, system, down=False)
    await w.wait(minutes=2)
    (answer,) = w.posts(Purpose.ANSWER)
    assert answer.changes == w.posts(Purpose.HOLDING)[0].id
    (escalation,) = await w.store.escalations((await w.ticket()).id)
    assert escalation.status is EscalationStatus.CLOSED


@SYSTEMS
async def test_down_twice_is_said_twice(w, system):
    for text in (QUESTION, "And the refund by transfer?"):
        _set(w, system, down=True)
        await w.asks("ina", text)
        _set(w, system, down=False)
        await w.wait(minutes=2)
        await w.clicks("ina", "Solved")
    assert len([text for text in w.texts(Purpose.HOLDING) if "not available right now" in text]) == 2


@pytest.mark.parametrize("system", ["kb", "crm"])
@pytest.mark.parametrize("word", ["human", "security"])
async def test_who_needs_a_human_gets_one_while_search_or_the_customer_record_is_down(w, system, word):
    _set(w, system, down=True)
    await w.asks("ina", f"#{word} my refund")
    assert await w.decisions() == ["escalate"]
    assert any("A person of our team has this now" in text for text in w.texts(Purpose.NOTICE))


@SYSTEMS
@pytest.mark.parametrize(("label", "action"), [("Get a human", "escalate"), ("Solved", "close"), ("Not solved", "ask")])
async def test_the_customers_buttons_work_whatever_is_down(w, system, label, action):
    await w.asks("ina", QUESTION)
    _set(w, system, down=True)
    await w.clicks("ina", label)
    assert await w.decisions() == ["reply", action]


@SYSTEMS
async def test_a_security_matter_while_a_human_holds_it_is_heard_once_the_model_is_back(w, system):
    asked = await w.asks("mara", QUESTION)
    await w.clicks("noor", "Take over")
    _set(w, system, down=True)
    await w.asks("mara", "#security my key leaked", under=asked)
    _set(w, system, down=False)
    await w.wait(minutes=2)
    assert "security" in w.texts(Purpose.PAGE)[0]


async def test_the_promise_of_a_time_is_kept_an_eye_on_while_it_stays_down(w):
    w.policy.change(down={"retry": "20m"})
    _set(w, "kb", down=True)
    await w.asks("ina", QUESTION)
    await w.wait(hours=1, minutes=2)
    assert len([text for text in w.texts(Purpose.HOLDING) if "longer than I said" in text]) == 1
    assert [str(p.target) for p in w.posts(Purpose.PAGE)] == ["direct:local/main/lea"]


async def test_while_the_platform_is_down_posts_wait_and_are_sent_once(w):
    w.chat.down = True
    await w.asks("ina", QUESTION)
    await w.wait(minutes=1)
    w.chat.down = False
    await w.wait(minutes=15)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_a_misbehaving_answerer_brings_a_human_and_says_nothing(w):
    from desk import audience
    from desk.draft import Part, Proposal

    w.answerer.instead = Proposal((Part(audience.person("mara"), "Mara owes nothing"),), confidence=1.0, fixed=True)
    await w.asks("ina", QUESTION)
    assert await w.decisions() == ["escalate"]
    assert not any("owes" in text for text in w.texts(where="community"))
