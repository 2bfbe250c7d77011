"""Profiles: what Discord says of a person and of who sees a channel, read once into what the desk asks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Payload = Mapping[str, Any]

ADMINISTRATOR, MANAGE_GUILD, VIEW = 1 << 3, 1 << 5, 1 << 10
RUNNING = ADMINISTRATOR | MANAGE_GUILD
"""Who has one of these runs the server."""
ROLE, MEMBER = 0, 1
"""Whom an overwrite of a channel is for."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as Discord knows them; `roles` are the ids of their roles on the home server, nothing for who is not on it."""

    id: str
    name: str
    roles: frozenset[str] = frozenset()
    language: str = ""
    is_bot: bool = False
    is_member: bool = False


@dataclass(frozen=True, slots=True)
class Viewers:
    """Who sees a channel: everyone on the server, or the holders of roles, and members let in by name.

    `let_in` are the roles that the channel itself lets in; the other `roles` see it by what they may anywhere.
    """

    everyone: bool
    roles: frozenset[str]
    let_in: frozenset[str]
    members: frozenset[str]


def profile(user: Payload, member: Payload | None = None) -> Profile:
    """Read a user, and the member that they are on the home server; None for who is not on it."""
    given = ((member or {}).get("nick"), user.get("global_name"), user.get("username"), user.get("id"))
    return Profile(
        id=str(user.get("id") or ""),
        name=next(str(name) for name in (*given, "somebody") if name),
        roles=frozenset(str(role) for role in (member or {}).get("roles") or ()),
        language=str(user.get("locale") or "").partition("-")[0].lower(),
        is_bot=bool(user.get("bot")),
        is_member=member is not None,
    )


def runs_server(found: Profile, guild: Payload) -> bool:
    """Tell whether somebody owns the server or may manage it."""
    return found.id == str(guild.get("owner_id") or "") or (found.is_member and bool(allowed(guild, found.roles) & RUNNING))


def running_roles(guild: Payload) -> frozenset[str]:
    """Return the roles whose holders may manage the server."""
    return frozenset(role for role, given in _roles(guild).items() if given & RUNNING)


def bots_roles(guild: Payload) -> frozenset[str]:
    """Return the roles that belong to one bot each."""
    return frozenset(str(role["id"]) for role in guild.get("roles") or () if (role.get("tags") or {}).get("bot_id"))


def allowed(guild: Payload, roles: Iterable[str]) -> int:
    """Return what the holder of these roles may on the server, everyone's role included."""
    known = _roles(guild)
    held = known.get(str(guild["id"]), 0)
    for role in roles:
        held |= known.get(role, 0)
    return held


def viewers(guild: Payload, channel: Payload) -> Viewers:
    """Return who sees a channel of the server, its owner apart."""
    everyone = str(guild["id"])
    over = {
        (int(each["type"]), str(each["id"])): (int(each.get("allow") or 0), int(each.get("deny") or 0))
        for each in channel.get("permission_overwrites") or ()
    }
    roles = frozenset(role for role in _roles(guild) if role != everyone and _sees(guild, over, (role,)))
    let_in = frozenset(role for role in roles if over.get((ROLE, role), (0, 0))[0] & VIEW)
    members = frozenset(id for (kind, id), (allow, _) in over.items() if kind == MEMBER and allow & VIEW)
    return Viewers(_sees(guild, over, ()), roles, let_in, members)


def _sees(guild: Payload, over: Mapping[tuple[int, str], tuple[int, int]], roles: tuple[str, ...]) -> bool:
    may = allowed(guild, roles)
    if may & ADMINISTRATOR:
        return True
    for id in (str(guild["id"]), *roles):
        allow, deny = over.get((ROLE, id), (0, 0))
        may = may & ~deny | allow
    return bool(may & VIEW)


def _roles(guild: Payload) -> Mapping[str, int]:
    return {str(role["id"]): int(role.get("permissions") or 0) for role in guild.get("roles") or ()}
