"""Discord raid: 500 messages a second in one channel for a minute, while customers ask in others.

Run with `python -m benchmarks.discord_raid [SECONDS] [RATE]`.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import numpy as np

from benchmarks.discord_server import OTHERS, RAIDED, Posts, customer, environment, furnish, say, served
from benchmarks.serving import questions
from benchmarks.slack_events import CHAT, child
from cli.play.discord.server import Loopback

RATE, SECONDS = 500, 60.0
RAIDERS, ASKERS = 300, 60
EVERY = 3.0
"""Seconds between two questions in the other channels."""
QUIET = 8.0
"""The pause after which the desk answers; it is not counted."""
DURABLE, ANSWERED, CAUGHT_UP = 1.0, 2.0, 600.0
"""Marks, in seconds: the 99th percentile until a message is durable, the 95th until one elsewhere is answered, and until nothing waits."""
LONGEST, START = 900.0, 60.0
LOOK = 0.02
POLICY = f'[modes]\ndefault = "auto"\n[answers]\nthreshold = 0.5\n[pause]\nquiet = "{QUIET:.0f}s"\n'


@dataclass
class Kept:
    """How many arrivals the desk's inbox had made durable, by instant; watched from a thread, so that a busy loop does not delay it."""

    path: Path
    counts: list[tuple[float, int]] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look all the time."""
        stop = threading.Event()
        thread = threading.Thread(target=self._watch, args=(stop,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK):
            if self.path.exists():
                self.counts.append((time.monotonic(), _one(self.path, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence")))

    def waits(self, sent: Sequence[float]) -> list[float]:
        """Return for each message, in the order in which they were sent, the seconds until it was durable."""
        counts = [count for _, count in self.counts]
        found = [bisect_left(counts, n + 1) for n in range(len(sent))]
        return [LONGEST if at == len(counts) else self.counts[at][0] - began for at, began in zip(found, sent, strict=True)]


@dataclass
class Raid:
    """What was written: instants in order, ids, and the questions that were asked elsewhere."""

    sent: list[float] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    asked: dict[str, float] = field(default_factory=dict)

    async def run(self, loop: Loopback, rate: int, seconds: float) -> None:
        """Write at a rate, whether or not the desk keeps up."""
        dice, asks, began = random.Random(1), cycle(questions()), time.monotonic()
        for n in range(int(rate * seconds)):
            due = began + n / rate
            if (ahead := due - time.monotonic()) > 0:
                await asyncio.sleep(ahead)
            elif n % 10 == 0:
                await asyncio.sleep(0)
            self._say(loop, customer(dice.randrange(RAIDERS)), RAIDED, f"{dice.choice(CHAT)} {n}")
            if n % int(rate * EVERY) == 0:
                at = len(self.asked)
                id = self._say(loop, customer(RAIDERS + at % ASKERS), OTHERS[at % len(OTHERS)], next(asks))
                self.asked[id] = time.monotonic()

    def _say(self, loop: Loopback, user: str, channel: str, text: str) -> str:
        self.sent.append(time.monotonic())
        said = say(loop.home, user, channel, text)
        self.ids.add(said.id)
        return said.id


def backlog(home: Path) -> dict[str, int]:
    """Return what waits: arrivals in the inbox, events in the engine, deadlines that are due, turns whose pause runs, and posts."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {
        "inbox": _one(home / "discord.db", "SELECT count(*) FROM arrivals"),
        "engine": _one(home / "engine.db", "SELECT count(*) FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED')"),
        "due": _one(home / "frontdesk.db", "SELECT count(*) FROM deadlines WHERE due <= ?", now),
        "pauses": _one(home / "frontdesk.db", "SELECT count(*) FROM deadlines WHERE kind = 'pause' AND due > ?", now),
        "posts": _one(home / "frontdesk.db", "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')"),
    }


async def caught_up(home: Path) -> tuple[float, float]:
    """Return the seconds until all was worked off, and until all was posted too: a channel takes one post a second."""
    began = last = time.monotonic()
    worked = LONGEST
    while (waited := time.monotonic() - began) < LONGEST:
        waits = await asyncio.to_thread(backlog, home)
        if not sum(waits.values()) - waits["posts"]:
            worked = min(worked, waited)
        if not sum(waits.values()):
            break
        if time.monotonic() - last > 10:
            last = time.monotonic()
            print(f"  {waited:.0f} s: {waits}", flush=True)
        await asyncio.sleep(0.5)
    return worked, waited


def stored(home: Path) -> list[str]:
    """Return the ids of the customers' messages in the store."""
    with sqlite3.connect(f"file:{home / 'frontdesk.db'}?mode=ro", uri=True) as database:
        return [ref.rpartition("/")[2] for (ref,) in database.execute("SELECT ref FROM messages WHERE role = 'customer'")]


async def raided(home: Path, log: Path, *, rate: int, seconds: float) -> tuple[Raid, list[float], list[float], tuple[float, float]]:
    """Return the raid, the seconds until each message was durable and each question answered, and until all was worked off and posted."""
    loop, posts, raid, kept = served(RAIDERS + ASKERS), Posts(), Raid(), Kept(home / "discord.db")
    loop.api.observers.append(posts)
    async with loop:
        with child(["main.py", "run"], log, **environment(home, loop)):
            await loop.gateway.flush(START)
            with kept.watched():
                await raid.run(loop, rate, seconds)
                print(f"when the last was sent there waited {backlog(home)}", flush=True)
                took = await caught_up(home)
            answers = [posts.first.get(id, began + QUIET + LONGEST) - began - QUIET for id, began in raid.asked.items()]
    return raid, kept.waits(raid.sent), answers, took


def main(seconds: float, rate: int) -> int:
    """Raid a desk of its own, and look what became of it."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-raid-") as folder:
        home, log = Path(folder), Path(folder, "log")
        asyncio.run(furnish(home, POLICY))
        raid, durable, answers, (took, posted) = asyncio.run(raided(home, log, rate=rate, seconds=seconds))
        found = stored(home)
        print("".join(log.read_text().splitlines(keepends=True)[-5:]), end="")
    lost, twice = len(raid.ids - set(found)), len(found) - len(set(found))
    reached = len(raid.sent) / (raid.sent[-1] - raid.sent[0])
    late, answered = float(np.percentile(durable, 99)), float(np.percentile(answers, 95))
    print(f"{len(raid.sent)} messages at {reached:.0f} a second: lost {lost}, twice {twice}")
    print(f"durable: p50 {np.percentile(durable, 50):.3f} s, p99 {late:.3f} s, the last {max(durable):.3f} s")
    print(f"{len(answers)} questions elsewhere, without the pause: p50 {np.percentile(answers, 50):.2f} s, p95 {answered:.2f} s")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = used.ru_utime + used.ru_stime
    print(f"worked off {took:.0f} s after the last, all posted after {posted:.0f} s")
    print(f"{spent:.0f} s of processor time in all, {spent / len(raid.sent) * 1000:.1f} ms a message")
    print(f"marks: nothing lost or twice, durable p99 under {DURABLE:.0f} s, answered p95 under {ANSWERED:.0f} s, caught up in {CAUGHT_UP:.0f} s")
    return int(lost > 0 or twice > 0 or late >= DURABLE or answered >= ANSWERED or took >= CAUGHT_UP)


def _one(path: Path, query: str, *values: str) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as database:
        return int(database.execute(query, values).fetchone()[0])


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS, int(sys.argv[2]) if len(sys.argv) > 2 else RATE))
