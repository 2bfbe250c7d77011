"""Rooms: who is in the workspace, which channels it has, and who sees which."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.web.log import Log
from desk.codec import decode, encode
from desk.customer import TEAM, Role
from desk.errors import PlaceGone
from desk.space import Channel, ChannelKind, ChannelRef, Platform, UserRef, parse_user

SPACE = "main"
HOME = TEAM | {Role.COLLEAGUE}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a seat in the workspace. `account` lets them into that account's shared channels, and nothing else; `trust` is shown only."""

    user: UserRef
    name: str
    role: Role
    language: str = "en"
    zone: str = "UTC"
    account: str = ""
    trust: str = ""


def slug(name: str) -> str:
    """Return a name as ids are written: lower case, ASCII, words joined by hyphens."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-") or "x" + name.encode().hex()


def local_user(name: str) -> UserRef:
    """Return the user with this name or slug."""
    return UserRef(Platform.LOCAL, SPACE, slug(name))


def local_channel(name: str) -> ChannelRef:
    """Return the channel with this name or slug."""
    return ChannelRef(Platform.LOCAL, SPACE, slug(name))


class Rooms:
    """Members and channels, read from the file each time: they are few and may change under us."""

    def __init__(self, log: Log) -> None:
        self.log = log

    async def put_member(self, member: Member) -> None:
        """Insert or replace a member."""
        await self.log.run(lambda db: db.execute("INSERT OR REPLACE INTO members VALUES (?, ?)", (str(member.user), _json(member))))

    async def put_channel(self, channel: Channel, members: Sequence[UserRef] = ()) -> None:
        """Insert or replace a channel, and add seats to those it has."""

        def work(db: sqlite3.Connection) -> None:
            db.execute("INSERT OR REPLACE INTO channels VALUES (?, ?)", (str(channel.ref), _json(channel)))
            db.executemany("INSERT OR IGNORE INTO seats VALUES (?, ?)", [(str(channel.ref), str(user)) for user in members])

        await self.log.run(work)

    async def members(self) -> Sequence[Member]:
        """Return everybody, by name."""
        return await self.log.run(everybody)

    async def member(self, user: UserRef) -> Member:
        """Return a member; somebody nobody added is a customer by the name of their id."""
        return await self.log.run(lambda db: member(db, user))

    async def channels(self) -> Sequence[Channel]:
        """Return all channels in the order they were added."""
        return await self.log.run(
            lambda db: [decode(Channel, json.loads(value)) for (value,) in db.execute("SELECT value FROM channels ORDER BY rowid")]
        )

    async def channel(self, ref: ChannelRef) -> Channel:
        """Return a channel; raise PlaceGone when there is none."""
        return await self.log.run(lambda db: channel(db, ref))

    async def visible_to(self, user: UserRef) -> Sequence[Channel]:
        """Return the channels somebody may read."""
        somebody = await self.member(user)
        seats = await self.log.run(lambda db: {row[0] for row in db.execute("SELECT channel FROM seats WHERE user = ?", (str(user),))})
        return [room for room in await self.channels() if str(room.ref) in seats or _is_open_to(room, somebody)]

    async def set_kind(self, ref: ChannelRef, kind: ChannelKind) -> None:
        """Make a channel another kind, as an admin of a platform might behind our back."""
        await self.put_channel(replace(await self.channel(ref), kind=kind))

    async def direct_with(self, user: UserRef) -> ChannelRef:
        """Return the direct channel of somebody and the bot, made when there is none."""
        seated = "SELECT c.value FROM channels c JOIN seats s ON s.channel = c.id WHERE s.user = ? ORDER BY c.rowid"
        rooms: list[Channel] = await self.log.run(lambda db: [decode(Channel, json.loads(value)) for (value,) in db.execute(seated, (str(user),))])
        found = next((room for room in rooms if room.kind is ChannelKind.DIRECT), None)
        if found is None:
            name = (await self.member(user)).name
            found = Channel(local_channel(f"dm {user.id}"), name, ChannelKind.DIRECT, declared_at=self.log.clock.now())
            await self.put_channel(found, [user])
        return found.ref

    async def outside(self, ref: ChannelRef) -> Sequence[UserRef]:
        """Return the customers who have a seat in a channel, are let in by their account, or wrote in it."""
        room = await self.channel(ref)
        present = await self.log.run(lambda db: _present(db, room))
        return [somebody.user for somebody in present if somebody.role is Role.CUSTOMER]


def everybody(db: sqlite3.Connection) -> list[Member]:
    """Return all members, by name."""
    return sorted(
        (decode(Member, json.loads(value)) for (value,) in db.execute("SELECT value FROM members")), key=lambda found: (found.name, str(found.user))
    )


def member(db: sqlite3.Connection, user: UserRef) -> Member:
    """Return a member; somebody nobody added is a customer by the name of their id."""
    found = db.execute("SELECT value FROM members WHERE user = ?", (str(user),)).fetchone()
    return decode(Member, json.loads(found[0])) if found else Member(user, user.id, Role.CUSTOMER)


def channel(db: sqlite3.Connection, ref: ChannelRef) -> Channel:
    """Return a channel; raise PlaceGone when there is none."""
    found = db.execute("SELECT value FROM channels WHERE id = ?", (str(ref),)).fetchone()
    if found is None:
        raise PlaceGone(f"there is no channel {ref.id!r}")
    room: Channel = decode(Channel, json.loads(found[0]))
    return room


def _is_open_to(room: Channel, somebody: Member) -> bool:
    """Tell whether somebody without a seat is let in."""
    match room.kind:
        case ChannelKind.COMMUNITY:
            return True
        case ChannelKind.SHARED:
            return somebody.role in HOME or bool(somebody.account and somebody.account == room.account)
        case ChannelKind.INTERNAL:
            return somebody.role in TEAM
        case ChannelKind.DIRECT:
            return False


def _present(db: sqlite3.Connection, room: Channel) -> list[Member]:
    seats = {parse_user(user) for (user,) in db.execute("SELECT user FROM seats WHERE channel = ?", (str(room.ref),))}
    # Whoever wrote there was there, seat or not.
    wrote = {
        parse_user(user) for (user,) in db.execute("SELECT DISTINCT author FROM messages WHERE channel = ? AND author IS NOT NULL", (str(room.ref),))
    }
    let_in = {somebody.user for somebody in everybody(db) if room.account and room.kind is ChannelKind.SHARED and somebody.account == room.account}
    return [member(db, user) for user in sorted(seats | wrote | let_in)]


def _json(value: Member | Channel) -> str:
    return json.dumps(encode(value), ensure_ascii=False)
