"""The local workspace: the chat platform that ships with Frontdesk, on one file and one folder of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.web.erasure import erase
from bot.web.log import Entry, Log, append, message, message_name, messages, micros, thread_of
from bot.web.rooms import Member, channel
from bot.web.transcript import Line, Reaction, lines, reactions
from bot.web.uploads import Shelf, random_name
from bot.web.visitors import Visitors, put_reaction
from desk.customer import Person, Role
from desk.errors import PlaceGone, Unavailable
from desk.ids import OutboxId
from desk.ports import Capabilities, Clock
from desk.post import Direct, Op, Post, Target
from desk.space import Channel, ChannelKind, ChannelRef, MessageRef, Place, UserRef
from desk.ticket import Ticket
from desk.timeline import Message, message_id

BOT = "frontdesk"
"""The bot's name in transcripts and among those who react."""


class LocalWorkspace(Visitors):
    """The desk's half of the workspace: a `ChatPlatform`. It can be told to be down and to lose the reply to a send."""

    can = Capabilities(private_threads=False, ephemeral=True, find_by_id=True, edit_notifies=False, streams=False, pace=timedelta())

    def __init__(self, log: Log, shelf: Shelf, *, bot: str) -> None:
        super().__init__(log, shelf, bot=bot)
        self._down = False
        self._lost_replies = 0

    async def close(self) -> None:
        """Close the file."""
        await self.log.close()

    async def add_member(
        self, user: UserRef, name: str, role: Role, *, language: str = "en", zone: str = "UTC", account: str = "", trust: str = ""
    ) -> None:
        """Give somebody a seat, or change what they are. `account` is the account id whose shared channels they see."""
        await self.rooms.put_member(Member(user, name, role, language, zone, account, trust))

    async def add_channel(self, channel: Channel, *, members: Sequence[UserRef] = ()) -> None:
        """Add a channel, or change it; members are added to those it has."""
        await self.rooms.put_channel(channel, members)

    async def set_kind(self, channel: ChannelRef, kind: ChannelKind) -> None:
        """Make a channel another kind, as an admin of a platform might behind the desk's back."""
        await self.rooms.set_kind(channel, kind)

    def set_down(self, down: bool) -> None:
        """While down, the desk's calls raise Unavailable; what people write still arrives."""
        self._down = down

    def lose_replies(self, n: int) -> None:
        """Let the next `n` sends arrive and then raise Unavailable, as when a reply is lost on its way."""
        self._lost_replies = n

    async def send(self, post: Post) -> MessageRef:
        """Post, or whisper, a card. A second send of the same outbox id is a second message: who wants one looks first."""
        target = await self._place(post.target)

        def work(db: sqlite3.Connection) -> Entry:
            at, room = self.log.tick(db), channel(db, target.channel)
            entry = _posted(post, at=at, ref=MessageRef(room.ref, message_name(at)), thread=thread_of(db, target))
            return append(db, entry)

        entry = await self._do(work)
        # After the commit, as it would be on a network: the post stands, and only the sender does not know.
        if self._lost_replies > 0:
            self._lost_replies -= 1
            raise Unavailable("platform", "the reply to a send was lost")
        return entry.ref

    async def edit(self, ref: MessageRef, post: Post) -> None:
        """Replace what stands at `ref`; raise PlaceGone for a whisper and for what is gone."""
        self._reach()

        def work(db: sqlite3.Connection) -> None:
            # It stays findable by the id it was posted with, whatever row edits it.
            was = _standing(db, ref)
            now = _posted(post, at=self.log.tick(db), ref=ref, thread=was.thread)
            append(
                db,
                replace(now, op=Op.EDIT, posted=was.posted, outbox=was.outbox, card_id=post.card_id or was.card_id, ticket=post.ticket or was.ticket),
            )

        await self._do(work)

    async def delete(self, ref: MessageRef, post: Post) -> None:
        """Take back what stands at `ref`; one that is gone already is fine."""
        self._reach()

        def work(db: sqlite3.Connection) -> None:
            was = message(db, ref)
            if was is not None and not was.deleted:
                append(db, replace(was, op=Op.DELETE, at=self.log.tick(db), card=None))

        await self._do(work)

    async def react(self, ref: MessageRef, emoji: str) -> None:
        """Put an emoji on a message; twice is once."""
        self._reach()

        def work(db: sqlite3.Connection) -> None:
            if message(db, ref) is None:
                raise PlaceGone(f"the message {ref.id!r} is not there any more")
            put_reaction(db, ref, emoji, by=BOT, at=self.log.tick(db))

        await self._do(work)

    async def find(self, outbox_id: OutboxId, near: Place) -> MessageRef | None:
        """Return where a post with this outbox id stands; a whisper cannot be found."""
        self._reach()
        found = await self.log.run(lambda db: messages(db, "m.outbox = ?", outbox_id))
        return next((entry.ref for entry in found if not entry.whisper), None)

    async def open(self, user: UserRef) -> Place:
        """Return somebody's direct channel with the bot, made when there is none."""
        return Place(await self.rooms.direct_with(user))

    async def mark(self, ticket: Ticket) -> None:
        """Show a ticket's status on the root of its thread."""
        self._reach()
        row = (str(ticket.place.channel), ticket.place.thread or ticket.anchor.id, ticket.id, ticket.status)
        await self._do(lambda db: db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)", row))

    async def history(self, place: Place, after: datetime) -> Sequence[Message]:
        """Return what people wrote in a channel, threads included, or in one thread, since an instant."""
        self._reach()
        where = "m.channel = ? AND m.posted > ? AND m.author IS NOT NULL"
        said = await self.log.run(lambda db: messages(db, where, str(place.channel), micros(after)))
        return [_message(entry) for entry in said if place.thread in (None, entry.thread, entry.ref.id)]

    async def fetch(self, ref: str) -> bytes:
        """Return an upload's content."""
        self._reach()
        return await self.shelf.get(ref)

    async def stream(self, place: Place, chunks: AsyncIterator[str], *, to: UserRef, id: OutboxId) -> None:
        """Show nothing: what is streamed comes whole through the outbox in a moment."""

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return nobody: the customer record knows who of the workspace is of the team."""
        return ()

    async def roles(self, user: UserRef) -> Role:
        """Return a member's role; a stranger is a customer."""
        self._reach()
        return (await self.rooms.member(user)).role

    async def outsiders(self, channel: ChannelRef) -> Sequence[UserRef]:
        """Return the customers who are in a channel or wrote in it."""
        self._reach()
        return await self.rooms.outside(channel)

    async def is_private(self, channel: ChannelRef) -> bool:
        """Tell whether a channel is internal, or a conversation with somebody of ours, and no customer is in it."""
        self._reach()
        private = (ChannelKind.INTERNAL, ChannelKind.DIRECT)
        return (await self.rooms.channel(channel)).kind in private and not await self.rooms.outside(channel)

    async def is_open(self, channel: ChannelRef) -> bool:
        """Tell that nobody reads a channel of the workspace who was not let in."""
        return False

    async def name_of(self, channel: ChannelRef) -> str:
        """Return how a channel is called."""
        self._reach()
        return (await self.rooms.channel(channel)).name

    async def transcript(self, after: int = 0) -> Sequence[Line]:
        """Return what was posted, edited, whispered and deleted after a position of the log."""
        return await self.log.run(lambda db: lines(db, after, bot=BOT))

    async def reactions(self) -> Sequence[Reaction]:
        """Return all reactions in order."""
        return await self.log.run(reactions)

    async def erase(self, users: Sequence[UserRef]) -> int:
        """Empty what these people wrote and what quotes it, in every entry of the log, and their uploads; return how many entries."""
        return await self._do(lambda db: erase(db, users, self.shelf))

    def _reach(self) -> None:
        if self._down:
            raise Unavailable("platform", "the workspace was told to be down")

    async def _place(self, target: Target) -> Place:
        self._reach()
        return await self.open(target.user) if isinstance(target, Direct) else target


