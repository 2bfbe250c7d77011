"""Folder: a folder of articles, or one file of them, as a source."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from desk.audience import Audience
from desk.errors import Unavailable
from desk.source import Source
from knowledge import sources
from knowledge.connector import Batch
from knowledge.globs import admits

FEW = 20


@dataclass(frozen=True, slots=True)
class Folder:
    """Reads a folder whose path is `at`; `folders` are the policy's audiences by folder."""

    source: Source
    folders: Mapping[str, Audience]

    async def batches(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield the articles a few at a time. It begins anew each time, as files may have changed: the cursor is always ""."""
        path = Path(self.source.at)
        # A disk that is not mounted looks like a folder that is not there: nothing is known of what it holds.
        if not await asyncio.to_thread(os.path.exists, path):
            raise Unavailable("kb", f"there is no file or folder {self.source.at!r}: mount it, or correct `at` of the source {self.source.name!r}")
        rule = partial(admits, include=self.source.include, exclude=self.source.exclude)
        items = sources.each(path, folders=self.folders, admits=rule)
        while few := await asyncio.to_thread(lambda: tuple(islice(items, FEW))):
            yield Batch(few, "")
