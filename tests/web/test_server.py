"""The server: on this machine only, on the next free port, and gone when it is told to."""

import asyncio
import socket

import httpx
import pytest

from bot.web.app import create_app
from bot.web.door import Door
from bot.web.server import bind, serve
from bot.web.workspace import LocalWorkspace
from desk.errors import Misconfigured
from desk.space import Place
from tests.fakes import FakeDesk
from tests.web.conftest import COMMUNITY, MARA


async def test_it_answers_at_the_address_it_names(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    async with serve(create_app(workspace, desk), port=0) as address, httpx.AsyncClient() as client:
        assert (await client.get(f"{address}/health")).json()["status"] == "ok"
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"{address}/health")


async def test_the_next_free_port_is_taken() -> None:
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with bind("127.0.0.1", port) as second:
            assert port < second.getsockname()[1] < port + 20


def test_no_free_port_is_said_to_be() -> None:
    with bind("127.0.0.1", 0) as first, pytest.raises(Misconfigured, match="all in use"):
        bind("127.0.0.1", first.getsockname()[1], tries=1)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "frontdesk.example"])
def test_others_are_not_served(host: str) -> None:
    with pytest.raises(Misconfigured, match="listens on this machine only"):
        bind(host, 0)


async def test_others_are_served_once_a_token_guards_the_page(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    app = create_app(workspace, desk, door=Door("correct-horse-battery"))
    async with serve(app, "0.0.0.0", 0) as address, httpx.AsyncClient() as client:
        assert address.startswith("http://127.0.0.1:")
        assert (await client.get(f"{address}/health")).json()["status"] == "ok"
        assert (await client.get(address)).status_code == 401


async def test_a_stream_tells_of_changes_and_ends_with_the_server(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()

    async def watch(address: str) -> None:
        async with httpx.AsyncClient() as client, client.stream("GET", f"{address}/events") as answer:
            async for line in answer.aiter_lines():
                if line:
                    await told.put(line)

    async with asyncio.timeout(10):
        async with serve(create_app(workspace, desk), port=0) as address:
            watching = asyncio.create_task(watch(address))
            first = await told.get()
            await workspace.say(MARA, Place(COMMUNITY), "Hello")
            assert (await told.get()) != first
        await watching


async def test_a_page_that_was_closed_leaves_nothing_running(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    async with serve(create_app(workspace, desk), port=0) as address:
        port = int(address.rpartition(":")[2])
        before = len(asyncio.all_tasks())
        with socket.create_connection(("127.0.0.1", port)) as page:
            page.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await asyncio.to_thread(page.recv, 100)
        async with asyncio.timeout(5):
            while len(asyncio.all_tasks()) > before:  # noqa: ASYNC110  # Nobody tells when a connection is gone.
                await asyncio.sleep(0)
