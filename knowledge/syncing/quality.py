"""Quality: what somebody should look at in the articles, because it is old, said twice or said otherwise elsewhere."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from desk.article import Chunk, Document, is_expired
from desk.library import Library
from desk.source import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NEAR = 0.75
"""The cosine from which two chunks are about one thing, so that what they say is compared."""
SHARED = 0.8
"""The share of common word triples from which two chunks are one text (Broder 1997, resemblance)."""
SHORTEST = 12
"""Words below which equal chunks are no duplicate: "See also: Refunds" may stand anywhere."""
BLOCK = 1000
"""Chunks compared with all others at a time: 4 MB of cosines for each thousand of them."""
PAIRS = 5000
"""The most pairs that are compared sentence by sentence."""
NAMED = re.compile(r"(?<=[a-z0-9,;] )[A-Z][\w&-]*")
"""A capitalized word inside a sentence: in English a name."""

Compare = Callable[[str, str], tuple[str, str] | None]
"""Returns the two sentences in which two texts disagree."""


class Concern(StrEnum):
    """Why somebody should look."""

    EXPIRED = "expired"
    STALE = "stale"
    UNDATED = "undated"
    DUPLICATE = "duplicate"
    CONTRADICTING = "contradicting"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: the documents by id, and what was found in words. `owner` is whom it concerns, "" when nobody is named."""

    concern: Concern
    documents: tuple[str, ...]
    titles: tuple[str, ...]
    detail: str
    owner: str = ""
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ages:
    """How long articles hold: the sources with their own intervals and owners, and the interval of all others."""

    sources: Sequence[Source]
    review: timedelta

    def of(self, document: Document) -> tuple[timedelta, str]:
        """Return a document's review interval and its owner; what the article says of itself goes before its source."""
        source = next((each for each in self.sources if document.source == each.origin), None)
        owner = document.owner or (source.owner if source else "")
        return (source.review if source and source.review else self.review), owner


async def check(library: Library, ages: Ages, *, now: datetime, embedder: str, compare: Compare) -> list[Finding]:
    """Look through all articles; each pair of documents is named once for each concern. Takes about 2 s for 2,300 chunks."""
    documents = {document.id: document for document in await library.documents()}
    chunks = [chunk for id in documents for chunk in await library.chunks_of(id)]
    vectors = await library.vectors([chunk.id for chunk in chunks], embedder=embedder)
    live = [chunk for chunk in chunks if chunk.id in vectors and not is_expired(chunk.expires, now)]
    aged = [finding for document in documents.values() if (finding := age(document, ages, now=now))]
    return aged + await asyncio.to_thread(_compared, live, vectors, documents, ages=ages, compare=compare)


def age(document: Document, ages: Ages, *, now: datetime) -> Finding | None:
    """Return what is to say of one document's dates, None when it was changed or reviewed within its interval."""
    interval, owner = ages.of(document)
    about = ((document.id,), (document.title,))
    if is_expired(document.expires, now):
        return Finding(Concern.EXPIRED, *about, f"expired on {document.expires}; nothing is answered from it", owner)
    last = last_seen(document)
    if last is None:
        return Finding(Concern.UNDATED, *about, "says neither when it was changed nor when it was reviewed", owner)
    # Compared before it is added: some write 9999-12-31 for "always", and no calendar goes beyond.
    if now.astimezone(UTC).date() - last < interval:
        return None
    return Finding(Concern.STALE, *about, f"last changed or reviewed on {last}; due for review since {last + interval}", owner)


def last_seen(document: Document) -> date | None:
    """Return the last day somebody changed or reviewed a document, None when no such day can be read."""
    return max(filter(None, (_day(document.updated), _day(document.reviewed))), default=None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _compared(
    chunks: Sequence[Chunk], vectors: Mapping[str, bytes], documents: Mapping[str, Document], *, ages: Ages, compare: Compare
) -> list[Finding]:
    found: dict[tuple[Concern, frozenset[str]], Finding] = {}
    about = subjects(chunks)
    for one, other in islice(_near(chunks, vectors), PAIRS):
        same_subject = about[one.document] == about[other.document] or not (about[one.document] and about[other.document])
        told = _told(one, other, compare if same_subject else _never)
        if told:
            concern, detail = told
            both = (one, other)
            owner = next(filter(None, (ages.of(documents[chunk.document])[1] for chunk in both)), "")
            finding = Finding(
                concern, (one.document, other.document), (one.title, other.title), detail, owner, tuple(chunk.heading for chunk in both)
            )
            found.setdefault((concern, frozenset(finding.documents)), finding)
    return sorted(found.values(), key=lambda finding: (finding.concern, finding.titles))


def _told(one: Chunk, other: Chunk, compare: Compare) -> tuple[Concern, str] | None:
    # First what differs: a copy of which one figure was changed is the worst of contradictions, and nearly the same text.
    if differing := compare(one.text, other.text):
        return Concern.CONTRADICTING, f"“{_line(differing[0])}” against “{_line(differing[1])}”"
    return (Concern.DUPLICATE, "say the same in the same words") if is_duplicate(one.text, other.text) else None


def _never(one: str, other: str) -> None:
    return None


def subjects(chunks: Sequence[Chunk]) -> Mapping[str, frozenset[str]]:
    """Return by document the names in its title: two products may well have two prices.

    A name is a word of the title that stands capitalized inside a sentence of some article; titles themselves are often capitalized throughout.
    """
    names = {name for chunk in chunks for name in NAMED.findall(chunk.text)}
    return {chunk.document: frozenset(name for name in re.findall(r"[A-Z][\w&-]*", chunk.title) if name in names) for chunk in chunks}


def _near(chunks: Sequence[Chunk], vectors: Mapping[str, bytes]) -> Iterator[tuple[Chunk, Chunk]]:
    """Yield pairs of chunks of different documents that are about one thing and have a reader in common, the nearest first in each block."""
    import numpy as np

    if not chunks:
        return
    matrix = np.stack([np.frombuffer(vectors[chunk.id], np.float32) for chunk in chunks])
    for start in range(0, len(chunks), BLOCK):
        cosines = matrix[start : start + BLOCK] @ matrix[start:].T
        # Each pair once: only what stands to the right of the diagonal.
        rows, columns = np.nonzero(np.triu(cosines >= NEAR, k=1))
        for at in np.argsort(-cosines[rows, columns]):
            one, other = chunks[start + rows[at]], chunks[start + columns[at]]
            if one.document != other.document and share_readers(one, other):
                yield one, other


def share_readers(one: Chunk, other: Chunk) -> bool:
    """Tell whether somebody may be shown both: what two accounts are told apart may differ."""
    return one.audience <= other.audience or other.audience <= one.audience


def is_duplicate(one: str, other: str) -> bool:
    """Tell whether two texts are one but for a few words; short ones must be the same word for word."""
    a, b = one.casefold().split(), other.casefold().split()
    if min(len(a), len(b)) < SHORTEST:
        return a == b and len(a) >= SHORTEST // 2
    first, second = _shingles(a), _shingles(b)
    return len(first & second) >= SHARED * len(first | second)


def _shingles(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words[at : at + 3]) for at in range(len(words) - 2))


def _line(text: str) -> str:
    return " ".join(text.split())
