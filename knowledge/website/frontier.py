"""The frontier: what of a site is still to be read and what was seen, as text that a later run goes on with."""

from __future__ import annotations

import base64
import heapq
import json
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

VERSION = 1
MARK = 8
"""Bytes that stand for an address or a text once it was seen."""
DEEPEST = 10
"""Links from the start page; a calendar leads on for ever."""
VARIANTS = 20
"""Addresses of one path that differ in their query."""
NAMES = 15
"""Names in a path, and REPEATED of the same: relative links that go wrong grow a path without end."""
REPEATED = 3
KEPT = 50_000
"""Addresses that are kept in mind."""
CROWDED = "more addresses than can be kept in mind"
MOST_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """A page to read, `depth` links from the start; `changed` is an ISO date.

    Short addresses come first, since of two with one text the first is kept.
    """

    depth: int
    length: int
    address: str
    changed: str = ""


@dataclass(slots=True)
class Frontier:
    """`start` is where the site begins, which `asked` led to; `follows` tells whether links are followed, `read` counts pages, `size` their bytes.

    `beyond` counts the addresses that were known when enough was read, `left_out` those that look like traps, by the reason.
    """

    start: str
    most: int
    asked: str
    follows: bool = True
    read: int = 0
    size: int = 0
    articles: int = 0
    beyond: int = 0
    waiting: list[Stop] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    texts: set[bytes] = field(default_factory=set)
    passed_on: set[bytes] = field(default_factory=set)
    variants: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def offer(self, address: str, depth: int, changed: str = "") -> None:
        """Put a page among those to read, unless it was seen or is one too many: then it is counted by the reason."""
        if self.knows(address):
            return
        reason = self._excess(address, depth)
        if reason:
            self.left_out[reason] += 1
        else:
            heapq.heappush(self.waiting, Stop(depth, len(address), address, changed))
        # What is left out is remembered too, else every page that links to it would count it again.
        if len(self.seen) < KEPT:
            self.seen.add(_mark(address))

    def take(self) -> Stop | None:
        """Return the next page to read, None when there is none or enough was read."""
        if self.waiting and (self.read >= self.most or self.size >= MOST_BYTES):
            self.beyond += len(self.waiting)
            self.waiting.clear()
        if not self.waiting:
            return None
        self.read += 1
        return heapq.heappop(self.waiting)

    def put_back(self, stops: Iterable[Stop]) -> None:
        """Take pages back that could not be read for now."""
        for stop in stops:
            self.read -= 1
            heapq.heappush(self.waiting, stop)

    def knows(self, address: str) -> bool:
        """Tell whether an address was read, is to be read or was left out."""
        return _mark(address) in self.seen

    def see(self, address: str) -> None:
        """Remember an address that needs no reading of its own."""
        self.seen.add(_mark(address))

    def pass_on(self, address: str) -> None:
        """Remember a page that named another one as the one to read in its place."""
        self.passed_on.add(_mark(address))

    def was_passed_on(self, address: str) -> bool:
        """Tell whether a page sent us to another one."""
        return _mark(address) in self.passed_on

    def is_new(self, text: str) -> bool:
        """Tell whether a text is read for the first time, and remember it."""
        mark = _mark(" ".join(text.split()))  # Templates differ in their white space from page to page.
        known = mark in self.texts
        self.texts.add(mark)
        return not known

    def _excess(self, address: str, depth: int) -> str:
        parts = urlsplit(address)
        names = [name for name in parts.path.split("/") if name]
        if depth > DEEPEST:
            return f"more than {DEEPEST} links from the start"
        if len(names) > NAMES or max(Counter(names).values(), default=0) > REPEATED:
            return "paths that repeat themselves"
        if len(self.seen) >= KEPT:
            return CROWDED
        if parts.query:
            self.variants[parts.path] += 1
        return f"more than {VARIANTS} queries of one path" if self.variants[parts.path] > VARIANTS else ""

    def dump(self) -> str:
        """Return the frontier as text."""
        state = {
            "version": VERSION,
            "start": [self.start, self.asked],
            "follows": self.follows,
            "counts": [self.read, self.size, self.articles, self.beyond],
            "waiting": [[stop.depth, stop.address, stop.changed] for stop in self.waiting],
            "seen": [_packed(marks) for marks in (self.seen, self.texts, self.passed_on)],
            "variants": self.variants,
            "left_out": self.left_out,
        }
        # It is written with every batch, and addresses of one site are mostly the same: packed they take a tenth.
        return base64.b85encode(zlib.compress(json.dumps(state).encode())).decode()


def load(text: str, *, most: int) -> Frontier | None:
    """Return the frontier that `dump` wrote, None when it is none or an older version's: then a run begins anew."""
    try:
        state = json.loads(zlib.decompress(base64.b85decode(text)))
        return _loaded(state, most=most) if state["version"] == VERSION else None
    except (ValueError, TypeError, KeyError, zlib.error):
        return None


def _loaded(state: Any, *, most: int) -> Frontier:
    read, size, articles, beyond = state["counts"]
    seen, texts, passed_on = (_unpacked(marks) for marks in state["seen"])
    waiting = [Stop(depth, len(address), address, changed) for depth, address, changed in state["waiting"]]
    heapq.heapify(waiting)
    left_out, variants = Counter(state["left_out"]), Counter(state["variants"])
    start, asked = state["start"]
    return Frontier(start, most, asked, state["follows"], read, size, articles, beyond, waiting, seen, texts, passed_on, variants, left_out)


def _mark(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=MARK).digest()


def _packed(marks: Iterable[bytes]) -> str:
    return base64.b85encode(b"".join(sorted(marks))).decode()


def _unpacked(text: str) -> set[bytes]:
    whole = base64.b85decode(text)
    return {whole[at : at + MARK] for at in range(0, len(whole), MARK)}
