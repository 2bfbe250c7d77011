"""Clones: a copy of a Git repository that holds its history and only those of its files that are wanted.

The `git` program does the work. A library in Python would save an installed program, but fetches every file of every version, while git leaves
out the files (`blob:none`) and hands over those of one commit that are asked for; and it keeps to the keys and known hosts that ssh has.
Nothing is ever checked out: no hook, filter, submodule or link of the repository comes into effect.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from desk.errors import Misconfigured, Unavailable
from knowledge.repository.gitcommand import Git
from knowledge.repository.process import used

OLDEST = (2, 37)
"""The first git that can be told which address to connect to."""
FILE = frozenset({b"100644", b"100755"})
"""Modes of files; links and submodules have others and are passed over."""
BRANCH = "refs/heads/source"
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit; `blob` names its content."""

    path: str
    blob: str


@dataclass(frozen=True, slots=True)
class Clone:
    """A repository's copy in a folder of its own, to which `git` is told to keep."""

    git: Git

    async def prepare(self) -> None:
        """Make the folder ready; raise Misconfigured when git is missing or too old."""
        done = await self.git.run("version", here=False)
        version = re.search(r"(\d+)\.(\d+)", done.output.decode("ascii", "replace"))
        if not version or (int(version[1]), int(version[2])) < OLDEST:
            raise Misconfigured(f"git {OLDEST[0]}.{OLDEST[1]} or newer is needed, and there is {done.output.decode('utf-8', 'replace').strip()!r}")
        if not await asyncio.to_thread(_is_usable, self.git.folder, most=0.9 * self.git.bounds.disk):
            await self.git.do("init", "--bare", "--quiet", "--template=")
            await self.git.do("config", "remote.origin.url", self.git.remote.address)

    async def tip(self, branch: str) -> tuple[str, str]:
        """Return the last commit of a branch and the branch's name, of the main one for ""; ("", "") when the repository has none."""
        name = f"refs/heads/{branch}" if branch else "HEAD"
        listed = await self.git.do("ls-remote", "--symref", "origin", name, online=True)
        commit, found = "", branch
        for line in listed.decode("utf-8", "replace").splitlines():
            what, _, of = line.partition("\t")
            if of == name and what.startswith("ref: refs/heads/"):
                found = what.removeprefix("ref: refs/heads/")
            elif of == name and COMMIT.fullmatch(what):
                commit = what
        return commit, found if commit else ""

    async def has(self, commit: str) -> bool:
        """Tell whether a commit is here, with its history."""
        return bool(COMMIT.fullmatch(commit)) and not (await self.git.run("cat-file", "-e", f"{commit}^{{commit}}")).code

    async def fetch(self, commit: str) -> None:
        """Get a commit and its history, without files."""
        await self._fetched("--filter=blob:none", "origin", f"+{commit}:{BRANCH}")

    async def files(self, commit: str) -> list[Entry]:
        """Return the files of a commit whose names are text, in order of their paths."""
        try:
            listed = await self.git.do("ls-tree", "-r", "-z", "--full-tree", commit)
        except Unavailable:  # The clone is broken: the next run makes another one.
            await asyncio.to_thread(shutil.rmtree, self.git.folder, ignore_errors=True)
            raise
        return sorted(_entries(listed), key=lambda entry: entry.path)

    async def changed(self, commit: str, paths: Collection[str]) -> Mapping[str, str]:
        """Return the days (ISO) of the commits that changed files last; a file is missing when the history is too long to say."""
        done = await self.git.run("log", "--format=%x01%cs", "--name-only", "-z", "--no-renames", commit)
        days: dict[str, str] = {}
        day = ""
        for record in done.output.split(b"\0"):
            if record.startswith(b"\x01"):
                day = record[1:].decode("ascii", "replace")
            else:
                # Git writes a line end between a commit and the first of its names.
                days.setdefault(record.removeprefix(b"\n").decode("utf-8", "replace"), day)
        return {path: days[path] for path in paths if path in days}

    async def get(self, commit: str, blobs: Collection[str]) -> None:
        """Get the contents of files that are not here yet, all at once."""
        # With "--missing=print" git tells what it lacks; any other command would go and get it, one request for each.
        told = await self.git.do("rev-list", "--objects", "--no-object-names", "--missing=print", "--no-walk", commit)
        lacking = {line[1:] for line in told.decode("ascii", "replace").splitlines() if line.startswith("?")}
        wanted = sorted(lacking & set(blobs))
        if wanted:
            await self._fetched("--filter=blob:none", "--no-write-fetch-head", "--stdin", "origin", given=_lines(wanted))

    async def read(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """Return the contents of files that are here."""
        return dict(_contents(await self.git.do("cat-file", "--batch", given=_lines(blobs))))

    async def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """Return how many bytes files have that are here."""
        told = await self.git.do("cat-file", "--batch-check", given=_lines(blobs))
        lines = (line.split() for line in told.decode("ascii", "replace").splitlines())
        return {line[0]: int(line[2]) for line in lines if len(line) == 3 and line[1] == "blob"}

    async def _fetched(self, *arguments: str, given: bytes = b"") -> None:
        options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance", "--force")
        await self.git.do("fetch", *options, *arguments, online=True, given=given)


def _is_usable(folder: Path, *, most: float) -> bool:
    """Tell whether a folder holds a clone that can be gone on with; else it is empty then, and git may make one in it."""
    # Fetches add up over the months, and a clone that was killed before it was one is none.
    if used(folder) > most or not (folder / "HEAD").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return False
    for left in (*folder.rglob("*.lock"), *folder.rglob("tmp_*")):  # Of a git that was killed; no other reads this source now.
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
    return True


def _lines(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()


def _entries(listing: bytes) -> Iterator[Entry]:
    for line in listing.split(b"\0"):
        about, _, name = line.partition(b"\t")
        mode, _, rest = about.partition(b" ")
        if mode in FILE:
            try:
                yield Entry(name.decode(), rest.split(b" ")[1].decode("ascii"))
            except UnicodeDecodeError:
                continue  # A name that is no text can be neither an id nor a link.


def _contents(batch: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what `cat-file --batch` wrote: a line with name, kind and size, and so many bytes."""
    at = 0
    while at < len(batch):
        end = batch.index(b"\n", at)
        about = batch[at:end].decode("ascii", "replace").split()
        at = end + 1
        if len(about) == 3:
            size = int(about[2])
            yield about[0], batch[at : at + size]
            at += size + 1
