"""Rights: what the bot asks a server for and why, what it may in a channel, and the address that invites it. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any
from urllib.parse import urlencode

from bot.discord.profiles import ADMINISTRATOR, MEMBER, ROLE, allowed

Payload = Mapping[str, Any]

AUTHORIZE = "https://discord.com/oauth2/authorize"
SCOPES = ("bot", "applications.commands")


@dataclass(frozen=True, slots=True)
class Right:
    """One permission: its bit, its name in Discord, and what the bot needs it for. One that is not `inner` is for customers' channels only."""

    bit: int
    name: str
    why: str
    inner: bool = True


RIGHTS = (
    Right(1 << 10, "View Channels", "see the channels that it is let into"),
    Right(1 << 11, "Send Messages", "answer, and post the team's cards"),
    Right(1 << 38, "Send Messages in Threads", "answer in a ticket's thread, or in a post of a forum"),
    Right(1 << 35, "Create Public Threads", "start a thread for each ticket"),
    Right(1 << 16, "Read Message History", "read what was said while it was away, and the thread that a ticket is opened in"),
    Right(1 << 6, "Add Reactions", "show that it heard somebody", inner=False),
    Right(1 << 34, "Manage Threads", "tag, archive and reopen the thread of a ticket, also one that somebody else started", inner=False),
)
"""The least that it works with. It manages no server, no role and no message of anybody else's, and mentions nobody by @everyone."""

INTENTS = {
    "Message Content Intent": "read what customers write; without it only mentions, replies to it, direct messages and buttons are heard",
    "Server Members Intent": "know who of the team holds which role, and that a customer left the server",
}
"""What is switched on by hand on the Bot page, with what it is for."""


def number(rights: Iterable[Right] = RIGHTS) -> int:
    """Return rights as the number that Discord adds them up to."""
    return reduce(int.__or__, (right.bit for right in rights), 0)


def invite(application: str, guild: str = "") -> str:
    """Return the address at which somebody who may manage a server lets the bot in, with exactly what it needs."""
    asked = {"client_id": application, "scope": " ".join(SCOPES), "permissions": number()}
    return f"{AUTHORIZE}?{urlencode({**asked, **({'guild_id': guild, 'disable_guild_select': 'true'} if guild else {})})}"


def application_of(token: str) -> str:
    """Return the id of the application that a bot's token begins with, "" where it cannot be told from it."""
    first = token.partition(".")[0]
    try:
        found = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return found if found.isdigit() else ""


def may(guild: Payload, channel: Payload, *, user: str, roles: Sequence[str]) -> int:
    """Return what a member may in a channel, by the server's roles and what the channel says otherwise."""
    held = allowed(guild, roles)
    if user == str(guild.get("owner_id") or "") or held & ADMINISTRATOR:
        return number() | held
    over = {(int(each["type"]), str(each["id"])): each for each in channel.get("permission_overwrites") or ()}
    for group in ([(ROLE, str(guild["id"]))], [(ROLE, role) for role in roles], [(MEMBER, user)]):
        found = [over[key] for key in group if key in over]
        denied, given = (reduce(int.__or__, (int(each.get(what) or 0) for each in found), 0) for what in ("deny", "allow"))
        held = held & ~denied | given
    # Whoever does not see a channel may nothing in it.
    return held if held & RIGHTS[0].bit else 0


def lacking(held: int, *, inner: bool) -> Sequence[str]:
    """Return the names of what is missing in a channel of the team's (`inner`) or of customers."""
    if not held & RIGHTS[0].bit:
        return [RIGHTS[0].name]
    return [right.name for right in RIGHTS if (right.inner or not inner) and not held & right.bit]
