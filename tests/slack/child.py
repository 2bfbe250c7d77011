"""Child: a connection to Slack in a process of its own, with a desk that takes nothing; it answers over HTTP until it is killed."""

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from bot.slack.access import Access
from desk.errors import Unavailable
from store.database import open_database
from store.repository import SqlStore
from tests.fakes import FakeClock, FakeDesk
from tests.slack.wire import SECRET, opened
from tests.world import ScriptedPolicy


class Busy(FakeDesk):
    """A desk that is not there."""

    async def emit(self, event):
        raise Unavailable("store", "the desk is down")


async def main(folder: Path, url: str) -> None:
    policy = ScriptedPolicy()
    store = SqlStore(await open_database(f"sqlite:///{folder / 'desk.db'}"), policy)
    access = Access("xoxb-secret", signing_secret=SECRET, url=url)
    async with opened(access, folder / "slack.db", Busy(), policy=policy, store=store, clock=FakeClock()) as wired:

        async def take(request: web.Request) -> web.Response:
            status, headers, body = await wired.slack.request({name.lower(): value for name, value in request.headers.items()}, await request.read())
            return web.Response(status=status, headers=headers, body=body)

        app = web.Application()
        app.router.add_post("/slack/events", take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
