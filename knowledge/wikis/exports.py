"""Exports: the files of a saved export, a folder, a zip or one file, read within limits and never unpacked to disk."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from desk.errors import InvalidInput
from knowledge.article import Article, Failure, is_text, shown
from knowledge.connector import Batch

MEGABYTE = 1_000_000
MOST_FILES = 100_000
MOST_BYTES = 4_000 * MEGABYTE
"""What is read of one export in all, unpacked."""
MOST_FILE = 20 * MEGABYTE
MOST_RATIO = 200
"""How many times its packed size a file may have. Text is packed to a tenth, a thousand times is what a bomb does."""
DEEPEST = 32
FEW = 50
PART = re.compile(r"(?:^|/)[^/]*part-?\d+\.zip$", re.IGNORECASE)
"""Large exports are zips in a zip; any other zip in an export is somebody's attachment."""
ENCRYPTED, UTF8 = 0x1, 0x800
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How files may be packed. Python unpacks the other methods without a limit on what one step yields."""
Read = Callable[[], Iterator[Article | Failure]]


@dataclass(frozen=True, slots=True)
class Saved:
    """A connector for an export on disk. It begins anew each time, as reading all of one takes seconds and another may have taken its place."""

    read: Read

    async def batches(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what the export holds; the cursor is always ""."""
        # Not closed by hand: a thread that outlives a cancelled sync may still be inside it, and letting go of it closes its files.
        items = self.read()
        while few := await asyncio.to_thread(lambda: tuple(islice(items, FEW))):
            yield Batch(few, "")


class Stream:
    """An open file of an export; reading more than it may hold raises InvalidInput, and so does one that cannot be unpacked."""

    def __init__(self, raw: IO[bytes], *, most: int, spend: Callable[[int], None]) -> None:
        self._raw, self._most, self._spend = raw, most, spend
        self._left = most

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, all of them for -1."""
        room = self._left + 1
        with _explained():
            piece = self._raw.read(room if size < 0 else min(size, room))
        self._left -= len(piece)
        self._spend(len(piece))
        if self._left < 0:
            raise InvalidInput(f"the file has more than {self._most / MEGABYTE:.0f} MB")
        return piece


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an export; `path` is its place in it, with / between folders."""

    path: str
    raw: Callable[[], IO[bytes]]
    spend: Callable[[int], None]

    @contextmanager
    def opened(self, *, most: int = MOST_FILE) -> Iterator[Stream]:
        """Open the file to be read piece by piece; InvalidInput says why it cannot be."""
        with _explained():
            raw = self.raw()
        with raw:
            yield Stream(raw, most=most, spend=self.spend)

    def text(self, *, most: int = MOST_FILE) -> str:
        """Return the whole file as text; InvalidInput says why it cannot be read."""
        with self.opened(most=most) as stream:
            content = stream.read()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidInput(f"not UTF-8 text (byte {error.start})") from error


@dataclass
class Export:
    """The files of an export by path, in order; `failures` are the parts of it that are not among them."""

    members: dict[str, Member] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    left: int = MOST_BYTES

    def spend(self, count: int) -> None:
        """Count bytes that were read; raise InvalidInput when the whole export has more than may be read."""
        self.left -= count
        if self.left < 0:
            raise InvalidInput(f"the export has more than {MOST_BYTES / MEGABYTE:.0f} MB unpacked: export fewer pages at a time")

    def add(self, path: str, raw: Callable[[], IO[bytes]]) -> None:
        """Take a file in; one whose path leads out of the export, or that is one too many, is a failure."""
        parts = PurePosixPath(path).parts
        if len(self.members) >= MOST_FILES:
            raise InvalidInput(f"the export has more than {MOST_FILES:,} files: export fewer pages at a time")
        if not _is_inside(path, parts):
            self.failures.append(Failure(path, "a path that leads out of the export, or too deep into it, is not read"))
        # What the machine that packed it left there: thumbnails, resource forks, histories.
        elif not any(part.startswith(".") or part == "__MACOSX" for part in parts):
            self.members["/".join(parts)] = Member("/".join(parts), raw, self.spend)


