"""Saying: messages that come, change and go, whoever wrote them, and what the gateway tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cli.play.discord import written
from cli.play.discord.limits import inside
from cli.play.discord.permissions import VIEW, permissions
from cli.play.discord.state import Channel, Heard, Home, Message

Json = dict[str, Any]
MENTION, ROLE_MENTION = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")
TALK = frozenset({0, 19, 20, 23})
"""Kinds of messages that somebody wrote; the others are Discord's own."""
ALL: Mapping[str, Any] = {"parse": ["users", "roles"]}
"""What a message mentions when nobody limits it."""


def put(home: Home, message: Message) -> Message:
    """Post a message: a thread that was archived is active again, and who is mentioned in a private thread is in it from then on."""
    room = home.channel(message.channel)
    assert room is not None
    if message.to:
        return home.keep("whisper", message)
    if room.thread is not None:
        wake(home, room)
        for user in (message.author, *(message.mentions if room.is_private else ())):
            join(home, room, user)
    said = home.keep("post", message) if message.kind in TALK else home.place(message)
    room.last, room.total = said.id, room.total + 1
    tell(home, "MESSAGE_CREATE", room, said)
    return said


def change(home: Home, message: Message, **changes: Any) -> Message:
    """Change a message as its author does."""
    return _told(home, home.keep("edit", replace(message, edited=home.now(), **changes)))


def redraw(home: Home, message: Message) -> Message:
    """Draw a message again as it is, which everybody's program is told of and nobody sees."""
    return _told(home, home.place(replace(message, edited=home.now())))


def erase(home: Home, message: Message) -> None:
    """Take a message away."""
    gone = home.keep("delete", replace(message, deleted=True))
    room = _room(home, gone)
    if not gone.to:
        data = {"id": gone.id, "channel_id": room.id, **({"guild_id": room.guild} if room.guild else {})}
        home.heard(Heard("MESSAGE_DELETE", data, room.guild, room.id))


def react(home: Home, message: Message, emoji: str, user: str) -> None:
    """Put an emoji on a message; twice is once."""
    there = home.reactions.setdefault((message.channel, message.id), [])
    if (emoji, user) not in there:
        there.append((emoji, user))
        _reacted(home, "MESSAGE_REACTION_ADD", message, emoji, user)


def unreact(home: Home, message: Message, emoji: str, user: str) -> None:
    """Take an emoji back."""
    there = home.reactions.get((message.channel, message.id), [])
    if (emoji, user) in there:
        there.remove((emoji, user))
        _reacted(home, "MESSAGE_REACTION_REMOVE", message, emoji, user)


def wake(home: Home, thread: Channel) -> None:
    """Make an archived thread active again."""
    assert thread.thread is not None
    if thread.thread.archived:
        thread.thread.archived, thread.thread.at = False, home.now()
        told_of(home, "THREAD_UPDATE", thread)


def join(home: Home, thread: Channel, user: str) -> None:
    """Have somebody be in a thread who sees the channel it hangs in."""
    assert thread.thread is not None
    guild = home.guilds[thread.guild]
    if user in thread.thread.members or not permissions(guild, thread, user) & VIEW:
        return
    thread.thread.members.append(user)
    added = [written.thread_member(home, thread, user)]
    data = {"id": thread.id, "guild_id": guild.id, "member_count": len(thread.thread.members), "added_members": added}
    home.heard(Heard("THREAD_MEMBERS_UPDATE", data, guild.id, thread.id))


def told_of(home: Home, event: str, room: Channel, **beside: Any) -> None:
    """Tell of a channel or thread as it stands."""
    home.heard(Heard(event, {**written.channel(home, room), **beside}, room.guild, room.id))


def tell(home: Home, event: str, room: Channel, message: Message) -> None:
    """Tell of a message as it stands."""
    home.heard(Heard(event, written.told(home, message, room), room.guild, room.id, message))


def texts(content: str, components: Iterable[Mapping[str, Any]]) -> str:
    """Return everything of a message that may mention somebody."""
    shown = [str(each["content"]) for part in components for each in inside(part) if each.get("content")]
    return "\n".join([content, *shown])


def mentioned(home: Home, text: str, allow: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return whom a text mentions, of those it is allowed to."""
    given = ALL if allow is None else allow
    found = tuple(dict.fromkeys(id for id in MENTION.findall(text) if id in home.users))
    return found if "users" in (given.get("parse") or ()) else tuple(id for id in found if id in map(str, given.get("users") or ()))


def roles_mentioned(home: Home, text: str, allow: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return the roles a text mentions, of those it is allowed to."""
    given = ALL if allow is None else allow
    found = tuple(dict.fromkeys(ROLE_MENTION.findall(text)))
    return found if "roles" in (given.get("parse") or ()) else tuple(id for id in found if id in map(str, given.get("roles") or ()))


def _reacted(home: Home, event: str, message: Message, emoji: str, user: str) -> None:
    room = _room(home, message)
    data: Json = {"user_id": user, "channel_id": room.id, "message_id": message.id, "emoji": {"id": None, "name": emoji}, "type": 0, "burst": False}
    if room.guild:
        one = home.guilds[room.guild].members.get(user)
        data |= {"guild_id": room.guild, **({"member": written.member(home, one)} if one and event.endswith("ADD") else {})}
    if event.endswith("ADD"):
        data["message_author_id"] = message.author
    home.heard(Heard(event, data, room.guild, room.id))


def _room(home: Home, message: Message) -> Channel:
    room = home.channel(message.channel)
    assert room is not None
    return room


def _told(home: Home, after: Message) -> Message:
    if not after.to:
        tell(home, "MESSAGE_UPDATE", _room(home, after), after)
    return after
