"""Files: what reads each kind of file, whatever folder, archive or site it came from."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from desk.errors import InvalidInput
from knowledge.article import HEADING, UNFORESEEN, Article, Failure, clean, compose, unread
from knowledge.formats import faq, jsonlines, markdown, sandbox
from knowledge.formats.html import page
from knowledge.formats.markdown import readable
from knowledge.formats.text import decoded, visible

MEGABYTE = 1_000_000
Items = Iterator[Article | Failure]
SIGNS = {b"%PDF-": "a PDF", b"PK\x03\x04": "an archive or an Office file", b"\xd0\xcf\x11\xe0": "an old or a protected Office file"}
"""What files begin with that are no text."""
OFFICE = frozenset({b"PK\x03\x04", b"\xd0\xcf\x11\xe0"})
CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{2,30})""", re.IGNORECASE)
TITLE = re.compile(r"\s*(\S.{0,98}?[^\s.,;:])[ \t]*\n[ \t]*\n")
"""A short first line with nothing below it: what a plain text is called."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How the bytes of one kind of file become articles. One of more than `most` bytes is refused; it may begin with one of `signs`.

    `read(content, path=, where=)` yields articles and failures; an article's id is `path` unless it names one itself.
    """

    read: Callable[..., Items]
    most: int = 5 * MEGABYTE
    signs: frozenset[bytes] = frozenset()


def read(kind: str, content: bytes, *, path: str, where: str) -> Items:
    """Read a file of a kind (".pdf") of `READERS`. `path` is its id, `where` what its owner knows it by. Blocks while it is parsed."""
    reader = READERS[kind]
    sign = next((sign for sign in SIGNS if content.startswith(sign) and sign not in reader.signs), None)
    if len(content) > reader.most:
        yield too_large(kind, len(content), path=path, where=where)
    elif sign:
        reason = f"the file is {SIGNS[sign]}, although its name ends in {kind}: give it the name it belongs to"
        yield Failure(where, reason, may_hold(kind, path), path)
    else:
        try:
            yield from (_filed(item, path) for item in reader.read(content, path=path, where=where))
        except UNFORESEEN as error:
            yield Failure(where, unread(error), None, path)


def _filed(item: Article | Failure, path: str) -> Article | Failure:
    """Return what was read with the file that it stands in."""
    if isinstance(item, Failure):
        return replace(item, file=path) if item.ids is None else item
    # What no reader sees a model would read, whatever kind of file it is hidden in.
    return replace(item, title=visible(item.title), text=visible(item.text), file=path)


def too_large(kind: str, size: int, *, path: str, where: str) -> Failure:
    """Return why a file of so many bytes is not read."""
    reason = f"the file has {size / MEGABYTE:.1f} MB; at most {READERS[kind].most / MEGABYTE:.0f} MB are read"
    return Failure(where, reason, may_hold(kind, path), path)


def may_hold(kind: str, path: str) -> frozenset[str] | None:
    """Return the ids that a file may stand for of which not a byte is known; None when they may be any."""
    return frozenset({path}) if kind in NAMED_BY_PATH else None


def _text(content: bytes, *, path: str, where: str, read: Callable[..., Items], mentioned: Callable[..., frozenset[str]]) -> Items:
    try:
        text = decoded(content)
    except UnicodeDecodeError as error:
        guess = mentioned(content.decode("utf-8", "replace"), path=path)
        yield Failure(where, f"not UTF-8 text (byte {error.start}): save it as UTF-8", guess)
        return
    yield from read(text, path=path, where=where)


def _table(content: bytes, *, path: str, where: str) -> Items:
    try:
        text = decoded(content, otherwise="cp1252")  # What spreadsheets save in western Europe and America unless they are told to.
    except UnicodeDecodeError as error:
        yield Failure(where, f"not UTF-8 text (byte {error.start}): save it as CSV UTF-8", None)
        return
    yield from faq.read(text.replace("\0", ""), path=path, where=where)


def _plain(text: str, *, path: str, where: str) -> Items:
    text = clean(text)
    found = TITLE.match(text[:200])
    yield from _composed({"title": found[1]} if found else {}, text, path=path, where=where)


def _html(content: bytes, *, path: str, where: str) -> Items:
    named = CHARSET.search(content[:4096])
    try:
        # What declares nothing and is no UTF-8 is Windows' own encoding, to browsers as well.
        text = decoded(content, otherwise=codecs.lookup(named[1].decode()).name if named else "cp1252")
        found = page(text, url="")
    except (UnicodeDecodeError, LookupError):
        yield Failure(where, "its encoding is not the one it declares: save it as UTF-8", frozenset({path}))
    except InvalidInput as error:
        yield Failure(where, str(error), frozenset({path}))
    else:
        fields = {"title": found.title, "url": found.canonical, "updated": found.updated, "language": found.language}
        yield from _composed(fields, found.text, path=path, where=where)


def _binary(content: bytes, *, path: str, where: str, kind: str) -> Items:
    try:
        found = sandbox.shared().extract(kind, content)
    except InvalidInput as error:
        yield Failure(where, str(error), frozenset({path}))
        return
    # Programs fill in titles of templates and of other files: the only first heading, where there is one, is what readers call it.
    title = "" if len(HEADING.findall(found.text)) == 1 else found.title
    yield from _composed({"title": title, "updated": found.updated, "language": found.language}, found.text, path=path, where=where)
    if found.lacking:
        yield Failure(where, found.lacking)


def _composed(fields: dict[str, str], text: str, *, path: str, where: str) -> Items:
    try:
        yield compose(fields, text, id=path, where=where, fallback=readable(path))
    except InvalidInput as error:
        yield Failure(where, str(error), frozenset({path}) if text.strip() else frozenset())


def _own_path(text: str, *, path: str) -> frozenset[str]:
    return frozenset({path})


READERS: dict[str, Reader] = {
    ".md": (_markdown := Reader(partial(_text, read=markdown.read, mentioned=markdown.mentioned))),
    ".markdown": _markdown,
    ".txt": Reader(partial(_text, read=_plain, mentioned=_own_path)),
    ".html": (_page := Reader(_html, 10 * MEGABYTE)),
    ".htm": _page,
    ".pdf": Reader(partial(_binary, kind=".pdf"), 100 * MEGABYTE, frozenset({b"%PDF-"})),
    ".docx": Reader(partial(_binary, kind=".docx"), 100 * MEGABYTE, OFFICE),
    ".pptx": Reader(partial(_binary, kind=".pptx"), 100 * MEGABYTE, OFFICE),
    ".csv": Reader(_table, 50 * MEGABYTE),
    ".jsonl": Reader(partial(_text, read=jsonlines.read_lines, mentioned=jsonlines.mentioned), 200 * MEGABYTE),  # An export, read article by article.
    ".json": Reader(partial(_text, read=jsonlines.read_list, mentioned=jsonlines.mentioned), 50 * MEGABYTE),
}
"""The kinds of files that are read; in a folder all others are passed over."""
NAMED_BY_PATH = frozenset({".txt", ".html", ".htm", ".pdf", ".docx", ".pptx"})
"""The kinds that hold one article, whose id is its path and nothing else."""
