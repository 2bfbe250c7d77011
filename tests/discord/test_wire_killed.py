"""The whole program, killed while Discord's answers are under way: nothing is lost and nothing is said twice."""

import asyncio
import os
import sqlite3
import sys
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bootstrap import open_reading
from bot.discord.refs import channel_ref
from cli.play.discord.founding import founded, person, room
from cli.play.discord.names import BOT, GUILD, TOKEN
from cli.play.discord.server import Loopback
from desk.changes import SaveChannel, write
from desk.ids import EventId
from desk.space import Channel, ChannelKind
from settings import read_settings
from tests.discord.judge import judged
from tests.discord.listening import HELP, LEA, MARA, TEAM_ROOM, TIM, Talk

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = ROOT / "demo" / "knowledge" / "billing" / "refund-times.md"
QUESTION = "How long does a refund take until it is back on my card?"
POLICY = '[modes]\ndefault = "auto"\n[answers]\nthreshold = 0.3\n[pause]\nquiet = "0s"\n'
THREAD, POST = "POST /channels/{channel}/messages/{message}/threads", "POST /channels/{channel}/messages"
PATIENCE = 90.0


class Desk:
    """The program in a process of its own, which is killed and started again on the same home."""

    def __init__(self, home: Path, loop: Loopback) -> None:
        self.home, self.loop, self.talk, self.child = home, loop, Talk(loop.home), None

    async def start(self) -> None:
        """Start it, and return when it hears."""
        own = {"FRONTDESK_HOME": str(self.home), "FRONTDESK_PORT": "0", "FRONTDESK_DISCORD_TOKEN": TOKEN, "FRONTDESK_DISCORD_URL": self.loop.url}
        with (self.home / "log").open("ab") as log:
            self.child = await asyncio.create_subprocess_exec(
                sys.executable, "main.py", "run", cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log
            )
        await self.loop.gateway.flush(PATIENCE)

    async def kill(self) -> None:
        """Kill it as a power cut would."""
        self.child.kill()
        await self.child.wait()

    def stored(self) -> Counter[str]:
        """Return the customers' messages in the store, by id."""
        with sqlite3.connect(f"file:{self.home / 'frontdesk.db'}?mode=ro", uri=True) as database:
            refs = database.execute("SELECT ref FROM messages WHERE role = 'customer'").fetchall()
        return Counter(ref.rpartition("/")[2] for (ref,) in refs)

    def answers(self, root: str) -> int:
        """Return how many messages of the bot's tell of refunds in the thread of a message."""
        return sum(message.author == BOT and "refund" in message.content.lower() for message in self.loop.home.messages(root))

    async def until(self, check) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not check():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def is_killed_before_it_hears(self, route: str, user: str) -> str:
        """Have somebody ask; kill the desk when Discord has done the next request of a route, but not said so. Return the id of the question."""
        held = self.loop.api.faults.held[route] = asyncio.Event()
        before = self._done(route)
        asked = self.talk.says(QUESTION, user=user).id
        await self.until(lambda: self._done(route) > before)
        await self.kill()
        held.set()
        del self.loop.api.faults.held[route]
        return asked

    def _done(self, route: str) -> int:
        return sum(name == route for name, _ in self.loop.api.asked)


@asynccontextmanager
async def desk(folder: Path):
    """Furnish a home and a server for it."""
    home = founded(lambda: datetime.now(UTC))
    for id, name in ((MARA, "Mara Voss"), (LEA, "Lea Brandt"), (TIM, "Tim Hale")):
        person(home, id, name)
    room(home, HELP, "help")
    room(home, TEAM_ROOM, "agents", only=(home.guild.owner,))
    (folder / "policy.toml").write_text(POLICY)
    now = datetime.now(UTC)
    rooms = (Channel(channel_ref(GUILD, HELP), "help", ChannelKind.COMMUNITY, now),)
    rooms += (Channel(channel_ref(GUILD, TEAM_ROOM), "agents", ChannelKind.INTERNAL, now, agents=True),)
    async with open_reading(read_settings(home=folder)) as reading:
        await reading.records.store.commit(EventId("ev-rooms"), write(*map(SaveChannel, rooms)), at=now)
        await reading.ingest([ARTICLE])
    async with Loopback(home) as loop:
        made = Desk(folder, loop)
        try:
            with judged(loop.api):
                yield made
        finally:
            if made.child and made.child.returncode is None:
                await made.kill()


async def test_a_kill_while_discords_answer_is_under_way_loses_nothing_and_says_nothing_twice(tmp_path):
    async with desk(tmp_path) as d:
        await d.start()
        asked = [await d.is_killed_before_it_hears(THREAD, MARA)]
        asked.append(d.talk.says("and what about my other card?").id)
        await d.start()
        await d.until(lambda: d.answers(asked[0]))
        second = await d.is_killed_before_it_hears(POST, LEA)
        await d.start()
        await d.until(lambda: d.answers(second))
        third = await d.is_killed_before_it_hears(POST, TIM)
        # As after some minutes: Discord knows the nonce no more, and the post has to be found.
        d.loop.home.nonces.clear()
        asked += [second, third, *(d.talk.says(f"me too {n}").id for n in range(20))]
        await d.start()
        await d.until(lambda: d.answers(third) and set(asked) <= set(d.stored()))
        await asyncio.sleep(2)
        assert [d.answers(root) for root in (asked[0], second, third)] == [1, 1, 1]
        assert d.stored() == Counter(asked)
        cards = [message for message in d.loop.home.messages(TEAM_ROOM) if message.author == BOT]
        assert len({message.nonce for message in cards}) == len(cards)
