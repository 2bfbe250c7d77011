"""Routes: what the play's Discord can be asked, by method and path."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from cli.play.discord import channels, interactions, looking, messages
from cli.play.discord.call import Call
from cli.play.discord.refused import Refused

Perform = Callable[[Call], Any]
ROUTES: dict[tuple[str, str], Perform] = {
    ("GET", "/users/@me"): looking.me,
    ("GET", "/users/@me/guilds"): looking.servers,
    ("POST", "/users/@me/channels"): looking.open_direct,
    ("GET", "/users/{user}"): looking.user,
    ("GET", "/oauth2/applications/@me"): looking.application,
    ("GET", "/applications/@me"): looking.application,
    ("GET", "/guilds/{guild}"): looking.server,
    ("GET", "/guilds/{guild}/channels"): looking.rooms,
    ("GET", "/guilds/{guild}/roles"): looking.roles,
    ("GET", "/guilds/{guild}/members"): looking.members,
    ("GET", "/guilds/{guild}/members/search"): looking.search,
    ("GET", "/guilds/{guild}/members/{user}"): looking.member,
    ("GET", "/guilds/{guild}/threads/active"): channels.active,
    ("GET", "/channels/{channel}"): channels.one,
    ("PATCH", "/channels/{channel}"): channels.change,
    ("DELETE", "/channels/{channel}"): channels.delete,
    ("PUT", "/channels/{channel}/permissions/{target}"): channels.overwrite,
    ("POST", "/channels/{channel}/threads"): channels.start,
    ("POST", "/channels/{channel}/messages/{message}/threads"): channels.start_under,
    ("GET", "/channels/{channel}/threads/archived/{which}"): channels.archived,
    ("GET", "/channels/{channel}/thread-members"): channels.members,
    ("PUT", "/channels/{channel}/thread-members/{user}"): channels.add_member,
    ("DELETE", "/channels/{channel}/thread-members/{user}"): channels.remove_member,
    ("POST", "/channels/{channel}/typing"): messages.typing,
    ("GET", "/channels/{channel}/messages"): messages.listed,
    ("POST", "/channels/{channel}/messages"): messages.post,
    ("GET", "/channels/{channel}/messages/{message}"): messages.one,
    ("PATCH", "/channels/{channel}/messages/{message}"): messages.edit,
    ("DELETE", "/channels/{channel}/messages/{message}"): messages.delete,
    ("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}"): messages.reactions,
    ("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me"): messages.add_reaction,
    ("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/{user}"): messages.remove_reaction,
    ("GET", "/applications/{application}/commands"): interactions.registered,
    ("PUT", "/applications/{application}/commands"): interactions.register,
    ("GET", "/applications/{application}/guilds/{guild}/commands"): interactions.registered,
    ("PUT", "/applications/{application}/guilds/{guild}/commands"): interactions.register,
    ("GET", "/applications/{application}/guilds/{guild}/commands/permissions"): interactions.command_rights,
    ("POST", "/interactions/{interaction}/{token}/callback"): interactions.respond,
    ("POST", "/webhooks/{application}/{token}"): interactions.follow_up,
    ("GET", "/webhooks/{application}/{token}/messages/{message}"): interactions.original,
    ("PATCH", "/webhooks/{application}/{token}/messages/{message}"): interactions.change,
    ("DELETE", "/webhooks/{application}/{token}/messages/{message}"): interactions.delete,
}
OPEN = ("/interactions/", "/webhooks/")
"""What a token in the path opens, so that none is asked for in the head."""
MAJOR = re.compile(r"^(/(?:channels|guilds|webhooks)/[^/]+)")
_KNOWN = [(method, re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$"), path) for method, path in ROUTES]


def find(method: str, path: str) -> tuple[str, Perform, dict[str, str]]:
    """Return the route of a request by name, what performs it, and what its path names. Raises Refused."""
    fits = [(known, route, match.groupdict()) for known, pattern, route in _KNOWN if (match := pattern.match(path))]
    # A path that says `search` is not somebody's of that name.
    for known, route, ids in sorted(fits, key=lambda fit: len(fit[2])):
        if known == method:
            return f"{method} {route}", ROUTES[method, route], ids
    raise Refused(405 if fits else 404)


def bucket(name: str, path: str) -> str:
    """Return what requests are counted together: a route, for one channel, server or webhook."""
    major = MAJOR.match(path)
    return f"{name} {major[1] if major else ''}"
