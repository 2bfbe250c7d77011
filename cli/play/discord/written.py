"""Written: servers, channels, people and messages as Discord writes them down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from cli.play.discord.names import APPLICATION, BOT
from cli.play.discord.permissions import MEMBERS, permissions, sees
from cli.play.discord.snowflakes import made_at, written
from cli.play.discord.state import Channel, Guild, Home, Interaction, Kind, Member, Message, Role, User

Json = dict[str, Any]
MESSAGE_CONTENT, MESSAGE_CONTENT_LIMITED, SERVER_MEMBERS_LIMITED = 1 << 18, 1 << 19, 1 << 15
JOINED = "2024-02-01T09:00:00.000000+00:00"
PRESSED, SENT = 3, 5
"""Kinds of interactions: a button or select, and a form."""
HIDDEN: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
"""What of a message nobody gets who may not read content."""


DEFAULTS: dict[int, Json] = {
    2: {"disabled": False},
    3: {"min_values": 1, "max_values": 1, "disabled": False},
    14: {"divider": True, "spacing": 1},
    17: {"accent_color": None, "spoiler": False},
}
"""What components are that do not say so."""


def user(one: User) -> Json:
    """Write somebody."""
    name = {"username": one.name.lower().replace(" ", "."), "global_name": None if one.is_bot else one.name, "discriminator": "0"}
    return {"id": one.id, **name, "avatar": None, "bot": one.is_bot, "public_flags": 0, "flags": 0, "primary_guild": None}


def member(home: Home, one: Member, *, with_user: bool = True) -> Json:
    """Write a member; beside a message without the user, who is written there already."""
    said: Json = {
        "roles": list(one.roles),
        "nick": one.nick or None,
        "avatar": None,
        "banner": None,
        "joined_at": JOINED,
        "deaf": False,
        "mute": False,
    }
    said |= {"premium_since": None, "pending": False, "flags": 0, "communication_disabled_until": None}
    return {**said, "user": user(home.users[one.user])} if with_user else said


def role(one: Role) -> Json:
    """Write a role."""
    colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    look = {"color": 0, "colors": colors, "hoist": False, "icon": None, "unicode_emoji": None, "managed": one.id == APPLICATION, "flags": 0}
    return {
        "id": one.id,
        "name": one.name,
        "permissions": str(one.permissions),
        "position": one.position,
        "mentionable": one.mentionable,
        **look,
        **_bots(one),
    }


def _bots(one: Role) -> Json:
    return {"tags": {"bot_id": BOT}} if one.id == APPLICATION else {}


def channel(home: Home, one: Channel) -> Json:
    """Write a channel, a thread or direct messages."""
    if one.is_direct:
        return {"id": one.id, "type": 1, "last_message_id": one.last or None, "recipients": [user(home.users[one.user])], "flags": 0}
    said: Json = {"id": one.id, "type": int(one.kind), "guild_id": one.guild, "name": one.name, "parent_id": one.parent or None, "flags": 0}
    said |= {"last_message_id": one.last or None, "rate_limit_per_user": 0}
    if one.thread is not None:
        return said | _thread(one)
    overwrites = [{"id": each.id, "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)} for each in one.overwrites]
    said |= {"topic": one.topic or None, "position": 0, "nsfw": False, "permission_overwrites": overwrites}
    return said | ({"available_tags": one.tags, "default_reaction_emoji": None, "default_forum_layout": 0} if one.kind is Kind.FORUM else {})


def _thread(one: Channel) -> Json:
    thread = one.thread
    assert thread is not None
    times = {"archive_timestamp": written(thread.at), "create_timestamp": written(made_at(one.id)), "auto_archive_duration": thread.auto_archive}
    state = {"archived": thread.archived, "locked": thread.locked, **times, **({"invitable": True} if one.is_private else {})}
    counts = {"member_count": len(thread.members), "message_count": one.total, "total_message_sent": one.total}
    return {"owner_id": thread.owner, "thread_metadata": state, **counts, **({"applied_tags": list(one.applied)} if one.applied else {})}


def thread_member(home: Home, thread: Channel, id: str) -> Json:
    """Write somebody's being in a thread."""
    return {"id": thread.id, "user_id": id, "join_timestamp": written(made_at(thread.id)), "flags": 0}


