"""Connectors: what reads a source, a few documents at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from knowledge.article import Article, Failure


@dataclass(frozen=True, slots=True)
class Batch:
    """A few documents of a source. `cursor` is what `batches` needs to go on behind them, in the connector's own words."""

    items: tuple[Article | Failure, ...]
    cursor: str


class Connector(Protocol):
    """Reads one source and writes nothing. Article ids are the source's own: a path, a number, a canonical address."""

    def batches(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield everything the source holds behind a cursor, "" for all of it.

        Raises Unavailable("kb") when the source is down; what came before is kept, and the next call goes on at its cursor. A failure without ids
        says that nobody can tell what is missing, so that nothing is removed this time.
        """
        ...
