"""Law 10: down is not silent: a holding answer with an honest time, a human told, the work resumed."""

from itertools import combinations

import pytest

from desk.timeline import Purpose

QUESTION = "When does my refund arrive?"
SYSTEMS = ("model", "kb", "crm")
SETS = [set(chosen) for size in (1, 2, 3) for chosen in combinations(SYSTEMS, size)]


def _down(w, systems):
    w.answerer.down = w.triager.down = "model" in systems
    w.knowledge.down, w.crm.down = "kb" in systems, "crm" in systems


@pytest.mark.parametrize("systems", SETS, ids=lambda systems: " and ".join(sorted(systems)))
@pytest.mark.parametrize("mode", ["auto", "draft"])
async def test_the_customer_hears_a_time_the_team_hears_of_it_and_the_question_is_answered_in_the_end(w, systems, mode):
    w.policy.change(modes={"default": mode})
    _down(w, systems)
    await w.asks("ina", QUESTION)
    await w.wait(minutes=10)
    assert [text for text in w.texts(Purpose.HOLDING) if "expect an answer by 11:01 UTC" in text]
    assert len(w.posts(Purpose.ESCALATION_CARD)) == 1
    _down(w, set())
    await w.wait(minutes=2)
    assert (await w.decisions())[-1] == ("reply" if mode == "auto" else "suggest")


async def test_what_comes_up_one_after_the_other_is_still_told_once(w):
    for systems in ({"model", "kb"}, {"kb"}, {"crm"}):
        _down(w, systems)
        if systems == {"model", "kb"}:
            await w.asks("ina", QUESTION)
        await w.wait(minutes=5)
    _down(w, set())
    await w.wait(minutes=2)
    assert len([text for text in w.texts(Purpose.HOLDING) if "not available right now" in text]) == 1
    assert (await w.decisions())[-1] == "reply"


async def test_a_platform_that_is_down_for_a_while_loses_nothing(w):
    w.chat.down = True
    await w.asks("ina", QUESTION)
    await w.wait(minutes=3)
    w.chat.down = False
    await w.wait(minutes=11)
    assert len(w.posts(Purpose.ANSWER)) == 1
    assert len(w.posts(Purpose.AUTO_CARD)) == 1


async def test_the_end_of_a_ticket_comes_though_the_customer_record_is_down(w):
    await w.asks("ina", QUESTION)
    _down(w, {"crm"})
    await w.wait(days=4)
    assert (await w.ticket()).status.is_over


async def test_a_promise_that_passes_while_the_customer_record_is_down_is_renewed(w):
    await w.asks("mara", "unsure: my refund?")
    _down(w, {"crm"})
    await w.wait(hours=2)
    assert len([text for text in w.texts(Purpose.HOLDING) if "longer than I said" in text]) == 1
    assert [str(p.target) for p in w.posts(Purpose.PAGE)] == ["local/main/agents"]


async def test_the_teams_cards_are_drawn_without_the_customer_record(w):
    await w.says("mara", "#human please")
    _down(w, {"crm"})
    await w.wait(seconds=9)
    assert "for Mara (unknown)" in w.texts(Purpose.ESCALATION_CARD)[0]