def message(home: Home, one: Message) -> Json:
    """Write a message as a request is answered with it."""
    author = home.users[one.author]
    said: Json = {"id": one.id, "channel_id": one.channel, "author": user(author), "content": one.content, "type": one.kind, "tts": False}
    said |= {"timestamp": written(made_at(one.id)), "edited_timestamp": written(one.edited) if one.edited else None, "pinned": False}
    said |= {"mention_everyone": False, "mentions": [user(home.users[id]) for id in one.mentions], "mention_roles": list(one.roles)}
    said |= {"attachments": list(one.files), "embeds": list(one.embeds), "components": numbered(one.components), "flags": one.flags}
    said |= _reference(home, one) if one.reply_to else {}
    if one.interaction in home.interactions:
        said |= {"application_id": APPLICATION, "webhook_id": APPLICATION}
        said["interaction_metadata"] = interaction(home, home.interactions[one.interaction])
    if (found := home.channel(one.id)) is not None and found.parent == one.channel:
        said["thread"] = channel(home, found)
    put = home.reactions.get((one.channel, one.id), [])
    emoji = dict.fromkeys(each for each, _ in put)
    said |= {"reactions": [_reaction(put, each) for each in emoji]} if put else {}
    return said | ({"nonce": one.nonce} if one.nonce else {})


def interaction(home: Home, one: Interaction) -> Json:
    """Write what a message says of the interaction it answers."""
    said: Json = {"id": one.id, "type": one.kind, "user": user(home.users[one.user]), "authorizing_integration_owners": {}}
    if one.kind == PRESSED:
        said["interacted_message_id"] = one.message
    if one.kind == SENT and one.cause in home.interactions:
        said["triggering_interaction_metadata"] = interaction(home, home.interactions[one.cause])
    return said


def numbered(components: Iterable[Json]) -> list[Json]:
    """Return components as Discord gives them back: each with a number, and what may be left out with what it then is."""
    numbers = count(1)
    return [_numbered(each, numbers) for each in components]


def _numbered(one: Json, numbers: Iterator[int]) -> Json:
    said = {"id": next(numbers), **DEFAULTS.get(one["type"], {}), **one}
    said |= {"components": [_numbered(each, numbers) for each in one["components"]]} if "components" in one else {}
    return said | ({"accessory": _numbered(one["accessory"], numbers)} if "accessory" in one else {})


def _reference(home: Home, one: Message) -> Json:
    room = home.channel(one.channel)
    at = {"guild_id": room.guild} if room and room.guild else {}
    answered = home.message(one.channel, one.reply_to)
    reference = {"type": 0, "message_id": one.reply_to, "channel_id": one.channel, **at}
    return {"message_reference": reference, "referenced_message": message(home, answered) if answered else None}


def _reaction(put: list[tuple[str, str]], emoji: str) -> Json:
    count = sum(each == emoji for each, _ in put)
    mine = (emoji, BOT) in put
    details = {"normal": count, "burst": 0}
    return {"emoji": {"id": None, "name": emoji}, "count": count, "count_details": details, "me": mine, "me_burst": False, "burst_colors": []}


def told(home: Home, one: Message, room: Channel) -> Json:
    """Write a message as the gateway tells it: with the server and the author's membership."""
    said = message(home, one)
    if not room.guild:
        return {**said, "channel_type": int(Kind.DIRECT)}
    guild = home.guilds[room.guild]
    said["mentions"] = [{**user(home.users[id]), **_membership(home, guild, id)} for id in one.mentions]
    by = {"member": member(home, guild.members[one.author], with_user=False)} if one.author in guild.members else {}
    return {**said, "guild_id": room.guild, "channel_type": int(room.kind), **by}


def _membership(home: Home, guild: Guild, id: str) -> Json:
    return {"member": member(home, guild.members[id], with_user=False)} if id in guild.members else {}


