"""Founding: a Discord server as it comes, with the desk's bot in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cli.play.discord.names import APPLICATION, BOT, GUILD, OWNER
from cli.play.discord.permissions import BOTS, MEMBERS, VIEW
from cli.play.discord.state import Channel, Guild, Home, Kind, Member, Overwrite, Role, User


def founded(now: Callable[[], datetime], *, name: str = "Pelican Ledger", bot: int = BOTS) -> Home:
    """Return a Discord with the home server; `bot` is what the bot was invited with."""
    home = Home(now)
    home.users |= {BOT: User(BOT, "frontdesk", is_bot=True), OWNER: User(OWNER, "owner")}
    guild = home.guilds[GUILD] = Guild(GUILD, name)
    guild.roles |= {GUILD: Role(GUILD, "@everyone", MEMBERS, 0), APPLICATION: Role(APPLICATION, "frontdesk", bot)}
    guild.members |= {BOT: Member(BOT, [APPLICATION]), OWNER: Member(OWNER)}
    return home


def another(home: Home, id: str, name: str) -> Guild:
    """Invite the bot to another server."""
    guild = home.guilds[id] = Guild(id, name)
    guild.roles |= {id: Role(id, "@everyone", MEMBERS, 0), APPLICATION: Role(APPLICATION, "frontdesk", BOTS)}
    guild.members |= {BOT: Member(BOT, [APPLICATION])}
    return guild


def person(home: Home, id: str, name: str, *roles: str, locale: str = "en-US", guild: str = GUILD) -> User:
    """Have somebody come to a server, with these roles."""
    user = home.users.setdefault(id, User(id, name, locale=locale))
    home.guilds[guild].members[id] = Member(id, list(roles))
    return user


def role(home: Home, id: str, name: str, permissions: int = 0) -> Role:
    """Make a role of the home server."""
    made = home.guild.roles[id] = Role(id, name, permissions, len(home.guild.roles))
    return made


def room(home: Home, id: str, name: str, kind: Kind = Kind.TEXT, *, only: tuple[str, ...] = (), guild: str = GUILD) -> Channel:
    """Make a channel; with `only` it is hidden from everybody but these roles and the bot."""
    made = home.guilds[guild].channels[id] = Channel(id, kind, name, guild)
    if only:
        made.overwrites.append(Overwrite(guild, 0, deny=VIEW))
        made.overwrites += [Overwrite(each, 0, allow=VIEW) for each in (*only, APPLICATION)]
    return made
