"""Zendesk Guide: a help center's articles by its API, or from the JSON of that API saved to files."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from desk.errors import InvalidInput, Misconfigured, Unavailable
from desk.source import Source
from knowledge.article import Article, Failure
from knowledge.connector import Batch, Connector
from knowledge.helpcenters import guide
from knowledge.helpcenters.rest import Api, Unknown, authorization, is_address, speaks, token
from knowledge.net.fetch import Fetcher
from knowledge.net.links import Refused
from knowledge.wikis import exports
from knowledge.wikis.trails import Step

PAGE = 100
"""Articles asked for at once, the most that there may be."""
HELP_CENTER = re.compile(r"/hc(/.*)?$")
MOST = 200 * exports.MEGABYTE
KEYS = {
    "articles": "articles",
    "article": "articles",
    "sections": "sections",
    "section": "sections",
    "categories": "categories",
    "category": "categories",
}
"""Under which names saved answers hold what."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading goes on: a language, and the API's own cursor in its listing."""

    locale: str = ""
    after: str = ""

    @classmethod
    def read(cls, cursor: str) -> Place:
        """Read a cursor; one that cannot be read is the beginning."""
        try:
            locale, after = json.loads(cursor or '["", ""]')
            return cls(str(locale), str(after))
        except ValueError:
            return cls()

    def __str__(self) -> str:
        return json.dumps([self.locale, self.after]) if self.locale else ""


def open_zendesk(source: Source, fetcher: Fetcher, *, environ: Mapping[str, str]) -> Connector:
    """Return a help center's connector: `at` is its address, such as https://company.zendesk.com, or the path of saved JSON.

    The environment variable that `secret` names holds `mail/token:key` or an OAuth token; without one only what is public is read.
    """
    if not is_address(source.at):
        return exports.Saved(partial(_saved, source))
    site = replace(source, at=HELP_CENTER.sub("", source.at.rstrip("/")))
    return _HelpCenter(site, Api(site, fetcher, authorization(token(source, environ))))


