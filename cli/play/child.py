"""Child: the desk's process, as its driver sees it; one JSON object a line in each direction."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desk.errors import FrontdeskError, InvalidInput

MAIN = Path(__file__).resolve().parents[2] / "main.py"
LINE = 64 * 1024 * 1024
"""The longest line either side writes: a transcript with a few 10 MB messages."""
OWN = ("FRONTDESK_DATABASE_URL", "FRONTDESK_POLICY", "FRONTDESK_HOST", "FRONTDESK_PORT", "FRONTDESK_SLACK_", "FRONTDESK_DISCORD_", "FRONTDESK_SMTP_")
"""How the names begin of settings that must not leak from the environment into a play."""
MODELS = ("ANTHROPIC_", "FRONTDESK_MODEL_")
"""How the names begin of what leads to a language model: a play whose model is scripted gets none of it."""


class Died(FrontdeskError):
    """The desk's process ended before it answered."""


class Child:
    """A desk in a process of its own, in a home that outlives it. `scripted` keeps the environment's language model from it."""

    def __init__(self, home: Path, *, scripted: bool = False) -> None:
        self.home = home
        self._environment = environment(home, os.environ, scripted=scripted)
        self._process: asyncio.subprocess.Process | None = None

    def add(self, settings: Mapping[str, str]) -> None:
        """Give settings to the processes that are started from now on."""
        self._environment = {**self._environment, **settings}

    async def start(self) -> None:
        """Start the process; it speaks when it is ready."""
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, str(MAIN), "play-desk",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, limit=LINE, env=self._environment,
            )  # fmt: skip
        finally:
            os.close(log)

    async def ask(self, act: str, values: Mapping[str, Any]) -> Any:
        """Have it do something; raise Died when it ends first, InvalidInput when it says that this cannot be done."""
        assert self._process is not None, "start() comes first"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"act": act, **values}, default=str).encode() + b"\n")
            await self._process.stdin.drain()
            line = await self._process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError):
            line = b""
        if not line.endswith(b"\n"):
            raise Died(f"the desk ended while it should {act}: {self.last_words()}")
        answer = json.loads(line)
        if "error" in answer:
            raise (InvalidInput if answer.get("wrong") else FrontdeskError)(answer["error"])
        return answer.get("result")

    async def kill(self) -> None:
        """End the process at once, as a power cut would."""
        if self._process and self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def ended(self) -> None:
        """Wait until the process is gone."""
        if self._process:
            await self._process.wait()

    @property
    def was_killed(self) -> bool:
        """Tell whether it was ended by a signal rather than by a failure of its own."""
        return self._process is not None and (self._process.returncode or 0) < 0

    @property
    def log(self) -> Path:
        """Return the file its standard error goes to."""
        return self.home / "desk.log"

    def last_words(self) -> str:
        """Return the last line it logged."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n") if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def environment(home: Path, outer: Mapping[str, str], *, scripted: bool = False) -> dict[str, str]:
    """Return what the desk's process may know of its surroundings."""
    kept = {name: value for name, value in outer.items() if not name.startswith(OWN) and not (scripted and name.startswith(MODELS))}
    return {**kept, "FRONTDESK_HOME": str(home), "PYTHONUNBUFFERED": "1"}
