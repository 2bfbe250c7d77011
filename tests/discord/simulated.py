"""Simulated: the play's Discord with a store of other people's behind it. Messages, threads, people and channels are kept and read there."""

import json
import re
from collections import deque
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from simcord.backend import Backend
from simcord.backend.errors import BackendError
from simcord.backend.models import Channel, Guild, Member, Role, User
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType
from simcord.http import router, routes

from cli.play.discord.api import ROOT, Api, Request
from cli.play.discord.faults import VIA, Refusal
from cli.play.discord.names import BOT, GUILD, direct_id
from cli.play.discord.side import DiscordSide
from cli.play.discord.snowflakes import Snowflakes
from cli.play.discord.state import Channel as Room
from cli.play.discord.state import Heard, Home, Kind

assert routes, "importing them registers simcord's handlers"
THEIRS = re.compile(
    r"GET /channels/\d+$|GET /channels/\d+/messages(/\d+)?$|GET /guilds/\d+(/members(/\d+)?|/threads/active)?$|POST /users/@me/channels$"
    r"|(POST|PATCH|DELETE) /channels/\d+/messages(/\d+)?$|POST /channels/\d+/messages/\d+/threads$"
    r"|PUT /channels/\d+/messages/\d+/reactions/[^/]+/@me$"
)
"""What simcord answers; ours answers what hangs on interactions, commands and the gateway, and archives threads: simcord asks for another right."""


class SharedIds(Snowflakes):
    """Ids that both stores give: what one has given is given again by the other."""

    def __init__(self, home: Home) -> None:
        super().__init__(home.now)
        self._last = int(home.ids.next())
        self.again: deque[str] = deque()

    def next(self) -> str:
        """Return the id that the other store gave, else a new one."""
        return self.again.popleft() if self.again else super().next()


class SimulatedApi(Api):
    """Has simcord answer what it can. What is done there is done here too, under the same ids, so that the gateway tells it."""

    backend: Backend
    ids: SharedIds

    async def answer(self, request: Request) -> Refusal:
        """Answer one request."""
        asked = f"{request.method} {request.path.removeprefix(ROOT)}"
        if self.faults.down or self.faults.busy or not THEIRS.match(asked) or self._is_ours(request):
            return await super().answer(request)
        body = json.loads(request.body) if request.body else None
        try:
            params = {name: int(value) if value.isdigit() else value for name, value in request.query.items()}
            path = unquote(request.path.removeprefix(ROOT))
            found = router.dispatch(self.backend, request.method, path, json=body, params=params)
        except BackendError as error:
            return error.status, json.dumps(error.to_json()).encode(), {"Content-Type": "application/json", **VIA}
        if request.method != "GET":
            if request.method == "POST" and isinstance(found, dict) and asked.endswith("/messages"):
                self.ids.again.append(str(found["id"]))
            ours = await super().answer(request)
            self.ids.again.clear()
            # What they take and we would not is refused.
            if ours[0] >= 300:
                return ours
        return (204, b"", VIA) if found is None else (200, json.dumps(found).encode(), {"Content-Type": "application/json", **VIA})

    def _is_ours(self, request: Request) -> bool:
        """Tell whether a message is known here alone: what only one person sees."""
        id = request.path.rpartition("/")[2]
        return id.isdigit() and any(message.id == id and message.interaction for message in self.home.standing())


class SimulatedSide(DiscordSide):
    """What people do here is done in simcord too."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.backend, self.home.ids = Backend(), SharedIds(self.home)
        _settle(self.backend, self.home)
        api = SimulatedApi(self.home)
        api.backend, api.ids = self.backend, self.home.ids
        self.loopback.api = api
        told = self.home.heard

        def hear(heard: Heard) -> None:
            self._mirror(heard)
            told(heard)

        self.home.heard = hear

    def _mirror(self, heard: Heard) -> None:
        """Do in simcord what a person did."""
        message, data = heard.message, heard.data
        if message is not None and message.author != BOT:
            room = int(message.channel)
            if heard.event == "MESSAGE_CREATE" and message.kind in (0, 19):
                reference = {"message_id": message.reply_to, "channel_id": message.channel} if message.reply_to else None
                said = self.backend.prepare_message(room, int(message.author), message.content, attachments=[*message.files], reference=reference)
                self.backend.commit_message(replace(said, id=int(message.id)), broadcast=False)
            # That a thread was started under it is told as an update, too.
            elif heard.event == "MESSAGE_UPDATE" and self.backend.messages[room][int(message.id)].content != message.content:
                self.backend.edit_message(room, int(message.id), {"content": message.content})
        elif heard.event == "MESSAGE_DELETE" and int(data["id"]) in self.backend.messages.get(int(data["channel_id"]), {}):
            self.backend.delete_message(int(data["channel_id"]), int(data["id"]))
        elif heard.event == "THREAD_CREATE" and int(data["id"]) not in self.backend.channels:
            owner, parent = int(data["owner_id"]), int(data["parent_id"])
            self.backend.create_thread(parent, data["name"], owner, message_id=int(data["id"]), broadcast=False)
        elif heard.event == "MESSAGE_REACTION_ADD" and data["user_id"] != BOT:
            self.backend.add_reaction(int(data["channel_id"]), int(data["message_id"]), data["emoji"]["name"], int(data["user_id"]))


def _settle(backend: Backend, home: Home) -> None:
    """Put the server, its people and its channels into simcord, under the ids they have here."""
    ids = home.ids
    backend.snowflake = lambda: int(ids.next())  # type: ignore[method-assign]
    backend.now_iso = lambda: home.now().isoformat()  # type: ignore[method-assign]
    backend.users = {int(user.id): User(int(user.id), user.name, user.is_bot, global_name=user.name) for user in home.users.values()}
    backend.bot_user, backend.application_id = backend.users[int(BOT)], int(BOT)
    ours = home.guild
    guild = backend.guilds[int(GUILD)] = Guild(int(GUILD), ours.name, int(ours.owner))
    roles = [Role(int(role.id), role.name, role.permissions, role.position, managed=role.id == BOT) for role in ours.roles.values()]
    guild.roles = {role.id: role for role in roles}
    members = [Member(int(one.user), [int(role) for role in one.roles], joined_at=backend.now_iso()) for one in ours.members.values()]
    guild.members = {member.user_id: member for member in members}
    # Nobody can write to a bot, which our own side refuses.
    direct = [home.direct.get(direct_id(id)) or Room(direct_id(id), Kind.DIRECT, "", user=id) for id in ours.members if not home.users[id].is_bot]
    for room in (*ours.channels.values(), *direct):
        kinds = (OverwriteType.ROLE, OverwriteType.MEMBER)
        over = [Overwrite(int(each.id), kinds[each.kind], each.allow, each.deny) for each in room.overwrites]
        made = Channel(int(room.id), int(room.kind), room.name, int(GUILD) if room.guild else None, overwrites=over)
        backend.channels[made.id], backend.messages[made.id] = made, {}
        if room.guild:
            guild.channel_ids.append(made.id)
        else:
            made.recipient_ids, backend.dm_channels[int(room.user)] = [int(room.user)], made.id
