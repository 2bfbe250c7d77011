"""Acting: a desk that does something for a customer, ended by SIGKILL at the n-th point of its work and started again, for every n there is.

The mother imports everything once and forks; a line of JSON tells what each pair of lives ended with.
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from agent.advisor import ExtractiveAdvisor
from agent.summary import ExtractiveSummarizer
from bot.web.log import messages
from bot.web.workspace import LocalWorkspace, open_workspace
from cli.play.calls import FILE, RecordedActions, recorded
from cli.play.clock import ControlledClock
from crm.embedded import EmbeddedCrm
from desk.audience import INTERNAL
from desk.cards import find_button, plain
from desk.events import Event
from desk.selfservice import ActionRequest
from desk.space import Place, Platform
from handlers.dispatch import dispatch
from handlers.outbox import Sender
from handlers.runner import Runner
from handlers.services import Services
from handlers.styles import Styles
from handlers.timers import Sweeper
from store.customers import SqlCustomers
from store.database import open_database
from store.engine import DurableEngine
from store.overrides import SqlOverrides
from store.repository import SqlStore
from tests.durability.outcome import undecided
from tests.fakes import START, FakeActions
from tests.handlers.self_service import RESTART, SAYS, STUCK, asking
from tests.world import PEOPLE, ScriptedAnswerer, ScriptedKnowledge, ScriptedPolicy, ScriptedTriager, _channels, _furnished, channel, user

POINTS = ("commit", "claim_run", "save_row", "send", "edit", "run", "submit")
"""What is done to the world: before and after each of them the process may end."""
LATER = timedelta(minutes=5)
STORIES = {"auto": "none", "confirmed": "customer", "approved": "none"}
"""Whose word the action needs, by story; in the last one a teammate approves it in mode draft."""


class Fate:
    """Counts the points that are passed, and ends the process at one of them."""

    def __init__(self, at: int | None) -> None:
        self._at = at
        self.passed = 0

    def pass_(self) -> None:
        self.passed += 1
        if self.passed == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, thing: object) -> object:
        """Return a thing around whose deeds the process may end."""
        return Fated(thing, self)


class Fated:
    def __init__(self, thing: object, fate: Fate) -> None:
        self._thing, self._fate = thing, fate

    def __getattr__(self, name: str) -> object:
        found = getattr(self._thing, name)
        if name not in POINTS:
            return found

        async def deed(*args: object, **named: object) -> object:
            self._fate.pass_()
            result = await found(*args, **named)
            self._fate.pass_()
            return result

        return deed


class Life:
    """One life of the desk."""

    def __init__(self, home: Path, story: str, fate: Fate) -> None:
        self.home, self.story, self.fate = home, story, fate
        self.stack = AsyncExitStack()

    async def begin(self) -> None:
        clock_file = self.home / "clock"
        self.clock = ControlledClock(clock_file, start=None if clock_file.exists() else START)
        database = await open_database(f"sqlite+aiosqlite:///{self.home / 'desk.db'}")
        self.stack.push_async_callback(database.close)
        action = {**RESTART, "confirm": STORIES[self.story], "asks": "Shall I restart the {integration} integration?"}
        mode = "draft" if self.story == "approved" else "auto"
        policy = ScriptedPolicy({"modes": {"default": mode}, "actions": [action]}, SqlOverrides(database))
        store = self.fate.around(SqlStore(database, policy))
        self.workspace = await open_workspace(self.home / "workspace.db", self.clock, bot="Frontdesk")
        self.stack.push_async_callback(self.workspace.close)
        answerer = ScriptedAnswerer(instead=asking(ActionRequest("restart_integration", (("integration", "bank feed"),))))
        actions = self.fate.around(RecordedActions(FakeActions(), self.home / FILE, self.clock))
        services = Services(
            store, self.clock, EmbeddedCrm(SqlCustomers(database), policy), ScriptedKnowledge(), ScriptedTriager(), answerer,
            {Platform.LOCAL: self.fate.around(self.workspace)}, policy, Styles(store, self.clock), ExtractiveSummarizer(),
            ExtractiveAdvisor(), actions=actions,
        )  # fmt: skip

        async def handle(event: Event) -> None:
            await dispatch(event, services, self.submit)

        self.engine = DurableEngine(str(f"sqlite:///{self.home / 'engine.db'}"), handle)
        fated = self.fate.around(self.engine)
        self.submit: Callable[[Event], Awaitable[None]] = fated.submit
        self.services, self.store = services, store
        self.sweeper, self.sender, self.runner = Sweeper(services, self.submit), Sender(services), Runner(services, self.submit)
        await self.engine.start()
        self.stack.push_async_callback(self.engine.stop)
        self.workspace.connect(self.submit)

    async def furnish(self) -> None:
        """Put everybody and every channel into the workspace."""
        await _seated(self.workspace)

    async def tell(self) -> None:
        """Let the customer ask, and whoever has to agree to it."""
        await self.workspace.say(user("mara"), Place(channel("shared")), STUCK, id="asked")
        await self.wait(timedelta(seconds=9))
        await self.presses()
        await self.wait(LATER)

    async def go_on(self) -> None:
        """Go on after a crash: whatever was said and not taken in is delivered again, and who saw a button presses it."""
        await self.workspace.redeliver()
        await self.wait(timedelta(seconds=20))
        await self.presses()
        await self.wait(LATER)

    async def presses(self) -> None:
        """Press the story's button, twice, where it stands."""
        who, label = {"confirmed": ("mara", "Confirm"), "approved": ("noor", "Approve")}.get(self.story, ("", ""))
        for _ in range(2):
            for entry in await self.workspace.log.run(lambda db: messages(db, "m.author IS NULL")):
                if label and entry.card and not entry.deleted and find_button(entry.card, label):
                    await self.workspace.click(user(who), entry.ref, label)
                    await self.settle()
                    break

    async def wait(self, span: timedelta) -> None:
        """Move the clock from one due instant to the next."""
        target = self.clock.now() + span
        while True:
            await self.settle()
            instants = (await self.store.next_due(), await self.store.next_sendable())
            self.clock.move(min([target, *(at for at in instants if at and self.clock.now() < at < target)]))
            if self.clock.now() >= target:
                return await self.settle()

    async def settle(self) -> None:
        busy = True
        while busy:
            await self.engine.settled()
            busy = await self.sweeper.sweep()
            busy = await self.runner.drain() or busy
            busy = await self.sender.drain() or busy

    async def outcome(self) -> dict[str, object]:
        """Return what it all came to."""
        standing = await self.workspace.log.run(lambda db: messages(db, "m.author IS NULL"))
        outside = [plain(entry.card) for entry in standing if entry.card and entry.audience != INTERNAL and not entry.deleted]
        return {
            "calls": len(recorded(self.home / FILE)),
            "runs": [str(run.status) for run in await self.store.runs()],
            "answers": sum(SAYS in text for text in outside),
            "handed_over": sum("A person of our team has this now" in text for text in outside),
            "posts": dict(Counter(text for text in outside if "Confirmed by" not in text)),
            "decisions": [decision.word for decision in await self.store.decisions()],
            "undecided": await undecided(self.store),
            "failed": [str(failure) for failure in await self.engine.failed()],
            "points": self.fate.passed,
        }


