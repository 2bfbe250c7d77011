"""Channels: what the bot asks of channels and threads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cli.play.discord import written
from cli.play.discord.call import Call, allowed
from cli.play.discord.limits import check_message
from cli.play.discord.messages import composed, room_for_one
from cli.play.discord.names import BOT
from cli.play.discord.permissions import (
    HISTORY,
    MANAGE_CHANNELS,
    MANAGE_ROLES,
    MANAGE_THREADS,
    PRIVATE_THREADS,
    PUBLIC_THREADS,
    SEND,
    SEND_IN_THREADS,
    VIEW,
    permissions,
)
from cli.play.discord.refused import Refused, invalid
from cli.play.discord.saying import join, put, tell, told_of
from cli.play.discord.snowflakes import written as stamp
from cli.play.discord.state import Channel, Heard, Home, Kind, Message, Overwrite, Thread

Json = dict[str, Any]
STARTER, HAS_THREAD, MOST_TAGS = 21, 1 << 5, 5
DURATIONS = (60, 1440, 4320, 10080)


def one(call: Call) -> Json:
    """Return a channel."""
    return written.channel(call.home, call.room())


def change(call: Call) -> Json:
    """Change a channel or thread."""
    room, body = call.room(), call.given
    if room.is_direct:
        raise Refused(50003)
    if "name" in body:
        _name(body["name"])
    if room.thread is None:
        call.room(MANAGE_CHANNELS)
        _change_room(call.home, room, body)
    else:
        _change_thread(call, room, room.thread, body)
    return written.channel(call.home, room)


def delete(call: Call) -> Json:
    """Delete a channel or thread; closing direct messages takes nothing away."""
    room = call.room()
    if room.is_direct:
        return written.channel(call.home, room)
    call.room(MANAGE_CHANNELS if room.thread is None else MANAGE_THREADS)
    said = written.channel(call.home, room)
    remove(call.home, room)
    return said


def remove(home: Home, room: Channel) -> None:
    """Take a channel away with its threads, and tell of it."""
    guild = home.guilds[room.guild]
    for each in [room, *(each for each in guild.channels.values() if each.parent == room.id and each.thread is not None)]:
        home.gone[each.id] = guild.channels.pop(each.id)
    data = written.channel(home, room)
    thread = {word: data[word] for word in ("id", "guild_id", "parent_id", "type")}
    home.heard(Heard("CHANNEL_DELETE", data, guild.id) if room.thread is None else Heard("THREAD_DELETE", thread, guild.id))


def start_under(call: Call) -> Json:
    """Start a thread from a message."""
    room = call.room(PUBLIC_THREADS)
    if room.kind is not Kind.TEXT:
        raise Refused(50024)
    message = call.message(room)
    if call.home.channel(message.id) is not None:
        raise Refused(160004)
    room_for_one(call.home, room.guild)
    return written.channel(call.home, thread_under(call.home, room, message, BOT, call.given))


def thread_under(home: Home, room: Channel, message: Message, owner: str, body: Json) -> Channel:
    """Make the thread of a message: it has the message's id, and begins with a message of Discord's own that points at it."""
    thread = _made(home, room, message.id, Kind.PUBLIC_THREAD, owner, body)
    home.place(marked := _flagged(message))
    told_of(home, "THREAD_CREATE", thread, newly_created=True)
    tell(home, "MESSAGE_UPDATE", room, marked)
    put(home, Message(thread.id, home.ids.next(), owner, kind=STARTER, reply_to=message.id))
    return thread


def start(call: Call) -> Json:
    """Start a thread that hangs under no message: in a forum with its first message, in a channel empty, and private unless said otherwise."""
    room, body = call.room(), call.given
    if room.kind is Kind.FORUM:
        return _start_post(call, room)
    if room.kind is not Kind.TEXT:
        raise Refused(50024)
    kind = Kind(body.get("type", Kind.PRIVATE_THREAD))
    call.room(PRIVATE_THREADS if kind is Kind.PRIVATE_THREAD else PUBLIC_THREADS)
    room_for_one(call.home, room.guild)
    thread = _made(call.home, room, call.home.ids.next(), kind, BOT, body)
    told_of(call.home, "THREAD_CREATE", thread, newly_created=True)
    return written.channel(call.home, thread)


def forum_post(home: Home, forum: Channel, owner: str, body: Json, first: Message) -> tuple[Channel, Message]:
    """Make a post of a forum: its thread is told before its first message, which has the thread's id."""
    thread = _made(home, forum, first.id, Kind.PUBLIC_THREAD, owner, body)
    thread.applied = [str(each) for each in body.get("applied_tags") or ()]
    told_of(home, "THREAD_CREATE", thread, newly_created=True)
    return thread, put(home, first)


