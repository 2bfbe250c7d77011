"""Narrowing: a source that fewer people may see than before hides its documents at once, without being read again."""

from __future__ import annotations

from dataclasses import replace

from desk.library import Library
from desk.source import Source
from knowledge.article import strictest


async def narrow(source: Source, library: Library, *, embedder: str) -> int:
    """Hide what a source gave from whom its audience leaves out by now, and return how many documents. Nothing gets wider by it.

    The next sync does the same for what the source holds by then; this one also holds while the source is down.
    """
    hidden = 0
    for document in await library.documents(source.origin):
        audience = strictest(document.audience, source.audience)
        if audience == document.audience:
            continue
        chunks = [replace(chunk, audience=audience) for chunk in await library.chunks_of(document.id)]
        # A chunk that only other people may see is embedded the same.
        vectors = await library.vectors([chunk.id for chunk in chunks], embedder=embedder)
        await library.put(replace(document, audience=audience), chunks, vectors, embedder=embedder)
        hidden += 1
    return hidden
