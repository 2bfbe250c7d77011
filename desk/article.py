"""Articles: the documents of the knowledge base and the chunks they are cut into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from desk.audience import Audience
from desk.customer import content_hash


def is_expired(expires: str, now: datetime) -> bool:
    """Tell whether the day has come (in UTC) from which nothing is answered from a text; one without such a day never expires."""
    return bool(expires) and expires <= now.astimezone(UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class Document:
    """One article. `id` is its own, for files the path below the ingested folder; `hash` covers everything that is stored of it.

    `updated`, `reviewed` and `expires` are ISO dates, "" for unknown and never; from the day it expires nothing is answered from it.
    `file` is where in its source it stands, "" when that was not noted.
    """

    id: str
    source: str
    title: str
    url: str
    audience: Audience
    hash: str
    updated: str = ""
    language: str = ""
    reviewed: str = ""
    expires: str = ""
    owner: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an article that is searched and quoted. `heading` is the path of headings, joined by " > ".

    `id` is stable across ingestions of an unchanged piece: derived from the document's id, the heading path and the count of equal paths before it.
    """

    id: str
    document: str
    n: int
    title: str
    heading: str
    url: str
    audience: Audience
    text: str
    updated: str = ""
    language: str = ""
    reviewed: str = ""
    expires: str = ""

    @property
    def hash(self) -> str:
        """Return the content hash that a draft's basis remembers."""
        return content_hash(self.text, self.title, self.heading, self.url, str(self.audience))


@dataclass(frozen=True, slots=True)
class ChunkChange:
    """One entry of the append-only change list: the chunk was put, or it is gone."""

    seq: int
    chunk: str
    gone: bool
