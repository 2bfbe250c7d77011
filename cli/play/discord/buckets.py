"""Buckets: how many requests of a kind Discord takes in a while, by the real clock, as the bot's library waits by it."""

from __future__ import annotations

import time
from collections.abc import Callable
from zlib import crc32

from cli.play.discord.faults import Headers, Refusal, limited

LIMITS = {"POST /channels/{channel}/messages": (5, 5.0), "PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me": (1, 0.25)}
OTHERS = (50, 1.0)
EVERYTHING = (50, 1.0)


class Buckets:
    """Counts requests. A play counts none: its clock stands while the library would wait."""

    def __init__(self, now: Callable[[], float] = time.monotonic, *, counting: bool = False) -> None:
        self._now, self.counting = now, counting
        self._used: dict[str, tuple[float, int]] = {}

    def take(self, route: str, bucket: str) -> tuple[Refusal | None, Headers]:
        """Count a request; return its refusal if it is one too many, and what the headers say of its bucket."""
        if not self.counting:
            return None, {}
        most, per = LIMITS.get(route, OTHERS)
        left, until = self._count(bucket, most, per)
        everywhere, back = self._count("", *EVERYTHING) if not route.startswith("POST /interactions") else (0, 0.0)
        head = {"X-RateLimit-Limit": str(most), "X-RateLimit-Remaining": str(max(left, 0)), "X-RateLimit-Reset-After": f"{until:.3f}"}
        head |= {"X-RateLimit-Bucket": f"{crc32(route.encode()):08x}", "X-RateLimit-Reset": f"{time.time() + until:.3f}"}
        if everywhere < 0:
            return limited(back, everywhere=True), head
        return (limited(until) if left < 0 else None), head

    def _count(self, bucket: str, most: int, per: float) -> tuple[int, float]:
        now = self._now()
        since, used = self._used.get(bucket, (now, 0))
        if now - since >= per:
            since, used = now, 0
        self._used[bucket] = since, min(used + 1, most + 1)
        return most - used - 1, max(since + per - now, 0.0)
