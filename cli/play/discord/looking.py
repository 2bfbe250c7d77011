"""Looking: what the bot asks of servers, roles, people and itself, and the direct messages it opens."""

from __future__ import annotations

from typing import Any

from cli.play.discord import written
from cli.play.discord.call import Call
from cli.play.discord.names import BOT
from cli.play.discord.permissions import base
from cli.play.discord.refused import Refused, invalid

Json = dict[str, Any]


def me(call: Call) -> Json:
    """Return the bot."""
    return {**written.user(call.home.users[BOT]), "mfa_enabled": True, "locale": "en-US", "verified": True}


def application(call: Call) -> Json:
    """Return the application."""
    return written.application(call.home)


def user(call: Call) -> Json:
    """Return somebody."""
    return written.user(call.user())


def servers(call: Call) -> list[Json]:
    """Return the servers that the bot is in."""
    return [_brief(call, id) for id in call.home.guilds]


def server(call: Call) -> Json:
    """Return a server."""
    return written.guild(call.home, call.guild())


def rooms(call: Call) -> list[Json]:
    """Return the channels of a server, threads apart."""
    return [written.channel(call.home, each) for each in call.guild().channels.values() if each.thread is None]


def roles(call: Call) -> list[Json]:
    """Return the roles of a server."""
    return [written.role(each) for each in call.guild().roles.values()]


def member(call: Call) -> Json:
    """Return somebody as a server has them."""
    guild, one = call.guild(), call.user()
    if one.id not in guild.members:
        raise Refused(10007)
    return written.member(call.home, guild.members[one.id])


def members(call: Call) -> list[Json]:
    """Return a server's people; only with the Server Members intent."""
    if not call.home.reads_members:
        raise Refused(50001)
    after, limit = call.number("after", 0), call.number("limit", 1)
    if not 1 <= limit <= 1000:
        raise invalid(("limit", "int value should be between 1 and 1000."))
    guild = call.guild()
    found = sorted(int(id) for id in guild.members if int(id) > after)[:limit]
    return [written.member(call.home, guild.members[str(id)]) for id in found]


def search(call: Call) -> list[Json]:
    """Return a server's people whose names begin so."""
    guild, begins = call.guild(), call.query.get("query", "").lower()
    found = [each for each in guild.members.values() if (each.nick or call.home.users[each.user].name).lower().startswith(begins)]
    return [written.member(call.home, each) for each in found[: call.number("limit", 1)]]


def open_direct(call: Call) -> Json:
    """Open the direct messages with somebody: that works with everybody, writing there does not."""
    id = str(call.given.get("recipient_id"))
    if id not in call.home.users:
        raise invalid(("recipient_id", f"Value {id!r} is not a user."))
    if call.home.users[id].is_bot:
        raise Refused(50007)
    return written.channel(call.home, call.home.direct_with(id))


def _brief(call: Call, id: str) -> Json:
    guild = call.home.guilds[id]

    may = base(guild, BOT)
    return {"id": id, "name": guild.name, "icon": None, "banner": None, "owner": False, "permissions": str(may), "features": []}
