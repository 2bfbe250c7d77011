"""Permissions: what a member may do in a channel, by the server's roles and the channel's overwrites."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from bot.discord.rights import number
from cli.play.discord.state import Channel, Guild, Overwrite

KICK, ADMINISTRATOR, MANAGE_CHANNELS, MANAGE_GUILD, ADD_REACTIONS = 1 << 1, 1 << 3, 1 << 4, 1 << 5, 1 << 6
VIEW, SEND, MANAGE_MESSAGES, EMBED, ATTACH, HISTORY, MENTION_ALL = 1 << 10, 1 << 11, 1 << 13, 1 << 14, 1 << 15, 1 << 16, 1 << 17
MANAGE_ROLES, MANAGE_THREADS, PUBLIC_THREADS, PRIVATE_THREADS, SEND_IN_THREADS = 1 << 28, 1 << 34, 1 << 35, 1 << 36, 1 << 38
USE_COMMANDS, PIN = 1 << 31, 1 << 51
EVERYTHING = (1 << 53) - 1
MEMBERS = VIEW | SEND | ADD_REACTIONS | EMBED | ATTACH | HISTORY | PUBLIC_THREADS | SEND_IN_THREADS | USE_COMMANDS
"""What everybody may on a server as it comes."""
BOTS = number()
"""What our bot is invited with: the least, so that every story shows that it is enough."""


def base(guild: Guild, user: str) -> int:
    """Return what a member may on the whole server."""
    if user == guild.owner:
        return EVERYTHING
    roles = guild.members[user].roles if user in guild.members else []
    allowed = reduce(int.__or__, (guild.roles[role].permissions for role in roles if role in guild.roles), guild.roles[guild.id].permissions)
    return EVERYTHING if allowed & ADMINISTRATOR else allowed


def permissions(guild: Guild, channel: Channel, user: str) -> int:
    """Return what a member may in a channel; in a thread, what they may in the channel it hangs in."""
    if channel.thread is not None:
        return permissions(guild, guild.channels[channel.parent], user)
    allowed = base(guild, user)
    if allowed == EVERYTHING:
        return allowed
    roles = set(guild.members[user].roles) if user in guild.members else set()
    for group in (
        [each for each in channel.overwrites if each.id == guild.id],
        [each for each in channel.overwrites if each.kind == 0 and each.id in roles],
        [each for each in channel.overwrites if each.kind == 1 and each.id == user],
    ):
        allowed = _overwritten(allowed, group)
    return allowed if allowed & VIEW else 0


def sees(guild: Guild, channel: Channel, user: str) -> bool:
    """Tell whether a member sees a channel; a private thread only who is in it, or may manage threads."""
    allowed = permissions(guild, channel, user)
    if channel.thread is None or not channel.is_private:
        return bool(allowed & VIEW)
    return bool(allowed & VIEW) and (user in channel.thread.members or bool(allowed & MANAGE_THREADS))


def _overwritten(allowed: int, group: Iterable[Overwrite]) -> int:
    deny = allow = 0
    for each in group:
        deny, allow = deny | each.deny, allow | each.allow
    return allowed & ~deny | allow
