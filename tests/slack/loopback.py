"""Loopback: a Web API of a few lines that answers as a test says, for what other people's emulators lack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TEAM, BOT_USER, BOT = "T0PELICAN", "U0DESK", "B0DESK"
WHO = {"ok": True, "team_id": TEAM, "team": "Pelican Ledger", "url": "https://pelican.slack.com/", "user_id": BOT_USER, "bot_id": BOT}


@dataclass
class Call:
    """One call as it arrived."""

    method: str
    given: Mapping[str, Any]
    headers: Mapping[str, str]
    peer: str = ""
    """The other end of the connection it came on."""


@dataclass
class Reply:
    """An answer with a status of its own, headers, or a body that is no JSON."""

    status: int = 200
    body: Mapping[str, Any] | str | bytes = field(default_factory=lambda: {"ok": True})
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = "text/html"
    chunked: bool = False


Answer = Mapping[str, Any] | Reply


@dataclass
class Loopback:
    """Answers each method with what `answers` has for it: one after the other, the last one for good; nothing said, `ok`."""

    answers: dict[str, list[Answer]] = field(default_factory=lambda: {"auth.test": [WHO]})
    users: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Who users.info and users.list know, by id."""
    members: dict[str, list[str]] = field(default_factory=dict)
    channels: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    files: dict[str, Reply] = field(default_factory=dict)
    """What stands at the paths that are no methods."""
    calls: list[Call] = field(default_factory=list)
    hangs_up: set[str] = field(default_factory=set)
    """Methods whose connection is cut before they are answered."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def of(self, method: str) -> list[Mapping[str, Any]]:
        """Return what a method was given, call by call."""
        return [call.given for call in self.calls if call.method == method]

    def refuse(self, method: str, error: str, **more: Any) -> None:
        """Let a method be refused."""
        self.answers[method] = [{"ok": False, "error": error, **more}]

    async def method(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        raw = await request.text()
        given = json.loads(raw) if request.content_type == "application/json" else dict(await request.post())
        self.calls.append(Call(name, given, dict(request.headers), str(request.transport and request.transport.get_extra_info("peername"))))
        if name in self.hangs_up:
            assert request.transport
            request.transport.abort()
        waiting = self.answers.get(name)
        answer = (waiting.pop(0) if len(waiting) > 1 else waiting[0]) if waiting else self._known(name, given)
        return _response(answer if isinstance(answer, Reply) else Reply(body=answer))

    async def file(self, request: web.Request) -> web.Response:
        self.calls.append(Call(request.path, {}, dict(request.headers)))
        return _response(self.files.get(request.path, Reply(404, "")))

    def _known(self, name: str, given: Mapping[str, Any]) -> Answer:
        match name:
            case "users.info":
                user = self.users.get(given["user"])
                return {"ok": True, "user": {"id": given["user"], **user}} if user is not None else {"ok": False, "error": "user_not_found"}
            case "users.list":
                return {"ok": True, "members": [{"id": id, **user} for id, user in self.users.items()]}
            case "conversations.members":
                return {"ok": True, "members": self.members.get(given["channel"], [])}
            case "conversations.info":
                channel = self.channels.get(given["channel"])
                return {"ok": True, "channel": {"id": given["channel"], **channel}} if channel else {"ok": False, "error": "channel_not_found"}
            case "conversations.open":
                return {"ok": True, "channel": {"id": f"D{given['users']}"}}
            case "chat.postMessage" | "chat.startStream":
                return {"ok": True, "channel": given["channel"], "ts": f"1793613600.{len(self.calls):06d}"}
            case "chat.postEphemeral":
                return {"ok": True, "message_ts": f"1793613600.{len(self.calls):06d}"}
        return {"ok": True}


def _response(reply: Reply) -> web.Response:
    if isinstance(reply.body, Mapping):
        return web.json_response(reply.body, status=reply.status, headers=reply.headers)
    body = reply.body.encode() if isinstance(reply.body, str) else reply.body
    response = web.Response(body=body, status=reply.status, headers=reply.headers, content_type=reply.type)
    if reply.chunked:
        response.enable_chunked_encoding()
    return response


def application(loopback: Loopback) -> web.Application:
    """Return what serves it."""
    served = web.Application()
    served.router.add_post("/api/{method}", loopback.method)
    served.router.add_get("/{path:.*}", loopback.file)
    return served
