"""API: the REST API of a play's Discord, as strict as Discord's own, and the files of its messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.play.discord.buckets import Buckets
from cli.play.discord.call import Call, Upload
from cli.play.discord.faults import VIA, Faults, Headers, Refusal
from cli.play.discord.names import TOKEN
from cli.play.discord.refused import Refused
from cli.play.discord.routes import OPEN, bucket, find
from cli.play.discord.state import Home

ROOT = "/api/v10"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; the names of its headers are in lower case. `form` is the JSON of one with files."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of the bot's and its answer: the path is the one below the API's root, `given` and `answer` are JSON."""

    method: str
    path: str
    given: Any
    status: int
    answer: Any


Observer = Callable[[Exchange], None]
EVERYWHERE: list[Observer] = []
"""Observers that every API has from the beginning: a test of stories does not make them itself."""


@dataclass
class Api:
    """Answers the bot's requests."""

    home: Home
    faults: Faults = field(default_factory=Faults)
    buckets: Buckets = field(default_factory=Buckets)
    host: str = ""
    beside: dict[str, Callable[[], Any]] = field(default_factory=dict)
    """Paths that somebody else answers, such as the gateway's address."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Every request's route and path."""
    refused: list[tuple[str, int]] = field(default_factory=list)
    """What was asked and refused, by route and code: a play that ends with any has shown a defect, or wanted to."""
    observers: list[Observer] = field(default_factory=EVERYWHERE.copy)

    @property
    def down(self) -> bool:
        """Tell whether Discord answers nothing."""
        return self.faults.down

    async def answer(self, request: Request) -> Refusal:
        """Answer one request: with a status, a body and headers."""
        if request.path in self.home.files and not self.faults.down:
            made, body = self.home.files[request.path]
            return 200, body, {"Content-Type": str(made["content_type"])}
        path = request.path.removeprefix(ROOT)
        given, name = _json(request.body), f"{request.method} {path}"
        try:
            status, body, head, name = await self._answer(request, path, given)
        except Refused as refusal:
            name = refusal.route or name
            self.refused.append((name, refusal.code))
            status, body, head = refusal.status, json.dumps(refusal.body).encode(), {"Content-Type": "application/json", **VIA}
        for observe in self.observers:
            observe(Exchange(request.method, path, given, status, _json(body)))
        await self.faults.before_answer(name)
        return status, body, head

    async def _answer(self, request: Request, path: str, given: Any) -> tuple[int, bytes, Headers, str]:
        if path in self.beside and not self.faults.down:
            self._authorize(request, path)
            return 200, json.dumps(self.beside[path]()).encode(), {"Content-Type": "application/json", **VIA}, f"{request.method} {path}"
        name, perform, ids = find(request.method, path)
        self.asked.append((name, path))
        try:
            refusal, head = self.buckets.take(name, bucket(name, path))
            if instead := self.faults.answer(name) or refusal:
                return *instead[:2], instead[2] | head, name
            self._authorize(request, path)
            done = perform(Call(self.home, ids, request.query, given, request.files, self.host))
        except Refused as error:
            error.route = name
            raise
        if done is None:
            return 204, b"", head | VIA, name
        return 200, json.dumps(done).encode(), head | {"Content-Type": "application/json", **VIA}, name

    def _authorize(self, request: Request, path: str) -> None:
        if not path.startswith(OPEN) and request.headers.get("authorization") != f"Bot {TOKEN}":
            raise Refused(0)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
