"""The clock of a play stands still until it is moved, and survives its process."""

import asyncio
from datetime import UTC, datetime, timedelta

from cli.play.clock import ControlledClock

START = datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_it_stands_still(tmp_path):
    assert ControlledClock(tmp_path / "clock", start=START).now() == START


def test_another_process_finds_the_instant_in_the_file(tmp_path):
    ControlledClock(tmp_path / "clock", start=START).move(START + timedelta(hours=1))
    assert ControlledClock(tmp_path / "clock").now() == START + timedelta(hours=1)


def test_it_never_goes_back(tmp_path):
    clock = ControlledClock(tmp_path / "clock", start=START)
    clock.move(START - timedelta(hours=1))
    assert clock.now() == START


async def test_whoever_waits_wakes_when_it_was_moved_far_enough(tmp_path):
    clock = ControlledClock(tmp_path / "clock", start=START)
    waiting = asyncio.create_task(clock.wait(START + timedelta(minutes=2)))
    await asyncio.sleep(0)
    clock.move(START + timedelta(minutes=1))
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.move(START + timedelta(minutes=2))
    await asyncio.wait_for(waiting, 1)


async def test_an_instant_that_has_passed_is_not_waited_for(tmp_path):
    await asyncio.wait_for(ControlledClock(tmp_path / "clock", start=START).wait(START), 1)
