"""Slack events: 100 signed ones a second over HTTP to a desk that answers them, and to a Bolt app that only acknowledges.

Run with `python -m benchmarks.slack_events [SECONDS]`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
from slack_sdk.signature import SignatureVerifier

from benchmarks.serving import ARTICLES, PROJECT, questions
from benchmarks.slack_api import BOT_USER, TEAM
from bootstrap import open_reading
from desk.changes import SaveChannel, write
from desk.ids import EventId
from desk.space import Channel, ChannelKind, ChannelRef, Platform
from settings import read_settings

RATE, SECONDS = 100, 60.0
CHANNELS, CUSTOMERS = 20, 100
SECRET = "a-signing-secret-of-the-benchmark"
IN_TIME, WORKED_OFF = 3.0, 120.0
"""Marks: seconds within which all are acknowledged, and within which the backlog is worked off once nothing more comes."""
PATIENCE = 10.0
LONGEST = 600.0
POLICY = '[modes]\ndefault = "auto"\n[answers]\nthreshold = 0.5\n'
ASKS = 0.04
"""The share of messages that ask something new: one or two of each customer's in a minute. The rest is what people write around it."""
CHAT = tuple(json.loads(line)["text"] for line in (PROJECT / "benchmarks" / "messages" / "chat.jsonl").read_text().splitlines())


@dataclass
class Traffic:
    """What a workspace does: mostly messages, some replies in threads, mentions, edits, deletions, emoji, other bots, and what comes twice."""

    dice: random.Random = field(default_factory=lambda: random.Random(1))
    asked: Sequence[str] = field(default_factory=questions)
    began: float = field(default_factory=time.time)
    said: dict[str, str] = field(default_factory=dict)
    """The customers' messages by channel and timestamp, with who wrote them."""
    told: int = 0
    before: list[Mapping[str, Any]] = field(default_factory=list)

    def next(self, n: int) -> Mapping[str, Any]:
        """Return the n-th event as it is delivered."""
        kind = self.dice.choices(KINDS, WEIGHTS)[0] if self.said else "message"
        if kind == "again" and self.before:
            return self.dice.choice(self.before[-300:])
        body = self._delivered(getattr(self, f"_{kind}")(f"{self.began + n / RATE:.6f}") if kind != "again" else self._message(f"{time.time():.6f}"))
        self.before.append(body)
        return body

    def _message(self, ts: str, **more: object) -> dict[str, Any]:
        customer = self.dice.randrange(CUSTOMERS)
        channel = f"C{customer % CHANNELS:03d}"
        text = self.dice.choice(self.asked if self.dice.random() < ASKS else CHAT)
        self.said[f"{channel}/{ts}"] = f"U{customer:03d}"
        return {"type": "message", "user": f"U{customer:03d}", "channel": channel, "text": text, "ts": ts, "event_ts": ts, "team": "T0OTHER", **more}

    def _reply(self, ts: str) -> dict[str, Any]:
        root = self.dice.choice(list(self.said)[-500:])
        channel, _, stamp = root.partition("/")
        self.said[f"{channel}/{ts}"] = self.said[root]
        return {"type": "message", "user": self.said[root], "channel": channel, "text": "and?", "ts": ts, "event_ts": ts, "thread_ts": stamp}

    def _mention(self, ts: str) -> dict[str, Any]:
        message = self._message(ts)
        return {**message, "text": f"<@{BOT_USER}> {message['text']}"}

    def _edit(self, ts: str) -> dict[str, Any]:
        channel, stamp, user = self._one()
        message = {
            "type": "message",
            "user": user,
            "text": self.dice.choice(CHAT),
            "ts": stamp,
            "edited": {"user": user, "ts": ts},
        }
        return {
            "type": "message",
            "subtype": "message_changed",
            "channel": channel,
            "message": message,
            "previous_message": {},
            "event_ts": ts,
            "ts": ts,
        }

    def _deletion(self, ts: str) -> dict[str, Any]:
        channel, stamp, user = self._one()
        gone = {"type": "message", "user": user, "ts": stamp}
        return {
            "type": "message",
            "subtype": "message_deleted",
            "channel": channel,
            "deleted_ts": stamp,
            "previous_message": gone,
            "event_ts": ts,
            "ts": ts,
        }

    def _emoji(self, ts: str) -> dict[str, Any]:
        channel, stamp, user = self._one()
        return {
            "type": "reaction_added",
            "user": user,
            "reaction": "eyes",
            "item": {"type": "message", "channel": channel, "ts": stamp},
            "event_ts": ts,
        }

    def _bot(self, ts: str) -> dict[str, Any]:
        return {"type": "message", "subtype": "bot_message", "bot_id": "B0OTHER", "channel": "C001", "text": "build passed", "ts": ts, "event_ts": ts}

    def _one(self) -> tuple[str, str, str]:
        key = self.dice.choice(list(self.said)[-500:])
        return *key.split("/"), self.said[key]  # type: ignore[return-value]

    def _delivered(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        self.told += 1
        return {"type": "event_callback", "team_id": TEAM, "api_app_id": "A0", "event_id": f"Ev{self.told:08d}", "event_time": 1, "event": event}


KINDS = ("message", "reply", "mention", "edit", "deletion", "emoji", "bot", "again")
WEIGHTS = (58, 10, 5, 8, 2, 8, 4, 5)


@dataclass
class Answers:
    """How the events of one run were answered: seconds until then, from when each was to be sent; None for those that were not."""

    seconds: list[float | None] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def in_time(self) -> float:
        """Return the share acknowledged within three seconds."""
        return sum(each is not None and each < IN_TIME for each in self.seconds) / len(self.seconds)

    def percentile(self, p: float) -> float:
        """Return a percentile in milliseconds; what was not answered took the longest."""
        return float(np.percentile([PATIENCE if each is None else each for each in self.seconds], p)) * 1000


async def send(address: str, traffic: Traffic, seconds: float) -> Answers:
    """Send events at their rate, whether or not the ones before are answered."""
    answers, signer = Answers(), SignatureVerifier(SECRET)
    began = time.monotonic()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(PATIENCE)) as session, asyncio.TaskGroup() as group:
        for n in range(int(seconds * RATE)):
            due = began + n / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(_post(session, f"{address}/slack/events", traffic.next(n), signer, due=due, answers=answers))
    return answers


