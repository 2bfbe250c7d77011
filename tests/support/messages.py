"""A server for tests that answers the Messages API with the very bytes a test wrote: what no mock server can be asked for."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any


class Do(Enum):
    """What the server does beside sending bytes."""

    HANG = auto()
    """Say nothing more until the client goes away."""
    BREAK = auto()
    """Break the connection off, in the middle of whatever was said."""


@dataclass(frozen=True)
class Raw:
    """One answer. Every chunk is sent at once; without `status` not even a head is sent."""

    chunks: Sequence[bytes | Do] = ()
    status: int | None = 200
    headers: Sequence[tuple[str, str]] = (("content-type", "text/event-stream"),)


@dataclass
class MessagesServer:
    """Answers request after request from its script, whose last answer stays. `asked` are the requests: their heads and bodies."""

    script: list[Raw] = field(default_factory=list)
    asked: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    url: str = ""
    _open: int = 0
    _left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def bodies(self) -> list[Any]:
        """Return the bodies of the requests."""
        return [body for _, body in self.asked]

    async def idle(self) -> None:
        """Return when nobody is connected any more."""
        while self._open:
            self._left.clear()
            await self._left.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head.split("\r\n")[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.asked.append((headers, json.loads(body) if body else None))
            answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            await self._answer(answer, reader, writer)
        writer.close()
        self._open -= 1
        self._left.set()

    async def _answer(self, answer: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer.status is not None:
            heads = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
            writer.write(f"HTTP/1.1 {answer.status} .\r\n{heads}transfer-encoding: chunked\r\nconnection: close\r\n\r\n".encode())
        for chunk in answer.chunks:
            if chunk is Do.BREAK:
                await writer.drain()
                return
            if chunk is Do.HANG:
                await reader.read()
                return
            writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            await writer.drain()
        if answer.status is not None:
            writer.write(b"0\r\n\r\n")
            await writer.drain()


@asynccontextmanager
async def messages_server(*script: Raw) -> AsyncIterator[MessagesServer]:
    """Serve a script on a free port of this machine."""
    served = MessagesServer(list(script))
    server = await asyncio.start_server(served._serve, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield served


def event(kind: str, **data: Any) -> bytes:
    """Return an event of a stream."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()


def begin(**usage: int) -> bytes:
    """Return the event that a message begins with."""
    counted = {"input_tokens": 10, "output_tokens": 1, **usage}
    ids = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5"}
    return event("message_start", message={**ids, "content": [], "stop_reason": None, "stop_sequence": None, "usage": counted})


def text(*pieces: str, n: int = 0, citations: Sequence[Any] = ()) -> list[bytes]:
    """Return the events of a block of text."""
    cited = [{"type": "citations_delta", "citation": citation} for citation in citations]
    said = [{"type": "text_delta", "text": piece} for piece in pieces]
    deltas = [event("content_block_delta", index=n, delta=delta) for delta in (*said, *cited)]
    return [event("content_block_start", index=n, content_block={"type": "text", "text": ""}), *deltas, event("content_block_stop", index=n)]


def use(name: str, *pieces: str, n: int = 0) -> list[bytes]:
    """Return the events of a call of a tool, its input as JSON in pieces."""
    block = {"type": "tool_use", "id": f"toolu_{n}", "name": name, "input": {}}
    deltas = [event("content_block_delta", index=n, delta={"type": "input_json_delta", "partial_json": piece}) for piece in pieces]
    return [event("content_block_start", index=n, content_block=block), *deltas, event("content_block_stop", index=n)]


def end(stop: str | None = "end_turn", **usage: int) -> list[bytes]:
    """Return the events that a message ends with."""
    counted = {"output_tokens": 5, **usage}
    return [event("message_delta", delta={"stop_reason": stop, "stop_sequence": None}, usage=counted), event("message_stop")]


def stream(*chunks: bytes | Do) -> Raw:
    """Return an answer that is a stream."""
    return Raw(chunks)


def refused(status: int, kind: str, says: str = "No.", *, code: str = "", **headers: str) -> Raw:
    """Return an answer that is an error, as the API writes one."""
    details = {"details": {"error_code": code}} if code else {}
    body = json.dumps({"type": "error", "error": {"type": kind, "message": says, **details}}).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Raw((body,), status, (("content-type", "application/json"), *named))
