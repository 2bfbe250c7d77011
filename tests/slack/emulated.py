"""Emulated: the play's Slack with a store of other people's behind it. Messages, people and channels are kept and read there; ours keeps watch."""

import asyncio
import json
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import httpx2

from cli.play.sides import Stage
from cli.play.slack import events
from cli.play.slack.api import Api
from cli.play.slack.names import BOT, BOT_USER, TEAM, user_id
from cli.play.slack.people import NAMES
from cli.play.slack.server import Answer, Request
from cli.play.slack.side import SlackSide, Values
from cli.play.slack.state import instant
from cli.play.step import Step
from tests.support.emulate import BOT_TOKEN, Emulate, Room, Seed, User

READ = frozenset(
    {
        *("auth.test", "users.info", "users.list", "users.lookupByEmail"),
        *("conversations.info", "conversations.members", "conversations.history", "conversations.replies", "conversations.open"),
    }
)
DONE = frozenset({"chat.postMessage", "chat.update", "chat.delete", "reactions.add", "reactions.remove"})
"""What emulate answers; ours answers what it lacks: whispers, streams, statuses, modals and files."""


class EmulatedApi(Api):
    """Has emulate answer what it can. What is done there is done here too, under the same timestamp, so that a transcript can be written."""

    emulate: Emulate

    async def answer(self, request: Request) -> Answer:
        """Answer one request."""
        method = request.path.removeprefix("/api/")
        if self.down or self.busy or method not in READ | DONE:
            return await super().answer(request)
        theirs = await self._theirs(request)
        if method == "conversations.open" and theirs["ok"]:
            self._opened(theirs["channel"]["id"], request)
        if method in DONE and theirs["ok"]:
            if method == "chat.postMessage":
                self.workspace.put_next(instant(theirs["ts"]))
            ours = await super().answer(request)
            # What they take and we would not, such as a message of 60 blocks, is refused.
            if not json.loads(ours.body)["ok"]:
                return ours
        return Answer(200, json.dumps(theirs).encode())

    async def _theirs(self, request: Request) -> dict[str, Any]:
        self.emulate.set_time(self.workspace.now())
        headers = {"authorization": f"Bearer {BOT_TOKEN}", "content-type": request.headers.get("content-type", "")}
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
            answer = await client.post(f"http://127.0.0.1:{self.emulate.port}{request.path}", content=request.body, headers=headers)
        found: dict[str, Any] = answer.json()
        return found

    def _opened(self, id: str, request: Request) -> None:
        user = dict(parse_qsl(request.body.decode()))["users"]
        if id not in self.workspace.rooms:
            self.workspace.open_direct(id, user)


class EmulatedSide(SlackSide):
    """People write in emulate first: it names their messages."""

    emulate: ClassVar[Emulate]

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.api = EmulatedApi(self.workspace)
        self.api.emulate = self.emulate
        members = [member for member in self.workspace.members.values() if member.id != BOT_USER]
        users = [User(m.id, m.name, "" if m.is_stranger else m.email, m.team, admin=m.is_admin) for m in members]
        rooms = [Room(room.id, room.name, room.members, closed=room.is_private) for room in self.workspace.rooms.values() if not room.is_direct]
        self.emulate.seed(Seed(users, rooms, User(BOT_USER, "Frontdesk", bot=BOT), TEAM))

    async def say(self, stage: Stage, step: Step, values: Values) -> dict[str, Any]:
        """Have somebody write."""
        user = user_id(values["who"])
        room, thread = self._where(user, values)
        under = {"thread_ts": thread} if thread else {}
        said = await self._theirs("chat.postMessage", user, channel=room.id, text=events.typed(values["text"]), **under)
        self.workspace.put_next(instant(said["ts"]))
        return await super().say(stage, step, values)

    async def edit(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody change their message."""
        at = {"channel": self._room(values).id, "ts": values["ref"]}
        await self._theirs("chat.update", user_id(values["who"]), text=events.typed(values["text"]), **at)
        await super().edit(stage, step, values)

    async def delete(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody take back their message."""
        await self._theirs("chat.delete", user_id(values["who"]), channel=self._room(values).id, ts=values["ref"])
        await super().delete(stage, step, values)

    async def react(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody put an emoji on a message."""
        name = NAMES.get(values["emoji"], values["emoji"])
        await self._theirs("reactions.add", user_id(values["who"]), channel=self._room(values).id, timestamp=values["ref"], name=name)
        await super().react(stage, step, values)

    async def _theirs(self, method: str, by: str, **arguments: Any) -> dict[str, Any]:
        self.emulate.set_time(self.workspace.now())
        return await asyncio.to_thread(self.emulate.call, method, by, **arguments)
