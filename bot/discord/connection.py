"""Connection: one Discord server, opened, listened to and written to."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from pathlib import Path

import aiohttp
import discord

from bot.arrivals.handover import Handover
from bot.arrivals.inbox import Inbox
from bot.arrivals.keeping import kept_up
from bot.arrivals.pump import GivenUp, Pump
from bot.discord.access import Access
from bot.discord.budget import KeptBudget
from bot.discord.carried import Carried
from bot.discord.chat import DiscordChat
from bot.discord.client import Client, wanted
from bot.discord.commands import Commands
from bot.discord.gap import Gap
from bot.discord.hearing import Hearing
from bot.discord.history import said
from bot.discord.interactive import Interactive
from bot.discord.kinds import Kinds
from bot.discord.listener import Listener
from bot.discord.people import People
from bot.discord.replies import Replies
from bot.discord.socket import TOKEN, Socket
from bot.discord.web import Web
from desk.errors import FrontdeskError, Misconfigured, Unavailable
from desk.ports import ChatPlatform, Clock, Desk, PolicySource
from desk.space import ChannelRef, Platform
from desk.store import Store
from desk.tending import Forgotten
from desk.watch import WatchRows

PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until Discord is asked again what it did not answer, doubling up to the longest."""

log = logging.getLogger("frontdesk.discord")


async def erased(inbox: Inbox, whom: Forgotten) -> int:
    """Take out of an inbox what these people did; return how many arrivals."""
    return await inbox.erase([user.id for user in whom.users if user.platform is Platform.DISCORD])


