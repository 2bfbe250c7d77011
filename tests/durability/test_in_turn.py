"""What falls due in one instant: a play does one thing after another, so that the machine does not say how its story ends."""

import asyncio
from datetime import timedelta

from desk.changes import SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.ids import EventId
from runtime import Wrappers
from tests.durability.desk import whole


class Slow:
    """Dispatches the later the longer it was asked first, and notes which deadlines are under way."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._pause = 0.2

    def around(self, dispatch):
        async def work(event):
            name = str(getattr(event, "deadline", ""))
            if name:
                self.done.append(f"begins {name}")
                self._pause /= 2
                await asyncio.sleep(self._pause)
            await dispatch(event)
            if name:
                self.done.append(f"ends {name}")

        return work


async def test_of_two_deadlines_in_one_instant_the_second_begins_when_the_first_is_over(tmp_path):
    slow = Slow()
    async with whole(tmp_path / "home", wrap=Wrappers(dispatch=slow.around)) as desk:
        due = desk.clock.now() + timedelta(seconds=5)
        both = [SetDeadline(Deadline(id, DeadlineKind.SNOOZE, f"t-{id}", due)) for id in ("a", "b")]
        await desk.runtime.services.store.commit(EventId("ev-both"), write(*both), at=desk.clock.now())
        desk.clock.move(due)
        await desk.runtime.settle(in_turn=True)
    assert slow.done == ["begins a", "ends a", "begins b", "ends b"]
