"""Uploads: files that people send, kept beside the workspace's file under names nobody can guess."""

from __future__ import annotations

import asyncio
import mimetypes
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.errors import PlaceGone
from desk.timeline import File

READ = 64 * 1024
"""Up to how many bytes a text file's text goes with its message; the desk fetches and reads every other file itself."""
NAME = re.compile(r"[0-9a-f]{32}")


def random_name() -> str:
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sends it; the name and the type are what they claim."""

    name: str
    media_type: str
    content: bytes

    @property
    def text(self) -> str | None:
        """Return the whole of a short text file, None for every other file."""
        if not self.media_type.startswith("text/") or len(self.content) > READ or b"\0" in self.content:
            return None
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None


def read_upload(path: Path) -> Upload:
    """Read a file from this machine, its type guessed by its name."""
    return Upload(path.name, mimetypes.guess_type(path.name)[0] or "application/octet-stream", path.read_bytes())


class Shelf:
    """A folder of uploads. `name` makes the names."""

    def __init__(self, folder: Path, name: Callable[[], str] = random_name) -> None:
        self._folder = folder
        self._name = name

    async def put(self, uploads: Sequence[Upload]) -> tuple[File, ...]:
        """Store files and return them as messages carry them."""
        return tuple([await asyncio.to_thread(self._store, upload) for upload in uploads])

    async def get(self, ref: str) -> bytes:
        """Return a file's content; raise PlaceGone when there is none by this name."""
        if not NAME.fullmatch(ref):
            raise PlaceGone(f"there is no file {ref!r}")
        try:
            return await asyncio.to_thread((self._folder / ref).read_bytes)
        except FileNotFoundError as error:
            raise PlaceGone(f"there is no file {ref!r}") from error

    def drop(self, files: Iterable[File]) -> None:
        """Remove files; those that are gone already are fine."""
        for file in files:
            if NAME.fullmatch(file.ref):
                (self._folder / file.ref).unlink(missing_ok=True)

    def _store(self, upload: Upload) -> File:
        self._folder.mkdir(parents=True, exist_ok=True)
        ref = self._name()
        (self._folder / ref).write_bytes(upload.content)
        return File(upload.name, upload.media_type, len(upload.content), ref, upload.text)
