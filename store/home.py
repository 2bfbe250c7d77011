"""Home: the folder that holds all state, and the one server that may serve from it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from desk.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Serving:
    """The server of a home: its process, and the address of its page."""

    pid: int
    address: str


@dataclass(frozen=True, slots=True)
class Home:
    """The files of one installation below `path`; nothing is created before it is needed."""

    path: Path

    @property
    def database(self) -> str:
        """Return the application database's address."""
        return f"sqlite:///{self.path / 'frontdesk.db'}"

    @property
    def engine(self) -> str:
        """Return the engine's database's address."""
        return f"sqlite:///{self.path / 'engine.db'}"

    @property
    def index(self) -> Path:
        """Return the folder of the search index."""
        return self.path / "index"

    @property
    def heads(self) -> Path:
        """Return the folder of trained classifiers."""
        return self.path / "heads"

    @property
    def trained(self) -> Path:
        """Return the folder of the categories that a customer trained, one folder a version."""
        return self.heads / "trained"

    @property
    def triage(self) -> Path:
        """Return the file that says how far a model's word is believed at triage."""
        return self.path / "triage.json"

    @property
    def workspace(self) -> Path:
        """Return the local workspace's own file."""
        return self.path / "workspace.db"

    @property
    def cache(self) -> Path:
        """Return the folder for what can be fetched again: clones of repositories."""
        return self.path / "cache"

    @property
    def calendars(self) -> Path:
        """Return the folder of the calendars that were imported for rotas."""
        return self.path / "calendars"

    @property
    def socket(self) -> Path:
        """Return the socket by which commands ask the running server."""
        return self.path / "frontdesk.sock"

    def server(self) -> Serving | None:
        """Return the server that runs on this home, None when none does."""
        try:
            with self._lock_file.open("rb") as file:
                if _take(file.fileno(), shared=True):
                    return None
            return Serving(**json.loads(self._note.read_text("utf-8")))
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    @contextmanager
    def serving(self, address: str = "") -> Iterator[Home]:
        """Be the one server of this home; raise Misconfigured when there is one. The lock ends with the process, however that ends."""
        self.path.mkdir(parents=True, exist_ok=True)
        with self._lock_file.open("ab") as file:
            if not _take(file.fileno()):
                other = self.server()
                who = f"process {other.pid}" if other else "another process"
                raise Misconfigured(f"{who} already serves {str(self.path)!r}: stop it, or set FRONTDESK_HOME to another folder")
            self.announce(address)
            try:
                yield self
            finally:
                self._note.unlink(missing_ok=True)

    def announce(self, address: str) -> None:
        """Let other commands know where the server listens; only the server itself calls this."""
        written = self._note.with_suffix(".new")
        written.write_text(json.dumps(asdict(Serving(os.getpid(), address))), "utf-8")
        written.replace(self._note)

    @property
    def _lock_file(self) -> Path:
        return self.path / "serving.lock"

    @property
    def _note(self) -> Path:
        return self.path / "serving.json"


def _take(descriptor: int, *, shared: bool = False) -> bool:
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
