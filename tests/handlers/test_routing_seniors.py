"""Seniors: what is pressing calls one of them, once, within business hours, whatever routing is switched to."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from desk.timeline import Purpose
from tests.world import user, world

QUESTION = "When does my unsure refund arrive?"
WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


@asynccontextmanager
async def pressing(folder, *, mode="draft", level="high", skills=None, **more):
    """Open a world in which Tom is a senior and a ticket with a few words in it is pressing."""
    skills = {"Tom": ["senior"]} if skills is None else skills
    routing = {"seniors": {"skill": "senior", "level": level}, **more.pop("routing", {})}
    escalation = {"does": {"low_confidence": "off"}}
    async with world(folder, mode=mode, team={"skills": skills}, routing=routing, hours={"week": WEEK}, escalation=escalation, **more) as w:
        yield w


@pytest.fixture
async def w(tmp_path):
    async with pressing(tmp_path) as made:
        yield made


def calls(w):
    """Return whom a line called to a ticket as a senior."""
    return [(post.to[0].id, post.at) for post in w.posts(Purpose.NOTICE) if post.card and "Needs a senior" in str(post.card)]


async def _rank(w, level):
    category = (await w.ticket()).category
    await w.clicks("noor", "Change category or priority", category=category, priority=level)


async def test_a_ticket_that_becomes_high_calls_one_senior_once(w):
    await w.asks("ina", QUESTION)
    assert calls(w) == []
    await _rank(w, "high")
    assert [who for who, _ in calls(w)] == ["tom"]
    await w.asks("ina", "and the unsure refund?", under=(await w.ticket()).anchor)
    assert len(calls(w)) == 1


async def test_a_higher_level_calls_once_more(w):
    await w.asks("ina", QUESTION)
    await _rank(w, "high")
    await _rank(w, "urgent")
    await _rank(w, "high")
    assert len(calls(w)) == 2


async def test_a_lower_level_than_before_calls_nobody(w):
    await w.asks("ina", QUESTION)
    await _rank(w, "urgent")
    await _rank(w, "high")
    assert len(calls(w)) == 1


async def test_the_line_says_why(w):
    await w.asks("ina", QUESTION)
    await _rank(w, "high")
    (line,) = [text for text in w.texts(Purpose.NOTICE, where="agents") if text.startswith("Needs a senior")]
    assert line.startswith("Needs a senior: Ina   high")
    assert "set by Noor" in line


async def test_the_one_who_holds_the_fewest_is_called(tmp_path):
    async with pressing(tmp_path, skills={"Tom": ["senior"], "Noor": ["senior"]}) as w:
        await w.asks("mara", QUESTION)
        await w.clicks("noor", "Take over")
        await w.asks("ina", QUESTION)
        await w.clicks("lea", "Change category or priority", category="billing", priority="high")
        assert calls(w)[-1][0] == "tom"


async def test_at_night_nobody_is_called_until_the_morning(w):
    w.clock.at = datetime(2026, 11, 2, 22, 0, tzinfo=UTC)
    await w.asks("ina", QUESTION)
    await _rank(w, "high")
    assert calls(w) == []
    await w.wait(hours=10, minutes=59)
    assert calls(w) == []
    await w.wait(minutes=2)
    assert [who for who, _ in calls(w)] == ["tom"]


async def test_what_was_taken_at_night_calls_nobody_in_the_morning(w):
    w.clock.at = datetime(2026, 11, 2, 22, 0, tzinfo=UTC)
    await w.asks("ina", QUESTION)
    await _rank(w, "high")
    await w.clicks("noor", "Take over")
    await w.wait(hours=12)
    assert calls(w) == []


async def test_what_somebody_holds_calls_nobody(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Take over")
    await _rank(w, "urgent")
    assert calls(w) == []


async def test_observing_calls_nobody(tmp_path):
    async with pressing(tmp_path, mode="observe") as w:
        await w.asks("ina", "#human please", mentions_bot=True)
        assert w.posts(Purpose.ESCALATION_CARD)
        await _rank(w, "urgent")
        assert calls(w) == []


async def test_without_a_senior_nobody_is_called(tmp_path):
    async with pressing(tmp_path, skills={}) as w:
        await w.asks("ina", QUESTION)
        await _rank(w, "urgent")
        assert calls(w) == []


async def test_policy_says_from_which_priority_on(tmp_path):
    async with pressing(tmp_path, level="urgent") as w:
        await w.asks("ina", QUESTION)
        await _rank(w, "high")
        assert calls(w) == []
        await _rank(w, "urgent")
        assert len(calls(w)) == 1


async def test_a_senior_who_is_offered_it_is_called_by_the_offer_alone(tmp_path):
    teams = {"finance": {"members": ["Noor", "Tom"], "assign": "load", "fallback": ""}}
    async with pressing(tmp_path, routing={"default": "on", "teams": teams}, priority={"base": 60}) as w:
        await w.asks("ina", QUESTION)
        assert (await w.ticket()).offered == user("tom")
        assert calls(w) == []
