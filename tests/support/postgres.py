"""PostgreSQL for tests: a throwaway cluster per test process and a fresh database per test."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.needs import lacking

START_SECONDS = 60
ATTEMPTS = 3
SPEED_OVER_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@dataclass(frozen=True)
class Cluster:
    """A running server that nobody else knows of, trusted by whoever reaches its loopback port."""

    port: int
    numbers: Iterator[int] = field(default_factory=count)

    def create(self) -> str:
        """Create an empty database and return its name."""
        name = f"test_{next(self.numbers)}"
        self._run(f'CREATE DATABASE "{name}"')
        return name

    def drop(self, name: str) -> None:
        """Drop a database, also while a test has left connections open."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def url(self, name: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def fresh(self) -> str:
        """Create one more empty database and return its address."""
        return self.url(self.create())

    def _run(self, statement: str) -> None:
        with _connect(self.port) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """Start a cluster for this test process; skip where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        lacking("PostgreSQL is not installed (no initdb on PATH or in /usr/lib/postgresql/*/bin)")
    folder = Path(tempfile.mkdtemp(prefix="fd-pg-"))
    try:
        identity = _unprivileged()
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        initdb = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", f"--pgdata={folder / 'data'}"]
        made = subprocess.run([programs / "initdb", *initdb], cwd=folder, capture_output=True, text=True, check=False, timeout=120, **identity)
        if made.returncode:
            pytest.fail(f"initdb failed: {made.stderr}", pytrace=False)
        with _serving(programs, folder, identity) as port:
            yield Cluster(port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """Give the test an empty database of its own, dropped afterwards."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


def _programs() -> Path | None:
    """Find the folder that holds both initdb and postgres, the newest version first."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    found = [Path(on_path).resolve().parent] if on_path else []
    return next((folder for folder in [*found, *debian] if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _unprivileged() -> dict[str, Any]:
    """Name the account to run as: PostgreSQL refuses to be root, so root lends it another's rights."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    lacking("PostgreSQL refuses to run as root, and there is neither a postgres nor a nobody account here")


@contextlib.contextmanager
def _serving(programs: Path, folder: Path, identity: dict[str, Any]) -> Iterator[int]:
    for _ in range(ATTEMPTS):
        port = _free_port()
        settings = [part for setting in SPEED_OVER_SAFETY for part in ("-c", setting)]
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder), *settings]
        with (folder / "log").open("w") as log:
            server: subprocess.Popen[bytes] = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **identity)
        try:
            # Another process may have taken the port since it was found free; then the server ends at once.
            if _ready(server, port):
                yield port
                return
        finally:
            _stop(server)
    pytest.fail(f"PostgreSQL did not start: {(folder / 'log').read_text()}", pytrace=False)


def _ready(server: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError), _connect(port):
            return server.poll() is None
        time.sleep(0.05)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _connect(port: int) -> psycopg.Connection:
    return psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres", autocommit=True, connect_timeout=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
