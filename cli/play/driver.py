"""Driver: plays a script against a desk in another process, under a clock that only it moves."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.output import say
from cli.play.child import Child, Died
from cli.play.script import Script
from cli.play.step import Step
from cli.play.verbs import VERBS
from desk.customer import TEAM, Role
from desk.errors import FrontdeskError, InvalidInput
from desk.policy_check import read_duration
from desk.space import ChannelKind

Spot = dict[str, str]


async def play(script: Script, *, keep: bool = False) -> tuple[dict[str, Any], dict[str, Spot]]:
    """Play a script in an empty home; return what the desk's process dumped and where each step's message stands."""
    home = Path(tempfile.mkdtemp(prefix="frontdesk-play-"))
    driver = Driver(script, home)
    try:
        return await driver.run(), driver.spots
    finally:
        await driver.child.kill()
        if keep:
            say(f"The home of this play is {home}.")
        else:
            shutil.rmtree(home, ignore_errors=True)


class Driver:
    """Performs steps and brings the desk's process up again when a step killed it."""

    def __init__(self, script: Script, home: Path) -> None:
        self.script = script
        self.child = Child(home, scripted=script.model is not None)
        self.now = script.start
        self.spots: dict[str, Spot] = {}
        self._last: dict[str, str] = {}
        self._down: set[str] = set()
        self._armed: Step | None = None

    async def run(self) -> dict[str, Any]:
        """Perform every step and return the dump."""
        await self.child.start()
        _note(*await self.child.ask("begin", {"setup": _setup(self.script)}))
        for step in self.script.steps:
            await self._perform(step)
        if self._armed:
            await self.child.ask("arm", {"point": None})
            _note(f"{self._armed.label}: the point {self._armed.values['crash']!r} was never reached, so nothing was killed")
        dump: dict[str, Any] = await self.child.ask("dump", {})
        _note(*dump["failed"])
        return dump

    async def tell(self, act: str, step: Step, **values: Any) -> Any:
        """Have the desk's process perform an act, once: what it wrote before it was killed is not done again."""
        values |= {"key": f"step-{step.n}", "deliver": step.deliver}
        try:
            return await self._ask(act, step, values)
        except Died:
            await self._start_again(step)
            return await self._ask(act, step, values | {"again": True})

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
            await self.tell("settle", step)
            due = await self.tell("next_due", step)
            if due is None or datetime.fromisoformat(due) >= target:
                break
            await self._advance(step, datetime.fromisoformat(due))
        await self._advance(step, target)

    async def switch(self, step: Step, system: str, *, up: bool) -> None:
        """Take a system down or bring it up."""
        (self._down.discard if up else self._down.add)(system)
        await self.tell("switch", step, down=sorted(self._down))

    async def arm(self, step: Step, point: str) -> None:
        """Kill the desk now, or have it kill itself at a point of its next work."""
        if point == "now":
            await self.child.kill()
            await self._start_again(step)
        else:
            await self.tell("arm", step, point=point)
            self._armed = step

    async def _perform(self, step: Step) -> None:
        await VERBS[step.verb].perform(self, step)
        # An armed point must be met by this step's work, or nobody could say which step was killed.
        if step.settles or (self._armed and step.verb != "crash"):
            await self.tell("settle", step)

    async def _advance(self, step: Step, to: datetime) -> None:
        await self.tell("advance", step, to=to.isoformat())
        self.now = to

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

    def _home_of(self, who: str, step: Step) -> str:
        """Return the first channel that is a person's own: the team's for the team, for the others the first outside that is open to them."""
        person = self.script.person(who)
        own = next((channel["name"] for channel in self.script.channels if _is_open(channel, person)), None)
        if own is None:
            raise InvalidInput(f'{step.label}: no channel is open to {who}: say where, channel = "..."')
        return str(own)


def _is_open(channel: Mapping[str, Any], person: Mapping[str, Any]) -> bool:
    match channel["kind"]:
        case ChannelKind.INTERNAL:
            return person["role"] in TEAM
        case ChannelKind.COMMUNITY:
            return person["role"] not in TEAM
        case ChannelKind.SHARED:
            return bool(person["role"] == Role.COLLEAGUE or channel["account"] == person.get("account"))
        case _:
            return bool(channel["person"] == person["name"])


def _note(*sentences: str) -> None:
    """Tell what the script's writer should know though the play goes on."""
    for sentence in sentences:
        say(f"note: {sentence}.")


def _setup(script: Script) -> dict[str, Any]:
    return {
        "start": script.start.isoformat(),
        "seed": script.seed,
        "knowledge": [str(path.resolve()) for path in script.knowledge],
        "policy": script.policy,
        "model": str(script.model.resolve()) if script.model else "",
        "accounts": script.accounts,
        "people": script.people,
        "invoices": script.invoices,
        "channels": script.channels,
    }
