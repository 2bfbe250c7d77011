"""Transcript: what the workspace saw, in the words of the command-line contract."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TypedDict

from bot.web.log import Entry, entries
from bot.web.rooms import channel, member
from desk.cards import Card, plain
from desk.draft import Evidence
from desk.space import parse_user


class Source(TypedDict):
    """One piece of evidence as contracts write it."""

    n: int
    source: str
    id: str
    document: str
    title: str
    heading: str
    url: str
    audience: str
    quote: str


class Line(TypedDict):
    """One operation. `n` is its position in the log; `ref` and `thread` are the workspace's message ids; `to` are names."""

    n: int
    at: str
    op: str
    ref: str
    ticket: str | None
    platform: str
    channel: str
    channel_kind: str
    thread: str | None
    author: str
    author_role: str
    purpose: str
    audience: str
    to: list[str]
    text: str
    buttons: list[str]
    evidence: list[Source]


class Reaction(TypedDict):
    """An emoji on a message; `by` is a name."""

    at: str
    channel: str
    ref: str
    emoji: str
    by: str


def lines(db: sqlite3.Connection, after: int, *, bot: str) -> Sequence[Line]:
    """Return the operations after a position, in order."""
    return [_line(db, entry, bot) for entry in entries(db, "l.n > ?", after)]


def reactions(db: sqlite3.Connection) -> Sequence[Reaction]:
    """Return all reactions in order."""
    found = db.execute("SELECT at, channel, message, emoji, user FROM reactions ORDER BY at, rowid")
    return [Reaction(at=at, channel=room, ref=ref, emoji=emoji, by=_name(db, user)) for at, room, ref, emoji, user in found]


def _line(db: sqlite3.Connection, entry: Entry, bot: str) -> Line:
    room, card = channel(db, entry.ref.channel), entry.card or Card()
    return Line(
        n=entry.n,
        at=entry.at.isoformat(),
        op=entry.op.value,
        ref=entry.ref.id,
        ticket=entry.ticket,
        platform=entry.ref.channel.platform.value,
        channel=room.name,
        channel_kind=room.kind.value,
        thread=entry.thread,
        author=entry.author_name if entry.author else bot,
        author_role=entry.role.value,
        purpose=entry.purpose.value,
        audience=str(entry.audience),
        to=[member(db, user).name for user in entry.to],
        text=plain(entry.card) if entry.card else entry.text,
        buttons=[button.label for button in card.buttons],
        evidence=[_source(item) for item in card.evidence],
    )


def _source(item: Evidence) -> Source:
    return Source(
        n=item.n,
        source=item.source,
        id=item.id,
        document=item.document,
        title=item.title,
        heading=item.heading,
        url=item.url,
        audience=str(item.audience),
        quote=item.quote,
    )


def _name(db: sqlite3.Connection, user: str) -> str:
    return member(db, parse_user(user)).name if "/" in user else user
