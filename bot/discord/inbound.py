"""Inbound: what people did on Discord, as the desk's events. Pure: the same payload gives the same event with the same id."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.discord import spoken
from bot.discord.kinds import SOLVED, Room
from bot.discord.people import Who
from bot.discord.refs import channel_ref, instant, message_ref
from bot.discord.web import Whoami
from desk.customer import Role
from desk.events import ChannelChanged, CustomerLeft, MessageDeleted, MessageEdited, MessageReceived, ReactionAdded, TicketAsked
from desk.ids import EventId, derived
from desk.space import ChannelKind, ChannelRef, MessageRef, Place, UserRef
from desk.timeline import File

Payload = Mapping[str, Any]

TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
PRESENTED = "\N{VARIATION SELECTOR-16}"
UNKNOWN = "application/octet-stream"
UNTITLED = 3
"""Up to how many characters a post's title says nothing."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where we are: the server, who the bot is on it, its own roles, the emoji and the other bots that policy names, and names by id."""

    me: Whoami
    bot_name: str
    emoji: str = ""
    bots: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    own_roles: frozenset[str] = frozenset()

    def markdown(self, text: str) -> str:
        """Return what somebody wrote with names for the ids in it."""
        return spoken.markdown(text, {**self.names, self.me.bot_user: self.bot_name})

    def hears(self, message: Payload) -> bool:
        """Tell whether a message is by a person, or by a bot or webhook that policy names; Discord's own and ours are not."""
        author = message.get("author") or {}
        if author.get("id") in (None, "", self.me.bot_user) or author.get("system"):
            return False
        return not is_bots(message) or f"discord/{self.me.guild}/{author['id']}" in self.bots

    def is_asked_by(self, emoji: str) -> bool:
        """Tell whether an emoji, in any skin tone, is the one that opens a ticket: by its own name, or by the one that Unicode gives it."""
        return bool(self.emoji) and self.emoji in (emoji, name_of(emoji))

    def is_mentioned(self, message: Payload) -> bool:
        """Tell whether a message calls the bot: by its name, by the role that is its alone, or as a reply to it."""
        called = {mention["id"] for mention in message.get("mentions") or ()} | set(spoken.users(str(message.get("content") or "")))
        return self.me.bot_user in called or bool(self.own_roles & {str(role) for role in message.get("mention_roles") or ()})


@dataclass(frozen=True, slots=True)
class Where:
    """Where something happened: the channel or thread Discord names, and the channel that it is in the desk."""

    room: Room
    parent: Room

    @property
    def title(self) -> str:
        """Return what heads a forum's post."""
        return spoken.clean(self.room.name) if self.parent.is_forum else ""

    @property
    def tags(self) -> tuple[str, ...]:
        """Return how a post is tagged by people; that it is solved is our word."""
        names = dict(self.parent.names)
        given = (spoken.clean(names[tag]) for tag in self.room.tags if tag in names)
        return tuple(tag for tag in given if tag.strip().lower() != SOLVED) if self.parent.is_forum else ()

    def place(self, me: Whoami, message: str) -> Place:
        """Return a message's place. A post of a forum stands in its own thread: two posts are never one ticket."""
        thread = self.room.id if self.room.is_thread else None
        return Place(self.channel(me), thread if thread != message or self.parent.is_forum else None)

    def ref(self, me: Whoami, message: str) -> MessageRef:
        """Return how a message is written in the desk."""
        return message_ref(self.channel(me), message, thread=self.room.id if self.room.is_thread and self.room.id != message else None)

    def channel(self, me: Whoami) -> ChannelRef:
        """Return the channel, the parent's where this is a thread."""
        return channel_ref(me.guild, self.parent.id)


def is_bots(message: Payload) -> bool:
    """Tell whether a program wrote a message."""
    return bool((message.get("author") or {}).get("bot") or message.get("webhook_id"))


def hint_of(message: Payload) -> Payload:
    """Return what an event says of an author: as a member object where it has one."""
    return {**(message.get("member") or {}), "user": message.get("author") or {}}


def says_nothing(message: Payload, where: Where) -> bool:
    """Tell whether there is nothing to read in a message, as where the bot is not addressed and lacks the Message Content intent."""
    return not (text_of(message) or message.get("attachments") or (where.title and where.room.id == message["id"]))


def text_of(message: Payload) -> str:
    """Return a message's text, with what was forwarded, asked in a poll, or said by a sticker."""
    quoted = ["\n".join(f"> {line}" for line in str(each.get("content") or "").splitlines()) for each in message.get("forwarded") or ()]
    stickers = [f":{sticker.get('name')}:" for sticker in message.get("sticker_items") or ()]
    parts = (str(message.get("content") or ""), *quoted, str(message.get("poll") or ""), *stickers)
    return "\n".join(part for part in parts if part.strip())


