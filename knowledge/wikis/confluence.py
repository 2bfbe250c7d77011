"""Confluence: the pages of a space, from its HTML export or its XML export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

from desk.errors import InvalidInput
from desk.source import Source
from knowledge.article import UNFORESEEN, Article, Failure, compose, unread
from knowledge.connector import Connector
from knowledge.net.fetch import Fetcher
from knowledge.wikis import confluence_page, entities, exports
from knowledge.wikis.exports import Export
from knowledge.wikis.trails import is_wanted, under

ENTITIES = "entities.xml"
Space = Iterator[confluence_page.Page | Failure]


def open_confluence(source: Source, fetcher: Fetcher, *, environ: Mapping[str, str]) -> Connector:
    """Return a connector for an export at the path `at`. Nothing is fetched, so that neither `fetcher` nor `environ` is used.

    An XML export says which pages are restricted, and those are for the team; an HTML export does not, so that `audience` has to.
    """
    return exports.Saved(partial(_read, source))


def _read(source: Source) -> Iterator[Article | Failure]:
    with exports.opened(Path(source.at)) as export:
        yield from export.failures
        for page in _pages(export):
            if isinstance(page, Failure):
                yield page
            elif page.text and is_wanted(page.above, page.title, source=source):
                yield _article(page)


def _pages(export: Export) -> Space:
    # Which of the two exports it is, what is in it tells.
    stored = next((member for path, member in export.members.items() if PurePosixPath(path).name == ENTITIES), None)
    return entities.pages(stored) if stored else _drawn(export)


def _drawn(export: Export) -> Space:
    """Yield the pages of an HTML export; its overview and the files beside it are none."""
    for path, member in export.members.items():
        id = confluence_page.id_of(path)
        if id:
            try:
                yield confluence_page.from_html(member.text(), id=id, where=path)
            except InvalidInput as error:
                yield Failure(path, str(error), frozenset({id}))
            except UNFORESEEN as error:
                yield Failure(path, unread(error), frozenset({id}))


def _article(page: confluence_page.Page) -> Article | Failure:
    fields = {"title": page.title, "audience": page.audience, "updated": page.updated}
    try:
        return compose(fields, under(page.above, page.text, title=page.title), id=page.id, where=page.where, fallback=page.id)
    except InvalidInput as error:
        return Failure(page.where, str(error), frozenset({page.id}))
