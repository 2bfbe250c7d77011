"""Inbound: what people did in the workspace, as the desk's events. Pure: the same entry gives the same event with the same id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bot.web.log import Entry
from bot.web.rooms import Member
from desk.cards import Button
from desk.events import ButtonClicked, CommandInvoked, MessageDeleted, MessageEdited, MessageReceived, ReactionAdded, TypingSeen
from desk.ids import EventId, derived
from desk.space import MessageRef, Place

COMMAND = "/frontdesk"
GIVES_COMMAND = "command"
"""The action of a button that stands for the command in its subject."""


def received(entry: Entry) -> MessageReceived:
    """Translate a message as it was first posted."""
    assert entry.author is not None, "the bot does not hear itself"
    return MessageReceived(
        id=_id("said", entry.ref),
        ref=entry.ref,
        place=Place(entry.ref.channel, entry.thread),
        author=entry.author,
        author_name=entry.author_name,
        role=entry.role,
        text=entry.text,
        at=entry.posted,
        files=entry.files,
        mentions_bot=entry.mentions_bot,
    )


def edited(entry: Entry) -> MessageEdited:
    """Translate an edit."""
    return MessageEdited(id=_id("edited", entry.ref, entry.at), ref=entry.ref, text=entry.text, at=entry.at)


def deleted(entry: Entry) -> MessageDeleted:
    """Translate a deletion."""
    return MessageDeleted(id=_id("deleted", entry.ref), ref=entry.ref, at=entry.at)


def clicked(button: Button, on: Entry, *, by: Member, at: datetime, form: Mapping[str, str]) -> ButtonClicked:
    """Translate a click; everything but the form's values comes from the button as it was drawn."""
    return ButtonClicked(
        id=_id("clicked", on.ref, by.user, at),
        action=button.action,
        ticket=button.ticket,
        subject=button.subject,
        by=by.user,
        by_name=by.name,
        role=by.role,
        at=at,
        place=place_of(on),
        card=on.card_id,
        basis=button.basis,
        form=form,
    )


def reacted(ref: MessageRef, emoji: str, *, by: Member, at: datetime) -> ReactionAdded:
    """Translate a reaction; the same one by the same person is the same event."""
    # No instant in the id: taking an emoji away and putting it back says nothing new.
    return ReactionAdded(id=_id("reacted", ref, by.user, emoji), ref=ref, emoji=emoji, by=by.user, role=by.role, at=at)


def commanded(text: str, place: Place, *, by: Member, at: datetime, form: Mapping[str, str]) -> CommandInvoked:
    """Translate a slash command; the text is what follows `/frontdesk`."""
    words = text.strip().removeprefix(COMMAND).strip()
    return CommandInvoked(id=_id("commanded", by.user, at), text=words, by=by.user, by_name=by.name, role=by.role, at=at, place=place, form=form)


def typing(place: Place, *, by: Member, at: datetime) -> TypingSeen:
    """Translate that somebody is typing."""
    return TypingSeen(id=_id("typing", by.user, at), place=place, author=by.user, at=at)


def place_of(entry: Entry) -> Place:
    """Return where a message stands: its channel, or the thread it is in."""
    return Place(entry.ref.channel, entry.thread)


def mentions(text: str, bot: str) -> bool:
    """Tell whether a text speaks to the bot: `@Frontdesk` or `@` and its name in any case, or its name as a word of its own."""
    called = re.search(rf"(?<!\w)@(frontdesk|{re.escape(bot)})\b", text, re.IGNORECASE)
    return bool(called or re.search(rf"(?<!\w){re.escape(bot)}(?!\w)", text))


def is_command(text: str) -> bool:
    """Tell whether a text is a slash command of ours."""
    return text.strip().split(maxsplit=1)[:1] == [COMMAND]


def _id(kind: str, *parts: object) -> EventId:
    return EventId(derived("ev", kind, *parts))