async def _seated(workspace: LocalWorkspace) -> None:
    for name, person in PEOPLE.items():
        await workspace.add_member(user(name), person.name, person.role, account=person.account or "")
    for each in _channels():
        await workspace.add_channel(each)


async def prepare(home: Path) -> None:
    """Furnish a home from which every first life begins."""
    home.mkdir()
    database = await open_database(f"sqlite+aiosqlite:///{home / 'desk.db'}")
    await _furnished(database)
    await database.close()


async def live(home: Path, story: str, at: int | None, *, first: bool) -> None:
    life = Life(home, story, Fate(at))
    async with life.stack:
        await life.begin()
        if first:
            await life.furnish()
            life.fate.passed = 0
            await life.tell()
        else:
            await life.go_on()
        (home / "outcome.json").write_text(json.dumps(await life.outcome()))


def forked(home: Path, story: str, at: int | None, *, first: bool) -> bool:
    """Live once in a process of its own; tell whether it was killed."""
    sys.stdout.flush()
    if child := os.fork():
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return True
        assert os.waitstatus_to_exitcode(status) == 0, f"a life of {home} ended in an error"
        return False
    code = 1
    try:
        asyncio.run(live(home, story, at, first=first))
        code = 0
    finally:
        os._exit(code)


def main(folder: Path, story: str, begin: int, step: int) -> None:
    """Kill at every `step`-th point from `begin` on, until there is none left to be killed at."""
    asyncio.run(prepare(folder / "template"))
    at, killed = begin, True
    while killed:
        home = folder / f"home-{at}"
        home.mkdir()
        (home / "desk.db").write_bytes((folder / "template" / "desk.db").read_bytes())
        killed = forked(home, story, at, first=True)
        if killed:
            forked(home, story, None, first=False)
        print(json.dumps({"at": at, "killed": killed, **json.loads((home / "outcome.json").read_text())}), flush=True)
        at += step


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
