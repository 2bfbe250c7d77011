"""Pane: one side of the page, which is a person looking at a channel."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from itertools import chain

from bot.web.log import Entry, latest
from bot.web.rooms import Member, slug
from bot.web.suggestions import Suggestion
from bot.web.workspace import LocalWorkspace
from desk import zones
from desk.customer import TEAM
from desk.errors import PlaceGone
from desk.space import Channel, ChannelKind, UserRef

ROOTS = 60
"""So many top-level messages are drawn, with everything under them."""


class Side(StrEnum):
    """The two sides: those who ask and those who answer."""

    CUSTOMER = "customer"
    TEAM = "team"


WORDS = {Side.CUSTOMER: ("as", "in"), Side.TEAM: ("team", "room")}
"""The two words of the page's address that say who looks at which channel on a side."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as one person sees it. `day` is set where a new day begins, `status` on the root of a ticket's thread."""

    entry: Entry
    mine: bool = False
    day: str = ""
    status: str = ""
    reactions: tuple[tuple[str, str], ...] = ()
    """Emoji and the names of those who put it."""


@dataclass(frozen=True, slots=True)
class Pane:
    """Everything one side shows. `text` and `expect` come from a suggestion, `reply_to` from a Reply link."""

    side: Side
    viewer: Member
    people: Sequence[Member]
    rooms: Sequence[Channel]
    room: Channel
    posts: Sequence[Shown] = ()
    names: Mapping[UserRef, str] = field(default_factory=dict)
    reply_to: Entry | None = None
    text: str = ""
    expect: str = ""

    @property
    def zone(self) -> tzinfo:
        """Return the viewer's time zone, UTC when nobody knows theirs."""
        return zone_of(self.viewer)


def zone_of(member: Member) -> tzinfo:
    """Return a member's time zone, UTC when it is not one."""
    return zones.zone_of(member.zone)


def chosen(suggestion: Suggestion, address: Mapping[str, str]) -> dict[str, str]:
    """Return the page's address with a suggestion's persona and channel on the customer side."""
    return {**address, "as": slug(suggestion.persona), "in": suggestion.channel, "text": suggestion.text, "expect": suggestion.expect}


async def pane(side: Side, address: Mapping[str, str], workspace: LocalWorkspace) -> Pane | None:
    """Read one side as the page's address says, None when nobody is on it. Who or what is not there gives way to the first that is."""
    who, where = WORDS[side]
    everybody = await workspace.rooms.members()
    people = [member for member in everybody if (member.role in TEAM) == (side is Side.TEAM)]
    viewer = _named(people, address.get(who))
    rooms = await workspace.rooms.visible_to(viewer.user) if viewer else []
    if viewer is None or not rooms:
        return None
    room = _room(rooms, address.get(where, ""), side)
    posts = await workspace.log.run(lambda db: _posts(db, room, viewer))
    reply_to = next((shown.entry for shown in posts if shown.entry.ref.id == address.get(f"{where}-reply")), None)
    # A suggestion is something to say as a customer.
    text, expect = (address.get("text", ""), address.get("expect", "")) if side is Side.CUSTOMER else ("", "")
    return Pane(side, viewer, people, rooms, room, posts, {member.user: member.name for member in everybody}, reply_to, text, expect)


async def can_read(user: UserRef, room: Channel, workspace: LocalWorkspace) -> None:
    """Raise PlaceGone when somebody may not read a channel: to them it is not there."""
    if room.ref not in {seen.ref for seen in await workspace.rooms.visible_to(user)}:
        raise PlaceGone(f"there is no channel {room.ref.id!r}")


def _named(people: Sequence[Member], id: str | None) -> Member | None:
    return next((member for member in people if member.user.id == id), next(iter(people), None))


def _room(rooms: Sequence[Channel], asked: str, side: Side) -> Channel:
    """Return the channel that is asked for by id, name or as `direct`; else the agents channel for the team and the first for others."""
    asked_for = (room for room in rooms if asked in (room.ref.id, room.name, room.kind.value if room.kind is ChannelKind.DIRECT else None))
    ours = (room for room in rooms if side is Side.TEAM and room.kind is ChannelKind.INTERNAL)
    return next(chain(asked_for, ours, rooms))


def _posts(db: sqlite3.Connection, room: Channel, viewer: Member) -> Sequence[Shown]:
    """Return a channel's posts thread by thread, without what somebody may not see and what is gone."""
    reactions, statuses = _reactions(db, room), _statuses(db, room)
    made: list[Shown] = []
    day = ""
    for entry in _by_thread([entry for entry in latest(db, room.ref, roots=ROOTS) if entry.seen_by(viewer.user)]):
        today = day if entry.thread else f"{entry.posted.astimezone(zone_of(viewer)):%A, %-d %B}"
        id = entry.ref.id
        put = tuple((emoji, ", ".join(by)) for emoji, by in reactions.get(id, {}).items())
        made.append(Shown(entry, entry.author == viewer.user, "" if today == day else today, statuses.get(id, ""), put))
        day = today
    return made


def _by_thread(seen: Sequence[Entry]) -> Sequence[Entry]:
    """Sort posts by the time of their root, then by their own; a deleted one stays only while something stands under it."""
    answered = {entry.thread for entry in seen if not entry.deleted}
    roots = {entry.ref.id: entry.posted for entry in seen if entry.thread is None}
    standing = (entry for entry in seen if not entry.deleted or entry.ref.id in answered)
    return sorted(standing, key=lambda entry: (roots.get(entry.thread or entry.ref.id, entry.posted), entry.thread is not None, entry.posted))


def _reactions(db: sqlite3.Connection, room: Channel) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return, by message and emoji, the ids of those who put it there."""
    found: dict[str, dict[str, list[str]]] = {}
    for message, emoji, user in db.execute("SELECT message, emoji, user FROM reactions WHERE channel = ? ORDER BY at", (str(room.ref),)):
        found.setdefault(message, {}).setdefault(emoji, []).append(user.rpartition("/")[2])
    return found


def _statuses(db: sqlite3.Connection, room: Channel) -> Mapping[str, str]:
    return dict(db.execute("SELECT message, status FROM marks WHERE channel = ?", (str(room.ref),)))