def add_member(call: Call) -> None:
    """Take somebody into a thread."""
    thread, user = _thread(call), call.user().id
    guild = call.home.guilds[thread.guild]
    if user not in guild.members:
        raise Refused(10007)
    if user != BOT and not allowed(call.home, thread) & SEND_IN_THREADS:
        raise Refused(50013)
    if not permissions(guild, thread, user) & VIEW:
        raise Refused(50001)
    join(call.home, thread, user)


def remove_member(call: Call) -> None:
    """Take somebody out of a thread."""
    thread, user = _thread(call), call.user().id
    assert thread.thread is not None
    if user != BOT and not (allowed(call.home, thread) & MANAGE_THREADS or (thread.is_private and thread.thread.owner == BOT)):
        raise Refused(50013)
    if user in thread.thread.members:
        thread.thread.members.remove(user)
        data = {"id": thread.id, "guild_id": thread.guild, "member_count": len(thread.thread.members), "removed_member_ids": [user]}
        call.home.heard(Heard("THREAD_MEMBERS_UPDATE", data, thread.guild, thread.id))


def members(call: Call) -> list[Json]:
    """Return who is in a thread."""
    thread = _thread(call)
    assert thread.thread is not None
    return [written.thread_member(call.home, thread, user) for user in thread.thread.members]


def archived(call: Call) -> Json:
    """Return the archived threads of a channel, public or private ones, the last archived first."""
    room = call.room(HISTORY)
    kind = Kind.PRIVATE_THREAD if call.ids["which"] == "private" else Kind.PUBLIC_THREAD
    if kind is Kind.PRIVATE_THREAD:
        call.room(MANAGE_THREADS)
    every = call.home.guilds[room.guild].channels.values()
    there = [(each.thread.at, each) for each in every if each.parent == room.id and each.kind is kind and each.thread and each.thread.archived]
    there.sort(key=lambda pair: pair[0], reverse=True)
    before, limit = call.query.get("before"), call.number("limit", 50)
    found = [each for at, each in there if before is None or stamp(at) < before]
    return _threads(call.home, found[:limit], has_more=len(found) > limit)


def active(call: Call) -> Json:
    """Return the active threads of a server that the bot sees."""
    guild = call.guild()
    found = [each for each in guild.channels.values() if each.thread is not None and not each.thread.archived]
    seen = [each for each in found if permissions(guild, each, BOT) & VIEW]
    return _threads(call.home, sorted(seen, key=lambda each: -int(each.id)), has_more=False)


def set_archived(home: Home, thread: Channel, *, archived: bool, locked: bool = False) -> None:
    """Archive or wake a thread, as who may manage threads does."""
    assert thread.thread is not None
    thread.thread.archived, thread.thread.locked, thread.thread.at = archived, locked, home.now()
    told_of(home, "THREAD_UPDATE", thread)


def overwrite(call: Call) -> None:
    """Set what a channel allows and denies somebody."""
    room, body = call.room(MANAGE_ROLES), call.given
    room.overwrites = [each for each in room.overwrites if each.id != call.ids["target"]]
    room.overwrites.append(Overwrite(call.ids["target"], int(body["type"]), int(body.get("allow") or 0), int(body.get("deny") or 0)))
    told_of(call.home, "CHANNEL_UPDATE", room)


