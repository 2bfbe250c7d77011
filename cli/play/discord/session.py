"""Session: what one shard of the bot is told, numbered and remembered, so that it may come back for it."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from cli.play.discord.names import BOT
from cli.play.discord.permissions import sees
from cli.play.discord.state import Heard, Home
from cli.play.discord.written import veiled

Json = dict[str, Any]
REMEMBERED = 50_000
GUILDS, MEMBERS, MESSAGES, REACTIONS = 1 << 0, 1 << 1, 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS, CONTENT, PRESENCES = 1 << 12, 1 << 13, 1 << 15, 1 << 8
ALWAYS = 0
INTENTS = {
    "INTERACTION_CREATE": (ALWAYS, ALWAYS),
    "MESSAGE_CREATE": (MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_DELETE": (MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_DELETE_BULK": (MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_REACTION_ADD": (REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_REACTION_REMOVE": (REACTIONS, DIRECT_REACTIONS),
    "GUILD_MEMBER_ADD": (MEMBERS, MEMBERS),
    "GUILD_MEMBER_UPDATE": (MEMBERS, MEMBERS),
    "GUILD_MEMBER_REMOVE": (MEMBERS, MEMBERS),
}
"""Which intent an event needs in a server and in direct messages; all others need the servers' own."""


@dataclass
class Session:
    """One shard's. Without a `socket` it waits for the bot to come back."""

    id: str
    intents: int
    shard: int = 0
    shards: int = 1
    seq: int = 0
    acknowledged: int = 0
    """The last number that a heartbeat of the bot's named."""
    socket: web.WebSocketResponse | None = None
    waiting: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    said: deque[Json] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def tell(self, event: str, data: Json) -> None:
        """Number an event, remember it, and send it as soon as there is somebody to send it to."""
        self.seq += 1
        frame = {"op": 0, "t": event, "s": self.seq, "d": data}
        self.said.append(frame)
        if self.socket is not None:
            self.waiting.put_nowait(frame)

    def since(self, seq: int) -> list[Json] | None:
        """Return what was told after a number; None where that is forgotten."""
        first = self.said[0]["s"] if self.said else self.seq + 1
        return [frame for frame in self.said if frame["s"] > seq] if first - 1 <= seq <= self.seq else None

    def minds(self, home: Home, heard: Heard) -> bool:
        """Tell whether an event is this shard's, asked for, and of something the bot sees."""
        if (int(heard.guild) >> 22) % self.shards != self.shard if heard.guild else self.shard != 0:
            return False
        need = INTENTS.get(heard.event, (GUILDS, GUILDS))[0 if heard.guild else 1]
        if need and not self.intents & need:
            return False
        return not heard.guild or _seen(home, heard)

    def shown(self, heard: Heard) -> Json:
        """Return what this shard is told of an event: the content of messages only with that intent."""
        if heard.message is None or self.intents & CONTENT:
            return heard.data
        return veiled(heard.data, heard.message)


def _seen(home: Home, heard: Heard) -> bool:
    guild = home.guilds.get(heard.guild)
    if guild is None or BOT not in guild.members:
        return heard.event == "GUILD_DELETE"
    room = guild.channels.get(heard.channel)
    return room is None or heard.event == "INTERACTION_CREATE" or sees(guild, room, BOT)
