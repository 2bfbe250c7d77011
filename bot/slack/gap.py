"""The gap on Slack: what was said there while nobody listened, read back from the history of channels and threads."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from bot.arrivals import gap
from bot.arrivals.gap import Emit
from bot.slack.listener import Listener
from bot.slack.people import People
from bot.slack.refs import channel_ref, instant
from bot.slack.replay import Replay
from bot.slack.rooms import listed
from bot.slack.web import Web
from desk.errors import FrontdeskError, Rejected
from desk.ports import Clock, PolicySource
from desk.space import ChannelRef, Platform
from desk.store import Store
from desk.watch import Unread, WatchRows

log = logging.getLogger("frontdesk.slack")


class Gap(gap.Gap):
    """Watches one workspace."""

    platform = Platform.SLACK

    def __init__(self, web: Web, people: People, *, policy: PolicySource, store: Store, watch: WatchRows, clock: Clock, emit: Emit) -> None:
        super().__init__(policy=policy, store=store, watch=watch, clock=clock, emit=emit)
        self._web = web
        self._replay = Replay(web, watch, Listener(web, people, policy, self.tell), clock)

    async def space(self) -> str:
        """Return the workspace."""
        return (await self._web.whoami()).team

    async def conversations(self) -> Sequence[ChannelRef]:
        """Return the private conversations with the bot; none where Slack does not tell of them, as where the app lacks the scope for it."""
        listing = listed(self._web, "users.conversations", "channels", types="im", accept=("missing_scope",))
        try:
            return [channel_ref(await self.space(), str(room["id"])) async for room in listing]
        except Rejected as error:
            log.warning("conversations in which nobody wrote before are not looked into: %s", error)
            return []

    async def step(self, part: Unread) -> None:
        """Read one page of a part."""
        await self._replay.step(part)

    def began(self, root: str) -> datetime:
        """Return when the root of a thread was said."""
        return instant(root)

    async def is_refused(self) -> bool:
        """Tell whether it is the whole app that Slack refuses."""
        try:
            await self._web.call("auth.test")
        except FrontdeskError:
            return True
        return False
