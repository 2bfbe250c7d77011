"""Git: the documentation in a repository, with the days on which it changed last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from desk.source import Source
from knowledge.article import Article, Failure
from knowledge.connector import Batch, Connector
from knowledge.formats import files
from knowledge.formats.files import READERS
from knowledge.globs import admits
from knowledge.net.addresses import Resolve, resolve
from knowledge.repository.clone import Clone, Entry
from knowledge.repository.gitcommand import Git
from knowledge.repository.hosting import remote

DOCUMENTATION = ("docs", "doc", "*.md", "*.markdown")
"""What is read when a source does not say: the folders of documentation, and what stands at the top."""
DATA = frozenset({".json", ".jsonl", ".csv", ".txt"})
"""Endings that in a repository mostly hold something else: read only where a glob of `include` ends in them."""
FEW = 20
MOST_AT_ONCE = 20_000_000
LFS = b"version https://git-lfs.github.com/spec/"


def open_git(source: Source, *, cache: Path, environ: Mapping[str, str], resolve: Resolve = resolve) -> Connector:
    """Return the connector of a repository's documentation; `cache` is a folder for clones, `environ` holds the token that `secret` names.

    `source.branch` is the branch to read, "" for the main one. Ids are paths. Raises Refused when `source.at` may not be read.
    """
    place = remote(source.at, private_network=source.private_network)
    folder = cache / sha256(f"{source.name} {place.address}".encode()).hexdigest()[:24]
    key = environ.get(source.secret, "") if source.secret else ""
    return Repository(source, Clone(Git(place, folder, key, source.private_network, resolve)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands: `done` files of a commit."""

    commit: str
    branch: str
    done: int = 0


@dataclass(frozen=True, slots=True)
class Repository:
    """Reads one commit of a repository to its end, also when there is a newer one by then: what a run read belongs together."""

    source: Source
    clone: Clone

    async def batches(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield the articles of the commit that the cursor names, or of the branch's last one."""
        await self.clone.prepare()
        place = await self._placed(cursor)
        if not place:
            yield Batch((Failure(self.source.at, "the repository has no such branch, or nothing in it yet: write its `branch`", None),), "")
            return
        entries = [entry for entry in await self.clone.files(place.commit) if self._is_wanted(entry.path)]
        entries = entries[: self.source.most + 1]  # One more than is read tells that there are too many.
        if not entries:
            yield Batch((Failure(self.source.at, "no file of it is read: name its documentation by `include`", None),), "")
            return
        await self.clone.get(place.commit, {entry.blob for entry in entries})
        days = await self.clone.changed(place.commit, {entry.path for entry in entries})
        seen: dict[str, str] = {}
        # Asked before anything is read: one file may be larger than all that should be in memory.
        sizes = await self.clone.sizes({entry.blob for entry in entries})
        for few in _portions(entries[place.done :], sizes):
            items = await self._read(few, place, sizes=sizes, days=days)
            place = replace(place, done=place.done + len(few))
            yield Batch(tuple(_once(items, seen)), _cursor(place))

    async def _placed(self, cursor: str) -> Place | None:
        """Return where to go on, or where to begin; the commit is there then. None when the branch is not."""
        known = _parsed(cursor)
        # Names in a newer commit may have moved: the count of files that are done is right for this one only.
        if known and await self.clone.has(known.commit):
            return known
        commit, branch = await self.clone.tip(self.source.branch)
        if commit and not await self.clone.has(commit):
            await self.clone.fetch(commit)
        return Place(commit, branch) if commit else None

    def _is_wanted(self, path: str) -> bool:
        kind = PurePosixPath(path).suffix.lower()
        include = self.source.include or DOCUMENTATION
        is_hidden = any(name.startswith(".") for name in path.split("/"))
        # A whole folder that is named holds the lists of a program's parts as well as its documentation.
        is_meant = kind not in DATA or any(glob.lower().endswith(kind) for glob in self.source.include)
        return kind in READERS and is_meant and not is_hidden and admits(path, include=include, exclude=self.source.exclude)

    async def _read(self, entries: Sequence[Entry], place: Place, *, sizes: Mapping[str, int], days: Mapping[str, str]) -> list[Article | Failure]:
        small = [entry for entry in entries if sizes.get(entry.blob, 0) <= READERS[_kind(entry)].most]
        contents = await self.clone.read({entry.blob for entry in small if entry.blob in sizes})
        items: list[Article | Failure] = []
        for entry in entries:
            if entry.blob in contents:
                items += await asyncio.to_thread(self._articles, entry, contents[entry.blob], place, days.get(entry.path, ""))
            elif entry.blob in sizes:
                items.append(files.too_large(_kind(entry), sizes[entry.blob], path=entry.path, where=entry.path))
            else:
                items.append(Failure(entry.path, "the repository does not hand over this file", files.may_hold(_kind(entry), entry.path), entry.path))
        return items

    def _articles(self, entry: Entry, content: bytes, place: Place, day: str) -> list[Article | Failure]:
        if content.startswith(LFS):
            return [Failure(entry.path, "the file is kept in Git LFS, which is not read", files.may_hold(_kind(entry), entry.path), entry.path)]
        page = self.clone.git.remote.page(place.branch, entry.path)
        items = files.read(_kind(entry), content, path=entry.path, where=entry.path)
        return [replace(item, url=item.url or page, updated=item.updated or day) if isinstance(item, Article) else item for item in items]


def _portions(entries: Sequence[Entry], sizes: Mapping[str, int]) -> Iterator[list[Entry]]:
    """Yield files a few at a time, and fewer of large ones: they are in memory together."""
    few: list[Entry] = []
    total = 0
    for entry in entries:
        size = min(sizes.get(entry.blob, 0), READERS[_kind(entry)].most)
        if few and (len(few) == FEW or total + size > MOST_AT_ONCE):
            yield few
            few, total = [], 0
        few.append(entry)
        total += size
    if few:
        yield few


def _once(items: Sequence[Article | Failure], seen: dict[str, str]) -> list[Article | Failure]:
    """Return items with each id once; the second article that claims one is a failure."""
    told: list[Article | Failure] = []
    for item in items:
        if isinstance(item, Article) and seen.setdefault(item.id, item.where) != item.where:
            told.append(Failure(item.where, f"the id {item.id!r} is taken by {seen[item.id]}", frozenset({item.id})))
        else:
            told.append(item)
    return told


def _kind(entry: Entry) -> str:
    return PurePosixPath(entry.path).suffix.lower()


def _cursor(place: Place) -> str:
    return json.dumps({"commit": place.commit, "branch": place.branch, "done": place.done})


def _parsed(cursor: str) -> Place | None:
    try:
        said = json.loads(cursor) if cursor else {}
        return Place(str(said["commit"]), str(said["branch"]), int(said["done"])) if said else None
    except (ValueError, KeyError, TypeError):
        return None
