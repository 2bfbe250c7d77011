"""A desk that is killed again and again, while every event comes three times in any order, ends where a calm one ends."""

import asyncio
from pathlib import Path

import pytest

from tests.durability.conversations import Plan
from tests.durability.driver import Driver, Weather
from tests.durability.outcome import Outcome, read_outcome


async def lived_through(home: Path, plan: Plan, weather: Weather, database: str = "") -> Outcome:
    home.mkdir()
    report = await Driver(home, plan, weather, FRONTDESK_DATABASE_URL=database).run()
    assert (report.kills, report.deliveries) == (weather.kills, weather.deliver * len(report.events))
    return await read_outcome(home, report.events, database=database)


async def both(folder: Path, plan: Plan, kills: int, databases: tuple[str, str] = ("", "")) -> tuple[Outcome, Outcome]:
    """Tell a plan to a desk in peace, and to one in a storm beside it."""
    storm = Weather(deliver=3, shuffle=True, kills=kills)
    return await asyncio.gather(
        lived_through(folder / "calm", plan, Weather(), databases[0]), lived_through(folder / "storm", plan, storm, databases[1])
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_kills_and_disorder_leave_no_trace(tmp_path):
    calm, storm = await both(tmp_path, Plan(20, rounds=3), 4)
    assert calm.wrong == []
    assert storm.wrong == []
    assert storm.differences(calm) == []
    assert len(calm.tickets) > 15
    assert any(entry["role"] == "frontdesk" for timeline in calm.timelines.values() for entry in timeline)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_kills_leave_no_trace_on_postgres_either(tmp_path, postgres):
    calm, storm = await both(tmp_path, Plan(8, rounds=2), 2, (postgres.fresh(), postgres.fresh()))
    assert storm.wrong == []
    assert storm.differences(calm) == []
