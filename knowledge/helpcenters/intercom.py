"""Intercom Articles: a help center's articles by the API, or from the JSON of that API saved to files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from desk.errors import InvalidInput, Misconfigured, Unavailable
from desk.source import Source
from knowledge.article import Article, Failure
from knowledge.connector import Batch, Connector
from knowledge.helpcenters import helpdesk
from knowledge.helpcenters.rest import Api, Unknown, authorization, is_address, token
from knowledge.net.fetch import Fetcher
from knowledge.wikis import exports
from knowledge.wikis.trails import Step

VERSION = "2.14"
PAGE = 50
LISTINGS = ("articles", "internal_articles")
"""What is read, in this order."""
COLLECTIONS = "help_center/collections"
MOST = 200 * exports.MEGABYTE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading goes on: a listing, the query for its next page, the ids that it showed, and how many it said to have at most."""

    listing: str = LISTINGS[0]
    query: Mapping[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    total: int = 0

    @classmethod
    def read(cls, cursor: str) -> Place:
        """Read a cursor; one that cannot be read is the beginning."""
        try:
            listing, query, seen, total = json.loads(cursor)
            return cls(listing, dict(query), frozenset(map(str, seen)), int(total)) if listing in LISTINGS else cls()
        except (ValueError, TypeError):
            return cls()

    def __str__(self) -> str:
        return json.dumps([self.listing, dict(self.query), sorted(self.seen), self.total])

    def behind(self, page: Mapping[str, Any], rows: list[Any]) -> Place:
        """Return the place behind a page, without a query when it is the last."""
        total = page.get("total_count")
        return Place(
            self.listing,
            _next(page, self),
            self.seen | {str(row.get("id")) for row in rows if isinstance(row, dict)},
            max(self.total, total) if isinstance(total, int) else self.total,
        )


def open_intercom(source: Source, fetcher: Fetcher, *, environ: Mapping[str, str]) -> Connector:
    """Return a help center's connector: `at` is https://api.intercom.io (or its European, Australian one), or the path of saved JSON.

    The environment variable that `secret` names holds an access token that may read articles.
    """
    if not is_address(source.at):
        return exports.Saved(partial(_saved, source))
    secret = token(source, environ)
    if not secret:
        raise Misconfigured(f"the source {source.name!r} needs an access token of Intercom: name the environment variable that holds it as `secret`")
    return _HelpCenter(source, Api(source, fetcher, {**authorization(secret), "intercom-version": VERSION}))


@dataclass(frozen=True, slots=True)
class _HelpCenter:
    """Reads what the help center shows, then what it keeps for the team."""

    source: Source
    api: Api

    async def batches(self, cursor: str) -> AsyncIterator[Batch]:
        place = Place.read(cursor)
        steps = await self._steps()
        places = (place, *map(Place, LISTINGS[LISTINGS.index(place.listing) + 1 :]))
        for place, following in zip(places, (*places[1:], ""), strict=True):
            try:
                async for rows, behind, missed in self._pages(place.listing, place):
                    items = await asyncio.to_thread(helpdesk.items, rows, source=self.source, steps=steps)
                    yield Batch(items + missed, str(behind or following))
            except (Unknown, Misconfigured):
                # The team's own articles are an extra that a workspace may not have, or its token may not read.
                if place.listing == LISTINGS[0]:
                    raise

    async def _steps(self) -> Mapping[str, Step]:
        found: dict[str, Step] = {}
        async for rows, _, _ in self._pages(COLLECTIONS, Place(COLLECTIONS)):
            found |= helpdesk.steps(rows)
        return found

    async def _pages(self, path: str, place: Place) -> AsyncIterator[tuple[list[Any], Place | None, tuple[Failure, ...]]]:
        """Yield the pages of a listing with the place behind each, None for the last, which comes with a failure when some were missed."""
        while True:
            found = await self.api.get(path, {"per_page": str(PAGE), **place.query})
            rows = found.get("data")
            if not isinstance(rows, list):
                raise Unavailable("kb", f"Intercom answers /{path} without its data")
            # One that was pushed onto a later page by an edit before it comes once.
            rows = [row for row in rows if not isinstance(row, dict) or str(row.get("id")) not in place.seen]
            place = place.behind(found, rows)
            if place.query and not rows:
                raise Unavailable("kb", f"Intercom lists its {place.listing} in circles")
            if not place.query:
                yield rows, None, self._missed(place)
                return
            yield rows, place, ()

    def _missed(self, place: Place) -> tuple[Failure, ...]:
        """Say that the listing moved under us: the last changed stand first, so that one edited or deleted meanwhile can hide one from us."""
        missing = place.total - len(place.seen)
        reason = f"{missing} of {place.total} were not listed, as some were changed meanwhile: nothing is removed until the next reading"
        return (Failure(f"{self.source.at}/{place.listing}", reason, None),) if missing > 0 else ()


def _next(page: Mapping[str, Any], place: Place) -> Mapping[str, str]:
    """Return the query for the page behind this one, empty for the last; never an address, so that no answer sends the token elsewhere."""
    pages = page.get("pages")
    if not isinstance(pages, dict):
        return {}
    following = pages.get("next")
    if isinstance(following, dict) and following.get("starting_after"):
        return _ahead({"starting_after": str(following["starting_after"])}, place)
    number, total = pages.get("page"), pages.get("total_pages")
    if isinstance(number, int) and isinstance(total, int) and number < total:
        return _ahead({"page": str(number + 1)}, place)
    return {}


def _ahead(query: Mapping[str, str], place: Place) -> Mapping[str, str]:
    if query == place.query:
        raise Unavailable("kb", f"Intercom lists its {place.listing} in circles")
    return query


def _saved(source: Source) -> Iterator[Article | Failure]:
    """Read saved answers of the API: pages of listings, lists of pages, single articles and collections, in any number of files."""
    rows: dict[str, Any] = {}
    with exports.opened(Path(source.at)) as export:
        yield from export.failures
        for path, member in export.members.items():
            if path.lower().endswith(".json"):
                try:
                    rows |= {f"{helpdesk.kind(row)} {row.get('id')}": row for row in _rows(json.loads(member.text(most=MOST)))}
                except (ValueError, RecursionError, InvalidInput) as error:
                    yield Failure(path, f"not JSON of Intercom: {error}", None)
    yield from helpdesk.items(rows.values(), source=source, steps=helpdesk.steps(rows.values()))


def _rows(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for part in value:
            yield from _rows(part)
    elif isinstance(value, dict) and isinstance(value.get("data"), list):
        yield from _rows(value["data"])
    elif isinstance(value, dict):
        yield value
    else:
        raise InvalidInput("an object with articles is expected")
