"""How a play's desk settles: what came is taken in first, and what is due is done in turn."""

from contextlib import AsyncExitStack
from typing import Any

from cli.play.desk import Performer
from settings import read_settings


class Still:
    """A desk that has nothing to do, and notes how it was asked."""

    def __init__(self, asked: list[str]) -> None:
        self._asked = asked

    async def settle(self, *, in_turn: bool = False) -> None:
        self._asked.append("in turn" if in_turn else "side by side")


async def test_what_came_is_taken_in_before_anything_is_done_and_then_one_thing_after_another(tmp_path):
    asked: list[str] = []

    class Watched(Performer):
        async def quiet(self, values: dict[str, Any]) -> Any:
            asked.append("quiet")

    async with AsyncExitStack() as stack:
        performer = Watched(read_settings(home=tmp_path), stack)
        performer._desk = Still(asked)  # type: ignore[assignment]
        await performer.settle({})
    assert asked[:2] == ["quiet", "in turn"]
