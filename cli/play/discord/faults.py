"""Faults: what a play's Discord does not do for a while, though it could."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

Headers = dict[str, str]
Refusal = tuple[int, bytes, Headers]
VIA = {"Via": "1.1 google"}
"""By this the answers of Discord differ from those of what stands before it."""


@dataclass
class Faults:
    """A Discord that is `down` answers nothing, one that is `busy` takes no posts. `next` answers requests in its own way, once each."""

    down: bool = False
    busy: bool = False
    next: list[tuple[Callable[[str], bool], Refusal]] = field(default_factory=list)
    """Which requests, by the route's name, are answered so; the first that fits is used up."""
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    """Routes whose answers wait, after the request was done."""

    def refuse(self, route: str, refusal: Refusal, times: int = 1) -> None:
        """Answer the next requests of a route so."""
        self.next += [(lambda name: name == route, refusal)] * times

    def answer(self, route: str) -> Refusal | None:
        """Return how a request is answered instead of being done; None for one that is done."""
        if self.down:
            return cloudflare(503)
        if self.busy and route.startswith("POST /channels/") and route.endswith("/messages"):
            return limited(30.5)
        at = next((n for n, (fits, _) in enumerate(self.next) if fits(route)), None)
        return None if at is None else self.next.pop(at)[1]

    async def before_answer(self, route: str) -> None:
        """Wait as long as answers of this route are held."""
        if route in self.held:
            await self.held[route].wait()


def limited(seconds: float, *, everywhere: bool = False, shared: bool = False) -> Refusal:
    """Return the answer to too many requests."""
    scope = "global" if everywhere else "shared" if shared else "user"
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
    head = {"Retry-After": str(max(1, round(seconds))), "X-RateLimit-Scope": scope, "Content-Type": "application/json", **VIA}
    return 429, json.dumps(body).encode(), head | ({"X-RateLimit-Global": "true"} if everywhere else {})


def refused(status: int, code: int, message: str) -> Refusal:
    """Return an answer of Discord's own."""
    return status, json.dumps({"code": code, "message": message}).encode(), {"Content-Type": "application/json", **VIA}


def cloudflare(status: int) -> Refusal:
    """Return an answer of what stands before Discord: a page, not JSON."""
    return status, b"<html><title>discord.com</title>upstream connect error</html>", {"Content-Type": "text/html"}
