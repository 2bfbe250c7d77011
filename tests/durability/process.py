"""Process: the child as its driver holds it, with many requests under way, killed and started again."""

import asyncio
import json
import os
import sys
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LINE = 64 * 1024 * 1024


class NoAnswer(Exception):
    """The process ended before it answered."""


class Process:
    """A desk in a home that outlives it."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self._environment = {**os.environ, "FRONTDESK_HOME": str(home), "PYTHONPATH": str(ROOT), **environment}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._numbers = count()
        self.ready = asyncio.Event()
        self.killed = False
        self.starts = 0

    async def start(self) -> None:
        """Start it; requests wait until it is ready."""
        self.starts += 1
        with (self.home / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.durability.child",
                cwd=ROOT, env=self._environment, limit=LINE, stderr=log, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
        self.killed = False
        self._reading = asyncio.create_task(self._read(self._process))

    async def ask(self, act: str, **values: Any) -> Any:
        """Have it do something; raise NoAnswer when it ends first or cannot take it now."""
        await self.ready.wait()
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        assert self._process
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps({"id": number, "act": act, **values}).encode() + b"\n")
            return await self._waiting[number]
        finally:
            del self._waiting[number]

    async def kill(self) -> None:
        """End it as a power cut would; whatever was asked of it gets no answer."""
        assert self._process
        self.killed = True
        self.ready.clear()
        self._process.kill()
        await self._ended()

    async def stop(self) -> None:
        """Let it end in peace."""
        assert self._process
        assert self._process.stdin
        self.ready.clear()
        self._process.stdin.close()
        await self._ended()

    @property
    def failed(self) -> bool:
        """Tell whether it ended though nobody ended it."""
        return not self.killed and self._process is not None and self._process.returncode is not None

    def said(self) -> str:
        """Return the end of its log."""
        return (self.home / "log").read_text(errors="replace")[-3000:]

    async def _ended(self) -> None:
        assert self._process
        assert self._reading
        await self._process.wait()
        await self._reading

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        while (line := await process.stdout.readline()).endswith(b"\n"):
            answer = json.loads(line)
            if "ready" in answer:
                self.ready.set()
            elif waiting := self._waiting.get(answer["id"]):
                self._settle(waiting, answer)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(NoAnswer(self.said() if not self.killed else "killed"))

    def _settle(self, waiting: asyncio.Future[Any], answer: dict[str, Any]) -> None:
        if "error" in answer:
            waiting.set_exception(NoAnswer(answer["error"]))
        else:
            waiting.set_result(answer["result"])