def received(message: Payload, where: Where, *, by: Who, here: Here, late: bool = False) -> MessageReceived:
    """Translate a message, as an event or as history tells it."""
    ref = where.ref(here.me, message["id"])
    return MessageReceived(
        id=_id("said", ref),
        ref=ref,
        place=where.place(here.me, message["id"]),
        author=by.ref,
        author_name=spoken.clean(by.name),
        # A bot that policy names fills in for the customers who speak through it.
        role=Role.CUSTOMER if is_bots(message) else by.role,
        text=_text(message, where, here),
        at=instant(message["id"]),
        files=_files(message),
        mentions_bot=here.is_mentioned(message),
        late=late,
        kind=ChannelKind.DIRECT if where.room.is_direct else None,
    )


def changed(message: Payload, where: Where, *, here: Here) -> MessageEdited:
    """Translate an edit."""
    ref, stamp = where.ref(here.me, message["id"]), str(message["edited_timestamp"])
    return MessageEdited(id=_id("edited", ref, stamp), ref=ref, text=_text(message, where, here), at=datetime.fromisoformat(stamp))


def deleted(message: str, where: Where, *, here: Here, at: datetime) -> MessageDeleted:
    """Translate a deletion."""
    ref = where.ref(here.me, message)
    return MessageDeleted(id=_id("deleted", ref), ref=ref, at=at)


def taken_away(ref: MessageRef, *, at: datetime) -> MessageDeleted:
    """Return the deletion of a message that went with its thread."""
    return MessageDeleted(id=_id("deleted", ref), ref=ref, at=at)


def reacted(event: Payload, where: Where, *, by: Who, here: Here, at: datetime) -> ReactionAdded:
    """Translate the emoji that opens a ticket."""
    ref = where.ref(here.me, event["id"])
    return ReactionAdded(id=_id("reacted", ref, by.ref, at), ref=ref, emoji=here.emoji, by=by.ref, role=by.role, at=at)


def asked(message: str, where: Where, *, by: Who, here: Here, cause: str) -> TicketAsked:
    """Translate the command of a message's menu; `cause` is Discord's id of the press."""
    ref = where.ref(here.me, message)
    return TicketAsked(
        id=_id("asked", ref, by.ref, cause),
        ref=ref,
        place=where.place(here.me, message),
        by=by.ref,
        by_name=spoken.clean(by.name),
        role=by.role,
        at=instant(cause),
    )


def left(user: UserRef, *, at: datetime) -> CustomerLeft:
    """Translate that somebody left the server."""
    return CustomerLeft(id=_id("left", user, at), user=user, at=at)


def gone(channel: ChannelRef, *, cause: str, at: datetime) -> ChannelChanged:
    """Translate that a channel was deleted, or the bot removed from the server."""
    return ChannelChanged(id=_id("gone", channel, cause), channel=channel, at=at, gone=True)


def renamed(event: Payload, *, here: Here, at: datetime) -> ChannelChanged:
    """Translate a channel's new name."""
    channel = channel_ref(here.me.guild, event["id"])
    return ChannelChanged(id=_id("renamed", channel, at), channel=channel, at=at, name=spoken.clean(str(event["name"])))


def name_of(emoji: str) -> str:
    """Return how an emoji is called: a server's own by its name, any other by Unicode's."""
    bare = emoji.translate(TONES).replace(PRESENTED, "")
    return unicodedata.name(bare, bare).lower().replace(" ", "_").replace("-", "_") if len(bare) == 1 else bare


def _text(message: Payload, where: Where, here: Here) -> str:
    text = here.markdown(text_of(message))
    if message["id"] != where.room.id:
        return text
    # Many write into a post's title what they ask, and details below it, and choose by a tag what it is about.
    heads = len(where.title) > UNTITLED and not text.startswith(where.title)
    parts = (where.title if heads else "", text, f"({', '.join(where.tags)})" if where.tags else "")
    return "\n\n".join(part for part in parts if part)


def _files(message: Payload) -> tuple[File, ...]:
    """Return a message's files. Their addresses run out, so each is known by where it stands: `channel/message/file`."""
    forwarded = [file for each in message.get("forwarded") or () for file in each.get("attachments") or ()]
    at = f"{message['channel_id']}/{message['id']}"
    return tuple(
        File(
            spoken.clean(str(file.get("filename") or "file")),
            str(file.get("content_type") or UNKNOWN),
            int(file.get("size") or 0),
            ref=f"{at}/{file['id']}",
        )
        for file in (*(message.get("attachments") or ()), *forwarded)
    )


def _id(kind: str, *parts: object) -> EventId:
    return EventId(derived("ev", kind, *parts))
