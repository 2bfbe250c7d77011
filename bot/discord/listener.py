"""Listener: what was kept of Discord's events is read: whoever did it is looked up, and the desk is told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.arrivals.inbox import Arrival
from bot.arrivals.kept import Kept
from bot.discord import acts, arrivals, inbound, spoken
from bot.discord.inbound import Here, Where
from bot.discord.kinds import Kinds
from bot.discord.people import People, Who
from bot.discord.refs import channel_ref, user_ref
from bot.discord.web import Web
from desk.customer import Role
from desk.errors import PlaceGone, Rejected
from desk.events import Event, MessageReceived
from desk.ports import Clock, PolicySource
from desk.space import Platform
from desk.store import Store
from desk.timeline import Message
from desk.watch import WatchRows

Emit = Callable[[Event], Awaitable[None]]
Payload = Mapping[str, Any]

ROLES = timedelta(minutes=5)
"""How long the names of a server's roles are good for."""
NAMED = 20
"""Up to how many channels that one message refers to are looked up."""
EVER = datetime(2015, 1, 1, tzinfo=UTC)

log = logging.getLogger("frontdesk.discord")


class Listener:
    """Reads arrivals. What cannot be looked up now is Retryable: the arrival waits."""

    def __init__(
        self, web: Web, people: People, kinds: Kinds, *, policy: PolicySource, store: Store, watch: WatchRows, clock: Clock, emit: Emit
    ) -> None:
        self._web, self._people, self._kinds = web, people, kinds
        self._policy, self._store, self._watch = policy, store, watch
        self._emit = emit
        self._roles: Kept[Sequence[Payload]] = Kept(clock, ROLES)

    async def take(self, arrival: Arrival) -> None:
        """Tell the desk what an arrival says; return once that is durable there."""
        for event in await self.events(arrival):
            await self._emit(event)

    async def events(self, arrival: Arrival) -> Sequence[Event]:
        """Return what an arrival says to the desk; nothing for what happened on another server than the home one."""
        guild = arrival.payload.get("guild_id")
        if guild and str(guild) != (await self._web.whoami()).guild:
            return ()
        return await READERS[arrival.kind](self, arrival)

    async def took_away(self, message: Message, *, at: datetime) -> None:
        """Tell the desk that something it knows is not there any more."""
        if message.ref is not None:
            await self._emit(inbound.taken_away(message.ref, at=at))

    async def read(self, message: Payload) -> MessageReceived | None:
        """Read a message, as an event or as history tells it; None for what is nobody's, or says nothing."""
        if int(message.get("type") or 0) not in arrivals.WRITTEN:
            return None
        here, where = await self.here(message), await self._where(message["channel_id"])
        if where is None or not here.hears(message):
            return None
        by = await self._people.who(message["author"]["id"], inbound.hint_of(message))
        event = inbound.received(message, where, by=by, here=here)
        # That one of ours wrote stands the bot down, whatever it was.
        return event if event.role is not Role.CUSTOMER or not inbound.says_nothing(message, where) else None

    async def _said(self, arrival: Arrival) -> Sequence[Event]:
        event = await self.read(arrival.payload)
        return (event,) if event else ()

    async def _changed(self, arrival: Arrival) -> Sequence[Event]:
        message = arrival.payload
        here, where = await self.here(message), await self._where(message["channel_id"])
        if where is None or not here.hears(message) or inbound.says_nothing(message, where):
            return ()
        return (inbound.changed(message, where, here=here),)

    async def _deleted(self, arrival: Arrival) -> Sequence[Event]:
        here, where = await self.here(), await self._where(arrival.payload["channel_id"])
        if where is None:
            return ()
        event = inbound.deleted(arrival.payload["id"], where, here=here, at=arrival.at)
        known = await self._store.message(event.ref)
        # Discord does not say whose it was.
        return () if known and known.role is Role.BOT else (event,)

    async def _reacted(self, arrival: Arrival) -> Sequence[Event]:
        event, here = arrival.payload, await self.here()
        if not here.is_asked_by(event["emoji"]) or (where := await self._where(event["channel_id"])) is None:
            return ()
        by = await self._people.who(event["user"], event["member"])
        return () if by.is_bot else (inbound.reacted(event, where, by=by, here=here, at=arrival.at),)

    async def _left(self, arrival: Arrival) -> Sequence[Event]:
        guild = (await self._web.whoami()).guild
        return (inbound.left(user_ref(guild, str(arrival.payload["user"]["id"])), at=arrival.at),)

    async def _thread_gone(self, arrival: Arrival) -> Sequence[Event]:
        """Take out what stood in a thread: Discord says no more than that it was deleted."""
        thread, parent = str(arrival.payload["id"]), str(arrival.payload.get("parent_id") or "")
        if not parent:
            return ()
        here = await self.here()
        known = await self._watch.known(channel_ref(here.me.guild, parent), thread, after=EVER)
        # The message that a thread hangs under stands in the channel, and stays.
        in_forum = (room := self._kinds.known(parent)) is not None and room.is_forum
        return [inbound.taken_away(m.ref, at=arrival.at) for m in known if m.ref and (m.ref.id != thread or in_forum)]

    async def _channel_gone(self, arrival: Arrival) -> Sequence[Event]:
        here, id = await self.here(), str(arrival.payload["id"])
        return (inbound.gone(channel_ref(here.me.guild, id), cause=id, at=arrival.at),)

    async def _renamed(self, arrival: Arrival) -> Sequence[Event]:
        """Tell of a channel's new name; whatever else changed of it is no news."""
        here = await self.here()
        known = await self._store.channel(channel_ref(here.me.guild, str(arrival.payload["id"])))
        name = spoken.clean(str(arrival.payload.get("name") or ""))
        return (inbound.renamed(arrival.payload, here=here, at=arrival.at),) if known and name and known.name != name else ()

    async def _removed(self, arrival: Arrival) -> Sequence[Event]:
        """Tell that the bot was removed from the home server: every channel of it is out of reach."""
        guild = str(arrival.payload["guild_id"])
        log.error("the bot was removed from the Discord server %s: invite it again with the address that ./frontdesk invite discord prints", guild)
        there = [c for c in await self._store.channels() if (c.ref.platform, c.ref.space) == (Platform.DISCORD, guild)]
        return [inbound.gone(channel.ref, cause=f"removed {arrival.at}", at=arrival.at) for channel in there]

    async def _asked(self, arrival: Arrival) -> Sequence[Event]:
        kept, here = arrival.payload, await self.here()
        if (where := await self._where(kept["channel_id"])) is None:
            return ()
        return (inbound.asked(kept["id"], where, by=await self._by(kept), here=here, cause=kept["cause"]),)

    async def _clicked(self, arrival: Arrival) -> Sequence[Event]:
        guild = (await self._web.whoami()).guild
        return (acts.clicked(arrival.payload, by=await self._by(arrival.payload), guild=guild),)

    async def _commanded(self, arrival: Arrival) -> Sequence[Event]:
        guild = (await self._web.whoami()).guild
        return (acts.commanded(arrival.payload, by=await self._by(arrival.payload), guild=guild),)

    async def _by(self, kept: Payload) -> Who:
        return await self._people.who(kept["user"], kept["member"])

    async def here(self, message: Payload | None = None) -> Here:
        """Return where we are, with names for what a message refers to."""
        me, policy = await self._web.whoami(), await self._policy.current()
        found = message or {}
        names = {mention["id"]: mention["name"] for mention in found.get("mentions") or ()}
        roles = found.get("mention_roles") or spoken.roles(str(found.get("content") or ""))
        known = await self._known_roles(me.guild) if roles else ()
        own = frozenset(str(role["id"]) for role in known if str((role.get("tags") or {}).get("bot_id")) == me.bot_user)
        names |= {str(role["id"]): str(role["name"]) for role in known} | await self._channel_names(str(found.get("content") or ""))
        return Here(me, policy.company.bot, policy.intake.emoji, frozenset(policy.intake.bots), names, own)

    async def _where(self, id: str) -> Where | None:
        """Return where something happened; None where the channel is gone by now, or out of the bot's sight."""
        try:
            room = await self._kinds.of(id)
            return Where(room, await self._kinds.parent(room))
        except PlaceGone:
            return None

    async def _known_roles(self, guild: str) -> Sequence[Payload]:
        async def ask() -> Sequence[Payload]:
            return list(await self._web.call("GET", "/guilds/{guild_id}/roles", guild_id=guild))

        return await self._roles.get(guild, ask)

    async def _channel_names(self, text: str) -> dict[str, str]:
        found = {}
        for id in spoken.channels(text)[:NAMED]:
            try:
                found[id] = (await self._kinds.of(id)).name
            # A channel that the bot may not see has no name for it.
            except Rejected:
                continue
        return found


Reader = Callable[[Listener, Arrival], Awaitable[Sequence[Event]]]
READERS: Mapping[str, Reader] = {
    arrivals.SAID: Listener._said,
    arrivals.CHANGED: Listener._changed,
    arrivals.DELETED: Listener._deleted,
    arrivals.REACTED: Listener._reacted,
    arrivals.LEFT: Listener._left,
    arrivals.THREAD_GONE: Listener._thread_gone,
    arrivals.CHANNEL_GONE: Listener._channel_gone,
    arrivals.RENAMED: Listener._renamed,
    arrivals.REMOVED: Listener._removed,
    acts.ASKED: Listener._asked,
    acts.CLICKED: Listener._clicked,
    acts.COMMANDED: Listener._commanded,
}
