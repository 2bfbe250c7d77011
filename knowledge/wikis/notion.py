"""Notion: the pages of an export, as Markdown & CSV or as HTML, in a zip, in zips within it, or unpacked."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from desk.errors import InvalidInput
from desk.source import Source
from knowledge.article import UNFORESEEN, Article, Failure, compose, unread
from knowledge.connector import Connector
from knowledge.net.fetch import Fetcher
from knowledge.wikis import exports, notion_page
from knowledge.wikis.exports import Export, Member
from knowledge.wikis.trails import is_wanted, under

NAMED = re.compile(r"^(?P<title>.*?)[ _-]?(?P<id>[0-9a-f]{32})(?:_all)?$", re.IGNORECASE)
TOP = re.compile(r"^(?:export-.*|private & shared|part-?\d+)$", re.IGNORECASE)
"""Folders that the export is packed in, and that are no pages."""
KINDS = {".md": notion_page.from_markdown, ".html": notion_page.from_html}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands in an export: its id, its title as far as a file's name can hold it, and the pages above it.

    `base` is its path without id and kind, which is also the folder of the pages below it.
    """

    id: str
    title: str
    above: tuple[str, ...]
    base: str

    @classmethod
    def of(cls, path: str) -> Place:
        """Read a path. Folders had ids until 2024, and have had none since."""
        file = PurePosixPath(path)
        named = NAMED.match(file.stem)
        title = named["title"].strip() if named else file.stem
        folders = [_plain(part) for part in file.parent.parts]
        above = tuple(name for n, name in enumerate(folders) if not (TOP.match(name) and all(map(TOP.match, folders[:n]))))
        return cls(named["id"].lower() if named else path, title or "Untitled", above, "/".join([*folders, title]))


def open_notion(source: Source, fetcher: Fetcher, *, environ: Mapping[str, str]) -> Connector:
    """Return a connector for an export at the path `at`. Nothing is fetched, so that neither `fetcher` nor `environ` is used."""
    return exports.Saved(partial(_read, source))


def _read(source: Source) -> Iterator[Article | Failure]:
    taken: dict[str, str] = {}
    with exports.opened(Path(source.at)) as export:
        yield from export.failures
        columns = _columns(export)
        for path, member in export.members.items():
            if PurePosixPath(path).suffix.lower() not in KINDS:
                continue
            place = Place.of(path)
            item = _item(member, place, source=source, columns=columns.get(_folder(place), ()))
            if item and place.id in taken:
                yield Failure(path, f"the page is there twice: as {taken[place.id]} too", frozenset({place.id}))
            elif item:
                taken[place.id] = path
                yield item


def _item(member: Member, place: Place, *, source: Source, columns: tuple[str, ...]) -> Article | Failure | None:
    """Return a page as an article, why it cannot be read, or None for an overview, an empty page, a draft and what the source leaves out."""
    try:
        page = KINDS[PurePosixPath(member.path).suffix.lower()](member.text(), columns)
        title = page.title or place.title if page else ""
        if not page or not page.is_answering or not is_wanted(place.above, title, source=source):
            return None
        text = under(place.above, page.text, title=title)
        return compose({**page.fields, "title": title}, text, id=place.id, where=member.path, fallback=place.title)
    except InvalidInput as error:
        return Failure(member.path, str(error), frozenset({place.id}))
    except UNFORESEEN as error:
        return Failure(member.path, unread(error), frozenset({place.id}))


def _columns(export: Export) -> dict[str, tuple[str, ...]]:
    """Return the properties of each database by the folder of its pages: only there are lines at the top of a page properties."""
    found: dict[str, tuple[str, ...]] = {}
    for path, member in export.members.items():
        if path.lower().endswith(".csv"):
            try:
                first = next(csv.reader(member.text().splitlines()), [])
            except (InvalidInput, csv.Error):
                continue  # Its pages are read all the same, with their properties as text.
            base = Place.of(path).base
            found[base] = (*found.get(base, ()), *(name.strip() for name in first))
    return found


def _folder(place: Place) -> str:
    return place.base.rpartition("/")[0]


def _plain(folder: str) -> str:
    named = NAMED.match(folder)
    return (named["title"].strip() or folder) if named else folder