def _change_room(home: Home, room: Channel, body: Json) -> None:
    room.name, room.topic = body.get("name", room.name), body.get("topic", room.topic) or ""
    if "available_tags" in body:
        room.tags = [
            {"moderated": False, "emoji_id": None, "emoji_name": None, **tag, "id": tag.get("id") or home.ids.next()}
            for tag in body["available_tags"]
        ]
        if len(room.tags) > 20:
            raise invalid(("available_tags", "Must be 20 or fewer in length."))
    told_of(home, "CHANNEL_UPDATE", room)


def _change_thread(call: Call, room: Channel, thread: Thread, body: Json) -> None:
    may_manage = bool(allowed(call.home, room) & MANAGE_THREADS)
    if not (may_manage or (thread.owner == BOT and not thread.locked and "locked" not in body)):
        raise Refused(50013)
    wakes = body.get("archived") is False
    if thread.archived and not wakes and set(body) - {"archived", "locked"}:
        raise Refused(50083)
    if thread.archived and wakes:
        room_for_one(call.home, room.guild)
    _tag(call.home, room, body)
    if bool(body.get("archived", thread.archived)) != thread.archived:
        thread.archived, thread.at = bool(body["archived"]), call.home.now()
    thread.locked, room.name = bool(body.get("locked", thread.locked)), body.get("name", room.name)
    told_of(call.home, "THREAD_UPDATE", room)


def _tag(home: Home, room: Channel, body: Json) -> None:
    if "applied_tags" not in body:
        return
    forum = home.channel(room.parent)
    known = {tag["id"] for tag in forum.tags} if forum else set()
    given = [str(each) for each in body["applied_tags"]]
    if len(given) > MOST_TAGS or not set(given) <= known:
        raise invalid(("applied_tags", f"Must be {MOST_TAGS} or fewer of the forum's own."))
    room.applied = given


def _start_post(call: Call, room: Channel) -> Json:
    call.room(SEND)
    body = call.given
    message = body.get("message")
    if not isinstance(message, dict):
        raise invalid(("message", "This field is required"))
    check_message(message, files=len(call.files))
    room_for_one(call.home, room.guild)
    _name(body.get("name"))
    inner = Call(call.home, call.ids, call.query, message, call.files, call.host)
    id = call.home.ids.next()
    thread = Channel(id, Kind.PUBLIC_THREAD, "", room.guild, room.id, thread=Thread(BOT, call.home.now()))
    _tag(call.home, thread, body)
    made, first = forum_post(call.home, room, BOT, body, composed(inner, thread, id=id, author=BOT))
    return {**written.channel(call.home, made), "message": written.message(call.home, first)}


def _made(home: Home, room: Channel, id: str, kind: Kind, owner: str, body: Json) -> Channel:
    _name(body.get("name"))
    duration = body.get("auto_archive_duration") or 1440
    if duration not in DURATIONS:
        raise invalid(("auto_archive_duration", f"Value must be one of {DURATIONS}."))
    thread = Channel(id, kind, str(body["name"]), room.guild, room.id, thread=Thread(owner, home.now(), auto_archive=duration, members=[owner]))
    home.guilds[room.guild].channels[id] = thread
    return thread


def _flagged(message: Message) -> Message:
    return replace(message, flags=message.flags | HAS_THREAD)


def _thread(call: Call) -> Channel:
    room = call.room()
    if room.thread is None:
        raise Refused(50024)
    return room


def _threads(home: Home, found: list[Channel], *, has_more: bool) -> Json:
    mine = [written.thread_member(home, each, BOT) for each in found if each.thread and BOT in each.thread.members]
    return {"threads": [written.channel(home, each) for each in found], "members": mine, "has_more": has_more}


def _name(name: object) -> None:
    if not isinstance(name, str) or not 1 <= len(name) <= 100:
        raise invalid(("name", "Must be between 1 and 100 in length."))
