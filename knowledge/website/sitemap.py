"""Sitemaps: the pages a site lists, by way of an index too."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from desk.errors import Unavailable
from knowledge.article import Failure
from knowledge.net.fetch import Fetched, Fetcher
from knowledge.net.inflate import gunzip
from knowledge.net.links import Refused, found
from knowledge.website.canonical import same_host

UNPACKED = 50_000_000
"""The largest sitemap, unpacked; the protocol allows no larger one."""
FILES = 500
DEEPEST = 3
"""Indexes within indexes; the protocol allows none, and some sites have two."""
GZIP = b"\x1f\x8b"
ROOT = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)[\s>]")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of a sitemap; `changed` is an ISO date or ""."""

    address: str
    changed: str = ""


@dataclass(slots=True)
class Listing:
    """What sitemaps list, and which of them could not be read."""

    entries: list[Entry] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def is_one(fetched: Fetched) -> bool:
    """Tell whether an answer is a sitemap, packed or not."""
    return fetched.body.startswith(GZIP) or bool(ROOT.search(fetched.body[:2000]))


async def read(start: str, fetcher: Fetcher, *, most: int, first: Fetched | None = None) -> Listing:
    """Read a sitemap and those it names on its own host, each once, at most FILES of them and until `most` pages are known.

    `first` is the answer of `start` where that is known. One that cannot be read is a failure without ids: nobody can tell what it lists.
    """
    listing = Listing()
    waiting, seen = [(start, 0)], {start}
    for address, depth in waiting:  # Grows while it is worked off.
        inner = await _read(address, fetcher, listing, first if address == start else None)
        named = [name for name in inner if name not in seen and same_host(name, start)]
        if depth < DEEPEST:
            fresh = list(dict.fromkeys(named))[: FILES - len(seen)]
            _report(listing, start, left=len(set(named)) - len(fresh))
            seen.update(fresh)
            waiting += [(name, depth + 1) for name in fresh]
        if len(listing.entries) >= most:
            break
    return listing


def _report(listing: Listing, start: str, *, left: int) -> None:
    if left:
        listing.failures.append(Failure(start, f"the index names too many sitemaps: {FILES} are read, {left} are not", None))


async def _read(address: str, fetcher: Fetcher, listing: Listing, fetched: Fetched | None) -> list[str]:
    """Add the pages of one sitemap to the listing, and return the sitemaps it names."""
    try:
        fetched = fetched or await fetcher.get(address)
        if fetched.status != 200:
            raise Refused(f"it answers {fetched.status}")
        return await asyncio.to_thread(_take, fetched, listing)
    except (Refused, Unavailable) as error:
        listing.failures.append(Failure(address, f"the sitemap cannot be read: {str(error).removeprefix('kb is unavailable: ')}", None))
        return []


def _take(fetched: Fetched, listing: Listing) -> list[str]:
    body = gunzip(fetched.body, most=UNPACKED) if fetched.body.startswith(GZIP) else fetched.body
    if not ROOT.search(body[:2000]):
        raise Refused("it is not a sitemap")
    inner: list[str] = []
    for kind, place, changed in _elements(body):
        address = found(place, base=fetched.url) if place else ""
        if address and kind == "url":
            listing.entries.append(Entry(address, changed))
        elif address:
            inner.append(address)
    return inner


def _elements(body: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield ("url" or "sitemap", address, date) of each element; entities stay unresolved and nothing is loaded."""
    from lxml.etree import QName, XMLSyntaxError, iterparse

    try:
        for _, element in iterparse(BytesIO(body), tag=("{*}url", "{*}sitemap"), resolve_entities=False, no_network=True, huge_tree=False):
            said = {QName(child).localname: (child.text or "").strip() for child in element.iterchildren(tag="{*}*")}
            day = DATE.match(said.get("lastmod", ""))
            yield QName(element).localname, said.get("loc", ""), day[0] if day else ""
            element.clear()
            # An emptied element still hangs on its parent: fifty thousand of them would be kept to the end.
            while element.getprevious() is not None:
                del element.getparent()[0]
    except XMLSyntaxError as error:
        raise Refused(f"its XML breaks off ({error.msg})") from error
