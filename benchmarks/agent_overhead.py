"""Overhead: what our code adds to a ticket when a model writes, with one that replies at once. Run with `python -m benchmarks.agent_overhead`.

Two desks in processes of their own get the same questions in turn: one quotes, the other has a model in front, behind the real SDK and without a
network. Of each question the milliseconds count until its author can read a post; what the second adds is everything that a model brings with it:
triage, prompts, the SDK, claims, the ledger.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from agent.claude import Access, ClaudeModel
from benchmarks.agent_script import ours, pieces_of, purpose_of
from benchmarks.agent_server import RuledServer
from benchmarks.agent_tickets import DAY, Turn
from benchmarks.latency import Watch, ask, furnish
from benchmarks.serving import questions
from bootstrap import open_runtime
from desk.timeline import Purpose
from settings import read_settings

ASKED, WARMING = 80, 10
MOST = 100.0
"""Milliseconds: the median of what a model in front adds."""
POLICY = '[modes]\ndefault = "auto"\n[answers]\nthreshold = 0.5\n[pause]\nquiet = "0s"\n'
TURN = Turn("overhead", 0, DAY, "", "reply", "reply", "billing", "en")
SIDES = ("quoting", "writing")
Found = tuple[float, str, int] | None
"""The milliseconds that a question took, the purpose of the post, and the calls of the model; None where nothing was posted."""


def at_once(body: Mapping[str, Any], turn: Turn) -> Mapping[str, Any]:
    """Return the reply of a model that repeats the first sentence it was shown, or brings in a person."""
    if purpose_of(body) != "answer":
        return ours(body, turn)
    shown = next(iter(pieces_of(body)), None)
    if shown is None:
        return {"tool_use": [{"name": "hand_over", "input": {"reason": "no_evidence", "summary": "Nothing was found."}}]}
    n, said = shown
    written = {"thread": f"{said} [{n}]", "claims": [{"text": said, "evidence": [n]}], "confidence": 0.9, "resolves": True, "language": "en"}
    return {"tool_use": [{"name": "submit_reply", "input": written}]}


class Side:
    """A desk in a process of its own, which is asked one question after another."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, question: str) -> Found:
        """Have somebody new ask, and return how long it took."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        await self._process.stdin.drain()
        found = json.loads(await self._process.stdout.readline())
        return tuple(found) if found else None

    async def stop(self) -> None:
        """End it in peace."""
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()


async def started(side: str, folder: Path) -> Side:
    """Start a desk and return it once it is ready."""
    home = folder / side
    home.mkdir()
    (home / "policy.toml").write_text(POLICY)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __spec__.name, side, str(home), stdin=pipe, stdout=pipe)
    assert process.stdout
    await process.stdout.readline()
    return Side(process)


async def compared(folder: Path) -> list[tuple[Found, Found]]:
    """Return what each question took on either side, asked of one right after the other; who is first alternates."""
    asked = [*questions(), *questions()][: WARMING + ASKED]
    quoting, writing = [await started(side, folder) for side in SIDES]
    found = []
    for n, question in enumerate(asked):
        first, second = (quoting, writing) if n % 2 else (writing, quoting)
        pair = (await first.ask(question), await second.ask(question))
        found.append(pair if n % 2 else (pair[1], pair[0]))
    await asyncio.gather(quoting.stop(), writing.stop())
    return found[WARMING:]


async def serve(side: str, home: Path) -> None:
    """Answer questions from standard input until it closes."""
    watch, server = Watch(), RuledServer(at_once, lambda: 0.0)
    server.begin(TURN)
    wrap = watch.wrappers()
    if side == "writing":
        wrap = replace(wrap, model=lambda _: ClaudeModel(Access(key="scripted"), strict=True, transport=server))
    async with open_runtime(read_settings(home=home), wrap=wrap) as desk:
        await furnish(desk)
        print(flush=True)
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        for n in range(sys.maxsize):
            line = await reader.readline()
            if not line:
                return
            before = len(server.calls)
            took = await ask(json.loads(line), f"asker {n}", desk, watch)
            print(json.dumps(took and [took, str(watch.purpose), len(server.calls) - before]), flush=True)


def told(what: str, times: list[float]) -> tuple[float, float]:
    """Print the median and the 95th percentile, and return them."""
    typical, most = (float(value) for value in np.percentile(times, [50, 95]))
    print(f"{what}: p50 {typical:.1f} ms, p95 {most:.1f} ms", flush=True)
    return typical, most


def main() -> int:
    if len(sys.argv) > 2:
        asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
        return 0
    with tempfile.TemporaryDirectory(prefix="frontdesk-overhead-") as folder:
        found = asyncio.run(compared(Path(folder)))
    both = [(one, other) for one, other in found if one and other]
    answers = [sum(pair[n][1] == Purpose.ANSWER for pair in both) for n in range(2)]
    print(f"{len(both)} questions of {len(found)}, asked of both; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    told(f"quoting, {answers[0]} of them answers", [one[0] for one, _ in both])
    calls = sum(other[2] for _, other in both) / len(both)
    told(f"writing, {answers[1]} of them answers, {calls:.2f} calls a question", [other[0] for _, other in both])
    typical, _ = told("what writing adds, question by question", [other[0] - one[0] for one, other in both])
    print(f"mark: p50 of what is added under {MOST:.0f} ms")
    return int(typical >= MOST)


if __name__ == "__main__":
    sys.exit(main())
