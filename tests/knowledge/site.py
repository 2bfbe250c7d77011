"""A web site on the loopback interface, and a time in which nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from knowledge.net.fetch import Fetcher, Patience, Surroundings

Play = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """What an address answers; `play` writes to the connection itself instead."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    play: Play | None = None

    def on_the_wire(self) -> bytes:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} Said\r\n{lines}\r\n".encode() + body


@dataclass
class Site:
    """Answers by path with query; a list is worked off one request at a time, its last answer stays. What nobody wrote is 404."""

    pages: dict[str, Answer | list[Answer] | Callable[[str], Answer]] = field(default_factory=dict)
    otherwise: Answer | Callable[[str], Answer] = Answer("not here", 404)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    open: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str) -> Answer:
        found = self.pages.get(path, self.otherwise)
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found if isinstance(found, Answer) else found(path)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.open.add(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().strip().split("\r\n")
                path = first.split(" ")[1]
                self.asked.append(path)
                self.headers.append({name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)})
                answer = self.answer(path)
                if answer.play:
                    await answer.play(writer)
                    break
                writer.write(answer.on_the_wire())
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            return  # The reader has gone, or the test is over.
        finally:
            self.open.discard(task)
            writer.close()


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[Site]:
    """Serve a site while a test runs."""
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        waiting = list(site.open)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@dataclass
class Waiting:
    """Time that passes when somebody sleeps."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def clock(self) -> float:
        return self.now

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(sleep=self.sleep, clock=self.clock)


@asynccontextmanager
async def fetching(
    waiting: Waiting | None = None, *, private_network: bool = True, most: int = 10_000_000, pace: float = 0.0, patience: Patience | None = None
) -> AsyncIterator[Fetcher]:
    """A fetcher for the loopback site that waits for nothing."""
    around = (waiting or Waiting()).surroundings
    fetcher = Fetcher(private_network, most, pace, patience or Patience(), around)
    try:
        yield fetcher
    finally:
        await fetcher.close()