class Discord:
    """A server the bot is in. What is written goes through `chat`; what people do is handed to the desk it is connected to."""

    def __init__(
        self,
        access: Access,
        inbox: Inbox,
        carried: Carried,
        *,
        policy: PolicySource,
        store: Store,
        watch: WatchRows,
        clock: Clock,
        is_behind: bool = False,
    ) -> None:
        self._access, self._inbox, self._carried = access, inbox, carried
        self._policy, self._store, self._watch, self._clock = policy, store, watch, clock
        self._hearing = Hearing()
        self._client = Client(access, self._hearing.hear, wanted())
        self._web = Web(self._client, access)
        self._people = People(self._web, policy, store, clock)
        self._kinds = Kinds(self._web)
        self._replies = Replies(carried, clock)
        self._gap: Gap | None = None
        self._commands: Commands | None = None
        self._chat = DiscordChat(
            self._web,
            self._people,
            self._kinds,
            policy=policy,
            store=store,
            clock=clock,
            carried=carried,
            replies=self._replies,
            hears_all=lambda: self._client.intents.message_content,
        )
        self.chat: ChatPlatform = self._chat
        self._pump: Pump | None = None
        self._socket: Socket | None = None
        self._was_heard = is_behind

    @classmethod
    async def open(cls, access: Access, *, inbox: Path, policy: PolicySource, store: Store, watch: WatchRows, clock: Clock) -> Discord:
        """Prepare the connection; nothing is reached yet, so that a desk starts also while Discord is down."""
        heard = bool(await watch.spaces(Platform.DISCORD))
        # Every path hangs off this address, for the whole process: a bot has one.
        discord.http.Route.BASE = access.url.rstrip("/")
        carried = await Carried.open(inbox.with_name("discord-carried.db"), clock)
        return cls(access, await Inbox.open(inbox, clock), carried, policy=policy, store=store, watch=watch, clock=clock, is_behind=heard)

    def connect(self, desk: Desk, on_given_up: GivenUp | None = None) -> None:
        """Say who takes the events, and who hears of what nobody can read."""
        people, kinds, policy, store, watch, clock = self._people, self._kinds, self._policy, self._store, self._watch, self._clock
        self._gap = Gap(self._web, people, kinds, policy=policy, store=store, watch=watch, clock=clock, emit=desk.emit)
        self._gap.is_reading = self._was_heard
        listener = Listener(self._web, people, kinds, policy=policy, store=store, watch=watch, clock=clock, emit=desk.emit)
        self._chat.read_by(partial(said, self._web, listener))
        handover = Handover(listener.events, desk.emit, store)
        self._pump = Pump(self._inbox, listener.take, self._clock, take_many=handover.take_many, on_given_up=on_given_up)
        self._commands = Commands(self._web, desk, self._carried)
        interactive = Interactive(
            self._web,
            self._people,
            desk,
            self._pump.keep,
            carried=self._carried,
            replies=self._replies,
            commands=self._commands,
            shows=self._chat.private.shows,
        )
        budget = KeptBudget(self._carried, self._clock)
        self._socket = Socket(self._access, self._client, self._web, budget=budget, room=self._hearing.has_room, connected=self._gap.missed)
        self._hearing.connect(self._kinds, self._pump.keep, answer=interactive.take, forget=self._people.forget, sessions=self._socket)

    async def run(self) -> None:
        """Listen until canceled. Whatever is wrong with Discord is said in the log, and the rest of the desk goes on."""
        if self._pump is None or self._socket is None or self._gap is None or self._commands is None:
            return
        socket, gap = self._socket, self._gap
        async with asyncio.TaskGroup() as group:
            group.create_task(kept_up(self._pump.run, platform="Discord"))
            await kept_up(self._logged_in, platform="Discord")
            for work in (self._find_out, self._commands.run, partial(gap.run, lambda: socket.is_live), socket.run):
                group.create_task(kept_up(work, platform="Discord"))

    def is_behind(self, channel: ChannelRef) -> bool:
        """Tell whether what was said in a channel in our absence may still be unread."""
        return channel.platform is Platform.DISCORD and (self._was_heard if self._gap is None else self._gap.is_behind(channel))

    def is_crowded(self, channel: ChannelRef) -> bool:
        """Tell whether so much is said in a channel that it waits to be handed over."""
        return channel.platform is Platform.DISCORD and self._pump is not None and self._pump.is_crowded(channel.id)

    async def settled(self) -> bool:
        """Tell whether the desk has everything that came in, and nothing of what follows a press is under way."""
        # Without a session nothing can be read, so nothing is under way either.
        live = self._socket is not None and self._socket.is_live
        reading = live and self._gap is not None and self._gap.is_reading and not self._gap.is_waiting
        return not self._hearing.is_busy and not reading and not await self._inbox.count()

    async def erase(self, whom: Forgotten) -> int:
        """Take out what these people did and the desk has not taken; return how many arrivals."""
        users = [user.id for user in whom.users if user.platform is Platform.DISCORD]
        return await erased(self._inbox, whom) + sum([await self._carried.erase(user) for user in users])

    async def close(self) -> None:
        """Close what is open."""
        await self._hearing.close()
        await self._inbox.close()
        await self._carried.close()
        await self._web.close()
        await self._client.hang_up()

    async def _logged_in(self) -> None:
        """Present the token until Discord takes it; a person is told once what to mend."""
        pause, told = PAUSE, ""
        while True:
            try:
                return await self._client.login(self._access.token)
            except discord.LoginFailure:
                error: FrontdeskError = Misconfigured(f"Discord does not know the bot's token: {TOKEN}")
            except (TimeoutError, aiohttp.ClientError, OSError, discord.DiscordException, RuntimeError, ValueError) as failed:
                error = Unavailable("platform", f"logging in failed with {type(failed).__name__}")
            if str(error) != told:
                log.error("Discord is not there, so it is asked again: %s", error)
            told = str(error)
            self._client.forget_session()
            await asyncio.sleep(LONGEST_PAUSE if isinstance(error, Misconfigured) else pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _find_out(self) -> None:
        """Ask which server is home until Discord says so; a person is told once what to mend."""
        pause, told = PAUSE, ""
        while True:
            try:
                me = await self._web.whoami()
            except FrontdeskError as error:
                if str(error) != told:
                    log.error("what is said on Discord waits: %s", error)
                told = str(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return log.info("connected to the Discord server %s as %s", me.guild, me.bot_user)
