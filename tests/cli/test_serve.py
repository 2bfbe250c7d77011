"""Serving: a desk that is started as people start it, used over its page, and stopped."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds a loaded machine may take for what takes two."""


class Server:
    """A process of ours that serves, and the address it printed."""

    def __init__(self, home: Path, command: str) -> None:
        environment = {**os.environ, "FRONTDESK_HOME": str(home), "FRONTDESK_PORT": "0"}
        self.process = subprocess.Popen(
            [sys.executable, "main.py", command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.address = self.process.stdout.readline().strip()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def post(self, path: str, **values: str) -> None:
        asked = urllib.request.Request(
            self.address + path, urllib.parse.urlencode(values).encode(), {"Origin": self.address, "Accept": "application/json"}
        )
        urllib.request.urlopen(asked, timeout=PATIENCE).close()

    def eventually(self, path: str, words: str) -> str:
        """Return a page once it says something."""
        end = time.monotonic() + PATIENCE
        while words not in (page := self.get(path)):
            assert time.monotonic() < end, f"{words!r} never appeared on {path}"
        return page

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


@pytest.fixture
def server(tmp_path):
    started: list[Server] = []

    def start(command: str) -> Server:
        started.append(Server(tmp_path, command))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.stop()
        each.process.stdout.close()
        each.process.stderr.close()


@pytest.fixture
def call(tmp_path):
    def do(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "FRONTDESK_HOME": str(tmp_path), "FRONTDESK_PORT": "0"}
        return subprocess.run([sys.executable, "main.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    return do


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_server_prints_its_address_and_stops_when_asked(server, number):
    desk = server("run")
    assert desk.address.startswith("http://127.0.0.1:")
    assert "community" in desk.get("/")
    code, errors = desk.stop(number)
    assert code == 0
    assert "Traceback" not in errors


def test_the_demo_answers_a_visitor_and_every_command_works_beside_it(server, call, tmp_path):
    desk = server("demo")
    desk.post("/api/say", user="poppy-lane", channel="community", text="How long does a refund take until it is back on my card?")
    desk.eventually("/?as=poppy-lane&in=community", "5 to 7 working days")
    ticket = json.loads(call("why", "t-", "--json").stdout)
    assert [decision["action"] for decision in ticket] == ["reply"]
    assert ticket[0]["evidence"][0]["document"] == "refund-times"
    found = json.loads(call("search", "how long until a refund is on my card", "--by", "document", "-k", "1", "--json").stdout)
    assert [hit["document"] for hit in found] == ["refund-times"]
    assert "already serves" in call("run").stderr
    before = json.loads(desk.get("/health"))["knowledge"]
    (tmp_path / "news.md").write_text("# Zebra mode\n\nZebra mode draws stripes. Switch it on under **View > Zebra**.\n", encoding="utf-8")
    assert json.loads(call("ingest", str(tmp_path / "news.md"), "--json").stdout)["added"] == 1
    assert json.loads(desk.get("/health"))["knowledge"] != before
    assert call("doctor").returncode == 0


def test_a_server_says_that_it_is_ready(server, call):
    desk = server("run")
    assert json.loads(desk.get("/readyz")) == {"ready": True, "degraded": []}
    assert f"ok    server: process {desk.process.pid} at {desk.address}\n" in call("doctor").stdout


def test_a_model_that_cannot_be_used_stops_no_start_and_is_told_once(server, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-hunter2")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    desk = server("run")
    told = next(line for line in iter(desk.process.stderr.readline, "") if "language model" in line)
    assert told == (
        "The language model cannot be used: nothing answers at http://127.0.0.1:1: check ANTHROPIC_BASE_URL, and that this machine may reach it. "
        "Until then answers are quoted.\n"
    )
    assert json.loads(desk.get("/readyz"))["ready"] is True
    _, errors = desk.stop()
    assert "language model" not in errors
    assert "hunter2" not in told + errors


def test_the_demo_does_not_move_into_a_desk_that_observes(server, call, tmp_path):
    server("run").stop(signal.SIGTERM)
    refused = call("demo")
    assert refused.returncode in (1, 2)
    assert "holds a desk of your own" in refused.stderr
    assert not (tmp_path / "policy.toml").exists()


def test_a_server_that_others_can_reach_lets_in_whoever_has_the_token(server, monkeypatch):
    monkeypatch.setenv("FRONTDESK_HOST", "0.0.0.0")
    monkeypatch.setenv("FRONTDESK_TOKEN", "correct-horse-battery")
    desk = server("run")
    assert json.loads(desk.get("/health"))["status"] == "ok"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        desk.get("/")
    asked = urllib.request.Request(desk.address, headers={"Authorization": "Bearer correct-horse-battery"})
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        assert "community" in answer.read().decode()
    _, errors = desk.stop()
    assert "correct-horse" not in errors