async def _post(
    session: aiohttp.ClientSession, url: str, body: Mapping[str, Any], signer: SignatureVerifier, *, due: float, answers: Answers
) -> None:
    text, stamp = json.dumps(body), str(int(time.time()))
    signature = signer.generate_signature(timestamp=stamp, body=text) or ""
    headers = {"content-type": "application/json", "x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    try:
        async with session.post(url, data=text, headers=headers) as answer:
            await answer.read()
            answers.statuses[answer.status] = answers.statuses.get(answer.status, 0) + 1
            answers.seconds.append(time.monotonic() - due if answer.status == 200 else None)
    except (aiohttp.ClientError, TimeoutError):
        answers.seconds.append(None)


@contextmanager
def child(arguments: Sequence[str], log: Path, **environment: str) -> Iterator[str]:
    """Run a process for a while, and yield the address it prints."""
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=PROJECT, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=60)


async def furnish(home: Path) -> None:
    """Declare the channels and ingest the demo's articles."""
    now = datetime.now(UTC)
    (home / "policy.toml").write_text(POLICY)
    async with open_reading(read_settings(home=home)) as reading:
        rooms = [Channel(_ref(f"C{n:03d}"), f"channel-{n}", ChannelKind.COMMUNITY, now) for n in range(CHANNELS)]
        rooms.append(Channel(_ref("C0AGENTS"), "agents", ChannelKind.INTERNAL, now, agents=True))
        await reading.records.store.commit(EventId("ev-bench"), write(*map(SaveChannel, rooms)), at=now)
        await reading.ingest([ARTICLES])


