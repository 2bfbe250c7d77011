"""Server: the app on a port of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import uvicorn

from desk.errors import Misconfigured

if TYPE_CHECKING:
    from starlette.applications import Starlette

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # Nothing listens there unless a token guards it.
"""Addresses that stand for all of this machine's, and the one to open it at from here."""
GRACE_SECONDS = 3
TRIES = 20
"""So many ports are tried, from the one that was asked for."""


class _Server(uvicorn.Server):
    """Uvicorn, without its signal handlers: whoever starts it stops it, and the page's streams end first."""

    def __init__(self, app: Starlette) -> None:
        settings = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, proxy_headers=False, lifespan="off")
        settings.timeout_graceful_shutdown = GRACE_SECONDS
        super().__init__(settings)
        self._closing: asyncio.Event = app.state.closing
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever started the program."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, which would keep their connections open, then stop."""
        self._closing.set()
        await super().shutdown(sockets)


@asynccontextmanager
async def serve(app: Starlette, host: str = "127.0.0.1", port: int = 8080) -> AsyncIterator[str]:
    """Serve inside the context, and yield the address. The next free port is taken when this one is in use, any free one for 0.

    Raises Misconfigured for an address that others can reach, unless the app asks for a token: nobody logs in here.
    """
    listening = bind(host, port, locked=app.state.locked)
    # The socket listens from here on, so a browser that is quick waits instead of failing.
    server = _Server(app)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await server.ready.wait()
        name = ANY.get(host, host)
        name = f"[{name}]" if ":" in name else name
        yield f"http://{name}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def bind(host: str, port: int, *, locked: bool = False, tries: int = TRIES) -> socket.socket:
    """Return a socket that listens on the first free port from `port` on; raise Misconfigured after so many."""
    if host not in LOOPBACK and not locked:
        raise Misconfigured(
            "the workspace has no login, so it listens on this machine only: "
            f"set FRONTDESK_HOST to 127.0.0.1 instead of {host!r}, or a FRONTDESK_TOKEN that people need"
        )
    for candidate in range(port, port + (tries if port else 1)):
        with contextlib.suppress(_Taken):
            return _listen(host, min(candidate, 65535))
    raise Misconfigured(f"ports {port} to {port + tries - 1} are all in use: set FRONTDESK_PORT to another")


class _Taken(Exception):
    """Somebody listens there already."""


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise _Taken from error
        raise Misconfigured(f"{host} port {port} cannot be listened on: {error.strerror}") from error
    return listening
