"""Connection: one Slack workspace, opened, listened to and written to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

from bot.arrivals.handover import Handover
from bot.arrivals.inbox import Inbox
from bot.arrivals.keeping import kept_up
from bot.arrivals.pump import GivenUp, Pump
from bot.slack.access import Access
from bot.slack.app import Answer, App
from bot.slack.chat import SlackChat
from bot.slack.gap import Gap
from bot.slack.interactive import Interactive
from bot.slack.listener import Listener
from bot.slack.people import People
from bot.slack.socket import Socket
from bot.slack.web import Web
from desk.errors import FrontdeskError, RateLimited
from desk.ports import ChatPlatform, Clock, Desk, PolicySource
from desk.space import ChannelRef, Platform
from desk.store import Store
from desk.tending import Forgotten
from desk.watch import WatchRows

PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until Slack is asked again what it did not answer, doubling up to the longest."""
DEAF = (
    "nothing is heard from Slack: set FRONTDESK_SLACK_APP_TOKEN to an app-level token of the app for Socket Mode, "
    "or FRONTDESK_SLACK_SIGNING_SECRET to its signing secret for events over HTTP"
)
NOT_YET: Answer = (503, {}, b"")

log = logging.getLogger("frontdesk.slack")


async def erased(inbox: Inbox, whom: Forgotten) -> int:
    """Take out of an inbox what these people did; return how many arrivals."""
    return await inbox.erase([user.id for user in whom.users if user.platform is Platform.SLACK])


class Slack:
    """A workspace the app is installed in. What is written goes through `chat`; what people do is handed to the desk it is connected to."""

    def __init__(
        self, access: Access, inbox: Inbox, *, policy: PolicySource, store: Store, watch: WatchRows, clock: Clock, is_behind: bool = False
    ) -> None:
        self._access = access
        self._inbox = inbox
        self._policy = policy
        self._store = store
        self._watch = watch
        self._clock = clock
        self._web = Web(access)
        self._people = People(self._web, policy, store, clock)
        self.chat: ChatPlatform = SlackChat(self._web, self._people, policy, store, clock)
        self._pump: Pump | None = None
        self._interactive: Interactive | None = None
        self._app: App | None = None
        self._gap: Gap | None = None
        self._was_heard = is_behind

    @classmethod
    async def open(cls, access: Access, *, inbox: Path, policy: PolicySource, store: Store, watch: WatchRows, clock: Clock) -> Slack:
        """Prepare the connection; nothing is reached yet, so that a desk starts also while Slack is down."""
        heard = bool(await watch.spaces(Platform.SLACK))
        return cls(access, await Inbox.open(inbox, clock), policy=policy, store=store, watch=watch, clock=clock, is_behind=heard)

    def connect(self, desk: Desk, on_given_up: GivenUp | None = None) -> None:
        """Say who takes the events, and who hears of what nobody can read."""
        self._gap = Gap(self._web, self._people, policy=self._policy, store=self._store, watch=self._watch, clock=self._clock, emit=desk.emit)
        self._gap.is_reading = self._was_heard
        listener = Listener(self._web, self._people, self._policy, desk.emit)
        handover = Handover(listener.events, desk.emit, self._store)
        self._pump = Pump(self._inbox, listener.take, self._clock, take_many=handover.take_many, on_given_up=on_given_up)
        self._interactive = Interactive(self._web, self._people, desk, self._pump.keep)
        self._app = App(self._access, self._pump, self._people, self._interactive, on_held_back=self._gap.held_back)

    async def run(self) -> None:
        """Listen until canceled. Whatever is wrong with Slack is said in the log, and the rest of the desk goes on."""
        if self._app is None or self._pump is None or self._gap is None:
            return
        socket, gap = Socket(self._access, self._app.dispatch, self._gap.missed), self._gap
        works: list[Callable[[], Awaitable[None]]] = [
            self._pump.run,
            partial(self._find_out, self._app),
            partial(gap.run, lambda: socket.is_live or not self._access.in_socket_mode),
        ]
        if self._access.in_socket_mode:
            works.append(socket.run)
        elif self._access.signing_secret:
            gap.missed()
        else:
            log.error(DEAF)
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(kept_up(work, platform="Slack"))

    def be_patient(self, seconds: float) -> None:
        """Let each thing that an answer waits for take this long, where it is not Slack who waits, for three seconds."""
        if self._interactive is not None:
            self._interactive.patience = seconds

    def is_behind(self, channel: ChannelRef) -> bool:
        """Tell whether what was said in a channel in our absence may still be unread."""
        return channel.platform is Platform.SLACK and (self._was_heard if self._gap is None else self._gap.is_behind(channel))

    def is_crowded(self, channel: ChannelRef) -> bool:
        """Tell whether so much is said in a channel that it waits to be handed over."""
        return channel.platform is Platform.SLACK and self._pump is not None and self._pump.is_crowded(channel.id)

    async def request(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer what came over HTTP from whoever says to be Slack."""
        return await self._app.request(headers, body) if self._app else NOT_YET

    async def settled(self) -> bool:
        """Tell whether the desk has everything that came in, and nothing of what follows a press is under way."""
        opening = self._interactive is not None and self._interactive.is_busy
        reading = self._gap is not None and self._gap.is_reading and not self._gap.is_waiting
        return not opening and not reading and not await self._inbox.count()

    async def erase(self, whom: Forgotten) -> int:
        """Take out what these people did and the desk has not taken; return how many arrivals."""
        return await erased(self._inbox, whom)

    async def close(self) -> None:
        """Close what is open."""
        if self._interactive is not None:
            await self._interactive.close()
        await self._inbox.close()
        await self._web.close()

    async def _find_out(self, app: App) -> None:
        """Ask who the bot is until Slack says so; a person is told once what to mend."""
        pause, told = PAUSE, ""
        while app.me is None:
            try:
                app.me = await self._web.whoami()
            except FrontdeskError as error:
                if str(error) != told:
                    log.error("Slack is not there, so it is asked again; what is said waits: %s", error)
                told = str(error)
                await asyncio.sleep(max(pause, error.after.total_seconds()) if isinstance(error, RateLimited) else pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        log.info("connected to the Slack workspace %s as %s", app.me.team, app.me.bot_user)
