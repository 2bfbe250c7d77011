"""The sandbox: binary files are parsed in a process of its own, which may use little, touch nothing, and be replaced."""

from __future__ import annotations

import atexit
import json
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Event, Lock, Timer

from desk.errors import InvalidInput, Unavailable
from knowledge.formats.extract import PICTURE, READY, Extract
from knowledge.formats.picture import Drawn

SECONDS = 60
"""How long a file may take; a PDF of 1,000 pages takes about three."""
MOST_ANSWER = 100_000_000
BROUGHT_DOWN = "the file is broken: reading it brought its parser down"
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from knowledge.formats.worker import main; main()"


class Sandbox:
    """A worker process that reads one file after another; one that dies or takes too long is replaced for the next file. Safe across threads."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    def extract(self, kind: str, content: bytes) -> Extract:
        """Return the text of a file of a kind (".pdf"). Blocks for up to a minute: call it from a thread.

        Raise InvalidInput with one sentence for the file's owner when it cannot be read, and Unavailable when no process can be started.
        """
        return Extract(**self._answered(kind, content))

    def picture(self, content: bytes) -> Drawn:
        """Return a picture drawn anew. Blocks and raises as `extract` does."""
        return Drawn(**self._answered(PICTURE, content))

    def close(self) -> None:
        """End the worker. The next file starts another."""
        with self._lock:
            self._end()

    def _answered(self, kind: str, content: bytes) -> dict[str, str]:
        with self._lock:
            answer = self._ask(kind, content)
        if "error" in answer:
            raise InvalidInput(answer["error"])
        return answer

    def _ask(self, kind: str, content: bytes) -> dict[str, str]:
        header = {"kind": kind, "size": len(content), "seconds": int(self._seconds)}
        for _ in range(2):  # A worker that waited for long may retire, or be killed, at the very moment it is asked.
            worker, late = self._living(), Event()
            timer = Timer(self._seconds, _give_up, (worker, late))
            timer.start()
            try:
                answer = _exchange(worker, header, content)
            finally:
                timer.cancel()
            if answer is not None:
                return answer
            code = self._end()
            if late.is_set() or code == -signal.SIGXCPU:
                return {"error": f"the file takes more than {self._seconds:.0f} s to be read: split it"}
            if code not in (0, -signal.SIGKILL):
                break
        return {"error": BROUGHT_DOWN}

    def _living(self) -> subprocess.Popen[bytes]:
        if self._worker is None or self._worker.poll() is not None:
            self._end()
            self._worker = _started()
            # A worker that cannot even start must not be taken for a broken file: all files would be.
            late = Timer(SECONDS, self._worker.kill)
            late.start()
            said = self._worker.stdout.readline() if self._worker.stdout else b""
            late.cancel()
            if said != READY:
                code = self._end()
                raise Unavailable("kb", f"the process that files are read in does not start (it ended with {code})")
        return self._worker

    def _end(self) -> int:
        """End the worker and return how it went; 0 when it retired, negative for the signal that ended it."""
        worker, self._worker = self._worker, None
        if worker is None:
            return 0
        for pipe in (worker.stdin, worker.stdout):
            with suppress(BrokenPipeError):  # What it never read is lost with it.
                pipe.close()  # type: ignore[union-attr]  # Both were asked for.
        try:
            return worker.wait(timeout=1)
        except subprocess.TimeoutExpired:
            worker.kill()
            return worker.wait()


@cache
def shared() -> Sandbox:
    """Return the sandbox that all readers of this process use, so that there is one worker at most; it ends a minute after its last file."""
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox


def _started() -> subprocess.Popen[bytes]:
    """Start a worker with an empty environment: it is to know no secret that a document could make it tell."""
    try:
        return subprocess.Popen(  # noqa: S603  # Our own program in our own interpreter.
            [sys.executable, "-I", "-c", PROGRAM, str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            close_fds=True,
        )
    except OSError as error:
        raise Unavailable("kb", f"no process can be started to read files in: {error.strerror}") from error


def _give_up(worker: subprocess.Popen[bytes], late: Event) -> None:
    late.set()
    worker.kill()


def _exchange(worker: subprocess.Popen[bytes], header: dict[str, object], content: bytes) -> dict[str, str] | None:
    """Hand over a file and return the answer, None when the worker ended over it."""
    assert worker.stdin
    assert worker.stdout
    try:
        worker.stdin.write(json.dumps(header).encode() + b"\n")
        worker.stdin.write(content)
        worker.stdin.flush()
    except BrokenPipeError:
        return None
    size = worker.stdout.readline(20).strip()
    if not size.isdigit() or int(size) > MOST_ANSWER:
        worker.kill()
        return None
    text = worker.stdout.read(int(size))
    return dict(json.loads(text)) if len(text) == int(size) else None
