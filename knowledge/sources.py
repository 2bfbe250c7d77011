"""Sources: the folders and files that articles are read from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from desk.audience import Audience
from knowledge.article import Article, Failure, is_text, shown, strictest
from knowledge.formats import files

READERS = files.READERS


@dataclass(frozen=True, slots=True)
class Reading:
    """What one ingested path holds. `source` is the resolved path, by which its documents are told from those of other paths."""

    source: str
    articles: tuple[Article, ...]
    failures: tuple[Failure, ...]


def read(path: Path, *, folders: Mapping[str, Audience]) -> Reading:
    """Read a folder or a file. What cannot be read is a failure and the rest is read; of two articles with one id the second is a failure.

    `folders` gives an audience to paths below the ingested folder; it can only narrow what an article says of itself.
    """
    items = list(each(path, folders=folders))
    articles = tuple(item for item in items if isinstance(item, Article))
    return Reading(os.path.realpath(path), articles, tuple(item for item in items if isinstance(item, Failure)))


def each(path: Path, *, folders: Mapping[str, Audience], admits: Callable[[str], bool] = lambda _: True) -> Iterator[Article | Failure]:
    """Yield what `read` returns, file by file; of a folder only the files whose path below it is admitted."""
    taken: dict[str, str] = {}
    for found in _found(path, admits):
        if isinstance(found, Failure):
            yield found
        else:
            yield from _take(found, folders=folders, taken=taken)


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read. `path` is below the ingested folder; `place` has that folder's name too, for a rule about the very folder that is ingested."""

    file: Path
    path: str
    place: str


def _take(file: _File, *, folders: Mapping[str, Audience], taken: dict[str, str]) -> Iterator[Article | Failure]:
    """Yield the articles of a file; `taken` are the ids so far, with where they stand."""
    ruled = _ruled(file, folders)
    for item in _read(file):
        if isinstance(item, Failure):
            yield item
        elif item.id in taken:
            yield Failure(item.where, f"the id {item.id!r} is taken by {taken[item.id]}", frozenset({item.id}))
        else:
            taken[item.id] = item.where
            yield replace(item, audience=strictest(item.audience, ruled))


def _found(path: Path, admits: Callable[[str], bool]) -> Iterator[_File | Failure]:
    if os.path.isdir(path):
        yield from _walk(path, admits)
    elif not os.path.exists(path):
        yield Failure(str(path), "there is no such file or folder", None)
    elif path.suffix.lower() not in READERS:
        yield Failure(str(path), f"files of this kind are not read; known are {', '.join(READERS)}", None)
    else:
        yield _File(path, path.name, f"{Path(os.path.realpath(path)).parent.name}/{path.name}")


def _walk(root: Path, admits: Callable[[str], bool]) -> Iterator[_File | Failure]:
    """Yield the files of a folder in order of their paths; hidden ones are passed over, links out of the folder are failures."""
    home = Path(os.path.realpath(root))
    unreadable: list[OSError] = []
    for folder, inner, names in os.walk(root, onerror=unreadable.append):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if name.startswith(".") or file.suffix.lower() not in READERS:
                continue
            path = file.relative_to(root).as_posix()
            if not admits(path):
                continue
            if not is_text(path):
                yield Failure(shown(str(file)), "its name, or a folder's above it, is not plain text in UTF-8: rename it")
                continue
            inside = Path(os.path.realpath(file)).is_relative_to(home)
            yield (
                _File(file, path, f"{home.name}/{path}")
                if inside
                else Failure(str(file), "a link that leads out of the folder is not followed", frozenset({path}))
            )
    yield from (Failure(shown(str(error.filename)), f"the folder cannot be read: {error.strerror}", None) for error in unreadable)


def _read(file: _File) -> Iterator[Article | Failure]:
    kind, where = file.file.suffix.lower(), str(file.file)
    try:
        size = file.file.stat().st_size
        if not file.file.is_file():
            yield Failure(where, "not a regular file", files.may_hold(kind, file.path), file.path)
            return
        if size > READERS[kind].most:
            yield files.too_large(kind, size, path=file.path, where=where)
            return
        content = file.file.read_bytes()
    except OSError as error:
        yield Failure(where, f"the file cannot be read: {error.strerror}", files.may_hold(kind, file.path), file.path)
        return
    yield from files.read(kind, content, path=file.path, where=where)


def _ruled(file: _File, folders: Mapping[str, Audience]) -> Audience:
    """Return the narrowest audience of the folders that a file lies in."""
    matching = (
        audience for folder, audience in folders.items() if any(f"{path}/".startswith(f"{folder.strip('/')}/") for path in (file.path, file.place))
    )
    return strictest(*matching)