def veiled(said: Json, one: Message) -> Json:
    """Return a message without what only the Message Content intent gives, unless it is the bot's own, direct, or mentions the bot."""
    if one.by_bot or "guild_id" not in said or BOT in one.mentions:
        return said
    return said | HIDDEN


UNSET = ("home_header", "discovery_splash", "widget_channel_id", "safety_alerts_channel_id", "vanity_url_code", "banner", "public_updates_channel_id")
SWITCHES = {"widget_enabled": False, "premium_progress_bar_enabled": False, "nsfw": False, "incidents_data": None, "premium_subscription_count": 0}
SIZES = {"max_presences": None, "max_members": 25_000_000, "max_stage_video_channel_users": 50, "max_video_channel_users": 25}
"""What a server says of itself that no bot minds."""


def guild(home: Home, one: Guild) -> Json:
    """Write a server as a request is answered with it."""
    levels = {"verification_level": 1, "default_message_notifications": 1, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0}
    said: Json = {"id": one.id, "name": one.name, "icon": None, "splash": None, "owner_id": one.owner, "afk_channel_id": None, "afk_timeout": 300}
    said |= {"roles": [role(each) for each in one.roles.values()], "emojis": [], "stickers": [], "features": [], "premium_tier": 0, **levels}
    said |= {"system_channel_id": None, "system_channel_flags": 0, "rules_channel_id": None, "preferred_locale": "en-US", "description": None}
    return {**dict.fromkeys(UNSET), "application_id": None, "region": "deprecated", **SWITCHES, **SIZES, **said}


def created(home: Home, one: Guild) -> Json:
    """Write a server as the gateway tells it to a bot that comes: with what the bot sees of it."""
    seen = [each for each in one.channels.values() if sees(one, each, BOT)]
    threads = [each for each in seen if each.thread is not None and not each.thread.archived]
    rooms = [each for each in one.channels.values() if each.thread is None]
    said = guild(home, one) | {"joined_at": JOINED, "large": len(one.members) > 250, "unavailable": False, "member_count": len(one.members)}
    said |= {"members": [member(home, one.members[BOT])], "presences": [], "voice_states": [], "stage_instances": [], "soundboard_sounds": []}
    said |= {"channels": [channel(home, each) for each in rooms], "threads": [channel(home, each) for each in threads]}
    return said | {"guild_scheduled_events": []}


def application(home: Home) -> Json:
    """Write the application."""
    flags = (MESSAGE_CONTENT_LIMITED if home.reads_content else 0) | (SERVER_MEMBERS_LIMITED if home.reads_members else 0)
    said: Json = {"id": APPLICATION, "name": "Frontdesk", "icon": None, "description": "", "summary": "", "type": None, "flags": flags, "team": None}
    said |= {"bot_public": False, "bot_require_code_grant": False, "verify_key": "0" * 64, "owner": user(home.users[home.guild.owner])}
    said |= {"flags_new": str(flags), "role_connections_verification_url": None, "explicit_content_filter": 0, "eligible_oauth2_scopes": []}
    said |= {"approximate_guild_count": len(home.guilds), "approximate_user_install_count": 0, "approximate_user_authorization_count": 0}
    return said | {"bot": user(home.users[BOT]), "rpc_origins": [], "redirect_uris": [], "interactions_endpoint_url": None}


def in_channel(home: Home, room: Channel, id: str) -> Json:
    """Write what an interaction says of where it came from and who asks."""
    by = user(home.users[id])
    if not room.guild:
        return {"channel_id": room.id, "channel": channel(home, room), "user": by, "context": 1, "app_permissions": str(MEMBERS)}
    one = home.guilds[room.guild]
    allowed = str(permissions(one, room, id))
    who = {**member(home, one.members[id]), "permissions": allowed}
    place = {"guild_id": one.id, "guild": {"id": one.id, "locale": "en-US", "features": []}, "guild_locale": "en-US", "context": 0}
    there = {"channel_id": room.id, "channel": {**channel(home, room), "permissions": allowed}}
    return {**place, **there, "member": who, "app_permissions": str(permissions(one, room, BOT))}