async def open_workspace(path: Path, clock: Clock, *, bot: str = "Frontdesk", file_name: Callable[[], str] = random_name) -> LocalWorkspace:
    """Open the workspace in this file, its uploads in a folder beside it; raise Misconfigured when the file is something else.

    `bot` is the name people call it by. Events wait until `connect`; `redeliver` hands over what an earlier process did not.
    """
    return LocalWorkspace(await Log.open(path, clock), Shelf(path.with_name(path.name + ".files"), file_name), bot=bot)


def _posted(post: Post, *, at: datetime, ref: MessageRef, thread: str | None) -> Entry:
    return Entry(
        op=post.op,
        at=at,
        ref=ref,
        thread=thread,
        posted=at,
        author=None,
        author_name=BOT,
        role=Role.BOT,
        purpose=post.purpose,
        audience=post.audience,
        card=post.card,
        card_id=post.card_id,
        outbox=post.id,
        ticket=post.ticket,
        to=post.to,
        whisper=post.op is Op.WHISPER,
    )


def _standing(db: sqlite3.Connection, ref: MessageRef) -> Entry:
    found = message(db, ref)
    if found is None or found.deleted or found.whisper:
        raise PlaceGone(f"the message {ref.id!r} is not there any more")
    return found


def _message(entry: Entry) -> Message:
    return Message(
        id=message_id(entry.ref),
        ref=entry.ref,
        place=Place(entry.ref.channel, entry.thread),
        author=entry.author,
        author_name=entry.author_name,
        role=entry.role,
        text=entry.text,
        at=entry.posted,
        purpose=entry.purpose,
        audience=entry.audience,
        files=entry.files,
        mentions_bot=entry.mentions_bot,
        edited_at=entry.at if entry.edited or entry.deleted else None,
        deleted=entry.deleted,
    )
