"""Visitors: what people do in the workspace. It is in the file before the desk hears of it, and is told again until the desk has it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from bot.web import inbound
from bot.web.forms import filled, pressed
from bot.web.log import Entry, Log, append, message, message_name, micros, thread_of
from bot.web.rooms import Member, Rooms, channel, member
from bot.web.uploads import Shelf, Upload
from desk.audience import INTERNAL, PUBLIC, Audience, account, person
from desk.cards import Button
from desk.codec import decode, encode
from desk.customer import Role
from desk.errors import NotAllowed, PlaceGone, Retryable
from desk.events import ButtonClicked, CommandInvoked, Event, MessageDeleted, MessageEdited, MessageReceived, ReactionAdded, TypingSeen
from desk.post import Op
from desk.space import Channel, ChannelKind, MessageRef, Place, UserRef
from desk.timeline import Purpose

E = TypeVar("E", bound=Event)
T = TypeVar("T")
Emit = Callable[[Event], Awaitable[None]]
RETRY_SECONDS = 1.0


class Visitors:
    """The people's half of the workspace. Whatever they do returns its event, which has then been handed over if the desk takes events."""

    def __init__(self, log: Log, shelf: Shelf, *, bot: str) -> None:
        self.log = log
        self.rooms = Rooms(log)
        self.shelf = shelf
        self.bot = bot
        self._emit: Emit | None = None
        self._changed = asyncio.Condition()
        self._changes = 0
        self._refused = asyncio.Event()

    def connect(self, emit: Emit) -> None:
        """Say who takes the events; until then they wait in the file."""
        self._emit = emit

    async def say(
        self, user: UserRef, place: Place, text: str, *, files: Sequence[Upload] = (), mentions_bot: bool | None = None, id: str | None = None
    ) -> tuple[MessageRef, MessageReceived]:
        """Write a message; an `id` that was used before returns what was said then. `mentions_bot` is read off the text when None."""
        # Before the message: a message never names a file that is not there, and a file without a message harms nobody.
        shelved = await self.shelf.put(files)
        mentioned = inbound.mentions(text, self.bot) if mentions_bot is None else mentions_bot

        def work(db: sqlite3.Connection) -> Entry:
            if id and (said := message(db, MessageRef(place.channel, id))):
                return said
            by, at = member(db, user), self.log.tick(db)
            entry = replace(_said(by, place, at=at, room=channel(db, place.channel)), text=clean(text), files=shelved, mentions_bot=mentioned)
            entry = append(db, replace(entry, ref=MessageRef(place.channel, id or message_name(at)), thread=thread_of(db, place)))
            self._keep(db, inbound.received(entry), by=user)
            return entry

        entry = await self._do(work)
        event = inbound.received(entry)
        await self._hand_over(event)
        return entry.ref, event

    async def edit_by(self, user: UserRef, ref: MessageRef, text: str) -> MessageEdited:
        """Change one's own message; raise NotAllowed for somebody else's."""

        def work(db: sqlite3.Connection) -> MessageEdited:
            entry = append(db, replace(_own(db, user, ref), op=Op.EDIT, at=self.log.tick(db), text=clean(text)))
            return self._keep(db, inbound.edited(entry), by=user)

        return await self._hand_over(await self._do(work))

    async def delete_by(self, user: UserRef, ref: MessageRef) -> MessageDeleted:
        """Take back one's own message with its files; raise NotAllowed for somebody else's."""

        def work(db: sqlite3.Connection) -> MessageDeleted:
            own = _own(db, user, ref)
            self.shelf.drop(own.files)
            entry = append(db, replace(own, op=Op.DELETE, at=self.log.tick(db), text="", files=()))
            return self._keep(db, inbound.deleted(entry), by=user)

        return await self._hand_over(await self._do(work))

    async def react_by(self, user: UserRef, ref: MessageRef, emoji: str) -> ReactionAdded:
        """Put an emoji on a message."""

        def work(db: sqlite3.Connection) -> ReactionAdded:
            _visible(db, user, ref)
            at = self.log.tick(db)
            put_reaction(db, ref, emoji, by=str(user), at=at)
            return self._keep(db, inbound.reacted(ref, emoji, by=member(db, user), at=at), by=user)

        return await self._hand_over(await self._do(work))

    async def click(
        self, user: UserRef, ref: MessageRef, button: str, *, form: Mapping[str, str] | None = None, seen: int | None = None, about: str = ""
    ) -> ButtonClicked | CommandInvoked:
        """Press a button, by action or label, and by its subject where that is given; one that stands for a command gives it.

        `seen` is the position of the card the person looked at, which may have changed since.
        """

        def work(db: sqlite3.Connection) -> ButtonClicked | CommandInvoked:
            entry = _visible(db, user, ref, seen=seen)
            found: Button = pressed(entry, button, about)
            by, at, values = member(db, user), self.log.tick(db), filled(found, form or {})
            if found.action == inbound.GIVES_COMMAND:
                return self._keep(db, inbound.commanded(found.subject, inbound.place_of(entry), by=by, at=at, form=values), by=user)
            return self._keep(db, inbound.clicked(found, entry, by=by, at=at, form=values), by=user)

        return await self._hand_over(await self._do(work))

    async def command(self, user: UserRef, place: Place, text: str, *, form: Mapping[str, str] | None = None) -> CommandInvoked:
        """Give a slash command, with or without `/frontdesk` in front; nobody else sees it."""

        def work(db: sqlite3.Connection) -> CommandInvoked:
            channel(db, place.channel)
            return self._keep(db, inbound.commanded(text, place, by=member(db, user), at=self.log.tick(db), form=form or {}), by=user)

        return await self._hand_over(await self._do(work))

    async def typing(self, user: UserRef, place: Place) -> TypingSeen:
        """Show that somebody is typing."""
        event = await self.log.run(lambda db: self._keep(db, inbound.typing(place, by=member(db, user), at=self.log.tick(db)), by=user))
        return await self._hand_over(event)

    async def redeliver(self) -> int:
        """Hand over again what the desk never acknowledged, oldest first; return how many there were."""
        waiting = await self.log.run(lambda db: [json.loads(value) for (value,) in db.execute("SELECT value FROM inbox ORDER BY at")])
        for raw in waiting:
            await self._hand_over(decode(Event, raw))
        return len(waiting)

    async def keep_delivering(self, every: float = RETRY_SECONDS) -> None:
        """Hand over again, every so many seconds, whatever the desk could not take; runs until it is canceled."""
        while True:
            await self._refused.wait()
            await asyncio.sleep(every)
            self._refused.clear()
            await self.redeliver()

    async def changed(self, since: int) -> int:
        """Wait until something has changed since a count this returned before (0 at first), and return the count."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._changes > since)
            return self._changes

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run work that changes what people see, and tell those who watch."""
        result = await self.log.run(work)
        async with self._changed:
            self._changes += 1
            self._changed.notify_all()
        return result

    def _keep(self, db: sqlite3.Connection, event: E, *, by: UserRef) -> E:
        """Put an event in the inbox, where it stays until the desk has it."""
        db.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?, ?, ?)", (event.id, micros(event.at), str(by), json.dumps(encode(event))))
        return event

    async def _hand_over(self, event: E) -> E:
        if self._emit is None:
            return event
        # A crash between these two hands the event over twice, which the desk takes for once by its id.
        try:
            await self._emit(event)
        except Retryable:
            self._refused.set()
        else:
            await self.log.run(lambda db: db.execute("DELETE FROM inbox WHERE id = ?", (event.id,)))
        return event


