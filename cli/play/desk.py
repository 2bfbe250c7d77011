"""Desk: the process that a play drives; reads acts from standard input, one JSON object a line, and answers each."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from bootstrap import open_runtime
from bot.web.rooms import local_channel, local_user
from bot.web.uploads import read_upload
from bot.web.workspace import LocalWorkspace
from cli.play import ahead
from cli.play.calls import FILE, RecordedActions, RecordedMailer, RecordedPager, code_of, recorded
from cli.play.cast import cast_of
from cli.play.changes import CHANGES, ingest_again, write_policy
from cli.play.clock import ControlledClock
from cli.play.dump import dump
from cli.play.faults import Faults
from cli.play.find import button_at, card_thread, spot_ref
from cli.play.library import copy_knowledge
from cli.play.lines import own_id
from cli.play.listening import Listening
from cli.play.record import FILE as POSTS
from cli.play.record import Recorded
from cli.play.record import recorded as posted
from cli.play.slack.app import App
from cli.seeding import enroll
from desk.errors import FrontdeskError, InvalidInput, NotAllowed, PlaceGone
from desk.events import Event
from desk.ports import ChatPlatform
from desk.space import MessageRef, Place, Platform
from runtime import Runtime, Wrappers, unwrapped
from settings import Settings

CLOCK = "clock"
MODEL, COUNTS = "model.toml", "model-calls.json"
"""The script of the language model, and how often each of its replies was asked for; both outlive a crash."""
MAILLESS = "mailless"
"""Is there where the script has no mail server."""
LINE = 64 * 1024 * 1024


class Performer:
    """Performs acts. The first is `begin` in an empty home, or `resume` in one that a killed process left."""

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._stack = stack
        self._faults = Faults()
        self._desk: Runtime | None = None
        self._clock: ControlledClock | None = None
        self._heard: dict[Platform, Listening] = {}

    async def perform(self, act: str, values: dict[str, Any]) -> Any:
        """Perform one act and return its JSON value; raise InvalidInput for what nobody can do in the workspace."""
        if act not in ACTS:
            raise InvalidInput(f"nobody can {act} here: it is done on another platform")
        return await ACTS[act](self, values)

    @property
    def desk(self) -> Runtime:
        """Return the desk, which `begin` or `resume` started."""
        assert self._desk is not None
        return self._desk

    @property
    def clock(self) -> ControlledClock:
        """Return the clock that only the driver moves."""
        assert self._clock is not None
        return self._clock

    async def begin(self, values: dict[str, Any]) -> list[str]:
        """Make the home what the script's setup says; return what could not be ingested."""
        setup, home = values["setup"], self._settings.home
        start = datetime.fromisoformat(setup["start"])
        write_policy(home, setup["policy"])
        if not setup["mail"]:
            (home / MAILLESS).touch()
        if setup["model"]:
            shutil.copyfile(setup["model"], home / MODEL)
        await self._open(ControlledClock(home / CLOCK, start=start))
        await enroll(self.desk, cast_of(setup, start), at=start)
        return await ingest_again(self.desk, copy_knowledge([Path(path) for path in setup["knowledge"]], home))

    async def resume(self, values: dict[str, Any]) -> None:
        """Go on in a home that a killed process left."""
        self._faults.down = frozenset(values["down"])
        await self._open(ControlledClock(self._settings.home / CLOCK))

    async def say(self, values: dict[str, Any]) -> dict[str, str | None]:
        """Have somebody write; return where it stands."""
        place = await card_thread(self.desk, values["who"]) if values.get("on") else Place(local_channel(values["channel"]), values["thread"])
        files = [read_upload(Path(name)) for name in values["files"]]
        # The step's key is the message's id, so that saying it again after a crash says nothing new.
        ref, event = await self.desk.workspace.say(local_user(values["who"]), place, values["text"], files=files, id=values["key"])
        await self._deliver(event, values)
        channel = await self.desk.workspace.rooms.channel(ref.channel)
        return {"channel": channel.name, "ref": ref.id, "thread": place.thread}

    async def edit(self, values: dict[str, Any]) -> None:
        """Have somebody change their message."""
        if not values.get("again"):
            await self._deliver(await self.desk.workspace.edit_by(local_user(values["who"]), _ref(values), values["text"]), values)

    async def delete(self, values: dict[str, Any]) -> None:
        """Have somebody take back their message."""
        if not values.get("again"):
            await self._deliver(await self.desk.workspace.delete_by(local_user(values["who"]), _ref(values)), values)

    async def react(self, values: dict[str, Any]) -> None:
        """Have somebody put an emoji on a message."""
        await self._deliver(await self.desk.workspace.react_by(local_user(values["who"]), _ref(values), values["emoji"]), values)

    async def click(self, values: dict[str, Any]) -> None:
        """Have somebody press a button they can see."""
        if not values.get("again"):
            user = local_user(values["who"])
            ref = await button_at(self.desk, user, values["label"], on=values["on"])
            await self._deliver(await self.desk.workspace.click(user, ref, values["label"], form=values["form"]), values)

    async def command(self, values: dict[str, Any]) -> None:
        """Have somebody give a slash command."""
        if not values.get("again"):
            place = Place(local_channel(values["channel"]))
            await self._deliver(await self.desk.workspace.command(local_user(values["who"]), place, values["text"], form=values["form"]), values)

    async def listen(self, values: dict[str, Any]) -> dict[str, str]:
        """Take what the platforms outside send; return the addresses."""
        slack, discord = self.desk.slack, self.desk.discord
        ears = {**({Platform.SLACK: App(slack)} if slack else {}), **({Platform.DISCORD: Listening(discord)} if discord else {})}
        self._heard = {platform: await self._stack.enter_async_context(ear) for platform, ear in ears.items()}
        return {platform.value: ear.address for platform, ear in self._heard.items()}

    async def quiet(self, values: dict[str, Any]) -> bool:
        """Return when the desk has what the platforms outside sent, and no form is being opened; True when anything was on its way."""
        return any([await ear.quiet() for ear in self._heard.values()])

    async def about(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the ticket of a step's message, and the posts outside that are about it."""
        said = await self.desk.services.store.message(spot_ref(values["on"]))
        ticket = said.ticket if said else None
        mine = [post for post in posted(self._settings.home / POSTS) if ticket and post.get("ticket") == ticket]
        return {"ticket": ticket, "outbox": [post["id"] for post in mine], "refs": [own_id(post["ref"]) for post in mine if "ref" in post]}

    async def code(self, values: dict[str, Any]) -> str:
        """Return the code of the last mail."""
        return code_of(self._settings.home / FILE)

    async def advance(self, values: dict[str, Any]) -> None:
        """Move the clock."""
        self.clock.move(datetime.fromisoformat(values["to"]))

    async def next_due(self, values: dict[str, Any]) -> str | None:
        """Return the next instant at which something is due, None when nothing ever is."""
        return await ahead.next_due(self.desk, self.clock.now())

    async def next_paced(self, values: dict[str, Any]) -> str | None:
        """Return when the next post goes out that waits for its turn in a channel; None where none does, or something else holds it up."""
        return await ahead.next_paced(self.desk, self.clock.now())

    async def settle(self, values: dict[str, Any]) -> None:
        """Return when nothing runs, is due or can be sent, and the desk has what the platforms outside sent.

        What came is taken in before anything is done that is due: otherwise the machine would say which of them is first.
        """
        await self.quiet(values)
        await self.desk.settle(in_turn=True)
        while await self.quiet(values):
            await self.desk.settle(in_turn=True)

    async def switch(self, values: dict[str, Any]) -> None:
        """Say which systems are down."""
        self._faults.down = frozenset(values["down"])

    async def change(self, values: dict[str, Any]) -> list[str]:
        """Change the articles, the customer record or the policy; return what could not be ingested."""
        return await CHANGES[values["what"]](self.desk, values["set"])

    async def arm(self, values: dict[str, Any]) -> None:
        """Be killed at a point of the next work, at none when it is null."""
        self._faults.arm(values["point"])

    async def dump(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return everything that was said and decided."""
        home = self._settings.home
        return {**await dump(self.desk), "calls": recorded(home / FILE), "attempts": posted(home / POSTS)}

    async def _open(self, clock: ControlledClock) -> None:
        self._clock = clock
        wrap = self._scripted() if (self._settings.home / MODEL).exists() else self._faults.wrappers()
        outside, switched, mailed, calls = wrap.actions, wrap.pager, wrap.mailer, self._settings.home / FILE
        wrap = replace(
            wrap,
            actions=lambda actions: outside(RecordedActions(actions, calls, clock)),
            pager=lambda _: switched(RecordedPager(calls, clock)),
            mailer=lambda _: None if (self._settings.home / MAILLESS).exists() else mailed(RecordedMailer(calls, clock)),
            chat=self._chat,
        )
        self._desk = await self._stack.enter_async_context(open_runtime(self._settings_now(), wrap=wrap, clock=clock, background=False))

    def _chat(self, chat: ChatPlatform) -> ChatPlatform:
        """Return what to put around a platform. Outside, it is the platform itself that is down then, and nothing of ours."""
        if isinstance(chat, LocalWorkspace):
            return self._faults.wrappers().chat(chat)
        return self._faults.killed_after_send(cast(ChatPlatform, Recorded(chat, self._settings.home / POSTS)))

    def _scripted(self) -> Wrappers:
        """Return what to put around each adapter when the model is scripted: it is the model's server that is down then, and nothing of ours."""
        from agent.claude import Access, ClaudeModel
        from cli.play.model import ScriptedTransport, read_model

        home, faults, clock = self._settings.home, self._faults, self.clock
        transport = ScriptedTransport(
            read_model(home / MODEL), down=lambda: "model" in faults.down, counts=home / COUNTS, now=lambda: clock.now().timestamp()
        )
        model = ClaudeModel(Access(key="scripted"), strict=True, transport=transport)
        return replace(faults.wrappers(), model=lambda _: model, triager=unwrapped, answerer=unwrapped)

    def _settings_now(self) -> Settings:
        return self._settings.model_copy(update={"policy": self._settings.home / "policy.toml"})

    async def _deliver(self, event: Event, values: dict[str, Any]) -> None:
        """Let the event arrive as often as the step says; it came once already."""
        for _ in range(1, values["deliver"]):
            await self.desk.emit(event)


Act = Callable[[Performer, dict[str, Any]], Awaitable[Any]]
_SETTING = (Performer.begin, Performer.resume, Performer.dump)
_SAYING = (Performer.say, Performer.edit, Performer.delete, Performer.react, Performer.click, Performer.command)
_OUTSIDE = (Performer.listen, Performer.quiet, Performer.about, Performer.next_paced, Performer.code)
_TURNING = (Performer.advance, Performer.next_due, Performer.settle, Performer.switch, Performer.change, Performer.arm)
ACTS: dict[str, Act] = {act.__name__: act for act in (*_SETTING, *_SAYING, *_OUTSIDE, *_TURNING)}
"""What a driver may ask for, by name."""


async def serve(settings: Settings) -> None:
    """Perform acts until the driver closes standard input."""
    answers = _own_output()
    reader = asyncio.StreamReader(limit=LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with AsyncExitStack() as stack:
        performer = Performer(settings, stack)
        while line := await reader.readline():
            answer = await _answer(performer, json.loads(line))
            answers.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
            answers.flush()


async def _answer(performer: Performer, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": await performer.perform(request.pop("act"), request)}
    except (InvalidInput, NotAllowed, PlaceGone) as error:
        return {"error": str(error), "wrong": True}
    except FrontdeskError as error:
        return {"error": str(error)}


def _own_output() -> IO[str]:
    """Take standard output for answers alone: whatever a library prints goes to the log."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _ref(values: dict[str, Any]) -> MessageRef:
    return MessageRef(local_channel(values["channel"]), values["ref"])
