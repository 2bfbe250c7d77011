"""Driver: the platform and the people of a desk that is killed: what they did stands in the workspace, and is delivered until it is acknowledged."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import tomlkit

from bot.web.log import messages
from bot.web.rooms import local_channel, local_user
from bot.web.workspace import LocalWorkspace, open_workspace
from cli.play.clock import ControlledClock
from desk.cards import find_button
from desk.codec import encode
from desk.errors import PlaceGone
from desk.events import Event
from desk.ids import derived
from desk.space import MessageRef, Place
from tests.durability.conversations import AGENTS, Plan, Visit
from tests.durability.process import NoAnswer, Process

START = datetime(2026, 11, 2, 10, 0, 30, tzinfo=UTC)
"""A Monday morning, and half past a minute: what is rounded to minutes is the same a few seconds later."""
ROUND = timedelta(minutes=20)
END = timedelta(days=4)
COURIERS = 8
POLICY = {
    "modes": {"default": "auto", "rules": [{"mode": "draft", "kind": "shared"}, {"mode": "draft", "kind": "direct"}]},
    "answers": {"wrong_rate": 0.03},
    "hours": {"week": {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}},
}


@dataclass(frozen=True)
class Weather:
    """What happens to a desk: how often an event comes, in which order, and how often the process is killed, at most `calm` seconds apart."""

    deliver: int = 1
    shuffle: bool = False
    kills: int = 0
    calm: float = 3.0
    seed: int = 1


@dataclass
class Report:
    """What was done to a desk."""

    events: list[Event] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    deliveries: int = 0
    kills: int = 0
    starts: int = 0
    seconds: float = 0.0


class Driver:
    """Tells a plan to a desk in a home of its own."""

    def __init__(self, home: Path, plan: Plan, weather: Weather, **environment: str) -> None:
        self.home = home
        self.plan = plan
        self.weather = weather
        self.report = Report()
        self._dice = random.Random(weather.seed)
        self._process = Process(home, **environment)
        self._clock = ControlledClock(home / "clock", start=START)

    async def run(self) -> Report:
        """Tell everything, let days pass, and return what was done."""
        began = time.monotonic()
        (self.home / "policy.toml").write_text(tomlkit.dumps(POLICY))
        await self._process.start()
        await self._ask("begin", conversations=self.plan.conversations)
        workspace = await open_workspace(self.home / "workspace.db", self._clock)
        storm = asyncio.create_task(self._storm())
        try:
            for visits in self.plan.told():
                await self._tell(visits, workspace)
            await self._pass(END)
            await storm
            await self._pass(ROUND)
        finally:
            storm.cancel()
            await workspace.close()
            await self._process.stop()
        self.report.starts, self.report.seconds = self._process.starts, time.monotonic() - began
        return self.report

    async def _storm(self) -> None:
        """Kill the process at random moments, its start included."""
        while self.report.kills < self.weather.kills:
            await asyncio.sleep(self._dice.uniform(0.0, self.weather.calm))
            await self._process.kill()
            self.report.kills += 1
            await self._process.start()

    async def _tell(self, visits: Sequence[Visit], workspace: LocalWorkspace) -> None:
        """Let one round happen on the platform, deliver it, and let the pause and what follows come."""
        events = [event for visit in visits if (event := await self._happen(visit, workspace))]
        # This driver is the platform: it delivers by itself, in an order of its own.
        await workspace.log.run(lambda db: db.execute("DELETE FROM inbox"))
        self.report.events += events
        deliveries = deque(events * self.weather.deliver)
        if self.weather.shuffle:
            self._dice.shuffle(deliveries)
        self.report.deliveries += len(deliveries)
        await asyncio.gather(*(self._carry(deliveries) for _ in range(COURIERS if self.weather.shuffle else 1)))
        await self._pass(ROUND)

    async def _carry(self, deliveries: deque[Event]) -> None:
        """Deliver until nothing is left; what is not acknowledged comes again."""
        while deliveries:
            await self._ask("emit", event=encode(deliveries.popleft()))

    async def _pass(self, span: timedelta) -> None:
        """Move the clock from one due instant to the next, in whole seconds, so that instants a microsecond apart are one."""
        target = self._clock.now() + span
        while (due := await self._ask("quiet")) and (soon := _whole(datetime.fromisoformat(due))) < target:
            await self._move(soon)
        await self._move(target)
        await self._ask("quiet")

    async def _move(self, to: datetime) -> None:
        self._clock.move(to)
        await self._ask("move", to=to.isoformat())

    async def _ask(self, act: str, **values: object) -> str | None:
        while True:
            try:
                result: str | None = await self._process.ask(act, **values)
            except NoAnswer:
                if self._process.failed:
                    raise
            else:
                return result

    async def _happen(self, visit: Visit, workspace: LocalWorkspace) -> Event | None:
        """Let somebody do something; None when what it is about is not there."""
        try:
            return await VERBS[visit.verb](visit, workspace)
        except PlaceGone:
            return None


async def _say(visit: Visit, workspace: LocalWorkspace) -> Event | None:
    return (await workspace.say(local_user(visit.who), Place(local_channel(visit.channel), visit.under), visit.text, id=visit.key))[1]


async def _edit(visit: Visit, workspace: LocalWorkspace) -> Event | None:
    return await workspace.edit_by(local_user(visit.who), MessageRef(local_channel(visit.channel), visit.key), visit.text)


async def _delete(visit: Visit, workspace: LocalWorkspace) -> Event | None:
    return await workspace.delete_by(local_user(visit.who), MessageRef(local_channel(visit.channel), visit.key))


async def _press(visit: Visit, workspace: LocalWorkspace) -> Event | None:
    """Press the latest button of this label about a conversation, in a channel that is this person's."""
    about = await workspace.log.run(lambda db: [entry.ref for entry in messages(db, "m.id LIKE ?", f"{visit.key}-%")])
    tickets = {derived("t", ref) for ref in about}
    marks = ", ".join("?" * len(tickets))
    inside = visit.channel == AGENTS
    found = await workspace.log.run(lambda db: messages(db, f"m.ticket IN ({marks})", *sorted(tickets)))
    for entry in reversed(found):
        button = find_button(entry.card, visit.label) if entry.card and not entry.deleted else None
        if button and button.ticket in tickets and (entry.ref.channel == local_channel(AGENTS)) == inside:
            return await workspace.click(local_user(visit.who), entry.ref, visit.label, form=visit.form)
    return None


VERBS: dict[str, Callable[[Visit, LocalWorkspace], Awaitable[Event | None]]] = {"says": _say, "edits": _edit, "deletes": _delete, "clicks": _press}


def _whole(at: datetime) -> datetime:
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)
