"""Socket Mode: over a loopback server that says hello, sends envelopes, renews, drops and refuses as Slack does."""

import asyncio
import json
import sqlite3
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import WSMsgType, web
from slack_bolt.response import BoltResponse

from bot.slack import socket
from bot.slack.access import Access
from bot.slack.socket import Socket
from desk.cards import Field, Form
from tests.slack.loopback import Reply
from tests.slack.payloads import HELP, callback, command, said, submission
from tests.slack.test_people import MARA, OWNER
from tests.slack.wire import opened

HELLO = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0DESK"}, "debug_info": {"host": "applink-1"}}


@dataclass
class Sockets:
    """Slack's end: a connection for each address it gave, and the acknowledgments that came."""

    greeting: Any = field(default_factory=lambda: HELLO)
    tickets: list[str] = field(default_factory=list)
    """The tickets by which connections were opened; each is good once."""
    open: list[web.WebSocketResponse] = field(default_factory=list)
    acknowledged: dict[str, Any] = field(default_factory=dict)
    """What each envelope was answered with, by its id."""
    port: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    numbers: Any = field(default_factory=lambda: count(1))

    def address(self) -> dict[str, Any]:
        return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/link/?ticket=t{next(self.numbers)}&app_id=x"}

    async def link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query["ticket"]
        if ticket in self.tickets:
            return web.Response(status=403)
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        self.tickets.append(ticket)
        self.open.append(connection)
        if self.greeting:
            await connection.send_json(self.greeting)
        await self.tell()
        async for message in connection:
            if message.type is WSMsgType.TEXT:
                told = json.loads(message.data)
                self.acknowledged[told["envelope_id"]] = told.get("payload")
                await self.tell()
        self.open.remove(connection)
        await self.tell()
        return connection

    async def tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def until(self, ready: Any) -> None:
        async with asyncio.timeout(15), self.changed:
            await self.changed.wait_for(ready)

    async def send(self, payload: Any, id: str, *, kind: str = "events_api", on: int = -1) -> None:
        """Send an envelope on a connection."""
        responds = kind != "events_api"
        await self.open[on].send_json({"type": kind, "envelope_id": id, "payload": payload, "accepts_response_payload": responds})

    async def acknowledge(self, id: str) -> Any:
        """Return what an envelope is answered with, once it is."""
        await self.until(lambda: id in self.acknowledged)
        return self.acknowledged[id]


