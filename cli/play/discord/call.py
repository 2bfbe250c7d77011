"""Call: one request of the bot, with what it names found and what the bot may checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.play.discord.names import BOT
from cli.play.discord.permissions import MEMBERS, permissions, sees
from cli.play.discord.refused import Refused
from cli.play.discord.state import Channel, Guild, Home, Message, User

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A request: what its path names, its query, its body, and the files beside it."""

    home: Home
    ids: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    files: tuple[Upload, ...] = ()
    host: str = ""

    @property
    def given(self) -> Json:
        """Return the body of a request that must have one."""
        if not isinstance(self.body, dict):
            raise Refused(50109)
        return self.body

    def room(self, need: int = 0) -> Channel:
        """Return the channel that the path names, if the bot sees it and may do there what it wants. Raises Refused."""
        found = self.home.channel(self.ids["channel"])
        if found is None:
            raise Refused(10003)
        if found.guild and not sees(self.home.guilds[found.guild], found, BOT):
            raise Refused(50001)
        if need & ~allowed(self.home, found):
            raise Refused(50013)
        return found

    def message(self, room: Channel) -> Message:
        """Return the message that the path names. Raises Refused."""
        found = self.home.message(room.id, self.ids["message"])
        if found is None or found.to:
            raise Refused(10008)
        return found

    def guild(self) -> Guild:
        """Return the server that the path names. Raises Refused."""
        if self.ids["guild"] not in self.home.guilds:
            raise Refused(10004)
        return self.home.guilds[self.ids["guild"]]

    def user(self) -> User:
        """Return whom the path names. Raises Refused."""
        named = BOT if self.ids["user"] == "@me" else self.ids["user"]
        if named not in self.home.users:
            raise Refused(10013)
        return self.home.users[named]

    def number(self, name: str, default: int) -> int:
        """Return a number of the query."""
        return int(self.query.get(name) or default)


def allowed(home: Home, room: Channel) -> int:
    """Return what the bot may in a channel; in direct messages what nobody must permit."""
    if not room.guild:
        return MEMBERS
    return permissions(home.guilds[room.guild], room, BOT)
