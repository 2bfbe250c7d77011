"""Connection: one Slack workspace, opened, listened to and written to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path

from bot.slack.access import Access
from bot.slack.app import Answer, App
from bot.slack.chat import SlackChat
from bot.slack.inbox import Inbox
from bot.slack.interactive import Interactive
from bot.slack.listener import Listener
from bot.slack.people import People
from bot.slack.pump import Pump
from bot.slack.socket import Socket
from bot.slack.web import Web
from desk.errors import FrontdeskError, RateLimited
from desk.ports import ChatPlatform, Clock, Desk, PolicySource
from desk.store import Store

PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until Slack is asked again what it did not answer, doubling up to the longest."""
DEAF = (
    "nothing is heard from Slack: set FRONTDESK_SLACK_APP_TOKEN to an app-level token of the app for Socket Mode, "
    "or FRONTDESK_SLACK_SIGNING_SECRET to its signing secret for events over HTTP"
)
NOT_YET: Answer = (503, {}, b"")

log = logging.getLogger("frontdesk.slack")


class Slack:
    """A workspace the app is installed in. What is written goes through `chat`; what people do is handed to the desk it is connected to."""

    def __init__(self, access: Access, inbox: Inbox, *, policy: PolicySource, store: Store, clock: Clock) -> None:
        self._access = access
        self._inbox = inbox
        self._policy = policy
        self._clock = clock
        self._web = Web(access)
        self._people = People(self._web, policy, store, clock)
        self.chat: ChatPlatform = SlackChat(self._web, self._people, policy, store, clock)
        self._pump: Pump | None = None
        self._interactive: Interactive | None = None
        self._app: App | None = None
        self._missed = asyncio.Event()

    @classmethod
    async def open(cls, access: Access, *, inbox: Path, policy: PolicySource, store: Store, clock: Clock) -> Slack:
        """Prepare the connection; nothing is reached yet, so that a desk starts also while Slack is down."""
        return cls(access, await Inbox.open(inbox, clock), policy=policy, store=store, clock=clock)

    def connect(self, desk: Desk) -> None:
        """Say who takes the events."""
        listener = Listener(self._web, self._people, self._policy, desk.emit)
        self._pump = Pump(self._inbox, listener.take, self._clock)
        self._interactive = Interactive(self._web, self._people, desk, self._pump.keep)
        self._app = App(self._access, self._pump, self._people, self._interactive, on_held_back=self._missed.set)

    async def run(self) -> None:
        """Listen until canceled. Whatever is wrong with Slack is said in the log, and the rest of the desk goes on."""
        if self._app is None or self._pump is None:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pump.run())
            group.create_task(self._find_out(self._app))
            group.create_task(self._catch_up())
            if self._access.in_socket_mode:
                group.create_task(Socket(self._access, self._app.dispatch, self._missed.set).run())
            elif self._access.signing_secret:
                self._missed.set()
            else:
                log.error(DEAF)

    async def request(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer what came over HTTP from whoever says to be Slack."""
        return await self._app.request(headers, body) if self._app else NOT_YET

    async def settled(self) -> bool:
        """Tell whether the desk has everything that came in, and nothing of what follows a press is under way."""
        opening = self._interactive is not None and self._interactive.is_busy
        return not opening and not await self._inbox.count()

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

    async def _catch_up(self) -> None:
        """Whenever events may have been missed, read from history what was said meanwhile."""
        while True:
            await self._missed.wait()
            self._missed.clear()
            await self._read_what_was_missed()

    async def _read_what_was_missed(self) -> None:
        """Read the gap; called at start, and whenever events flow again that did not."""
