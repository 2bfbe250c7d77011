"""Syncing: how much longer a question takes while a source is read in the background. Run with `python -m benchmarks.syncing`."""

from __future__ import annotations

import asyncio
import random
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import cycle
from pathlib import Path

import numpy as np

from benchmarks.serving import ARTICLES, questions
from bootstrap import open_reading
from desk.source import Source, SourceKind
from handlers.ask import Question, ask
from knowledge.syncing.gentle import Gentle
from knowledge.syncing.sync import Means, sync
from runtime import Reading
from settings import read_settings

DOCUMENTS, SECTIONS, WORDS = 200, 4, 90
LEAST_ASKED, WARMING = 60, 10
LIMIT = 2.5
"""How many times longer the 95th percentile may be. The embedder's core is busy then, and a question needs both."""


def fill(folder: Path, *, seed: int) -> None:
    """Write articles of the demo's words in random order."""
    dice, words = random.Random(seed), re.findall(r"\w+", " ".join(path.read_text() for path in sorted(ARTICLES.rglob("*.md"))))
    folder.mkdir()
    for n in range(DOCUMENTS):
        sections = (f"## Part {part}\n\n{' '.join(dice.choices(words, k=WORDS))}." for part in range(SECTIONS))
        (folder / f"{n:04}.md").write_text(f"# Article {n}\n\n" + "\n\n".join(sections))


async def asked(desk: Reading, each: Iterator[str], *, going_on: Callable[[int], bool]) -> list[float]:
    """Ask one question after another and return the milliseconds of each."""
    times: list[float] = []
    while going_on(len(times)):
        began = time.perf_counter()
        await ask(Question(text=next(each)), desk.services)
        times.append((time.perf_counter() - began) * 1000)
    return times


async def asked_during(work: Awaitable[object], desk: Reading, each: Iterator[str]) -> tuple[list[float], float]:
    """Return the milliseconds of questions that were asked while something else was done, and the seconds that took."""
    began = time.perf_counter()
    task = asyncio.ensure_future(work)
    times = await asked(desk, each, going_on=lambda _: not task.done())
    await task
    return times, time.perf_counter() - began


async def main() -> float:
    """Print the figures and return the ratio of the 95th percentiles."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with open_reading(read_settings(home=home)) as desk:
            await desk.ingest([ARTICLES])
            # Never the same question twice: the embedder remembers one.
            each = (f"{question} ({n})" for n, question in enumerate(cycle(questions())))
            await asked(desk, each, going_on=lambda n: n < WARMING)
            calm = await asked(desk, each, going_on=lambda n: n < LEAST_ASKED)
            for name in ("gentle", "fast"):
                fill(home / name, seed=len(name))
            read = partial(sync, open=desk.open_source)
            gentle = await asked_during(read(_source(home, "gentle"), means=_gently(desk)), desk, each)
            # Asked again, since a machine with other work on it changes within a minute.
            calm += await asked(desk, each, going_on=lambda n: n < LEAST_ASKED)
            fast = await asked_during(read(_source(home, "fast"), means=desk.means), desk, each)
    told("nothing else is done", calm)
    told(f"a source is synced in the background ({DOCUMENTS} articles in {gentle[1]:.1f} s)", gentle[0])
    told(f"a source is synced by command ({DOCUMENTS} articles in {fast[1]:.1f} s)", fast[0])
    ratio = float(np.percentile(gentle[0], 95) / np.percentile(calm, 95))
    print(f"ratio of the 95th percentiles in the background: {ratio:.2f} (limit {LIMIT})", flush=True)
    return ratio


def told(when: str, times: list[float]) -> None:
    p50, p95 = np.percentile(times, [50, 95])
    print(f"{len(times)} questions while {when}: p50 {p50:.1f} ms, p95 {p95:.1f} ms", flush=True)


def _source(home: Path, name: str) -> Source:
    return Source(name, SourceKind.FOLDER, str(home / name), every=timedelta(hours=1))


def _gently(desk: Reading) -> Means:
    return replace(desk.means, embedder=Gentle(desk.means.embedder))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()) > LIMIT)
