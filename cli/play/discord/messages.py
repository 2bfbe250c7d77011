"""Messages: what the bot asks of messages and reactions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote

from cli.play.discord import written
from cli.play.discord.call import Call, allowed
from cli.play.discord.limits import EPHEMERAL, V2, check_message
from cli.play.discord.names import BOT
from cli.play.discord.permissions import ADD_REACTIONS, ATTACH, HISTORY, MANAGE_MESSAGES, MANAGE_THREADS, SEND, SEND_IN_THREADS
from cli.play.discord.refused import Refused, invalid
from cli.play.discord.saying import change, erase, mentioned, put, react, redraw, roles_mentioned, texts, unreact
from cli.play.discord.state import Channel, Home, Kind, Message

Json = dict[str, Any]
HELD = timedelta(minutes=3)
"""For so long Discord knows a nonce again."""
REPLY, MOST_EMOJI = 19, 20
TALKED_IN = frozenset({Kind.TEXT, Kind.DIRECT, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD})


def post(call: Call) -> Json:
    """Post a message."""
    room, body = writable(call), call.given
    check_message(body, files=len(call.files))
    if call.files and not allowed(call.home, room) & ATTACH:
        raise Refused(50013)
    nonce = str(body.get("nonce") or "")
    if body.get("enforce_nonce") and (known := same(call.home, nonce)):
        return answered(call.home, known)
    said = composed(call, room, id=call.home.ids.next(), author=BOT)
    said = replace(said, **_answering(call, room, body), nonce=nonce)
    if nonce:
        call.home.nonces[BOT, nonce] = call.home.now(), f"{room.id}/{said.id}"
    return answered(call.home, put(call.home, said))


def composed(call: Call, room: Channel, *, id: str, author: str) -> Message:
    """Return the message that a body makes, with the files beside it."""
    body, home = call.given, call.home
    components = tuple(body.get("components") or ())
    text = texts(str(body.get("content") or ""), components)
    allow = body.get("allowed_mentions")
    return Message(
        room.id,
        id,
        author,
        str(body.get("content") or ""),
        components=components,
        embeds=tuple(body.get("embeds") or ()),
        files=tuple(attach(home, room, upload.name, upload.kind, body=upload.body, host=call.host) for upload in call.files),
        mentions=mentioned(home, text, allow),
        roles=roles_mentioned(home, text, allow),
        flags=int(body.get("flags") or 0),
    )


def attach(home: Home, room: Channel, name: str, kind: str, *, body: bytes, host: str) -> Json:
    """Keep a file; return it as a message has it."""
    id = home.ids.next()
    path = f"/attachments/{room.id}/{id}/{quote(name)}"
    made: Json = {"id": id, "filename": name, "size": len(body), "url": f"{host}{path}", "proxy_url": f"{host}{path}", "content_type": kind}
    home.files[path] = made, body
    return made


def writable(call: Call) -> Channel:
    """Return the channel that is written to. Raises Refused where the bot may not, and where nobody can."""
    room, home = call.room(), call.home
    if room.kind not in TALKED_IN:
        raise Refused(50008)
    if room.is_direct:
        if home.users[room.user].closed or not any(room.user in guild.members for guild in home.guilds.values()):
            raise Refused(50007)
        return room
    may = allowed(home, room)
    if room.thread is None:
        return call.room(SEND)
    call.room(SEND_IN_THREADS)
    if room.thread.locked and not may & MANAGE_THREADS:
        raise Refused(50083 if room.thread.archived else 160005)
    if room.thread.archived:
        room_for_one(home, room.guild)
    return room


def room_for_one(home: Home, guild: str) -> None:
    """Raise Refused where a server has as many active threads as it may."""
    one = home.guilds[guild]
    if sum(each.thread is not None and not each.thread.archived for each in one.channels.values()) >= one.most_threads:
        raise Refused(160006)


def same(home: Home, nonce: str) -> Message | None:
    """Return what the bot posted with a nonce within the last few minutes."""
    at, where = home.nonces.get((BOT, nonce), (None, ""))
    if at is None or home.now() - at > HELD:
        return None
    channel, _, id = where.partition("/")
    return home.message(channel, id)


def answered(home: Home, message: Message) -> Json:
    """Return a message as a request is answered with it: Discord remembers its nonce for a few minutes only."""
    known = same(home, message.nonce) if message.nonce else None
    return written.message(home, message if known else replace(message, nonce=""))


def edit(call: Call) -> Json:
    """Change a message of the bot's."""
    room = call.room()
    message = call.message(room)
    if message.author != BOT:
        raise Refused(50005)
    _awake(room)
    return answered(call.home, edited(call, message))


