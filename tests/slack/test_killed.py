"""A process that is killed between its acknowledgment and the desk loses nothing, and what Slack sends again then is still one."""

import asyncio
import json
import sys
import time
from pathlib import Path

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.slack.access import Access
from desk.changes import NOTHING
from desk.events import MessagesReceived
from tests.slack.payloads import callback, said
from tests.slack.test_people import MARA
from tests.slack.wire import SECRET, ScriptedDesk, opened

ROOT = Path(__file__).resolve().parents[2]
BODIES = [callback(said(f"message {n}", f"17936136{n:02d}.000100", channel=f"C{n % 4}"), f"Ev{n}") for n in range(60)]


async def acknowledged(session, url, body):
    """Return whether an event was acknowledged before the process was gone."""
    text, stamp = json.dumps(body), str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=text)
    headers = {"content-type": "application/json", "x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    try:
        async with session.post(url, data=text, headers=headers) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


class Storing(ScriptedDesk):
    """A desk that has stored whatever it was told, and keeps the texts."""

    def __init__(self, store, clock):
        super().__init__()
        self.store, self.clock, self.texts = store, clock, []

    async def emit(self, event):
        await self.store.commit(event.id, NOTHING, at=self.clock.now())
        self.texts += [each.text for each in (event.messages if isinstance(event, MessagesReceived) else (event,))]


async def test_a_kill_between_acknowledgment_and_desk_loses_nothing(slack, tmp_path, policy, store, clock):
    desk = Storing(store, clock)
    slack.users["U0MARA"] = MARA
    command = (sys.executable, "-m", "tests.slack.child", str(tmp_path), slack.url)
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert child.stdout
    url = (await child.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        sent = [group.create_task(acknowledged(session, url, body)) for body in BODIES]
        await asyncio.wait(sent[:20])
        child.kill()
    await child.wait()
    known = {body["event"]["text"] for body, task in zip(BODIES, sent, strict=True) if task.result()}
    assert len(known) >= 20
    access = Access("xoxb-secret", signing_secret=SECRET, url=slack.url)
    async with opened(access, tmp_path / "slack.db", desk, policy=policy, store=store, clock=clock) as wired:
        await wired.settled()
        assert known <= set(desk.texts)
        for body in BODIES:
            assert (await wired.post(body, **{"x-slack-retry-num": "1"}))[0] == 200
        await wired.settled()
    assert sorted(desk.texts) == sorted(body["event"]["text"] for body in BODIES)