@dataclass(frozen=True, slots=True)
class _HelpCenter:
    """Reads a help center language by language, as each listing holds the articles of one."""

    source: Source
    api: Api

    async def batches(self, cursor: str) -> AsyncIterator[Batch]:
        place = Place.read(cursor)
        locales = await self._locales()
        start = locales.index(place.locale) if place.locale in locales else 0
        for locale, following in zip(locales[start:], [*locales[start + 1 :], ""], strict=True):
            steps = await self._steps(locale)
            async for page, after in self._pages("articles", locale, after=place.after if locale == place.locale else ""):
                items = await asyncio.to_thread(guide.items, page, source=self.source, steps=steps, locale=locale)
                yield Batch(items, str(Place(locale, after) if after else Place(following)))

    async def _locales(self) -> list[str]:
        """Return the languages to read, each as the help center writes it."""
        try:
            found = (await self.api.get("api/v2/help_center/locales.json")).get("locales")
        except (Unknown, Misconfigured):
            if not self.source.language:
                raise
            found = [self.source.language]  # Some help centers keep the list to themselves and the articles open.
        locales = list(map(str, _several(found or [])))
        wanted = [locale for locale in locales if speaks(locale, self.source.language)]
        if not wanted:
            raise Misconfigured(f"the help center of the source {self.source.name!r} has no such language: it has {', '.join(locales) or 'none'}")
        return wanted

    async def _steps(self, locale: str) -> Mapping[str, Step]:
        found: dict[str, Step] = {}
        for kind in ("categories", "sections"):
            async for page, _ in self._pages(kind, locale):
                found |= guide.steps(kind, page)
        return found

    async def _pages(self, kind: str, locale: str, *, after: str = "") -> AsyncIterator[tuple[Sequence[Any], str]]:
        """Yield the pages of a listing, each with the cursor behind it, "" for the last."""
        size, seen = PAGE, {after}
        while True:
            found, size = await self._page(kind, locale, after=after, size=size)
            following = _after(found, kind=kind)
            if following and following in seen:
                raise Unavailable("kb", f"the help center lists its {kind} in circles")
            yield _list(found, kind), following
            after = following
            seen.add(after)
            if not after:
                return

    async def _page(self, kind: str, locale: str, *, after: str, size: int) -> tuple[Mapping[str, Any], int]:
        """Return a page, and the size in which it could be read."""
        # In the order of their making, as an article that is edited meanwhile then keeps its place.
        query = {"page[size]": str(size), "sort_by": "created_at", "sort_order": "asc"} | ({"page[after]": after} if after else {})
        try:
            return await self.api.get(f"api/v2/help_center/{quote(locale, safe='')}/{kind}.json", query), size
        except Unknown:
            if not after:
                raise
            # A cursor lives for a while only: the listing is read again, and what is the same changes nothing.
            return await self._page(kind, locale, after="", size=size)
        except Refused:
            if size == 1:
                raise
            # Articles with pictures in their text make pages of many megabytes.
            return await self._page(kind, locale, after=after, size=size // 10)


def _after(page: Mapping[str, Any], *, kind: str) -> str:
    """Return the cursor behind a page. Only the cursor is taken of the address of the next page, so that no answer sends the token elsewhere."""
    meta = page.get("meta")
    if not isinstance(meta, dict):
        if page.get("next_page"):
            raise Unavailable("kb", f"the help center lists its {kind} by numbers: the address may be that of something else")
        return ""
    if not meta.get("has_more"):
        return ""
    after = meta.get("after_cursor") or _cursor_in(page.get("links"))
    if not after:
        raise Unavailable("kb", f"the help center has more {kind} and does not say where")
    return str(after)


def _cursor_in(links: object) -> str:
    following = str(links.get("next", "")) if isinstance(links, dict) else ""
    return parse_qs(urlsplit(following).query).get("page[after]", [""])[0]


def _list(found: Mapping[str, Any], key: str) -> Sequence[Any]:
    rows = found.get(key)
    if not isinstance(rows, list):
        raise Unavailable("kb", f"the help center answers without its {key}")
    return rows


def _saved(source: Source) -> Iterator[Article | Failure]:
    """Read saved answers of the API: pages of a listing, lists of pages, an incremental export, single articles, in any number of files."""
    with exports.opened(Path(source.at)) as export:
        yield from export.failures
        rows: dict[str, list[Any]] = {"categories": [], "sections": [], "articles": []}
        for path, member in export.members.items():
            if path.lower().endswith(".json"):
                try:
                    _gather(json.loads(member.text(most=MOST)), rows)
                except (ValueError, RecursionError, InvalidInput) as error:
                    yield Failure(path, f"not JSON of Zendesk: {error}", None)
    steps = guide.steps("categories", rows["categories"]) | guide.steps("sections", rows["sections"])
    yield from guide.items(_latest(rows["articles"], language=source.language), source=source, steps=steps)


def _gather(value: object, rows: Mapping[str, list[Any]]) -> None:
    for part in _several(value):
        if not isinstance(part, dict):
            raise InvalidInput("an object with articles is expected")
        # An article by itself, as a bare list has them.
        if "section_id" in part and "body" in part:
            rows["articles"].append(part)
        for key in KEYS.keys() & part.keys():
            rows[KEYS[key]].extend(_several(part[key]))


def _several(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _latest(articles: Iterable[Any], *, language: str) -> Iterator[Any]:
    """Yield each article in each language once, as it last was: an incremental export tells every change."""
    kept: dict[str, Any] = {}
    for n, raw in enumerate(articles):
        if not isinstance(raw, dict):
            kept[str(n)] = raw
        elif speaks(str(raw.get("locale", "")), language):
            key = f"{raw.get('id')}:{raw.get('locale')}"
            kept[key] = max(kept.get(key, raw), raw, key=lambda row: str(row.get("updated_at", "")))
    yield from kept.values()
