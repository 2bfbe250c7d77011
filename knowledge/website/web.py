"""Web sites: articles from a site's pages, by its sitemap or by following its links."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from desk.errors import InvalidInput, Unavailable
from desk.source import Source
from knowledge.article import Article, Failure
from knowledge.connector import Batch, Connector
from knowledge.formats.html import page
from knowledge.net.fetch import Fetched, Fetcher
from knowledge.net.links import Refused
from knowledge.website import frontier, robots, sitemap
from knowledge.website.canonical import canonical, same_host, scope
from knowledge.website.crawl import Crawl, decoded, is_login
from knowledge.website.frontier import CROWDED, KEPT, Frontier, Stop
from knowledge.website.robots import Robots
from knowledge.website.sitemap import Entry

PACE = 1.0
"""Seconds between two requests where robots.txt asks for no more."""
PAGES = 20
"""Pages between two batches: what a crash may cost."""
STREAK = 5
"""Pages in a row that cannot be read before the site itself is asked whether it is there."""
NOWHERE = "frontdesk-asks-for-a-page-that-does-not-exist"


def open_web(source: Source, fetcher: Fetcher, *, pace: float = PACE) -> Connector:
    """Return the connector of a web site: `source.at` is its sitemap, or a page whose folder is read by following links.

    Ids are canonical addresses. Its batches raise Refused when `at` itself may not be read: no web address, or a private one.
    """
    return WebSite(source, fetcher, pace)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first look at a site came to: where to go, the answer of the start page, and why nothing can be read."""

    frontier: Frontier
    robots: Robots
    first: Fetched | None = None
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class WebSite:
    """Reads a site page by page. Its cursor is the frontier, so that a later run asks for no page twice."""

    source: Source
    fetcher: Fetcher
    pace: float

    async def batches(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield the site's articles. Pages that are gone are left out, pages in trouble are failures that keep what they held."""
        opening = await self._opened(cursor)
        crawl = self._crawl(opening)
        items: list[Article | Failure] = list(opening.failures)
        stuck: list[tuple[Stop, Unavailable]] = []
        first = opening.first
        while stop := crawl.frontier.take():
            try:
                found = await crawl.visit(stop, fetched=first)
            except Unavailable as error:
                stuck.append((stop, error))
                if len(stuck) >= STREAK and not await self._answers(crawl):
                    # Not failures: the next run finds them where they were, and the site in better health.
                    crawl.frontier.put_back(stop for stop, _ in stuck)
                    yield await _batch(items, crawl)
                    why = f"{self.source.at!r} stopped answering after {crawl.frontier.read} pages; the next run goes on"
                    raise Unavailable("kb", why) from error
                if len(stuck) < STREAK:
                    continue
                found = []
            first = None
            items += [*_failures(stuck, crawl), *found]
            stuck.clear()
            if crawl.frontier.read % PAGES == 0:
                yield await _batch(items, crawl)
                items = []
        items += [*_failures(stuck, crawl), *self._closing(crawl.frontier, failures=opening.failures)]
        yield await _batch(items, crawl)

    async def _opened(self, cursor: str) -> Opening:
        """Look at the site: go on with the frontier of the cursor, or begin anew."""
        at = canonical(self.source.at)
        known = frontier.load(cursor, most=self.source.most) if cursor else None
        rules = await self._rules(known.start if known and known.asked == at else at)
        if known and known.asked == at:
            return Opening(known, rules)
        return await self._begun(at, rules)

    async def _begun(self, at: str, rules: Robots) -> Opening:
        if not rules.allows(at):
            return _closed(at, rules, "its robots.txt asks readers like this one to stay away")
        fetched = await self.fetcher.get(at)
        start = canonical(fetched.url)
        if fetched.status != 200:
            return _closed(at, rules, f"it answers {fetched.status}: write an address in `at` that can be read")
        if not same_host(at, start) or (start != at and is_login(fetched)):
            return _closed(at, rules, f"it leads to {start!r}: write that in `at` if it is the site to read")
        if urlsplit(start).netloc != urlsplit(at).netloc:  # With "www." it is another host, which has rules of its own.
            rules = await self._rules(start)
        return await self._seeded(at, start, rules, fetched)

    async def _seeded(self, at: str, start: str, rules: Robots, fetched: Fetched) -> Opening:
        """Fill the frontier with what the start page and the sitemaps list."""
        is_map = sitemap.is_one(fetched)
        opening = Opening(Frontier(start, self.source.most, at, follows=not is_map), rules, None if is_map else fetched)
        crawl = self._crawl(opening)
        failures: list[Failure] = []
        if not is_map:
            crawl.frontier.offer(start, 0)
        for address in (start,) if is_map else rules.sitemaps:
            if not same_host(address, start):
                continue
            listing = await sitemap.read(address, self.fetcher, most=KEPT, first=fetched if is_map else None)
            failures += listing.failures
            await asyncio.to_thread(_offer, crawl, listing.entries)
        await self._learn(crawl)
        return Opening(opening.frontier, rules, opening.first, tuple(failures))

    async def _learn(self, crawl: Crawl) -> None:
        """Remember what the site shows for a page that is not there, if it does so without saying that it is not."""
        address = crawl.scope.within(f"{crawl.scope.scheme}://{crawl.scope.place}{crawl.scope.prefix}{NOWHERE}")
        try:
            fetched = await self.fetcher.get(address) if crawl.robots.allows(address) else None
            if fetched and fetched.status == 200:
                crawl.frontier.is_new((await asyncio.to_thread(page, decoded(fetched), url=address)).text)
        except (Refused, Unavailable, InvalidInput):
            return  # Some sites answer nonsense with an error: then there is nothing to learn.

    async def _rules(self, address: str) -> Robots:
        rules = await robots.read(address, self.fetcher)
        self.fetcher.slow_down(address, max(self.pace, rules.delay))
        return rules

    async def _answers(self, crawl: Crawl) -> bool:
        """Tell whether the site is there although pages of it are not."""
        with suppress(Refused):  # What we do not read has answered all the same.
            try:
                await self.fetcher.get(crawl.frontier.start)
            except Unavailable:
                return False
        return True

    def _crawl(self, opening: Opening) -> Crawl:
        around = scope(opening.frontier.start, whole=not opening.frontier.follows, include=self.source.include, exclude=self.source.exclude)
        return Crawl(self.source, self.fetcher, opening.robots, around, opening.frontier)

    def _closing(self, frontier: Frontier, *, failures: tuple[Failure, ...]) -> list[Failure]:
        """Return what a whole run has to say beside its articles."""
        at = self.source.at
        # A trap hides no articles; a site that is too large does, and then nobody can tell which of them are gone.
        left = [
            Failure(at, f"{count} addresses were left out: {reason}", None if reason == CROWDED else frozenset())
            for reason, count in sorted(frontier.left_out.items())
        ]
        if frontier.beyond:
            why = f"{frontier.beyond} addresses were left out, since {frontier.read} pages are read: raise `most`, or narrow it with `include`"
            left.append(Failure(at, why, None))
        if not frontier.articles and not failures:
            left.append(Failure(at, "no page of it has text that can be read; pages that are drawn by scripts cannot", None))
        return left


def _offer(crawl: Crawl, entries: list[Entry]) -> None:
    for entry in entries:
        crawl.offer(entry.address, 1, entry.changed)


def _closed(at: str, rules: Robots, why: str) -> Opening:
    """Return the opening of a site that cannot be read; nothing of it is removed, since it may be a slip."""
    return Opening(Frontier(at, 0, at), rules, None, (Failure(at, why, None),))


async def _batch(items: list[Article | Failure], crawl: Crawl) -> Batch:
    return Batch(tuple(items), await asyncio.to_thread(crawl.frontier.dump))


def _failures(stuck: list[tuple[Stop, Unavailable]], crawl: Crawl) -> list[Failure]:
    """Return why pages could not be read. Where links are followed nobody can tell what stands behind such a page, and nothing is removed."""
    told = [(stop.address, str(error).removeprefix("kb is unavailable: ")) for stop, error in stuck]
    if not crawl.frontier.follows:
        return [Failure(address, why, frozenset({address}), address) for address, why in told]
    return [Failure(address, f"{why}; nothing is removed while it may hide others: `exclude` it if it stays so", None) for address, why in told]
