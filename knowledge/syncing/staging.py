"""Staging: what a sync collected, as texts that wait in the store until everything is there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence

from desk.codec import decode, encode
from desk.customer import content_hash
from desk.library import SourceRows
from knowledge.article import Article, Failure

PORTION = 100
"""Articles that are taken out at once: one may have megabytes."""
Items = Sequence[Article | Failure]


def pack(item: Article | Failure) -> tuple[str, str]:
    """Return the key and the text of what was read; the same article read again takes the place of the first."""
    # Hashed, because an index takes no key of any length, and an address may have any.
    key = content_hash("article", item.id) if isinstance(item, Article) else content_hash("failure", item.path, item.reason)
    return key, json.dumps(encode(item), separators=(",", ":"))


def unpack(text: str) -> Article | Failure:
    """Return what `pack` wrote."""
    item: Article | Failure = decode(Article | Failure, json.loads(text))
    return item


async def portions(rows: SourceRows, source: str) -> AsyncIterator[Items]:
    """Yield everything that is staged of a source, a portion at a time."""
    after = ""
    while found := await rows.staged(source, after=after, limit=PORTION):
        after = found[-1][0]
        yield [unpack(text) for _, text in found]
