"""Inbound: what people did on Slack, as the desk's events. Pure: the same payload gives the same event with the same id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.arrivals.pressed import Pressed
from bot.slack import spoken
from bot.slack.files import files_of
from bot.slack.people import Who
from bot.slack.refs import channel_ref, instant, message_ref
from bot.slack.web import Whoami
from desk.customer import Role
from desk.events import BotInvited, ButtonClicked, ChannelChanged, CommandInvoked, MessageDeleted, MessageEdited, MessageReceived, ReactionAdded
from desk.events import TicketAsked as Asked
from desk.ids import CardId, EventId, derived
from desk.space import ChannelKind, Place

Payload = Mapping[str, Any]

SAID = frozenset({"", "file_share", "thread_broadcast", "me_message", "bot_message"})
"""Subtypes of messages that somebody wrote; the others are Slack's own remarks, edits and deletions."""
TONES = "::skin-tone-"
CARD = "k-"
"""What a card's id begins with; a button of anything else stands in a row of the outbox."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where we are: the workspace, who the bot is in it, the emoji and the other bots that policy names, and names by user id."""

    me: Whoami
    bot_name: str
    emoji: str = ""
    bots: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def markdown(self, text: str) -> str:
        """Return what somebody wrote as Markdown."""
        return spoken.markdown(text, {**self.names, self.me.bot_user: self.bot_name})

    def hears(self, message: Payload) -> bool:
        """Tell whether a message is by a person, or by a bot that policy names; Slack's own and ours are not."""
        if message.get("bot_id") or message.get("subtype") == "bot_message":
            return message.get("bot_id") != self.me.bot and f"slack/{self.me.team}/{message.get('bot_id')}" in self.bots
        return message.get("user") not in (None, "", "USLACKBOT", self.me.bot_user)

    def is_asked_by(self, reaction: str) -> bool:
        """Tell whether an emoji, in any skin tone, is the one that opens a ticket."""
        return bool(self.emoji) and reaction.partition(TONES)[0] == self.emoji


def author_of(message: Payload) -> str:
    """Return the id of who wrote a message: a bot's own where it is one, because policy names it by that."""
    return str(message.get("bot_id") or message.get("user") or "")


def thread_of(message: Payload) -> str | None:
    """Return the root of the thread that a message is a reply in."""
    root = message.get("thread_ts")
    return str(root) if root and root != message.get("ts") else None


def text_of(message: Payload) -> str:
    """Return a message's text; integrations often write theirs into attachments alone."""
    return str(message.get("text") or "\n".join(str(each.get("fallback") or each.get("text") or "") for each in message.get("attachments") or ()))


def received(message: Payload, channel: str, *, by: Who, here: Here, late: bool = False) -> MessageReceived:
    """Translate a message, as an event or as history tells it."""
    ref = message_ref(here.me.team, channel, message["ts"])
    text = text_of(message)
    return MessageReceived(
        id=_id("said", ref),
        ref=ref,
        place=Place(ref.channel, thread_of(message)),
        author=by.ref,
        author_name=spoken.clean(by.name),
        # A bot that policy names fills in for the customers who speak through it.
        role=Role.CUSTOMER if message.get("bot_id") else by.role,
        text=here.markdown(text),
        at=instant(ref.id),
        files=files_of(message),
        mentions_bot=message.get("type") == "app_mention" or spoken.mentions(text, here.me.bot_user),
        late=late,
        kind=ChannelKind.DIRECT if channel.startswith("D") else None,
    )


def changed(event: Payload, *, here: Here) -> MessageEdited | MessageDeleted | None:
    """Translate a change: None where nobody changed the words. The root of a thread is not deleted but becomes a tombstone."""
    message, before = event["message"], event.get("previous_message") or {}
    ref = message_ref(here.me.team, event["channel"], message["ts"])
    if message.get("subtype") == "tombstone":
        return None if before and not here.hears(before) else MessageDeleted(id=_id("deleted", ref), ref=ref, at=instant(event["event_ts"]))
    stamp = (message.get("edited") or {}).get("ts")
    # Links that unfold and replies that are counted change a message too.
    same = stamp == (before.get("edited") or {}).get("ts") or (before and before.get("text") == message.get("text"))
    if not stamp or same or not here.hears(message):
        return None
    return MessageEdited(id=_id("edited", ref, stamp), ref=ref, text=here.markdown(text_of(message)), at=instant(stamp))