def edited(call: Call, message: Message) -> Message:
    """Change a message as a body says; what it does not name stays."""
    body = call.given
    check_message(body, is_edit=True, flags=message.flags)
    flags = int(body["flags"]) | message.flags & (V2 | EPHEMERAL) if body.get("flags") is not None else message.flags
    changes: Json = {"flags": flags}
    changes |= {"content": str(body["content"] or "")} if "content" in body else {}
    changes |= {word: tuple(body[word] or ()) for word in ("components", "embeds") if word in body}
    if "attachments" in body:
        left = {str(each.get("id")) for each in body["attachments"] or ()}
        changes["files"] = tuple(file for file in message.files if file["id"] in left)
    after = replace(message, **changes)
    if not (after.content.strip() or after.components or after.embeds or after.files):
        raise Refused(50006)
    if body.keys() == {"components"} and written.numbered(after.components) == written.numbered(message.components):
        # A menu that shows no choice again: nobody sees a difference.
        return redraw(call.home, after)
    text = texts(after.content, after.components)
    mentions = mentioned(call.home, text, body.get("allowed_mentions"))
    return change(call.home, message, **changes, mentions=mentions)


def delete(call: Call) -> None:
    """Take back a message; somebody else's only where the bot may."""
    room = call.room()
    message = call.message(room)
    if message.author != BOT and not allowed(call.home, room) & MANAGE_MESSAGES:
        raise Refused(50003 if room.is_direct else 50013)
    _awake(room)
    erase(call.home, message)


def one(call: Call) -> Json:
    """Return a message."""
    return seen(call.home, call.message(call.room(HISTORY)))


def listed(call: Call) -> list[Json]:
    """Return messages of a channel, newest first."""
    room = call.room()
    if not allowed(call.home, room) & HISTORY:
        return []
    limit = call.number("limit", 50)
    if not 1 <= limit <= 100:
        raise invalid(("limit", "int value should be between 1 and 100."))
    found = sorted(call.home.messages(room.id), key=lambda each: int(each.id), reverse=True)
    return [seen(call.home, each) for each in _page(call, found, limit)]


def seen(home: Home, message: Message) -> Json:
    """Write a message as the application may read it."""
    room = home.channel(message.channel)
    said = answered(home, message)
    if home.reads_content or room is None or room.is_direct:
        return said
    return {word: value for word, value in written.veiled({**said, "guild_id": room.guild}, message).items() if word != "guild_id"}


def _page(call: Call, found: list[Message], limit: int) -> list[Message]:
    if "around" in call.query:
        middle = int(call.query["around"])
        later = [each for each in found if int(each.id) >= middle][-(limit // 2 + 1) :]
        return [*later, *[each for each in found if int(each.id) < middle][: limit - len(later)]]
    if "after" in call.query:
        return [each for each in found if int(each.id) > int(call.query["after"])][-limit:]
    before = int(call.query.get("before") or 1 << 63)
    return [each for each in found if int(each.id) < before][:limit]


def add_reaction(call: Call) -> None:
    """Put an emoji on a message."""
    room = call.room(HISTORY)
    message, emoji = call.message(room), unquote(call.ids["emoji"])
    _awake(room)
    there = {each for each, _ in call.home.reactions.get((room.id, message.id), [])}
    if emoji not in there:
        call.room(ADD_REACTIONS)
        if len(there) >= MOST_EMOJI:
            raise Refused(30010)
    if not emoji or emoji.isascii():
        raise Refused(10014)
    react(call.home, message, emoji, BOT)


def remove_reaction(call: Call) -> None:
    """Take an emoji back: the bot's own, or anybody's where it may."""
    room = call.room()
    user = call.user().id
    if user != BOT:
        call.room(MANAGE_MESSAGES)
    unreact(call.home, call.message(room), unquote(call.ids["emoji"]), user)


def reactions(call: Call) -> list[Json]:
    """Return who put an emoji on a message."""
    message = call.message(call.room(HISTORY))
    emoji = unquote(call.ids["emoji"])
    there = call.home.reactions.get((message.channel, message.id), [])
    return [written.user(call.home.users[user]) for each, user in there if each == emoji]


def typing(call: Call) -> None:
    """Show that the bot writes."""
    call.home.typing.append(writable(call).id)


def _answering(call: Call, room: Channel, body: Json) -> Json:
    reference = body.get("message_reference")
    if not reference:
        return {}
    if not allowed(call.home, room) & HISTORY:
        raise Refused(160002)
    known = call.home.message(room.id, str(reference.get("message_id")))
    if known is None and reference.get("fail_if_not_exists", True):
        raise invalid(("message_reference", "Unknown message"))
    return {"kind": REPLY, "reply_to": known.id} if known else {}


def _awake(room: Channel) -> None:
    if room.thread is not None and room.thread.archived:
        raise Refused(50083)
