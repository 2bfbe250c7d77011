"""Discord server: a Discord on the loopback with a help channel, three others and customers, for the benchmarks that talk to a desk over it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.serving import ARTICLES
from bootstrap import open_reading
from bot.discord.refs import channel_ref
from cli.play.discord import saying
from cli.play.discord.api import Exchange
from cli.play.discord.founding import founded, person, role, room
from cli.play.discord.names import GUILD, TOKEN, channel_id, role_id, user_id
from cli.play.discord.server import Loopback
from cli.play.discord.state import Home, Message
from desk.changes import SaveChannel, write
from desk.ids import EventId
from desk.space import Channel, ChannelKind
from settings import read_settings

RAIDED, AGENTS = channel_id("lobby"), channel_id("agents")
TEAM = role_id("Support")
OTHERS = tuple(channel_id(f"help {n}") for n in range(4))
POSTED = re.compile(r"^/channels/(\d+)/messages$")


@dataclass
class Posts:
    """Hears what the bot posts: the instant of the first post in each channel or thread, or in reply to a message."""

    first: dict[str, float] = field(default_factory=dict)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, exchange: Exchange) -> None:
        """Note one request."""
        match = POSTED.match(exchange.path)
        if match is None or exchange.method != "POST" or exchange.status != 200:
            return
        self.first.setdefault(match[1], time.monotonic())
        about = (exchange.given or {}).get("message_reference", {}).get("message_id")
        if about:
            self.first.setdefault(str(about), time.monotonic())
        self.came.set()

    async def until(self, id: str, patience: float) -> float | None:
        """Return the instant of the first post about a message, None when there is none for so many seconds."""
        end = time.monotonic() + patience
        while id not in self.first and (left := end - time.monotonic()) > 0:
            self.came.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.came.wait(), left)
        return self.first.get(id)


def served(customers: int) -> Loopback:
    """Return a server with so many customers and everybody's rate limits."""
    home = founded(lambda: datetime.now(UTC))
    for n in range(customers):
        person(home, customer(n), f"Customer {n}")
    for id, name in [(RAIDED, "lobby"), *((id, f"help-{n}") for n, id in enumerate(OTHERS))]:
        room(home, id, name)
    role(home, TEAM, "Support")
    room(home, AGENTS, "agents", only=(TEAM,))
    loop = Loopback(home)
    loop.api.buckets.counting = True
    return loop


def customer(n: int) -> str:
    """Return the id of a customer."""
    return user_id(f"customer {n}")


def say(home: Home, user: str, channel: str, text: str) -> Message:
    """Have somebody write."""
    return saying.put(home, Message(channel, home.ids.next(), user, text))


async def furnish(home: Path, policy: str) -> None:
    """Declare the channels and ingest the demo's articles."""
    now = datetime.now(UTC)
    (home / "policy.toml").write_text(policy)
    async with open_reading(read_settings(home=home)) as reading:
        rooms = [Channel(channel_ref(GUILD, id), f"channel-{id}", ChannelKind.COMMUNITY, now) for id in (RAIDED, *OTHERS)]
        rooms.append(Channel(channel_ref(GUILD, AGENTS), "agents", ChannelKind.INTERNAL, now, agents=True))
        await reading.records.store.commit(EventId("ev-bench"), write(*map(SaveChannel, rooms)), at=now)
        await reading.ingest([ARTICLES])


def environment(home: Path, loop: Loopback) -> Mapping[str, str]:
    """Return what the desk's process is given."""
    return {"FRONTDESK_HOME": str(home), "FRONTDESK_PORT": "0", "FRONTDESK_DISCORD_TOKEN": TOKEN, "FRONTDESK_DISCORD_URL": loop.url}
