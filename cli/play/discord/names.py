"""Names: how a play's people, roles and channels are called on its Discord."""

from __future__ import annotations

from zlib import crc32

from bot.web.rooms import slug
from desk.space import ChannelRef, Platform, UserRef

FIRST = 1_190_000_000_000_000_000
"""Where the ids of what was there before the play begin: early in 2024."""
GUILD = str(FIRST + 1)
"""The server that the desk's bot is at home in."""
APPLICATION = BOT = str(FIRST + 2)
"""An application of today and its bot have one id."""
OWNER = str(FIRST + 3)
"""Who made the server; nobody of the play."""
TOKEN = "MTE5MDAwMDAwMDAwMDAwMDAwMg.play.0123456789abcdef"  # noqa: S105
"""What the desk's process is given: good for nothing but the play's own Discord."""


def user_id(name: str) -> str:
    """Return the id of somebody."""
    return _id("user", name)


def channel_id(name: str) -> str:
    """Return the id of a channel."""
    return _id("channel", name)


def direct_id(user: str) -> str:
    """Return the id of the direct messages between the bot and a user."""
    return _id("direct", user)


def role_id(name: str) -> str:
    """Return the id of a role of the server."""
    return _id("role", name)


def command_id(name: str, kind: int) -> str:
    """Return the id of a command of the bot's: not of the play's clock, which tells the instants of messages."""
    return _id(f"command-{kind}", name)


def discord_user(name: str) -> UserRef:
    """Return somebody as the desk knows them."""
    return UserRef(Platform.DISCORD, GUILD, user_id(name))


def discord_channel(id: str) -> ChannelRef:
    """Return a channel by its id, as the desk knows it."""
    return ChannelRef(Platform.DISCORD, GUILD, id)


def _id(kind: str, name: str) -> str:
    return str(FIRST + (crc32(f"{kind}/{slug(name)}".encode()) << 10))
