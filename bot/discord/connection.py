"""Connection: one Discord server, opened, listened to and written to."""

from __future__ import annotations

import logging
from pathlib import Path

from bot.arrivals.inbox import Inbox
from bot.arrivals.pump import GivenUp
from bot.discord.access import Access
from desk.ports import ChatPlatform, Clock, Desk, PolicySource
from desk.space import ChannelRef, Platform
from desk.store import Store
from desk.tending import Forgotten
from desk.watch import WatchRows

log = logging.getLogger("frontdesk.discord")


async def erased(inbox: Inbox, whom: Forgotten) -> int:
    """Take out of an inbox what these people did; return how many arrivals."""
    return await inbox.erase([user.id for user in whom.users if user.platform is Platform.DISCORD])


class Discord:
    """A server the bot is in. What is written goes through `chat`; what people do is handed to the desk it is connected to."""

    chat: ChatPlatform

    def __init__(
        self, access: Access, inbox: Inbox, *, policy: PolicySource, store: Store, watch: WatchRows, clock: Clock, is_behind: bool = False
    ) -> None:
        self._access, self._inbox = access, inbox
        self._policy, self._store, self._watch, self._clock = policy, store, watch, clock
        self._was_heard = is_behind

    @classmethod
    async def open(cls, access: Access, *, inbox: Path, policy: PolicySource, store: Store, watch: WatchRows, clock: Clock) -> Discord:
        """Prepare the connection; nothing is reached yet, so that a desk starts also while Discord is down."""
        heard = bool(await watch.spaces(Platform.DISCORD))
        return cls(access, await Inbox.open(inbox, clock), policy=policy, store=store, watch=watch, clock=clock, is_behind=heard)

    def connect(self, desk: Desk, on_given_up: GivenUp | None = None) -> None:
        """Say who takes the events, and who hears of what nobody can read."""

    async def run(self) -> None:
        """Listen until canceled. Whatever is wrong with Discord is said in the log, and the rest of the desk goes on."""

    def is_behind(self, channel: ChannelRef) -> bool:
        """Tell whether what was said in a channel in our absence may still be unread."""
        return channel.platform is Platform.DISCORD and self._was_heard

    async def settled(self) -> bool:
        """Tell whether the desk has everything that came in, and nothing of what follows a press is under way."""
        return not await self._inbox.count()

    async def erase(self, whom: Forgotten) -> int:
        """Take out what these people did and the desk has not taken; return how many arrivals."""
        return await erased(self._inbox, whom)

    async def close(self) -> None:
        """Close what is open."""
        await self._inbox.close()
