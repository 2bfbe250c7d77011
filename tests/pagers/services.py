"""Services: PagerDuty and Opsgenie on the loopback interface, which take what their vendors' documentation says and refuse everything else."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

KEY = "topsecret-routing-key"
SEVERITIES = {"critical", "error", "warning", "info"}
PAYLOAD = {"summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"}
EVENT = {"routing_key", "event_action", "dedup_key", "payload", "client", "client_url", "images", "links"}
CREATE = {
    "message", "alias", "description", "responders", "visibleTo", "actions", "tags", "details", "entity", "source", "priority", "user", "note",
}  # fmt: skip
CHANGE = {"user", "source", "note"}
Check = Callable[["Service", str, dict[str, str], dict], list[str]]


def pagerduty(service: "Service", path: str, headers: dict[str, str], body: dict) -> list[str]:
    """Return what Events API v2 would not take."""
    wrong = [f"unknown field {name}" for name in body.keys() - EVENT]
    wrong += [] if path == "/v2/enqueue" else [f"no such address {path}"]
    wrong += [] if body.get("routing_key") == KEY else ["invalid routing key"]
    wrong += [] if body.get("event_action") in {"trigger", "acknowledge", "resolve"} else ["invalid event_action"]
    wrong += [] if 0 < len(body.get("dedup_key", "")) <= 255 else ["dedup_key must be 1 to 255 characters"]
    if body.get("event_action") == "trigger":
        payload = body.get("payload", {})
        wrong += [f"unknown field payload.{name}" for name in payload.keys() - PAYLOAD]
        wrong += [] if 0 < len(payload.get("summary", "")) <= 1024 else ["summary must be 1 to 1024 characters"]
        wrong += [] if payload.get("source") else ["source is required"]
        wrong += [] if payload.get("severity") in SEVERITIES else ["invalid severity"]
        service.alerts[body.get("dedup_key", "")] = "trigger"
    elif not wrong:
        service.alerts[body["dedup_key"]] = body["event_action"]
    return wrong


def opsgenie(service: "Service", path: str, headers: dict[str, str], body: dict) -> list[str]:
    """Return what the Alert API would not take."""
    parts = urlsplit(path)
    wrong = [] if headers.get("authorization") == f"GenieKey {KEY}" else ["key is not valid"]
    if parts.path == "/v2/alerts":
        wrong += [f"unknown field {name}" for name in body.keys() - CREATE]
        wrong += [] if 0 < len(body.get("message", "")) <= 130 else ["message must be 1 to 130 characters"]
        wrong += [] if len(body.get("alias", "")) <= 512 else ["alias is too long"]
        wrong += [] if body.get("priority", "P3") in {"P1", "P2", "P3", "P4", "P5"} else ["invalid priority"]
        wrong += [] if all(isinstance(value, str) for value in body.get("details", {}).values()) else ["details are texts"]
        wrong += [] if all(len(tag) <= 50 for tag in body.get("tags", [])) and len(body.get("tags", [])) <= 20 else ["too many or too long tags"]
        service.alerts[body.get("alias", "")] = "trigger"
        return wrong
    found = re.fullmatch(r"/v2/alerts/([^/]+)/(acknowledge|close)", parts.path)
    wrong += [] if found else [f"no such address {path}"]
    wrong += [] if parse_qs(parts.query) == {"identifierType": ["alias"]} else ["identifierType must be alias"]
    wrong += [f"unknown field {name}" for name in body.keys() - CHANGE]
    if found and not wrong:
        service.alerts[found[1]] = {"acknowledge": "acknowledge", "close": "resolve"}[found[2]]
    return wrong


@dataclass
class Service:
    """Takes alerts. `answers` say what comes instead of 202: a status, or something that plays with the connection."""

    check: Check
    answers: list[int | Callable[[asyncio.StreamWriter], Awaitable[None]]] = field(default_factory=list)
    alerts: dict[str, str] = field(default_factory=dict)
    """What became of each alert, by its key."""
    bodies: list[dict] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    port: int = 0
    _open: set[asyncio.Task] = field(default_factory=set)

    @property
    def at(self) -> str:
        """Return the address that policy would name."""
        return f"http://127.0.0.1:{self.port}{'/v2/enqueue' if self.check is pagerduty else ''}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))))
            self.bodies.append(body)
            answer = self.answers.pop(0) if self.answers else None
            if callable(answer):
                await answer(writer)
                return
            method, path, _ = first.split(" ")
            wrong = [] if answer else self.check(self, path, headers, body) + ([] if method == "POST" else ["only POST"])
            self.wrong += wrong
            status = answer or (400 if wrong else 202)
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(task)
            writer.close()


async def silent(writer: asyncio.StreamWriter) -> None:
    """Take a request and never answer."""
    await asyncio.sleep(60)


async def dropping(writer: asyncio.StreamWriter) -> None:
    """Take a request and break the connection."""
    writer.transport.abort()


@asynccontextmanager
async def service(check: Check) -> AsyncIterator[Service]:
    """Serve one of the two for as long as it is needed."""
    there = Service(check)
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    try:
        yield there
    finally:
        for task in list(there._open):
            task.cancel()
        server.close()
        await server.wait_closed()