@pytest_asyncio.fixture
async def sockets(slack):
    """Serve connections, and let the Web API tell where."""
    found = Sockets()
    served = web.Application()
    served.router.add_get("/link/", found.link)
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.port = runner.addresses[0][1]
    slack.answers["apps.connections.open"] = [found.address() for _ in range(50)]
    yield found
    await runner.cleanup()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Let no test wait between tries."""
    monkeypatch.setattr(socket, "PAUSE", 0.001)


@pytest_asyncio.fixture
async def wired(slack, sockets, tmp_path, desk, policy, store, clock):
    """Connect a workspace over Socket Mode."""
    slack.users |= {"U0MARA": MARA, "U0TIM": OWNER}
    access = Access("xoxb-secret", app_token="xapp-secret", url=slack.url)
    async with opened(access, tmp_path / "slack.db", desk, policy=policy, store=store, clock=clock) as found:
        await sockets.until(lambda: sockets.open)
        yield found


async def test_an_event_is_acknowledged_and_reaches_the_desk(wired, sockets, desk, slack):
    await sockets.send(callback(said()), "e1")
    assert await sockets.acknowledge("e1") is None
    await wired.settled()
    assert [event.text for event in desk.heard] == ["Why was I charged twice?"]
    opening = next(call for call in slack.calls if call.method == "apps.connections.open")
    assert opening.headers["Authorization"] == "Bearer xapp-secret"


async def test_what_is_answered_travels_in_the_acknowledgment(wired, sockets, desk, slack):
    desk.shows = lambda query: Form("Mode", (Field("mode", "Mode"),))
    slack.answers["views.open"] = [{"ok": True, "view": {"id": "V0FORM"}}]
    await sockets.send(command("mode"), "e1", kind="slash_commands")
    assert await sockets.acknowledge("e1") is None
    await wired.settled()
    view = slack.of("views.open")[0]["view"]
    desk.wrong = lambda query, values: {"mode": "No such mode."}
    await sockets.send(submission(view, {"mode": "x"}), "e2", kind="interactive")
    assert await sockets.acknowledge("e2") == {"response_action": "errors", "errors": {"mode": "No such mode."}}


async def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(wired, sockets, desk, monkeypatch):
    def broken(works):
        raise sqlite3.OperationalError("disk is full")

    monkeypatch.setattr(wired.slack._inbox, "_transact", broken)
    await sockets.send(callback(said(), "Ev1"), "e1")
    await sockets.send({"type": "event_callback", "event": {"type": "something_new"}, "event_id": "Ev9"}, "e2")
    await sockets.acknowledge("e2")
    monkeypatch.undo()
    await sockets.send(callback(said(), "Ev1"), "e3")
    await sockets.acknowledge("e3")
    await wired.settled()
    assert "e1" not in sockets.acknowledged
    assert len(desk.heard) == 1


async def test_a_connection_that_will_end_is_replaced_before_it_does(wired, sockets, desk):
    await sockets.open[0].send_json({"type": "disconnect", "reason": "warning", "debug_info": {"host": "applink-1"}})
    await sockets.until(lambda: len(sockets.open) == 2)
    await sockets.send(callback(said("old")), "e1", on=0)
    await sockets.acknowledge("e1")
    await sockets.send(callback(said("new", "1793613601.000100")), "e2", on=1)
    await sockets.acknowledge("e2")
    await sockets.open[0].close()
    await sockets.until(lambda: len(sockets.open) == 1)
    await sockets.send(callback(said("later", "1793613602.000100")), "e3")
    await sockets.acknowledge("e3")
    await wired.settled()
    assert [event.text for event in desk.heard] == ["old", "new", "later"]
    assert len(sockets.tickets) == 2


async def test_a_connection_that_slack_refreshes_is_opened_again(wired, sockets, desk):
    for n in range(3):
        old = sockets.open[-1]
        await old.send_json({"type": "disconnect", "reason": "refresh_requested"})
        await old.close()
        await sockets.until(lambda n=n: len(sockets.tickets) == n + 2 and sockets.open)
    await sockets.send(callback(said()), "e1")
    await sockets.acknowledge("e1")
    await wired.settled()
    assert len(desk.heard) == 1


async def test_a_connection_that_breaks_is_opened_again_and_what_was_not_acknowledged_comes_again(wired, sockets, desk):
    body = callback(said(), "Ev1")
    await sockets.send(body, "e1")
    transport = sockets.open[0]._req.transport
    transport.abort()
    await sockets.until(lambda: len(sockets.tickets) == 2 and sockets.open)
    await sockets.send(body, "e2")
    await sockets.acknowledge("e2")
    await wired.settled()
    assert len(desk.heard) == 1


async def test_every_connection_has_an_address_of_its_own_also_after_failures(wired, sockets, desk, slack):
    # An address is good for a short while: one that was kept while the network was away would be refused for ever.
    slack.answers["apps.connections.open"] = [
        Reply(503, ""),
        {"ok": True, "url": "ws://127.0.0.1:9/link/?ticket=secret-ticket"},
        {"ok": True, "url": f"ws://127.0.0.1:{sockets.port}/link/?ticket=t1"},
        {"ok": True, "url": ""},
        sockets.address(),
    ]
    await sockets.open[0].close()
    await sockets.until(lambda: len(sockets.tickets) == 2 and sockets.open)
    await sockets.send(callback(said()), "e1")
    await sockets.acknowledge("e1")
    await wired.settled()
    assert len(desk.heard) == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param({"ok": False, "error": "invalid_auth"}, "FRONTDESK_SLACK_APP_TOKEN", id="a wrong token"),
        pytest.param({"ok": False, "error": "internal_error"}, "internal_error", id="trouble at Slack"),
    ],
)
async def test_a_connection_that_cannot_be_opened_is_tried_again_and_said_once(slack, sockets, caplog, monkeypatch, answer, says):
    monkeypatch.setattr(socket, "REFUSED", 0.001)
    slack.answers["apps.connections.open"] = [answer, answer, answer, sockets.address()]
    async with listening(slack) as connected:
        await sockets.until(lambda: sockets.open)
        async with asyncio.timeout(5):
            await connected.acquire()
    assert (caplog.text.count("nothing is heard"), says in caplog.text) == (1, True)
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("greeting", "says"),
    [
        pytest.param({"type": "disconnect", "reason": "link_disabled"}, "turn it on", id="Socket Mode is turned off"),
        pytest.param({"type": "disconnect", "reason": "too_many_websockets"}, "too_many_websockets", id="there are too many"),
        pytest.param({"type": "disconnect"}, "TEXT", id="for no reason"),
    ],
)
async def test_a_connection_that_does_not_greet_is_none(slack, sockets, caplog, monkeypatch, greeting, says):
    monkeypatch.setattr(socket, "REFUSED", 0.001)
    sockets.greeting = greeting
    async with listening(slack) as connected:
        await sockets.until(lambda: len(sockets.tickets) == 3)
        assert connected.locked()
        sockets.greeting = HELLO
        async with asyncio.timeout(5):
            await connected.acquire()
    assert (caplog.text.count("nothing is heard"), says in caplog.text) == (1, True)


async def test_events_flow_again_after_each_break_and_not_after_a_renewal(slack, sockets):
    async with listening(slack) as connected:
        async with asyncio.timeout(5):
            await connected.acquire()
        await sockets.open[0].send_json({"type": "disconnect", "reason": "warning"})
        await sockets.until(lambda: len(sockets.open) == 2)
        await sockets.open[0].close()
        await sockets.until(lambda: len(sockets.open) == 1)
        assert connected.locked()
        await sockets.open[0].close()
        async with asyncio.timeout(5):
            await connected.acquire()


async def test_a_connection_that_slack_leaves_open_is_closed_in_the_end(slack, sockets, monkeypatch):
    monkeypatch.setattr(socket, "LINGER", 0.01)
    async with listening(slack):
        await sockets.until(lambda: sockets.open)
        await sockets.open[0].send_json({"type": "disconnect", "reason": "warning"})
        await sockets.until(lambda: len(sockets.tickets) == 2 and len(sockets.open) == 1)


async def test_what_is_no_envelope_harms_nothing(slack, sockets):
    async with listening(slack):
        await sockets.until(lambda: sockets.open)
        for told in ("not json", "[]", "null", '{"type": "hello"}', '{"type": "events_api"}'):
            await sockets.open[0].send_str(told)
        await sockets.open[0].send_bytes(b"\x00")
        await sockets.send(callback(said(channel=HELP)), "e1")
        await sockets.acknowledge("e1")
    assert len(sockets.tickets) == 1


@asynccontextmanager
async def listening(slack):
    """Listen with an app that takes everything; yield what is released whenever events flow again."""
    connected = asyncio.Semaphore(0)

    async def dispatch(request):
        return BoltResponse(status=200)

    found = Socket(Access("xoxb-secret", app_token="xapp-secret", url=slack.url), dispatch, connected.release)
    task = asyncio.create_task(found.run())
    try:
        yield connected
    finally:
        task.cancel()
        await asyncio.wait([task])
