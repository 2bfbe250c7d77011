"""A customer writes: who is answered, how, and what waits for a person."""

import pytest

from desk.space import Place
from desk.ticket import Status
from desk.timeline import Purpose
from tests.world import channel, world


async def test_a_sure_answer_goes_out_alone_with_its_source_and_leaves_a_quiet_line(tmp_path):
    async with world(tmp_path) as w:
        await w.asks("ina", "When does my refund arrive?")
        (answer,) = w.texts(Purpose.ANSWER)
        assert "5 to 7 working days" in answer
        assert "https://help.example/refunds" in answer
        assert "Written by AI" in answer
        assert len(w.posts(Purpose.AUTO_CARD, where="agents")) == 1
        assert await w.decisions() == ["reply"]
        assert (await w.ticket()).status is Status.WAITING_CUSTOMER


async def test_an_unsure_answer_waits_for_a_click_and_takes_the_place_of_the_holding_answer(tmp_path):
    async with world(tmp_path) as w:
        await w.asks("ina", "unsure: when does my refund arrive?")
        (holding,) = w.posts(Purpose.HOLDING)
        assert "you can expect it by" in w.texts(Purpose.HOLDING)[0]
        await w.clicks("noor", "Approve")
        (answer,) = w.posts(Purpose.ANSWER)
        assert answer.changes == holding.id
        assert "Checked by Noor" in w.texts(Purpose.ANSWER)[0]
        assert await w.decisions() == ["suggest", "reply"]


async def test_no_answer_becomes_a_hand_over_that_is_said_once(tmp_path):
    async with world(tmp_path) as w:
        ref = await w.asks("ina", "Do you sell bicycles?")
        await w.asks("ina", "And tricycles?", under=ref)
        assert len([t for t in w.texts(Purpose.NOTICE, where="community") if "A person of our team has this now" in t]) == 1
        assert len(w.posts(Purpose.ESCALATION_CARD)) >= 1
        assert (await w.decisions())[0] == "escalate"
        assert (await w.ticket()).status is Status.WAITING_TEAM


async def test_chat_among_people_is_left_alone(tmp_path):
    async with world(tmp_path) as w:
        await w.asks("ina", "thanks everybody, nice evening")
        assert w.posts() == []
        assert await w.decisions() == ["ignore"]
        assert (await w.ticket()).status is Status.CLOSED


async def test_a_burst_is_one_turn_and_later_messages_point_to_the_answer(tmp_path):
    async with world(tmp_path) as w:
        first = await w.says("ina", "hi")
        await w.wait(seconds=3)
        second = await w.says("ina", "my refund is missing")
        await w.wait(seconds=30)
        (answer,) = w.posts(Purpose.ANSWER)
        assert answer.target == Place(channel("community"), first.id)
        (link,) = w.posts(Purpose.NOTICE)
        assert link.target == Place(channel("community"), second.id)
        assert (await w.ticket()).turn == 2


async def test_whoever_writes_line_upon_line_is_pointed_to_the_answer_from_the_last_line_only(tmp_path):
    async with world(tmp_path) as w:
        await w.says("ina", "my refund is missing")
        lines = [await w.says("ina", f"my refund is missing, {n}") for n in range(20)]
        await w.wait(seconds=60)
        assert len(w.posts(Purpose.ANSWER)) == 1
        assert [post.target for post in w.posts(Purpose.NOTICE)] == [Place(channel("community"), line.id) for line in lines[-1:]]


async def test_two_questions_of_different_topics_are_two_tickets(tmp_path):
    async with world(tmp_path) as w:
        await w.asks("ina", "my refund is missing")
        await w.asks("ina", "login is broken")
        assert len(await w.store.tickets()) == 2


@pytest.mark.parametrize(("where", "kind"), [("community", "part"), ("shared", "part"), ("direct", "answer")])
async def test_personal_facts_go_privately_and_stay_in_a_direct_message(tmp_path, where, kind):
    async with world(tmp_path) as w:
        await w.asks("mara", "refund for my invoice?", where=where)
        in_thread = "\n".join(w.texts(where=where))
        private = w.texts(Purpose.PART)
        if kind == "answer":
            assert "INV-204" in in_thread
            assert private == []
        else:
            assert "INV-204" not in in_thread
            assert "INV-204" in private[0]
            assert "sent it to you privately" in in_thread


async def test_a_decision_names_the_categories_that_were_in_use(tmp_path):
    async with world(tmp_path) as w:
        await w.asks("ina", "my refund is missing")
        w.triager.model = "heads-1+v2"
        await w.asks("ina", "login is broken")
        assert [decision.versions.heads for decision in await w.all_decisions()] == ["", "heads-1+v2"]
