"""People: what somebody does on Discord, as the server takes it; the bot hears of it through the gateway."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cli.play.discord import saying, written
from cli.play.discord.channels import forum_post, remove, set_archived, thread_under
from cli.play.discord.messages import REPLY, attach
from cli.play.discord.names import APPLICATION, BOT, GUILD
from cli.play.discord.permissions import VIEW, sees
from cli.play.discord.snowflakes import MILLISECOND, made_at
from cli.play.discord.state import Channel, Heard, Home, Kind, Member, Message, Overwrite
from desk.errors import InvalidInput

Json = dict[str, Any]
NAME = 100
"""Characters of a thread's name."""


def typed(text: str, bot: str = "Frontdesk") -> str:
    """Return what somebody typed as Discord keeps it: with mentions of the bot marked."""
    return re.sub(rf"(?<!\w)@(frontdesk|{re.escape(bot)})\b", f"<@{BOT}>", text, flags=re.IGNORECASE)


def later(home: Home) -> str:
    """Return an id for what somebody writes: no two write in the same millisecond."""
    last = made_at(home.log[-1].message.id) + MILLISECOND if home.log else home.now()
    home.ids.put_next(max(home.now(), last))
    return home.ids.next()


def say(home: Home, user: str, at: Channel, text: str, *, files: Sequence[Json] = (), reply_to: str = "") -> Message:
    """Have somebody write in a channel, a thread or direct messages."""
    if at.thread is not None and at.thread.locked:
        raise InvalidInput(f"the thread {at.name!r} is locked, so nobody can write there")
    if at.guild and not sees(home.guilds[at.guild], at, user):
        raise InvalidInput(f"{home.users[user].name} does not see #{at.name}")
    said = typed(text)
    kind = REPLY if reply_to else 0
    pinged = [home.message(at.id, reply_to)] if reply_to else []
    mentions = tuple(dict.fromkeys((*saying.mentioned(home, said), *(found.author for found in pinged if found))))
    message = Message(at.id, later(home), user, said, kind=kind, files=tuple(files), mentions=mentions, reply_to=reply_to)
    return saying.put(home, message)


def post(home: Home, user: str, forum: Channel, text: str, *, title: str = "", tags: Sequence[str] = (), files: Sequence[Json] = ()) -> Message:
    """Have somebody open a post in a forum."""
    known = {tag["name"].lower(): tag["id"] for tag in forum.tags}
    if unknown := next((tag for tag in tags if tag.lower() not in known), None):
        raise InvalidInput(f"#{forum.name} has no tag {unknown!r}")
    id = later(home)
    first = Message(id, id, user, typed(text), files=tuple(files), mentions=saying.mentioned(home, typed(text)))
    body = {"name": title or _words(text), "applied_tags": [known[tag.lower()] for tag in tags]}
    return forum_post(home, forum, user, body, first)[1]


def thread(home: Home, user: str, room: Channel, root: str) -> Channel:
    """Return the thread of a message, which somebody starts where there is none yet."""
    found = home.channel(root)
    if found is not None and found.parent == room.id:
        return found
    message = home.message(room.id, root)
    if message is None:
        raise InvalidInput("the message is not there any more")
    return thread_under(home, room, message, user, {"name": _words(message.content) or room.name})


def edit(home: Home, user: str, message: Message, text: str) -> None:
    """Have somebody change their message."""
    _own(user, message)
    saying.change(home, message, content=typed(text), mentions=saying.mentioned(home, typed(text)))


def delete(home: Home, user: str, message: Message) -> None:
    """Have somebody take back their message."""
    _own(user, message)
    saying.erase(home, message)


def upload(home: Home, room: Channel, path: Path, *, host: str) -> Json:
    """Have a file uploaded; return it as a message has it."""
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return attach(home, room, path.name, media, body=path.read_bytes(), host=host)


def join(home: Home, user: str, room: Channel) -> None:
    """Have somebody be let into a channel."""
    if user not in home.guild.members:
        home.guild.members[user] = Member(user)
        home.heard(Heard("GUILD_MEMBER_ADD", {**written.member(home, home.guild.members[user]), "guild_id": GUILD}, GUILD))
    if not sees(home.guild, room, user):
        room.overwrites.append(Overwrite(user, 1, allow=VIEW))
        saying.told_of(home, "CHANNEL_UPDATE", room)


def becomes(home: Home, room: Channel, what: str) -> None:
    """Have somebody who runs the server change a channel behind the desk's back."""
    if what not in CHANGES:
        raise InvalidInput(f"on Discord no channel becomes {what}: write one of {', '.join(CHANGES)}")
    CHANGES[what](home, room)


def turns(home: Home, user: str, what: str) -> None:
    """Have somebody close or open their direct messages, or leave the server."""
    if what not in TURNS:
        raise InvalidInput(f"nobody becomes {what}: write one of {', '.join(TURNS)}")
    TURNS[what](home, user)


def _public(home: Home, room: Channel) -> None:
    room.overwrites = [each for each in room.overwrites if each.id != GUILD]
    saying.told_of(home, "CHANNEL_UPDATE", room)


def _private(home: Home, room: Channel) -> None:
    _public(home, room)
    room.overwrites.append(Overwrite(GUILD, 0, deny=VIEW))
    saying.told_of(home, "CHANNEL_UPDATE", room)


def _left(home: Home, room: Channel) -> None:
    # The bot is shut out of this channel alone: it hears of it as of one that is gone.
    room.overwrites = [*(each for each in room.overwrites if each.id not in (BOT, APPLICATION)), Overwrite(BOT, 1, deny=VIEW)]
    saying.told_of(home, "CHANNEL_UPDATE", room)


def _threads(home: Home, room: Channel) -> list[Channel]:
    return [each for each in home.guild.channels.values() if each.parent == room.id and each.thread is not None]


def _archived(home: Home, room: Channel) -> None:
    for each in _threads(home, room):
        set_archived(home, each, archived=True)


def _locked(home: Home, room: Channel) -> None:
    for each in _threads(home, room):
        set_archived(home, each, archived=True, locked=True)


CHANGES: dict[str, Callable[[Home, Channel], None]] = {
    "public": _public,
    "private": _private,
    "left": _left,
    "archived": _archived,
    "locked": _locked,
    "deleted": remove,
}
"""What a channel can become; `archived` and `locked` are its threads, `left` is one that the bot does not see any more."""


def _gone(home: Home, user: str) -> None:
    del home.guild.members[user]
    home.heard(Heard("GUILD_MEMBER_REMOVE", {"guild_id": GUILD, "user": written.user(home.users[user])}, GUILD))


def _closed(home: Home, user: str) -> None:
    home.users[user].closed = True


def _open(home: Home, user: str) -> None:
    home.users[user].closed = False


TURNS: dict[str, Callable[[Home, str], None]] = {"unreachable": _closed, "reachable": _open, "gone": _gone}
"""What somebody can become: one whose direct messages are closed, or open, or who left the server."""


def _own(user: str, message: Message) -> None:
    if message.author != user:
        raise InvalidInput("only its author may change a message")


def _words(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= NAME else said[: NAME - 1].rstrip() + "…"


def is_forum(room: Channel) -> bool:
    """Tell whether a channel has posts only."""
    return room.kind is Kind.FORUM
