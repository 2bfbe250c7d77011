"""Endpoint: a company's own system on the loopback interface, which checks signatures with code of its own and says what it was sent."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Play = Callable[[asyncio.StreamWriter], Awaitable[None]]
FRESH = 300
"""Seconds after which a call is too old to be believed."""


@dataclass
class Posted:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Endpoint:
    """Takes POSTs. `answers` are a status with a body, or something that plays with the connection; the last one stays."""

    key: str = "topsecret-key"
    now: float = 0.0
    answers: list[tuple[int, object] | Play] = field(default_factory=lambda: [(200, {"note": "restarted"})])
    posted: list[Posted] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    port: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once anything was posted."""
    _open: set[asyncio.Task] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/run"

    def verify(self, posted: Posted) -> str:
        """Return what is wrong with a request's signature, "" for nothing: written from docs/actions.md, not from our code."""
        timestamp, given = posted.headers.get("x-frontdesk-timestamp", ""), posted.headers.get("x-frontdesk-signature", "")
        if not timestamp.isdigit() or abs(self.now - int(timestamp)) > FRESH:
            return "too old"
        mac = hmac.new(self.key.encode(), b"v1:" + timestamp.encode() + b":" + posted.body, hashlib.sha256)
        return "" if hmac.compare_digest(given, "v1=" + mac.hexdigest()) else "not ours"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            posted = Posted(first.split(" ")[1], headers, await reader.readexactly(int(headers.get("content-length", "0"))))
            self.posted.append(posted)
            self.arrived.set()
            if wrong := self.verify(posted):
                self.refused.append(wrong)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            await (_say(writer, *answer) if isinstance(answer, tuple) else answer(writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def stop(self) -> None:
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)


async def _say(writer: asyncio.StreamWriter, status: int, body: object, headers: str = "") -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: {len(content)}\r\nConnection: close\r\n{headers}\r\n".encode() + content)
    await writer.drain()


@asynccontextmanager
async def endpoint(**fields: object) -> AsyncIterator[Endpoint]:
    """Open an endpoint."""
    made = Endpoint(**fields)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.stop()
        await server.wait_closed()
