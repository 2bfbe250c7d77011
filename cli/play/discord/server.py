"""Server: the play's Discord on a free port of this machine, its REST API and its gateway on one loop."""

from __future__ import annotations

import json
from contextlib import suppress

from aiohttp import BodyPartReader, web

from cli.play.discord.api import ROOT, Api, Request
from cli.play.discord.call import Upload
from cli.play.discord.gateway import Gateway
from cli.play.discord.state import Home

LOOPBACK = "127.0.0.1"
LARGEST = 26 * 1024 * 1024


class Loopback:
    """A Discord that the bot reaches by an address."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.api, self.gateway = Api(home), Gateway(home)
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Listen; return the API's address."""
        app = web.Application(client_max_size=LARGEST)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, port).start()
        self.api.host = f"http://{LOOPBACK}:{self._runner.addresses[0][1]}"
        self.gateway.url = self.api.host.replace("http", "ws", 1) + "/gateway"
        self.api.beside = {"/gateway/bot": self.gateway.address, "/gateway": lambda: {"url": self.gateway.url}}
        self.url = self.api.host + ROOT
        return self.url

    async def close(self) -> None:
        """Stop listening, and hang up."""
        with suppress(ConnectionError):
            await self.gateway.close(1001)
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Loopback:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _serve(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body, files = await _parts(request) if request.content_type == "multipart/form-data" else (await request.read(), ())
        asked = Request(request.method, request.rel_url.raw_path, dict(request.query), headers, body, files)
        status, said, head = await self.api.answer(asked)
        return web.Response(status=status, body=said, headers=head)


async def _parts(request: web.Request) -> tuple[bytes, tuple[Upload, ...]]:
    """Return the JSON of a form with files, and the files."""
    body, files = b"{}", []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        held = bytes(await part.read())
        if part.name == "payload_json":
            body = json.dumps(json.loads(held)).encode()
        else:
            files.append(Upload(part.filename or "file", part.headers.get("Content-Type", "application/octet-stream"), held))
    return body, tuple(files)
