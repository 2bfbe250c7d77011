"""Discord events: milliseconds from a message on the gateway to the posted answer, beside a plain discord.py bot that only echoes.

Run with `python -m benchmarks.discord_events [QUESTIONS]`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.discord_server import OTHERS, Posts, customer, environment, furnish, say, served
from benchmarks.serving import questions
from benchmarks.slack_events import child
from cli.play.discord.server import Loopback

ASKED, WARMING = 60, 10
PATIENCE, START = 5.0, 90.0
TYPICAL, MOST = 500.0, 1000.0
"""Marks, in milliseconds: the median and the 95th percentile."""
POLICY = '[modes]\ndefault = "auto"\n[answers]\nthreshold = 0.5\n[pause]\nquiet = "0s"\n'


async def asked(loop: Loopback, posts: Posts, count: int) -> list[float]:
    """Return the milliseconds until each question had a post in answer; what nobody answers is left out."""
    times: list[float] = []
    await loop.gateway.flush(START)
    for n, question in enumerate(questions()[: WARMING + count]):
        began = time.monotonic()
        id = say(loop.home, customer(n), OTHERS[n % len(OTHERS)], question).id
        at = await posts.until(id, PATIENCE)
        if n >= WARMING and at is not None:
            times.append((at - began) * 1000)
        # What follows an answer, such as the team's card, is not to be in the next one's way.
        await asyncio.sleep(0.3)
    return times


async def measured(arguments: Sequence[str], home: Path, log: Path, count: int) -> list[float]:
    """Return the milliseconds that a bot in a process of its own takes."""
    loop, posts = served(WARMING + count), Posts()
    # How fast Discord lets anybody post is not in question here.
    loop.api.buckets.counting = False
    loop.api.observers.append(posts)
    async with loop:
        given = [each.format(api=loop.url, gateway=loop.gateway.url) for each in arguments]
        with child(given, log, **environment(home, loop)):
            return await asked(loop, posts, count)


def told(what: str, times: Sequence[float]) -> tuple[float, float]:
    """Print the median and the 95th percentile, and return them."""
    typical, most = (float(value) for value in np.percentile(times, (50, 95)))
    print(f"{what}: p50 {typical:.0f} ms, p95 {most:.0f} ms of {len(times)}", flush=True)
    return typical, most


def main(count: int) -> int:
    """Ask both the same, one after the other."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-discord-") as folder:
        home, log = Path(folder), Path(folder, "log")
        asyncio.run(furnish(home, POLICY))
        plain = asyncio.run(measured(("-m", "benchmarks.discord_plain", "{api}", "{gateway}"), home, log, count))
        ours = asyncio.run(measured(("main.py", "run"), home, log, count))
    low, high = told("a plain bot, which only echoes", plain)
    typical, most = told("the desk, without the pause", ours)
    print(f"ratio: p50 {typical / low:.1f}, p95 {most / high:.1f}")
    print(f"marks: p50 under {TYPICAL:.0f} ms, p95 under {MOST:.0f} ms")
    return int(typical >= TYPICAL or most >= MOST)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ASKED))
