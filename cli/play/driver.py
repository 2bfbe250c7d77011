"""Driver: plays a script against a desk in another process, under a clock that only it moves."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.output import say
from cli.play.child import Child, Died
from cli.play.places import first_of, platform_of, room, seats, uses
from cli.play.script import Script
from cli.play.setup import setup_of
from cli.play.slack.delivery import Lost
from cli.play.slack.ending import ended
from cli.play.slack.side import ACTS, SlackSide, ref_of
from cli.play.step import Step
from cli.play.verbs import VERBS
from desk.errors import FrontdeskError, InvalidInput
from desk.policy_values import read_duration
from desk.space import Platform

Spot = dict[str, str]


async def play(script: Script, *, keep: bool = False, slack: type[SlackSide] = SlackSide) -> tuple[dict[str, Any], dict[str, Spot]]:
    """Play a script in an empty home; return what the desk's process dumped and where each step's message stands."""
    home = Path(tempfile.mkdtemp(prefix="frontdesk-play-"))
    driver = Driver(script, home, slack)
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

    def __init__(self, script: Script, home: Path, slack: type[SlackSide] = SlackSide) -> None:
        self.script = script
        self.child = Child(home, scripted=script.model is not None)
        self.now = script.start
        self.spots: dict[str, Spot] = {}
        self._seats = seats(script)
        self._setup = setup_of(script)
        self._slack = slack(self._setup, lambda: self.now) if uses(script, Platform.SLACK) else None
        self._last: dict[str, str] = {}
        self._down: set[str] = set()
        self._armed: Step | None = None

    async def run(self) -> dict[str, Any]:
        """Perform every step and return the dump."""
        if self._slack:
            await self._slack.start()
            self.child.add(self._slack.environment)
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
        return ended(self._slack.workspace, self._setup, dump) if self._slack else dump

    async def close(self) -> None:
        """End the desk's process and what it talks to."""
        await self.child.kill()
        if self._slack:
            await self._slack.close()

    async def tell(self, act: str, step: Step, **values: Any) -> Any:
        """Have the desk's process perform an act, once: what it wrote before it was killed is not done again.

        What people do in Slack is done there, and the desk's process hears of it.
        """
        platforms = self._where(act, values)
        for platform in platforms:
            try:
                return await (self._on_slack if platform is Platform.SLACK else self._at_desk)(act, step, values)
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
        if self._slack:
            self._slack.switch(system, up=up)
        await self.tell("switch", step, down=sorted(self._down))

    async def become(self, step: Step, channel: str, what: str) -> None:
        """Have an admin of Slack change a channel."""
        self._side(step, channel).becomes(channel, what)

    async def join(self, step: Step, who: str, channel: str) -> None:
        """Have somebody come into a channel of Slack's."""
        self._side(step, channel).joins(who, channel)

    async def arm(self, step: Step, point: str) -> None:
        """Kill the desk now, or have it kill itself at a point of its next work."""
        if point == "now":
            await self.child.kill()
            await self._start_again(step)
        else:
            await self.tell("arm", step, point=point)
            self._armed = step

    async def hand_over(self, step: Step) -> list[dict[str, Any]]:
        """Send what waits in Slack for the desk's process, also when that has to be started again first."""
        assert self._slack is not None
        while True:
            try:
                return await self._slack.delivery.flush()
            except Lost:
                await self._start_again(step)

    async def _perform(self, step: Step) -> None:
        await VERBS[step.verb].perform(self, step)
        # An armed point must be met by this step's work, or nobody could say which step was killed.
        if step.settles or (self._armed and step.verb != "crash"):
            await self._settle(step)

    async def _settle(self, step: Step) -> None:
        """Return when nothing is left to be done, on Slack's side either: what the desk posts there comes back to it."""
        if self._slack:
            await self._slack.release(self, step)
        while True:
            if self._slack and not self._slack.is_quiet:
                await self.hand_over(step)
            await self.tell("settle", step)
            if self._slack is None:
                return
            # What only waits for its turn in a channel is said in a moment, and whoever does the next step has read it.
            if paced := await self.tell("next_paced", step):
                await self._advance(step, datetime.fromisoformat(paced))
            elif self._slack.is_quiet:
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

    async def _on_slack(self, act: str, step: Step, values: dict[str, Any]) -> Any:
        assert self._slack is not None
        try:
            return await self._slack.perform(act, self, step, values)
        except InvalidInput as error:
            raise InvalidInput(f"{step.label}: {error}") from error

    async def _at_desk(self, act: str, step: Step, values: dict[str, Any]) -> Any:
        values = {**values, "key": f"step-{step.n}", "deliver": step.deliver}
        if values.get("on") and values["on"] != "latest" and self._slack and values["on"]["channel"]:
            values["on"] = self._found(values["on"])
        try:
            return await self._ask(act, step, values)
        except Died:
            await self._start_again(step)
            return await self._ask(act, step, values | {"again": True})

    def _found(self, spot: Spot) -> dict[str, Any]:
        """Return a spot as the desk's process finds it in its store."""
        assert self._slack is not None
        return ref_of(self._slack.workspace, spot) if platform_of(room(self.script, spot["channel"])) is Platform.SLACK else dict(spot)

    async def _ask(self, act: str, step: Step, values: dict[str, Any]) -> Any:
        try:
            return await self.child.ask(act, values)
        except InvalidInput as error:
            raise InvalidInput(f"{step.label}: {error}") from error

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
        """Have the desk's process take what Slack sends."""
        if self._slack:
            self._slack.delivery.address = await self.child.ask("listen", {})

    def _side(self, step: Step, channel: str) -> SlackSide:
        if self._slack is None or platform_of(room(self.script, channel)) is not Platform.SLACK:
            raise InvalidInput(f"{step.label}: #{channel} is no channel of Slack's")
        return self._slack

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
