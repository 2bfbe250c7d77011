"""emulate keeps a workspace as a test seeds it, can be switched off, and lives at the time it is told."""

import asyncio
import threading
import urllib.error
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.support.emulate import Emulate, Room, Seed, User
from tests.support.needs import emulate_programs

SEED = Seed(
    [User("U0MARA", "Mara", "mara@acme.example", team="T0ACME"), User("U0TIM", "Tim", admin=True)], [Room("C0HELP", "help", ["U0MARA", "U0TIM"])]
)


def test_a_workspace_is_what_its_seed_says(emulate: Emulate):
    emulate.seed(SEED)
    assert emulate.call("auth.test")["team_id"] == "T0PELICAN"
    mara = emulate.call("users.info", user="U0MARA")["user"]
    assert (mara["team_id"], mara["profile"]["email"]) == ("T0ACME", "mara@acme.example")
    said = emulate.call("chat.postMessage", "U0MARA", channel="C0HELP", text="Hello")
    assert [m["ts"] for m in emulate.call("conversations.history", channel="C0HELP")["messages"]] == [said["ts"]]
    emulate.seed(SEED)
    assert emulate.call("conversations.history", channel="C0HELP")["messages"] == []


def test_it_lives_at_the_time_it_is_told(emulate: Emulate):
    emulate.seed(SEED)
    emulate.set_time(datetime(2026, 11, 2, 10, tzinfo=UTC))
    assert emulate.call("chat.postMessage", channel="C0HELP", text="Hello")["ts"].startswith("1793613600.")


def test_whoever_reads_the_time_while_it_is_set_reads_one_instant_or_the_other(tmp_path: Path):
    emulate = Emulate(0, tmp_path / "clock")
    emulate.set_time(datetime(2026, 11, 2, 10, tzinfo=UTC))
    with emulate.clock.open() as reading:
        emulate.set_time(datetime(2026, 11, 2, 11, tzinfo=UTC))
        assert reading.read() == "1793613600000"
    assert emulate.clock.read_text() == "1793617200000"


def test_switched_off_it_cuts_every_connection(emulate: Emulate):
    emulate.seed(SEED)
    emulate.set_down(True)
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        emulate.call("auth.test")
    emulate.set_down(False)
    assert emulate.call("auth.test")["ok"]


def test_a_post_whose_reply_is_lost_stands(emulate: Emulate):
    emulate.seed(SEED)
    emulate.lose_replies(1)
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        emulate.call("chat.postMessage", channel="C0HELP", text="Hello")
    assert len(emulate.call("conversations.history", channel="C0HELP")["messages"]) == 1


async def test_events_come_signed_to_the_address_it_is_told(emulate: Emulate):
    heard: list[bool] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            heard.append(SignatureVerifier("shh").is_valid_request(body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        emulate.seed(Seed(SEED.users, SEED.channels, secret="shh", events=f"http://127.0.0.1:{server.server_port}/slack/events"))
        await asyncio.to_thread(emulate.call, "chat.postMessage", "U0MARA", channel="C0HELP", text="Hello")
        server.shutdown()
    assert heard == [True]


@pytest.mark.parametrize("absent", ["node", "package", "version"])
def test_where_it_is_not_installed_tests_are_skipped(monkeypatch, tmp_path: Path, absent: str):
    monkeypatch.delenv("FRONTDESK_TEST_REQUIRE_ALL", raising=False)
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    for name, says in {"node": "v18.1.0" if absent == "node" else "v22.1.0", "npm": str(tmp_path)}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\necho {says}\n")
        (tmp_path / name).chmod(0o755)
    if absent != "package":
        (tmp_path / "emulate").mkdir()
        (tmp_path / "emulate" / "package.json").write_text('{"version": "9.0.0"}')
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="Node 22" if absent == "node" else "emulate@0.12.2"):
        emulate_programs()
