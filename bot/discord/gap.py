"""The gap on Discord: what was said there while nobody listened, read back from channels, threads and direct messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.arrivals import gap
from bot.arrivals.gap import Emit
from bot.discord.kinds import Kinds
from bot.discord.listener import Listener
from bot.discord.people import People
from bot.discord.refs import instant
from bot.discord.replay import Replay
from bot.discord.web import Web
from desk.errors import FrontdeskError
from desk.ports import Clock, PolicySource
from desk.space import ChannelRef, Platform
from desk.store import Store
from desk.watch import Unread, WatchRows


class Gap(gap.Gap):
    """Watches one server."""

    platform = Platform.DISCORD
    margin = timedelta(minutes=2)
    """A dead connection is noticed after the minute in which Discord is silent, and until then somebody seems to listen."""

    def __init__(
        self, web: Web, people: People, kinds: Kinds, *, policy: PolicySource, store: Store, watch: WatchRows, clock: Clock, emit: Emit
    ) -> None:
        super().__init__(policy=policy, store=store, watch=watch, clock=clock, emit=emit)
        self._web = web
        listener = Listener(web, people, kinds, policy=policy, store=store, watch=watch, clock=clock, emit=self.tell)
        self._replay = Replay(web, watch, listener, kinds, clock)

    async def space(self) -> str:
        """Return the server."""
        return (await self._web.whoami()).guild

    async def conversations(self) -> Sequence[ChannelRef]:
        """Return nothing: Discord lists no bot's direct messages. Those in which anybody ever wrote are known."""
        return ()

    async def step(self, part: Unread) -> None:
        """Read one page of a part. Threads that went on are listed by Discord, so nothing is looked at from before the gap."""
        await self._replay.step(replace(part, floor=part.after))

    def began(self, root: str) -> datetime:
        """Return when the root of a thread was said."""
        return instant(root)

    async def is_refused(self) -> bool:
        """Tell whether it is the whole bot that Discord refuses."""
        try:
            await self._web.call("GET", "/users/@me")
        except FrontdeskError:
            return True
        return False
