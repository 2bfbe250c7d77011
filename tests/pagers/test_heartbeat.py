"""The heartbeat: asked every minute while the desk works, and missed when it does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pagers.heartbeat import Heartbeat
from tests.fakes import FakeClock


@asynccontextmanager
async def listener(status: int = 200) -> AsyncIterator[tuple[str, list[str]]]:
    heard: list[str] = []

    async def serve(reader, writer):
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[0])
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ping/desk", heard
    finally:
        server.close()
        await server.wait_closed()


async def works() -> bool:
    return True


async def stands_still() -> bool:
    return False


async def test_it_asks_while_the_desk_works():
    async with listener() as (address, heard):
        assert await Heartbeat(address, FakeClock(), works).beat()
        assert heard == ["GET /ping/desk HTTP/1.1"]


async def test_it_is_missed_while_something_due_is_not_done():
    async with listener() as (address, heard):
        assert not await Heartbeat(address, FakeClock(), stands_still).beat()
        assert heard == []


async def test_whoever_does_not_answer_or_refuses_stops_nothing(caplog):
    async with listener(status=500) as (address, _):
        assert not await Heartbeat(address, FakeClock(), works).beat()
    assert not await Heartbeat("http://127.0.0.1:9/secret-id", FakeClock(), works).beat()
    assert "secret-id" not in caplog.text


async def test_it_beats_every_minute():
    clock = FakeClock()
    begun = clock.now()
    beats: list[float] = []

    async def counted() -> bool:
        beats.append((clock.now() - begun).total_seconds())
        if len(beats) == 3:
            raise asyncio.CancelledError
        return False

    task = asyncio.create_task(Heartbeat("http://127.0.0.1:9/", clock, counted).run())
    await asyncio.gather(task, return_exceptions=True)
    assert beats == [0.0, 60.0, 120.0]


async def test_without_an_address_it_ends_at_once():
    await Heartbeat("", FakeClock(), works).run()
