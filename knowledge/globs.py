"""Globs: which paths of a source are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

# fnmatch lets "*" run across folders and knows no "**", and pathlib learned it only in Python 3.13.
PARTS = re.compile(r"\*\*/|\*\*|\*|\?")
WRITTEN = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def admits(path: str, *, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Tell whether a path is read: `include` lets it in or is empty, and `exclude` does not leave it out.

    A glob is held against the whole path, both without a slash at their ends: `*` stands for a part of one name, `**` for any number of
    folders; what has neither is a file, or a folder with everything in it.
    """
    return (not include or _any(path, include)) and not _any(path, exclude)


def _any(path: str, globs: Sequence[str]) -> bool:
    return any(_compiled(glob).fullmatch(path.strip("/")) for glob in globs)


@cache
def _compiled(glob: str) -> re.Pattern[str]:
    glob = glob.strip("/")
    written, at = "", 0
    for part in PARTS.finditer(glob):
        written += re.escape(glob[at : part.start()]) + WRITTEN[part[0]]
        at = part.end()
    return re.compile(f"{written}{re.escape(glob[at:])}(?:/.*)?", re.DOTALL)