def clean(text: str) -> str:
    """Return a text that every database takes: halves of surrogate pairs and NUL become question marks."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def put_reaction(db: sqlite3.Connection, ref: MessageRef, emoji: str, *, by: str, at: datetime) -> None:
    """Store a reaction; twice is once."""
    db.execute("INSERT OR IGNORE INTO reactions VALUES (?, ?, ?, ?, ?)", (str(ref.channel), ref.id, emoji, by, at.isoformat()))


def _said(by: Member, place: Place, *, at: datetime, room: Channel) -> Entry:
    return Entry(
        op=Op.POST,
        at=at,
        ref=MessageRef(place.channel, ""),
        thread=None,
        posted=at,
        author=by.user,
        author_name=by.name,
        role=by.role,
        purpose=Purpose.CUSTOMER if by.role is Role.CUSTOMER else Purpose.TEAMMATE,
        audience=_heard_by(room),
    )


def _heard_by(room: Channel) -> Audience:
    match room.kind:
        case ChannelKind.INTERNAL:
            return INTERNAL
        case ChannelKind.SHARED if room.account:
            return account(room.account)
        case ChannelKind.DIRECT if room.person:
            return person(room.person)
        case _:
            return PUBLIC


def _visible(db: sqlite3.Connection, user: UserRef, ref: MessageRef, seen: int | None = None) -> Entry:
    now, then = message(db, ref), message(db, ref, seen)
    if now is None or then is None or now.deleted or not now.seen_by(user):
        raise PlaceGone(f"the message {ref.id!r} is not there any more")
    return then


def _own(db: sqlite3.Connection, user: UserRef, ref: MessageRef) -> Entry:
    entry = _visible(db, user, ref)
    if entry.author != user:
        raise NotAllowed("only its author may change a message")
    return entry
