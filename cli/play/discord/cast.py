"""Cast: the people and channels of a script as members, roles and channels of a Discord server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.play.discord.founding import person, role, room
from cli.play.discord.names import GUILD, OWNER, channel_id, direct_id, role_id, user_id
from cli.play.discord.permissions import ADMINISTRATOR, MANAGE_MESSAGES
from cli.play.discord.state import Channel, Home, Kind
from desk.customer import Role
from desk.space import ChannelKind, Platform

Table = Mapping[str, Any]
LOCALES = {"en": "en-US", "de": "de", "fr": "fr", "es": "es-ES", "pt": "pt-BR"}
TEAM, LEADS, ADMINS, COMPANY = "Support", "Support leads", "Admins", "Pelican Ledger"
"""Roles: who answers, who leads, who runs the server, and whoever else is of the company."""
HELD: Mapping[str, tuple[str, ...]] = {
    Role.TEAMMATE: (TEAM,),
    Role.LEAD: (TEAM, LEADS),
    Role.ADMIN: (TEAM, ADMINS),
    Role.COLLEAGUE: (COMPANY,),
}
MAY = {TEAM: MANAGE_MESSAGES, LEADS: MANAGE_MESSAGES, ADMINS: ADMINISTRATOR, COMPANY: 0}


def furnish(home: Home, setup: Mapping[str, Sequence[Table]]) -> None:
    """Put everybody who has a seat on Discord, and the channels that are there, into a server."""
    here = [each for each in setup["people"] if Platform.DISCORD.value in each["platforms"]]
    for name, may in MAY.items():
        role(home, role_id(name), name, may)
    for account in dict.fromkeys(each["account"] for each in here if each.get("account")):
        role(home, role_id(account), account)
    for each in here:
        roles = [*HELD.get(each["role"], ()), *([each["account"]] if each.get("account") else [])]
        person(home, user_id(each["name"]), each["name"], *map(role_id, roles), locale=LOCALES.get(each.get("language", ""), "en-US"))
    admin = next((each["name"] for each in here if each["role"] == Role.ADMIN), None)
    home.guild.owner = user_id(admin) if admin else OWNER
    # Nobody of the story made this server: whoever did has no part in it.
    home.users[OWNER].is_bot = True
    for channel in setup["channels"]:
        if channel.get("platform") == Platform.DISCORD:
            _room(home, channel)


def policy_of(setup: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a policy says of a script's team on Discord: by roles."""
    named = {"leads": LEADS, "admins": ADMINS, "agents": TEAM}
    return {"team": {word: [_entry(name)] for word, name in named.items()}, "intake": {"colleagues": [_entry(COMPANY)]}}


def _entry(name: str) -> str:
    return f"{Platform.DISCORD.value}/{GUILD}/{role_id(name)}"


def _room(home: Home, channel: Table) -> Channel:
    name, kind = channel["name"], ChannelKind(channel["kind"])
    if kind is ChannelKind.DIRECT:
        user = user_id(channel["person"])
        made = home.direct[direct_id(user)] = Channel(direct_id(user), Kind.DIRECT, name, user=user)
        return made
    only = {ChannelKind.INTERNAL: (TEAM,), ChannelKind.SHARED: (channel.get("account", ""), TEAM, COMPANY)}.get(kind, ())
    made = room(home, channel_id(name), name, Kind.FORUM if channel.get("forum") else Kind.TEXT, only=tuple(map(role_id, only)))
    made.tags = [_tag(name, tag) for tag in channel.get("tags", ())]
    return made


def _tag(channel: str, name: str) -> dict[str, Any]:
    return {"id": role_id(f"{channel}-{name}"), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
