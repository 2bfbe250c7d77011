"""Latency: how soon an event is acknowledged, and a question answered, with 10,000 chunks. Run with `python -m benchmarks.latency`."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.serving import ARTICLES, CHUNKS, questions, stock
from bootstrap import open_runtime
from bot.web.rooms import local_channel, local_user
from cli.seeding import Cast, Room, enroll
from desk.audience import PUBLIC
from desk.changes import Changes
from desk.events import Event, MessageReceived
from desk.ids import EventId
from desk.ports import ChatPlatform
from desk.post import Post
from desk.space import Channel, ChannelKind, MessageRef, Place
from desk.store import Store
from desk.timeline import Purpose
from knowledge.embeddings import OnnxEmbedder
from runtime import Runtime, Submit, Wrappers
from settings import read_settings
from store.rows import pack

RATE, SPAN, CUSTOMERS = 20, 30.0, 100
ASKED, WARMING = 60, 10
PATIENCE = 3.0
ACKNOWLEDGED, TYPICAL, MOST = 50.0, 200.0, 500.0
"""Milliseconds: the 99th percentile of acknowledgments, the median and the 95th percentile of answers."""
TOWN = Place(local_channel("town"))
AGENTS = local_channel("agents")


@dataclass
class Watch:
    """What questions made the desk do: texts embedded, commits, milliseconds to be durable, and when a customer first read something."""

    texts: list[list[str]] = field(default_factory=list)
    commits: list[Changes] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    purpose: Purpose | None = None

    def forget(self) -> None:
        self.texts.clear()
        self.commits.clear()
        self.answered.clear()

    def wrappers(self) -> Wrappers:
        return Wrappers(
            store=lambda store: cast(Store, WatchedStore(store, self)),
            chat=lambda chat: cast(ChatPlatform, WatchedChat(chat, self)),
            submit=self._timed,
        )

    def _timed(self, submit: Submit) -> Submit:
        async def timed(event: Event) -> None:
            began = time.perf_counter()
            await submit(event)
            if isinstance(event, MessageReceived):
                self.acknowledged.append((time.perf_counter() - began) * 1000)

        return timed

    def listen(self, embedder: OnnxEmbedder) -> None:
        """Note what an embedder is asked from now on."""
        embed = embedder.embed

        async def noted(texts: Sequence[str]) -> Sequence[Sequence[float]]:
            self.texts.append(list(texts))
            return await embed(texts)

        embedder.embed = noted  # type: ignore[method-assign]


class WatchedStore:
    """A store whose commits are noted."""

    def __init__(self, store: Store, watch: Watch) -> None:
        self._store, self._watch = store, watch

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def commit(self, event: EventId, changes: Changes, *, at: datetime) -> bool:
        self._watch.commits.append(changes)
        return await self._store.commit(event, changes, at=at)


class WatchedChat:
    """A platform that says when a customer can read something."""

    def __init__(self, chat: ChatPlatform, watch: Watch) -> None:
        self._chat, self._watch = chat, watch

    def __getattr__(self, name: str) -> object:
        return getattr(self._chat, name)

    async def send(self, post: Post) -> MessageRef:
        ref = await self._chat.send(post)
        if post.audience == PUBLIC:
            self._watch.purpose = post.purpose
            self._watch.answered.set()
        return ref


async def acknowledged(home: Path) -> list[float]:
    """Return the milliseconds until each message was durable, while the desk also answers what came before."""
    watch, asked = Watch(), questions()
    async with open_runtime(read_settings(home=home), wrap=watch.wrappers()) as desk:
        await furnish(desk)
        async with asyncio.TaskGroup() as group:
            for n in range(int(RATE * SPAN)):
                group.create_task(desk.workspace.say(local_user(f"customer {n % CUSTOMERS}"), TOWN, asked[n % len(asked)]))
                await asyncio.sleep(1 / RATE)
    return watch.acknowledged


async def answered(home: Path) -> tuple[list[float], list[float], int]:
    """Return for each question the milliseconds until somebody could read a post, those of the floor, and how many posts were answers."""
    watch, times, floors, answers = Watch(), list[float](), list[float](), 0
    async with open_runtime(read_settings(home=home), wrap=watch.wrappers()) as desk:
        await furnish(desk)
        watch.listen(desk.reading.embedder)
        bare = OnnxEmbedder(remembered=1)
        for n, question in enumerate(questions()[: WARMING + ASKED]):
            took = await ask(question, f"asker {n}", desk, watch)
            floor = await floor_of(watch, question, desk, bare=bare, folder=home)
            if n >= WARMING and took is not None:
                times.append(took)
                floors.append(floor)
                answers += watch.purpose is Purpose.ANSWER
        bare.close()
    return times, floors, answers


async def ask(question: str, who: str, desk: Runtime, watch: Watch) -> float | None:
    """Ask and return the milliseconds until somebody could read a post, None for what is not taken for a question."""
    watch.forget()
    began = time.perf_counter()
    await desk.workspace.say(local_user(who), TOWN, question)
    try:
        async with asyncio.timeout(PATIENCE):
            await watch.answered.wait()
    except TimeoutError:
        return None
    took = (time.perf_counter() - began) * 1000
    await desk.engine.settled()
    await asyncio.sleep(0.2)
    return took


async def floor_of(watch: Watch, question: str, desk: Runtime, *, bare: OnnxEmbedder, folder: Path) -> float:
    """Return the milliseconds that the same embedding, one search and the same inserts take in one function."""
    texts, commits = [list(each) for each in watch.texts], [[pack(write) for write in changes.writes] for changes in watch.commits]
    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE IF NOT EXISTS floor (id INTEGER PRIMARY KEY, doc TEXT)")
    began = time.perf_counter()
    for each in texts:
        bare.embed_now(each)
    # The desk's own embedder remembers this question, so the search adds no embedding.
    await desk.reading.knowledge.search(question, frozenset({PUBLIC}))
    for docs in commits:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO floor (doc) VALUES (?)", [(doc,) for doc in docs])
        database.execute("COMMIT")
    took = (time.perf_counter() - began) * 1000
    database.close()
    return took


async def furnish(desk: Runtime) -> None:
    """Open a channel for customers and one for the team, and ingest the articles."""
    now = datetime.now(UTC)
    rooms = (Channel(TOWN.channel, "town", ChannelKind.COMMUNITY, now), Channel(AGENTS, "agents", ChannelKind.INTERNAL, now, agents=True))
    await enroll(desk, Cast(rooms=[Room(room) for room in rooms]), at=now)
    await desk.reading.ingest([ARTICLES])
    await desk.reading.knowledge.search("ready", frozenset({PUBLIC}))


def told(what: str, times: Sequence[float], percentiles: Sequence[int]) -> list[float]:
    """Print percentiles in milliseconds and return them."""
    values = [float(value) for value in np.percentile(times, percentiles)]
    print(f"{what}: " + ", ".join(f"p{p} {value:.1f} ms" for p, value in zip(percentiles, values, strict=True)), flush=True)
    return values


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="frontdesk-latency-") as folder:
        burst, quick = Path(folder, "burst"), Path(folder, "quick")
        for home, pause in ((burst, "8s"), (quick, "0s")):
            home.mkdir()
            (home / "policy.toml").write_text(f'[modes]\ndefault = "auto"\n[answers]\nthreshold = 0.5\n[pause]\nquiet = "{pause}"\n')
            asyncio.run(stock(home))
        _, late = told(f"acknowledged at {RATE} events/s", asyncio.run(acknowledged(burst)), (50, 99))
        times, floors, answers = asyncio.run(answered(quick))
    typical, most = told(f"answered without the pause, {CHUNKS} chunks, {answers} answers in {len(times)} posts", times, (50, 95))
    low, high = told("floor: the same embedding, search and inserts in one function", floors, (50, 95))
    print(f"ratio to the floor: p50 {typical / low:.1f}, p95 {most / high:.1f}")
    print(f"marks: acknowledged p99 under {ACKNOWLEDGED:.0f} ms; answered p50 under {TYPICAL:.0f} ms, p95 under {MOST:.0f} ms")
    return int(late >= ACKNOWLEDGED or typical >= TYPICAL or most >= MOST)


if __name__ == "__main__":
    sys.exit(main())
