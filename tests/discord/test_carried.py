"""Carried: kept while it is good for something, whatever happens to the process."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.discord.carried import Carried
from desk.errors import Misconfigured
from tests.fakes import FakeClock

KEPT = {"k-1": "policy set a b", "k-2": "kb add article"}


async def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    clock = FakeClock()
    first = await Carried.open(tmp_path / "discord.db", clock)
    await first.keep(KEPT)
    await first.close()
    second = await Carried.open(tmp_path / "discord.db", clock)

    assert [await second.get(name) for name in KEPT] == list(KEPT.values())
    await second.close()


async def test_what_was_typed_is_gone_when_its_time_is_over(tmp_path: Path) -> None:
    clock = FakeClock()
    carried = await Carried.open(tmp_path / "discord.db", clock)
    await carried.keep({"k": "typed"}, by="7", how_long=timedelta(minutes=15))
    clock.advance(minutes=16)

    assert await carried.get("k", by="7") is None
    await carried.close()


async def test_what_somebody_typed_is_theirs_alone(tmp_path: Path) -> None:
    carried = await Carried.open(tmp_path / "discord.db", FakeClock())
    await carried.keep({"k": "typed"}, by="7")

    assert await carried.get("k", by="8") is None
    assert await carried.get("k", by="7") == "typed"
    await carried.close()


async def test_what_somebody_typed_is_erased_with_them_and_nothing_else(tmp_path: Path) -> None:
    carried = await Carried.open(tmp_path / "discord.db", FakeClock())
    await carried.keep({"mine": "typed"}, by="7")
    await carried.keep({"button": "about 7"})

    assert await carried.erase("7") == 1
    assert await carried.get("mine", by="7") is None
    assert await carried.get("button") == "about 7"
    await carried.close()


async def test_what_was_dropped_is_gone(tmp_path: Path) -> None:
    carried = await Carried.open(tmp_path / "discord.db", FakeClock())
    await carried.keep({"k": "typed"})
    await carried.drop("k")

    assert await carried.get("k") is None
    await carried.close()


async def test_a_file_that_is_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "discord.db").write_text("no database at all, but text of some length" * 20)

    with pytest.raises(Misconfigured, match="move it away"):
        await Carried.open(tmp_path / "discord.db", FakeClock())
