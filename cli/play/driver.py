"""Driver: plays a script against a desk in another process, under a clock that only it moves."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from cli.output import say
from cli.play.child import Child, Died
from cli.play.discord.side import DiscordSide
from cli.play.places import first_of, platform_of, room, seats, uses
from cli.play.script import Script
from cli.play.setup import setup_of
from cli.play.sides import ACTS, Lost, Open, Side
from cli.play.slack.side import SlackSide
from cli.play.step import Step
from cli.play.verbs import VERBS
from desk.errors import FrontdeskError, InvalidInput
from desk.policy_values import read_duration
from desk.space import Platform

T = TypeVar("T")
Spot = dict[str, str]
SIDES: Mapping[Platform, Open] = {Platform.SLACK: SlackSide, Platform.DISCORD: DiscordSide}
"""The platforms outside the desk that a play has."""


async def play(script: Script, *, keep: bool = False, sides: Mapping[Platform, Open] = SIDES) -> tuple[dict[str, Any], dict[str, Spot]]:
    """Play a script in an empty home; return what the desk's process dumped and where each step's message stands."""
    home = Path(tempfile.mkdtemp(prefix="frontdesk-play-"))
    driver = Driver(script, home, sides)
    try:
        return await driver.run(), driver.spots
    finally:
        await driver.close()
        if keep:
            say(f"The home of this play is {home}.")
        else:
            shutil.rmtree(home, ignore_errors=True)


class Driver:
    """Performs steps and brings the desk's process up again when a step killed it."""

    def __init__(self, script: Script, home: Path, sides: Mapping[Platform, Open] = SIDES) -> None:
        self.script = script
        self.child = Child(home, scripted=script.model is not None)
        self.now = script.start
        self.spots: dict[str, Spot] = {}
        self._seats = seats(script)
        self._setup = setup_of(script)
        self._sides: dict[Platform, Side] = {
            platform: opened(self._setup, lambda: self.now) for platform, opened in sides.items() if uses(script, platform)
        }
        self._last: dict[str, str] = {}
        self._down: set[str] = set()
        self._armed: Step | None = None

    async def run(self) -> dict[str, Any]:
        """Perform every step and return the dump."""
        for side in self._sides.values():
            await side.start()
            self.child.add(side.environment)
        await self.child.start()
        _note(*await self.child.ask("begin", {"setup": self._setup}))
        await self._listen()
        for step in self.script.steps:
            await self._perform(step)
        if self._armed:
            await self.child.ask("arm", {"point": None})
            _note(f"{self._armed.label}: the point {self._armed.values['crash']!r} was never reached, so nothing was killed")
        dump: dict[str, Any] = await self.child.ask("dump", {})
        _note(*dump["failed"])
        for side in self._sides.values():
            dump = side.ended(dump)
        return dump

    async def close(self) -> None:
        """End the desk's process and what it talks to."""
        await self.child.kill()
        for side in self._sides.values():
            await side.close()

    async def tell(self, act: str, step: Step, **values: Any) -> Any:
        """Have the desk's process perform an act, once: what it wrote before it was killed is not done again.

        What people do on a platform outside is done there, and the desk's process hears of it.
        """
        platforms = self._where(act, values)
        for platform in platforms:
            try:
                return await (self._at_side(platform, act, step, values) if platform in self._sides else self._at_desk(act, step, values))
            except InvalidInput:
                if platform is platforms[-1]:
                    raise
        return None

    def spot(self, step_id: str) -> Spot:
        """Return where an earlier step's message stands."""
        return self.spots[step_id]

    def remember(self, step: Step, spot: Spot) -> None:
        """Keep where this step's message stands, under its id if it has one."""
        if step.id:
            self.spots[step.id] = spot
        self._last[step.values["who"]] = spot["channel"]

    def channel(self, step: Step) -> str:
        """Return the channel a step happens in."""
        who = step.values["who"]
        return step.values.get("channel", "").lstrip("#") or self._last.get(who) or self._home_of(who, step)

    def files(self, step: Step) -> list[str]:
        """Return the step's files as absolute paths."""
        return [str(self.script.file(name).resolve()) for name in step.values.get("files", ())]

    def note(self, step: Step, sentences: list[str]) -> None:
        """Tell the script's writer something though the play goes on."""
        _note(*(f"{step.label}: {sentence}" for sentence in sentences))

    async def pass_time(self, step: Step) -> None:
        """Move the clock from one due instant to the next, never past the end of the wait."""
        target = self.now + read_duration(step.values["wait"])
        while step.settles:
            await self._settle(step)
            due = await self.tell("next_due", step)
            if due is None or datetime.fromisoformat(due) >= target:
                break
            await self._advance(step, datetime.fromisoformat(due))
        await self._advance(step, target)

    async def switch(self, step: Step, system: str, *, up: bool) -> None:
        """Take a system down or bring it up."""
        (self._down.discard if up else self._down.add)(system)
        for side in self._sides.values():
            side.switch(system, up=up)
        await self.tell("switch", step, down=sorted(self._down))

    async def become(self, step: Step, channel: str, what: str) -> None:
        """Have an admin of a platform outside change a channel."""
        with _named(step):
            self._side(channel).becomes(channel, what)

    async def turn(self, step: Step, who: str, what: str) -> None:
        """Have somebody change how they can be reached, wherever they have a seat outside."""
        with _named(step):
            for side in [self._sides[platform] for platform in self._seats[who] if platform in self._sides]:
                side.turns(who, what)

    async def join(self, step: Step, who: str, channel: str) -> None:
        """Have somebody come into a channel of a platform outside."""
        with _named(step):
            self._side(channel).joins(who, channel)

    async def arm(self, step: Step, point: str) -> None:
        """Kill the desk now, or have it kill itself at a point of its next work."""
        if point == "now":
            await self.child.kill()
            await self._start_again(step)
        else:
            await self.tell("arm", step, point=point)
            self._armed = step

    async def hand_over(self, side: Side, step: Step) -> Sequence[dict[str, Any]]:
        """Send what waits at a side for the desk's process, also when that has to be started again first."""
        while True:
            try:
                return await self._while_alive(side.flush())
            except Lost:
                await self._start_again(step)

    async def _perform(self, step: Step) -> None:
        await VERBS[step.verb].perform(self, step)
        # An armed point must be met by this step's work, or nobody could say which step was killed.
        if step.settles or (self._armed and step.verb != "crash"):
            await self._settle(step)

    async def _settle(self, step: Step) -> None:
        """Return when nothing is left to be done, on no side either: what the desk posts there comes back to it."""
        for side in self._sides.values():
            await side.release(self, step)
        while True:
            for side in self._sides.values():
                if not side.is_quiet:
                    await self.hand_over(side, step)
            await self.tell("settle", step)
            if not self._sides:
                return
            # What only waits for its turn in a channel is said in a moment, and whoever does the next step has read it.
            if paced := await self.tell("next_paced", step):
                await self._advance(step, datetime.fromisoformat(paced))
            elif all(side.is_quiet for side in self._sides.values()):
                return

    async def _advance(self, step: Step, to: datetime) -> None:
        await self.tell("advance", step, to=to.isoformat())
        self.now = to

    def _where(self, act: str, values: dict[str, Any]) -> tuple[Platform, ...]:
        """Return where an act is done: in its channel, or where a person has a seat, what is nearest to them first."""
        if act not in ACTS:
            return (Platform.LOCAL,)
        if values.get("channel"):
            return (platform_of(room(self.script, values["channel"])),)
        return self._seats[values["who"]]

    async def _at_side(self, platform: Platform, act: str, step: Step, values: dict[str, Any]) -> Any:
        with _named(step):
            return await self._sides[platform].perform(act, self, step, values)

    async def _at_desk(self, act: str, step: Step, values: dict[str, Any]) -> Any:
        values = {**values, "key": f"step-{step.n}", "deliver": step.deliver}
        if values.get("on") and values["on"] != "latest" and self._sides and values["on"]["channel"]:
            values["on"] = self._found(values["on"])
        try:
            return await self._ask(act, step, values)
        except Died:
            await self._start_again(step)
            return await self._ask(act, step, values | {"again": True})

    def _found(self, spot: Spot) -> dict[str, Any]:
        """Return a spot as the desk's process finds it in its store."""
        side = self._sides.get(platform_of(room(self.script, spot["channel"])))
        return side.ref_of(spot) if side else dict(spot)

    async def _ask(self, act: str, step: Step, values: dict[str, Any]) -> Any:
        with _named(step):
            return await self.child.ask(act, values)

    async def _start_again(self, step: Step) -> None:
        """Bring the desk up after it was killed; a desk that ended by itself is a failure of this program."""
        await self.child.ended()
        if not self.child.was_killed:
            raise FrontdeskError(f"{step.label}: the desk ended: {self.child.last_words()}")
        self._armed = None
        await self.child.start()
        await self.child.ask("resume", {"down": sorted(self._down)})
        await self._listen()

    async def _listen(self) -> None:
        """Have the desk's process take what the platforms outside send."""
        addresses = await self.child.ask("listen", {}) if self._sides else {}
        for platform, side in self._sides.items():
            await side.listened(addresses[platform.value])

    async def _while_alive(self, flushing: Coroutine[Any, Any, T]) -> T:
        """Return what a side's work returns; raise Lost as soon as there is no process to take what is sent."""
        working, ending = asyncio.create_task(flushing), asyncio.create_task(self.child.ended())
        try:
            await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise Lost("the desk's process ended")
            return working.result()
        finally:
            for task in (working, ending):
                task.cancel()

    def _side(self, channel: str) -> Side:
        side = self._sides.get(platform_of(room(self.script, channel)))
        if side is None:
            raise InvalidInput(f"#{channel} is no channel of Slack's or Discord's")
        return side

    def _home_of(self, who: str, step: Step) -> str:
        """Return the first channel that is a person's own."""
        own = first_of(self.script, self.script.person(who))
        if own is None:
            raise InvalidInput(f'{step.label}: no channel is open to {who}: say where, channel = "..."')
        return own


def _note(*sentences: str) -> None:
    """Tell what the script's writer should know though the play goes on."""
    for sentence in sentences:
        say(f"note: {sentence}.")


@contextmanager
def _named(step: Step) -> Iterator[None]:
    """Have what cannot be done name the step that wanted it."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(f"{step.label}: {error}") from error
