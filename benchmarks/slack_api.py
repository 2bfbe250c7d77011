"""Slack's Web API on the loopback interface, in a process of its own: everybody exists, and everything that is asked is done."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

TEAM, BOT_USER, BOT = "T0BENCH", "U0DESK", "B0DESK"
WHO = {"ok": True, "team_id": TEAM, "team": "Bench", "url": "https://bench.slack.com/", "user_id": BOT_USER, "bot_id": BOT}

_numbers = itertools.count()


async def answer(request: web.Request) -> web.Response:
    """Answer a method."""
    given: Mapping[str, Any] = json.loads(await request.text()) if request.content_type == "application/json" else await request.post()
    match request.match_info["method"]:
        case "auth.test":
            told: dict[str, object] = WHO
        case "users.info":
            # Customers are of another organization, as in shared channels.
            told = {"ok": True, "user": {"id": given["user"], "team_id": "T0OTHER", "name": str(given["user"]).lower(), "tz": "Europe/Berlin"}}
        case "conversations.info":
            told = {"ok": True, "channel": {"id": given["channel"], "name": str(given["channel"]).lower(), "is_private": True}}
        case "conversations.members" | "users.list":
            told = {"ok": True, "members": []}
        case "conversations.history" | "conversations.replies":
            told = {"ok": True, "messages": []}
        case "conversations.open":
            told = {"ok": True, "channel": {"id": f"D{given['users']}"}}
        case "chat.postMessage" | "chat.update" | "chat.postEphemeral":
            stamp = f"{time.time() + next(_numbers) / 1_000_000:.6f}"
            told = {"ok": True, "channel": given.get("channel"), "ts": stamp, "message_ts": stamp}
        case _:
            told = {"ok": True}
    return web.json_response(told)


async def main() -> None:
    """Serve until killed; print the address."""
    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/api/", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
