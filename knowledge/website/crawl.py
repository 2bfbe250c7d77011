"""Crawling: one page of a site becomes an article, links to follow, or nothing."""

from __future__ import annotations

import asyncio
import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from desk.errors import InvalidInput
from desk.source import Source
from knowledge.article import UNFORESEEN, Article, Failure, compose, unread
from knowledge.formats import files
from knowledge.formats.html import Page, page
from knowledge.net.fetch import MEGABYTE, Fetched, Fetcher
from knowledge.net.links import Refused
from knowledge.website.canonical import Scope
from knowledge.website.frontier import Frontier, Stop
from knowledge.website.robots import Robots, directives

ACCEPT = {"accept": "text/html, application/xhtml+xml, application/pdf;q=0.5, */*;q=0.1"}
LARGEST = 5 * MEGABYTE
"""The largest page; what is larger is data, and takes a parser's memory many times over."""
GONE = frozenset({404, 410})
LOGIN = re.compile(r"/(log-?_?in|sign-?_?in|sso|saml|oauth2?|cas|auth|authenticate)(/|\.|$)", re.IGNORECASE)
"""Where a page leads that is not shown to everybody."""
PASSWORD = re.compile(rb"""<input[^>]{0,300}type\s*=\s*["']?password""", re.IGNORECASE)
NO_PAGE = re.compile(r"\.(png|jpe?g|gif|svg|webp|ico|css|js|mjs|json|xml|rss|atom|zip|gz|tgz|exe|dmg|msi|mp[34]|mov|webm|woff2?|ttf)$", re.IGNORECASE)
"""Endings of what is never an article: not worth a request."""
CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
LISTED = 5
"""The fewest links of a listing."""
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
Found = list[Article | Failure]


@dataclass(frozen=True, slots=True)
class Crawl:
    """One run over a site: it reads pages and fills the frontier with their links."""

    source: Source
    fetcher: Fetcher
    robots: Robots
    scope: Scope
    frontier: Frontier

    def offer(self, link: str, depth: int, changed: str = "") -> None:
        """Put a link among the pages to read if the source holds it and robots.txt allows it."""
        address = self.scope.within(link)
        if address and self.scope.admits(address) and not NO_PAGE.search(urlsplit(address).path) and self.robots.allows(address):
            self.frontier.offer(address, depth, changed)

    async def visit(self, stop: Stop, *, fetched: Fetched | None = None) -> Found:
        """Read a page; raises Unavailable when it could not be read for now. `fetched` is its answer where that is known."""
        try:
            fetched = fetched or await self.fetcher.get(stop.address, headers=self._headers)
        except Refused as refused:
            return _failed(stop, str(refused))
        self.frontier.size += len(fetched.body)
        if fetched.status in GONE:
            return []
        if fetched.status != 200:
            return _failed(stop, f"it answers {fetched.status}")
        address = self._own(fetched, stop)
        read = KINDS.get(_kind(fetched))
        if not address or not read:
            return []
        # Parsing and looking at thousands of links takes longer than other work may be kept waiting.
        return await asyncio.to_thread(read, self, fetched, stop, address)

    @property
    def _headers(self) -> dict[str, str]:
        return ACCEPT | ({"accept-language": self.source.language} if self.source.language else {})

    def _own(self, fetched: Fetched, stop: Stop) -> str:
        """Return the address under which a page is kept, "" when it led to what is not the source's or has its own turn."""
        address = self.scope.within(fetched.url)
        if address == stop.address:
            return address
        if not address or is_login(fetched) or not self.robots.allows(address):
            return ""
        if self.frontier.knows(address) and not self.frontier.was_passed_on(address):
            return ""
        self.frontier.see(address)
        return address

    def _html(self, fetched: Fetched, stop: Stop, address: str) -> Found:
        if len(fetched.body) > LARGEST:
            return _failed(stop, f"the page has {len(fetched.body) / MEGABYTE:.1f} MB; at most {LARGEST / MEGABYTE:.0f} MB are read")
        try:
            found = page(decoded(fetched), url=fetched.url)
        except InvalidInput as error:
            return _failed(stop, str(error))
        except UNFORESEEN as error:
            return _failed(stop, unread(error))
        said = directives(fetched.headers.get("x-robots-tag", ""))
        if not found.nofollow and "nofollow" not in said:
            self._follow(found, stop)
        if self._is_left_to_another(found, stop, address) or found.noindex or "noindex" in said or not self.scope.admits(address):
            return []
        return self._kept(found, stop, address) if self._is_worth_keeping(found.text) else []

    def _follow(self, found: Page, stop: Stop) -> None:
        for link in found.links if self.frontier.follows else ():
            self.offer(link, stop.depth + 1)

    def _is_worth_keeping(self, text: str) -> bool:
        return bool(text.strip()) and not is_listing(text) and self.frontier.is_new(text)

    def _is_left_to_another(self, found: Page, stop: Stop, address: str) -> bool:
        """Tell whether a page names another as the one to read, and see to it that this one is read."""
        preferred = self.scope.within(found.canonical) if found.canonical else ""
        # A front page as everybody's canonical address is a template's mistake, and pages that name each other are two: both would be lost.
        is_mistaken = urlsplit(preferred).path == "/" or preferred in (address, stop.address) or self.frontier.was_passed_on(preferred)
        if not preferred or is_mistaken or not self.scope.admits(preferred) or not self.robots.allows(preferred):
            return False
        self.frontier.pass_on(address)
        self.frontier.offer(preferred, stop.depth, stop.changed)
        return True

    def _kept(self, found: Page, stop: Stop, address: str) -> Found:
        fields = {"title": found.title, "url": address, "updated": found.updated or stop.changed, "language": found.language or self.source.language}
        try:
            article = compose(fields, found.text, id=address, where=stop.address, fallback=address)
        except InvalidInput as error:
            return _failed(stop, str(error))
        self.frontier.articles += 1
        # An old address in a sitemap may lead to an article that is kept under another: while the old one is in trouble, it stays.
        return [replace(article, file=stop.address)]

    def _pdf(self, fetched: Fetched, stop: Stop, address: str) -> Found:
        """Read a file that a page links to, as the same file in a folder is read."""
        if "noindex" in directives(fetched.headers.get("x-robots-tag", "")) or not self.scope.admits(address):
            return []
        items = files.read(".pdf", fetched.body, path=address, where=stop.address)
        kept = [item for item in items if isinstance(item, Failure) or self._is_worth_keeping(item.text)]
        return [item if isinstance(item, Failure) else self._filed(item, stop) for item in kept]

    def _filed(self, article: Article, stop: Stop) -> Article:
        self.frontier.articles += 1
        return replace(article, url=article.id, updated=article.updated or stop.changed, file=stop.address)


