"""The manifest: what Slack is told of the app when a company installs it, each scope and event with what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from desk.errors import InvalidInput

COMMAND = "/frontdesk"
OPEN_TICKET = "open_ticket"
"""The callback of the message shortcut."""
EVENTS_PATH = "/slack/events"
"""Where Slack sends everything when it is not read over Socket Mode."""

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hear when somebody mentions it",
    "assistant:write": "show that it is working, and stream to teammates in its own tab",
    "channels:history": "read messages of the public channels it was invited to",
    "channels:read": "know a public channel's name, its members, and whether it is shared",
    "chat:write": "answer, and post cards",
    "commands": "offer /frontdesk and the message shortcut",
    "files:read": "read the files that customers send",
    "groups:history": "read messages of the private channels it was invited to",
    "groups:read": "know a private channel's members, and that the agents channel is still private",
    "im:history": "read direct messages to it",
    "im:read": "know with whom a direct message is, before anything internal is said in it",
    "im:write": "open a direct message, for private parts and pages",
    "reactions:read": "open a ticket by an emoji",
    "reactions:write": "show that a message was heard",
    "users:read": "know names, time zones, guests, and the workspace's owners and admins",
}
"""What the app may do, and why."""
OPTIONAL: Mapping[str, str] = {
    "usergroups:read": "take the team from user groups (a paid plan of Slack has them)",
    "users:read.email": "name teammates and colleagues by their e-mail address",
}
"""What it can do without."""

EVENTS: Mapping[str, str] = {
    "app_home_opened": "App Home",
    "app_mention": "mentions",
    "app_uninstalled": "the app was removed",
    "channel_archive": "a channel is gone",
    "channel_deleted": "a channel is gone",
    "channel_left": "the app was removed from a channel",
    "channel_rename": "a channel's name",
    "channel_shared": "a channel is shared with another organization",
    "channel_unshared": "a channel is no longer shared",
    "group_archive": "a private channel is gone",
    "group_deleted": "a private channel is gone",
    "group_left": "the app was removed from a private channel",
    "group_rename": "a private channel's name",
    "member_joined_channel": "the app was invited, or somebody joined the agents channel",
    "member_left_channel": "somebody left the agents channel",
    "message.channels": "messages of public channels",
    "message.groups": "messages of private channels",
    "message.im": "direct messages",
    "reaction_added": "the emoji that opens a ticket",
    "tokens_revoked": "the app may no longer act",
    "user_change": "somebody became an admin, a guest, or left",
}
"""What the app is told, and what of."""
GROUP_EVENTS = ("subteam_members_changed", "subteam_updated")
"""What it is told of user groups."""


def manifest(*, name: str = "Frontdesk", url: str = "", user_groups: bool = True) -> dict[str, Any]:
    """Return the app manifest. `url` is the desk's public https address for events over HTTP; without one they come over Socket Mode.

    Raises InvalidInput for an address Slack could not send to, or a name that is too long.
    """
    if not 1 <= len(name) <= 35:
        raise InvalidInput(f"{name!r} is no name for a Slack app: write 1 to 35 characters")
    address = {"request_url": _events_address(url)} if url else {}
    optional = [scope for scope in OPTIONAL if user_groups or scope != "usergroups:read"]
    return {
        "_metadata": {"major_version": 2, "minor_version": 0},
        "display_information": {
            "name": name,
            "description": "Answers customers with sources, and brings in the right person when it should.",
            "background_color": "#1d4e4a",
        },
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": name, "always_online": True},
            "agent_view": {
                "agent_description": "Customers ask it questions; teammates ask it about tickets and knowledge.",
                "suggested_prompts": [
                    {"title": "What waits for me?", "message": "What waits for me?"},
                    {"title": "Search our knowledge", "message": "What do our articles say about refunds?"},
                ],
            },
            "shortcuts": [
                {"name": "Open a ticket", "type": "message", "callback_id": OPEN_TICKET, "description": "Open a ticket from this message"},
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Look after the support desk",
                    "usage_hint": "help | setup | status | queue | next | why TICKET | try QUESTION",
                    # Channels and people arrive as ids, whatever they are called.
                    "should_escape": True,
                    **({"url": address["request_url"]} if url else {}),
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted((*SCOPES, *optional)), "bot_optional": optional}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": sorted((*EVENTS, *(GROUP_EVENTS if user_groups else ())))},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def _events_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query:
        raise InvalidInput(f"{url!r} is no address Slack can send to: write one such as https://desk.example.com")
    return url.rstrip("/") + EVENTS_PATH
