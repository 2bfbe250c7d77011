"""Process: a program that runs within bounds of time, output and disk, and never outlives them."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desk.errors import Misconfigured

LOOK = 0.25
"""Seconds between two looks at what a program uses."""
LAST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a program may use: seconds, bytes below `folder`, and bytes of output."""

    folder: Path
    seconds: float = 600
    disk: int = 1_000_000_000
    output: int = 250_000_000


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a program: the output it wrote, the end of what it said to standard error, and why it was stopped, "" when it was not."""

    code: int
    output: bytes
    said: str
    stopped: str = ""


async def run(command: Sequence[str], bounds: Bounds, *, env: Mapping[str, str], given: bytes = b"") -> Done:
    """Run a program with `given` as its standard input; raise Misconfigured when it is not installed.

    At the end, also at a cancelled one, it is killed with everything it started.
    """
    # Files rather than pipes: a program that writes much can be looked at, and none waits for us to read.
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin.write(given)
        stdin.seek(0)
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=stdin, stdout=stdout, stderr=stderr, env=dict(env), start_new_session=True)
        except FileNotFoundError as error:
            raise Misconfigured(f"the program {command[0]!r} is not installed: install it, or leave out the sources that need it") from error
        try:
            stopped = await _watched(process, bounds, output=stdout.fileno())
        finally:
            _kill(process.pid)
            code = await process.wait()
        stdout.seek(0)
        stderr.seek(max(0, os.fstat(stderr.fileno()).st_size - LAST_WORDS))
        return Done(code, stdout.read(bounds.output), stderr.read().decode("utf-8", "replace"), stopped)


async def _watched(process: asyncio.subprocess.Process, bounds: Bounds, *, output: int) -> str:
    """Wait for a program and return why it has to be stopped, "" when it ended by itself."""
    end = asyncio.get_running_loop().time() + bounds.seconds
    while asyncio.get_running_loop().time() < end:
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), LOOK)
            return ""
        if os.fstat(output).st_size > bounds.output:
            return f"it writes more than {bounds.output / 1e6:.0f} MB"
        if await asyncio.to_thread(used, bounds.folder) > bounds.disk:
            return f"it takes more than {bounds.disk / 1e6:.0f} MB on the disk"
    return f"it takes longer than {bounds.seconds:.0f} s"


def used(folder: Path) -> int:
    """Return the bytes of the files below a folder."""
    total = 0
    for at, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # Programs rename and remove their files while they are counted.
                total += os.lstat(os.path.join(at, name)).st_size
    return total


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
