"""Seeding: the people, companies and channels of a script or of the demo, put where the desk looks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.web.rooms import local_channel
from desk.changes import Changes, SaveChannel
from desk.customer import Account, Identity, Invoice, Person, Trust
from desk.ids import EventId, derived
from desk.space import Channel, ChannelKind, Platform, UserRef

if TYPE_CHECKING:
    from runtime import Runtime


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in the workspace and what the customer record says of them; without an identity nothing is known."""

    user: UserRef
    person: Person
    trust: Trust


@dataclass(frozen=True, slots=True)
class Room:
    """A channel; a direct one has a guest, elsewhere accounts and roles let people in."""

    channel: Channel
    guest: UserRef | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody and everything a conversation needs to begin."""

    accounts: Sequence[Account] = ()
    seats: Sequence[Seat] = ()
    invoices: Sequence[Invoice] = ()
    rooms: Sequence[Room] = ()


async def enroll(desk: Runtime, cast: Cast, *, at: datetime) -> None:
    """Write a cast into the customer record, the workspace and the store; again is the same as once."""
    known = [seat for seat in cast.seats if seat.trust is not Trust.NONE]
    identities = [Identity(seat.user, seat.person.id, seat.trust, how="the customer record", at=at) for seat in known]
    # Whoever has an address is on record, also where nobody knows yet that it is them who writes.
    people = {seat.person.id: seat.person for seat in cast.seats if seat in known or seat.person.email}
    await desk.customers.save(accounts=cast.accounts, people=list(people.values()), identities=identities, invoices=cast.invoices)
    for seat in cast.seats:
        if seat.user.platform is Platform.LOCAL:
            await _add(desk, seat)
    await _open(desk, [*cast.rooms, *_directs(cast, at)], at=at)


async def _open(desk: Runtime, rooms: Sequence[Room], *, at: datetime) -> None:
    declared = {channel.ref: channel for channel in await desk.services.store.channels()}
    # A channel keeps the instant of its first declaration: what was said since then must not be ignored after a restart.
    kept = {
        room.channel.ref: replace(room.channel, declared_at=declared[room.channel.ref].declared_at) for room in rooms if room.channel.ref in declared
    }
    rooms = [replace(room, channel=kept.get(room.channel.ref, room.channel)) for room in rooms]
    # On other platforms people make their channels themselves: there we only say what each is.
    for room in (room for room in rooms if room.channel.ref.platform is Platform.LOCAL):
        await desk.workspace.add_channel(room.channel, members=[room.guest] if room.guest else [])
    changed = tuple(SaveChannel(room.channel) for room in rooms if declared.get(room.channel.ref) != room.channel)
    if changed:
        await desk.services.store.commit(EventId(derived("seed", *changed)), Changes(changed), at=at)


def _directs(cast: Cast, at: datetime) -> list[Room]:
    """Return a direct channel with the bot for everybody in the workspace who has none: what is not declared is not heard there."""
    met = {room.guest for room in cast.rooms if room.channel.kind is ChannelKind.DIRECT}
    return [Room(_direct(seat, at), seat.user) for seat in cast.seats if seat.user.platform is Platform.LOCAL and seat.user not in met]


def _direct(seat: Seat, at: datetime) -> Channel:
    person = seat.person.id if seat.trust is Trust.PERSON else None
    return Channel(local_channel(f"dm {seat.user.id}"), seat.person.name, ChannelKind.DIRECT, declared_at=at, person=person)


async def _add(desk: Runtime, seat: Seat) -> None:
    person = seat.person
    known = {"language": person.language or "en", "zone": person.zone, "account": person.account or "", "trust": seat.trust.name.lower()}
    await desk.workspace.add_member(seat.user, person.name, person.role, **known)