def deleted(event: Payload, *, here: Here) -> MessageDeleted | None:
    """Translate a deletion, None for what we never took in."""
    before = event.get("previous_message") or {}
    if before and not here.hears(before):
        return None
    ref = message_ref(here.me.team, event["channel"], event["deleted_ts"])
    return MessageDeleted(id=_id("deleted", ref), ref=ref, at=instant(event["event_ts"]))


def reacted(event: Payload, *, by: Who, here: Here) -> ReactionAdded:
    """Translate the emoji that opens a ticket; put on again later, it asks again."""
    ref = message_ref(here.me.team, event["item"]["channel"], event["item"]["ts"])
    stamp = event["event_ts"]
    return ReactionAdded(id=_id("reacted", ref, by.ref, stamp), ref=ref, emoji=here.emoji, by=by.ref, role=by.role, at=instant(stamp))


def asked(payload: Payload, *, by: Who, here: Here) -> Asked:
    """Translate the message shortcut."""
    message = payload["message"]
    ref = message_ref(here.me.team, payload["channel"]["id"], payload.get("message_ts") or message["ts"])
    stamp = payload["action_ts"]
    return Asked(
        id=_id("asked", ref, by.ref, stamp),
        ref=ref,
        place=Place(ref.channel, thread_of({"ts": ref.id, **message})),
        by=by.ref,
        by_name=spoken.clean(by.name),
        role=by.role,
        at=instant(stamp),
    )


def invited(event: Payload, *, room: Payload, by: Who | None, here: Here) -> BotInvited:
    """Translate that the bot came into a channel, of which Slack says `room`."""
    channel, stamp = channel_ref(here.me.team, event["channel"]), event["event_ts"]
    return BotInvited(
        id=_id("invited", channel, stamp),
        channel=channel,
        name=spoken.clean(str(room.get("name") or "")),
        by=by.ref if by else None,
        by_name=spoken.clean(by.name) if by else "",
        role=by.role if by else Role.CUSTOMER,
        at=instant(stamp),
        shared=bool(room.get("is_ext_shared") or room.get("is_pending_ext_shared")),
    )


def renamed(event: Payload, *, here: Here) -> ChannelChanged:
    """Translate a channel's new name."""
    room, stamp = event["channel"], event["event_ts"]
    channel = channel_ref(here.me.team, room["id"])
    return ChannelChanged(id=_id("renamed", channel, stamp), channel=channel, at=instant(stamp), name=spoken.clean(str(room["name"])))


def gone(event: Payload, *, here: Here) -> ChannelChanged:
    """Translate that a channel was archived or deleted, or the bot was removed from it."""
    channel, stamp = channel_ref(here.me.team, event["channel"]), event["event_ts"]
    return ChannelChanged(id=_id("gone", channel, stamp), channel=channel, at=instant(stamp), gone=True)


def clicked(pressed: Pressed, place: Place, *, cause: str, by: Who, at: datetime, form: Mapping[str, str]) -> ButtonClicked:
    """Translate a press, with the values of its form; `cause` is Slack's id of it."""
    return ButtonClicked(
        id=_id("clicked", by.ref, cause),
        action=pressed.action,
        ticket=pressed.ticket,
        subject=pressed.subject,
        by=by.ref,
        by_name=spoken.clean(by.name),
        role=by.role,
        at=at,
        place=place,
        card=CardId(pressed.carrier) if pressed.carrier.startswith(CARD) else None,
        basis=pressed.basis,
        form=form,
    )


def commanded(text: str, place: Place, *, cause: str, by: Who, at: datetime, form: Mapping[str, str]) -> CommandInvoked:
    """Translate a command, with the values of its form; `cause` is Slack's id of it."""
    words = spoken.clean(text.strip())
    name = spoken.clean(by.name)
    return CommandInvoked(id=_id("commanded", by.ref, cause), text=words, by=by.ref, by_name=name, role=by.role, at=at, place=place, form=form)


def _id(kind: str, *parts: object) -> EventId:
    return EventId(derived("ev", kind, *parts))
