"""Listening: a connection to the play's Discord, on which people write, and a desk that keeps what it is told."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bot.arrivals.pump import GivenUp
from bot.discord.access import Access
from bot.discord.connection import Discord
from bot.discord.refs import channel_ref, user_ref
from cli.play.discord import channels, saying
from cli.play.discord.founding import founded, person, room
from cli.play.discord.names import GUILD, TOKEN
from cli.play.discord.server import Loopback
from cli.play.discord.state import Channel, Home, Kind, Message
from desk.ports import Desk
from store.repository import SqlStore
from store.watch import SqlWatch
from tests.fakes import FakeClock
from tests.world import ScriptedPolicy

MARA, TIM, LEA = "1190000000000100000", "1190000000000200000", "1190000000000210000"
HELP, TEAM_ROOM, FORUM = "1190000000000300000", "1190000000000400000", "1190000000000500000"
MARA_REF, HELP_REF = user_ref(GUILD, MARA), channel_ref(GUILD, HELP)
BILLING, SOLVED = "1190000000000510000", "1190000000000510001"


def server(now) -> Home:
    """Return a server on which Mara and Lea are customers and Tim is nobody in particular, with a channel and a forum for help."""
    home = founded(now)
    for id, name in ((MARA, "Mara Voss"), (LEA, "Lea Brandt"), (TIM, "Tim")):
        person(home, id, name)
    room(home, HELP, "help")
    room(home, TEAM_ROOM, "team")
    forum = room(home, FORUM, "questions", Kind.FORUM)
    tags = {BILLING: "Billing", SOLVED: "Solved"}
    forum.tags = [{"id": id, "name": name, "moderated": False, "emoji_id": None, "emoji_name": None} for id, name in tags.items()]
    return home


@dataclass
class Talk:
    """What people do on a Discord."""

    home: Home

    def says(self, text: str, *, user: str = MARA, channel: str = HELP, **more) -> Message:
        """Write something."""
        mentions = saying.mentioned(self.home, text)
        return saying.put(self.home, Message(channel, self.home.ids.next(), user, text, mentions=mentions, **more))

    def edits(self, message: Message, text: str) -> Message:
        """Change something."""
        return saying.change(self.home, message, content=text)

    def deletes(self, message: Message) -> None:
        """Take something away."""
        saying.erase(self.home, message)

    def reacts(self, message: Message, emoji: str, *, user: str = MARA) -> None:
        """Put an emoji on something."""
        saying.react(self.home, message, emoji, user)

    def starts(self, message: Message, name: str = "A thread", *, user: str = MARA) -> Channel:
        """Start a thread from a message."""
        return channels.thread_under(self.home, self.home.guild.channels[message.channel], message, user, {"name": name})

    def posts(self, title: str, text: str, *, user: str = MARA, **more) -> tuple[Channel, Message]:
        """Post something in the forum."""
        id = self.home.ids.next()
        first = Message(id, id, user, text)
        return channels.forum_post(self.home, self.home.guild.channels[FORUM], user, {"name": title, **more}, first)


@dataclass
class Listening:
    """A connection that runs."""

    discord: Discord
    server: Loopback

    async def settled(self) -> None:
        """Return when the desk has everything that happened."""
        await self.server.gateway.flush()
        await until(self.discord.settled)


@asynccontextmanager
async def listening(
    server: Loopback,
    inbox: Path,
    desk: Desk,
    *,
    policy: ScriptedPolicy,
    store: SqlStore,
    clock: FakeClock,
    access: Access | None = None,
    given_up: GivenUp | None = None,
) -> AsyncIterator[Listening]:
    """Open a connection to a server and run it for a while."""
    access = replace(access or Access(TOKEN), url=server.url)
    discord = await Discord.open(access, inbox=inbox, policy=policy, store=store, watch=SqlWatch(store.database), clock=clock)
    discord.connect(desk, given_up)
    task = asyncio.create_task(discord.run())
    try:
        yield Listening(discord, server)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await discord.close()


async def until(check: Callable[[], object]) -> None:
    """Let the loop go on until something is so."""
    for _ in range(10_000):
        found = check()
        if await found if inspect.isawaitable(found) else found:
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never was")