def backlog(home: Path) -> dict[str, int]:
    """Return what waits: arrivals in the inbox, events in the engine, deadlines that are due, posts."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    asked = (
        ("inbox", "slack.db", "SELECT count(*) FROM arrivals", ()),
        ("engine", "engine.db", "SELECT count(*) FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED')", ()),
        ("due", "frontdesk.db", "SELECT count(*) FROM deadlines WHERE due <= ?", (now,)),
        ("posts", "frontdesk.db", "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", ()),
    )
    return {name: _count(home / file, query, values) for name, file, query, values in asked}


def kept(home: Path) -> list[str]:
    """Return the customers' messages in the store, by channel and timestamp."""
    with sqlite3.connect(f"file:{home / 'frontdesk.db'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT ref FROM messages WHERE role = 'customer'").fetchall()
    return [ref.removeprefix(f"slack/{TEAM}/") for (ref,) in rows]


def work_off(home: Path) -> float:
    """Return how many seconds it takes until nothing waits any more but posts, which go at Slack's pace."""
    began = last = time.monotonic()
    while time.monotonic() - began < LONGEST:
        waits = backlog(home)
        if not waits["inbox"] + waits["engine"] + waits["due"]:
            break
        if time.monotonic() - last > 10:
            last = time.monotonic()
            print(f"  {last - began:.0f} s: {waits}", flush=True)
        time.sleep(0.5)
    return time.monotonic() - began


def measured(name: str, answers: Answers) -> Answers:
    """Print how events were answered."""
    shown = ", ".join(f"p{p} {answers.percentile(p):.1f} ms" for p in (50, 99, 100))
    print(
        f"{name}: {answers.in_time:.2%} of {len(answers.seconds)} acknowledged within {IN_TIME:.0f} s; {shown}; statuses {answers.statuses}",
        flush=True,
    )
    return answers


def main(seconds: float) -> int:
    """Send to both, one after the other, and look what became of it."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-slack-") as folder:
        home, log = Path(folder), Path(folder, "log")
        asyncio.run(furnish(home))
        with child(["-m", "benchmarks.slack_bolt", SECRET], log) as address:
            bolt = measured("Bolt, which only acknowledges", asyncio.run(send(address, Traffic(), seconds)))
        with child(["-m", "benchmarks.slack_api"], log) as api, child(["main.py", "run"], log, **_environment(home, api)) as address:
            traffic = Traffic()
            ours = measured("the desk", asyncio.run(send(address, traffic, seconds)))
            print(f"when the last was sent there waited {backlog(home)}", flush=True)
            took = work_off(home)
            left, found = backlog(home), kept(home)
        lost, twice = len(traffic.said.keys() - set(found)), len(found) - len(set(found))
    print(f"p99 beside Bolt's own: {ours.percentile(99) / bolt.percentile(99):.1f} times")
    print(f"{len(traffic.said)} messages: lost {lost}, twice {twice}; worked off {took:.0f} s after the last came; then there waited {left}")
    print(f"marks: all within {IN_TIME:.0f} s, nothing lost or twice, worked off within {WORKED_OFF:.0f} s")
    return int(ours.in_time < 1 or lost > 0 or twice > 0 or took > WORKED_OFF)


def _environment(home: Path, api: str) -> dict[str, str]:
    return {
        "FRONTDESK_HOME": str(home),
        "FRONTDESK_PORT": "0",
        "FRONTDESK_SLACK_BOT_TOKEN": "xoxb-bench",
        "FRONTDESK_SLACK_SIGNING_SECRET": SECRET,
        "FRONTDESK_SLACK_URL": api,
    }


def _count(path: Path, query: str, values: tuple[str, ...]) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as database:
        return int(database.execute(query, values).fetchone()[0])


def _ref(id: str) -> ChannelRef:
    return ChannelRef(Platform.SLACK, TEAM, id)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
