"""Law 12: promises run in business time, reminders and windows in wall time, and all of it passes through one clock."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.ticket import Status
from desk.timeline import Purpose

ROOT = Path(__file__).parents[2]
QUESTION = "When does my refund arrive?"
FRIDAY = datetime(2026, 11, 6, 16, 30, tzinfo=UTC)
READS_THE_TIME = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}


def reads_of_time(path):
    """Return the calls of `datetime.now()` and the like in a module."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = [(f.value.id, f.attr) for f in calls if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name)]
    return [f"{path.relative_to(ROOT)}: {name}.{read}" for name, read in named if name in ("datetime", "date", "time") and read in READS_THE_TIME]


@pytest.mark.parametrize("package", ["desk", "handlers", "escalation", "crm", "insights"])
def test_nothing_that_decides_reads_another_clock(package):
    assert [read for path in ROOT.glob(f"{package}/**/*.py") for read in reads_of_time(path)] == []


async def test_a_promise_made_on_friday_afternoon_is_for_monday(w):
    w.clock.at = FRIDAY
    await w.asks("mara", f"unsure: {QUESTION}")
    assert "Monday 9 November, 10:31 CET" in w.texts(Purpose.HOLDING)[0]


async def test_a_promise_made_on_friday_afternoon_is_not_broken_on_the_weekend(w):
    w.clock.at = FRIDAY
    await w.asks("mara", f"unsure: {QUESTION}")
    await w.wait(days=2)
    assert w.posts(Purpose.PAGE) == []
    await w.wait(hours=18)
    assert len(w.posts(Purpose.PAGE)) == 1


async def test_the_reminder_and_the_end_come_on_the_weekend_too(w):
    w.clock.at = FRIDAY
    await w.asks("ina", QUESTION)
    await w.wait(hours=25)
    assert len(w.posts(Purpose.REMINDER)) == 1
    await w.wait(hours=48)
    assert (await w.ticket()).status is Status.CLOSED


async def test_a_draft_grows_old_on_the_weekend_too(drafting):
    drafting.clock.at = FRIDAY
    await drafting.asks("ina", QUESTION)
    await drafting.wait(days=2)
    asked = len(drafting.answerer.briefs)
    await drafting.clicks("noor", "Approve")
    assert len(drafting.answerer.briefs) == asked + 1


async def test_a_month_of_nobody_looking_is_caught_up_once(w):
    await w.asks("ina", QUESTION)
    w.clock.advance(days=30)
    await w.settle()
    assert len(w.posts(Purpose.REMINDER)) <= 1
    assert (await w.ticket()).status is Status.CLOSED


async def test_a_clock_that_stands_still_orders_what_is_said_all_the_same(w):
    asked = await w.asks("ina", QUESTION)
    await w.asks("ina", "vague, the refund", under=asked)
    said = await w.store.timeline((await w.ticket()).id)
    assert [m.role.value for m in said] == ["customer", "frontdesk", "customer", "frontdesk"]


async def test_a_platforms_clock_that_runs_ahead_breaks_nothing(w):
    await w.says("ina", QUESTION, at=w.clock.now() + timedelta(minutes=3))
    await w.wait(minutes=4)
    assert len(w.posts(Purpose.ANSWER)) == 1
    said = await w.store.timeline((await w.ticket()).id)
    assert [m.role.value for m in said] == ["customer", "frontdesk"]


async def test_every_instant_that_is_kept_is_aware(w):
    await w.asks("ina", QUESTION)
    ticket, (decision,) = await w.ticket(), await w.all_decisions()
    assert all(at.tzinfo is not None for at in (ticket.opened, ticket.answered_at, decision.at, w.posts()[0].at))