KINDS: dict[str, Callable[[Crawl, Fetched, Stop, str], Found]] = {
    "text/html": Crawl._html,
    "application/xhtml+xml": Crawl._html,
    "application/pdf": Crawl._pdf,
}
"""What is read, by its media type; all else is passed over."""


def is_login(fetched: Fetched) -> bool:
    """Tell whether a redirect ended where people sign in; its path alone says too little, since articles are written about that as well."""
    parts = urlsplit(fetched.url)
    return bool(LOGIN.search(parts.path) and (parts.query or PASSWORD.search(fetched.body)))


def is_listing(text: str) -> bool:
    """Tell whether a page does little but lead to others, like a category of a help center: searched for, it would be found and answer nothing."""
    names = LINK.findall(text)
    beside = len(LINK.sub("", text).split())
    return len(names) >= LISTED and beside < sum(len(name.split()) for name in names)


def decoded(fetched: Fetched) -> str:
    """Return a page's text by the encoding it names: a byte order mark, its header, its own head; else UTF-8, or what browsers take instead."""
    body = fetched.body
    marked = next((name for mark, name in MARKS.items() if body.startswith(mark)), "")
    header = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", fetched.headers.get("content-type", ""), re.IGNORECASE)
    inside = CHARSET.search(body[:2048])
    named = marked or (header[1] if header else inside[1].decode("ascii", "replace") if inside else "")
    for encoding in filter(None, (named, "utf-8")):
        try:
            return body.decode(encoding)
        except (LookupError, UnicodeError):  # Named wrongly: pages that are UTF-8 call themselves something else, and the other way round.
            continue
    return body.decode("cp1252", "replace")


def _kind(fetched: Fetched) -> str:
    looks_like = re.match(rb"\s*(<!doctype html|<html)", fetched.body[:200], re.IGNORECASE)
    return fetched.content_type or ("text/html" if looks_like else "")


def _failed(stop: Stop, reason: str) -> Found:
    return [Failure(stop.address, reason, frozenset({stop.address}), stop.address)]