def _is_inside(path: str, parts: Sequence[str]) -> bool:
    # A colon in the first part is the drive of a Windows path.
    return bool(parts) and not path.startswith("/") and ".." not in parts and ":" not in parts[0] and len(parts) <= DEEPEST


@contextmanager
def opened(path: Path) -> Iterator[Export]:
    """Open an export while its files are read. One that cannot be opened is empty, with the reason among its failures."""
    export = Export()
    with ExitStack() as stack:
        try:
            with _explained():
                _fill(export, path, stack=stack)
                _unpack(export, stack=stack)
        except InvalidInput as error:
            export.failures.append(Failure(str(path), str(error), None))
        export.members = dict(sorted(export.members.items()))
        yield export


def _fill(export: Export, path: Path, *, stack: ExitStack) -> None:
    if path.is_dir():
        _walk(export, path)
    # Asked first, since to look into a pipe is to wait for ever.
    elif path.is_file() and zipfile.is_zipfile(path):
        _list(export, stack.enter_context(path.open("rb")), stack=stack)
    elif path.is_file():
        export.add(path.name, partial(_file, path))
    else:
        raise InvalidInput("there is no such file or folder")


def _walk(export: Export, root: Path) -> None:
    home = Path(os.path.realpath(root))
    unreadable: list[OSError] = []
    for folder, _, names in os.walk(root, onerror=unreadable.append):
        for name in names:
            file = Path(folder, name)
            path = file.relative_to(root).as_posix()
            if not is_text(path):
                export.failures.append(Failure(shown(path), "its name, or a folder's above it, is not plain text in UTF-8: rename it"))
            elif not Path(os.path.realpath(file)).is_relative_to(home):
                export.failures.append(Failure(path, "a link that leads out of the folder is not followed"))
            # Neither pipes, which never end, nor links that lead nowhere.
            elif file.is_file():
                export.add(path, partial(_file, file))
    export.failures.extend(Failure(shown(str(error.filename)), f"the folder cannot be read: {error.strerror}", None) for error in unreadable)


def _file(path: Path) -> IO[bytes]:
    return path.open("rb")


def _unpack(export: Export, *, stack: ExitStack) -> None:
    """Put the files of the zips that a large export is split into in their place, one level deep."""
    for part in [member for path, member in export.members.items() if PART.search(path)]:
        del export.members[part.path]
        try:
            _list(export, _unpacked(part, stack), stack=stack)
        except InvalidInput as error:
            export.failures.append(Failure(part.path, str(error), None))


def _unpacked(part: Member, stack: ExitStack) -> IO[bytes]:
    whole = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
    with part.opened(most=MOST_BYTES) as packed:
        shutil.copyfileobj(packed, whole)
    return whole


def _list(export: Export, file: BinaryIO | IO[bytes], *, stack: ExitStack) -> None:
    with _explained():
        archive = stack.enter_context(zipfile.ZipFile(file))
    for info in archive.infolist():
        if not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16):
            export.add(_name(info), partial(_packed, archive, info))


def _name(info: zipfile.ZipInfo) -> str:
    """Return the path of a packed file; some programs write UTF-8 without saying so, which is then read as the letters of an old PC."""
    name = info.filename
    if not info.flag_bits & UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return name.replace("\\", "/")
    return name.replace("\\", "/")


def _packed(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.flag_bits & ENCRYPTED:
        raise InvalidInput("the file is locked with a password: export it again without one")
    if info.compress_type not in METHODS:
        raise InvalidInput("the file is packed in an unusual way: pack the export again as an ordinary zip")
    if info.file_size > MEGABYTE and info.file_size > MOST_RATIO * info.compress_size:
        raise InvalidInput(f"the file unpacks to more than {MOST_RATIO} times its size")
    return archive.open(info)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InvalidInput(f"the file cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise InvalidInput(f"the zip is damaged: {error}") from error
