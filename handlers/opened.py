"""Opened: what files held that were looked at lately, so that a turn that runs again fetches nothing twice."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from desk.answering import Picture

MOST = 64
LARGEST = 32_000_000
"""Characters and bytes that are kept together."""
KEPT = timedelta(minutes=10)

Content = str | Picture | None
"""A file's text, a picture, or nothing that anybody can read."""


class Opened:
    """Contents by a file's key, in memory only; the oldest go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[datetime, Content]] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def __getitem__(self, key: str) -> Content:
        return self._kept[key][1]

    def keep(self, key: str, content: Content, *, now: datetime) -> None:
        """Keep a content, and drop what is old or too much."""
        self._kept[key] = (now, content)
        while self._kept and (self._is_too_much() or next(iter(self._kept.values()))[0] < now - KEPT):
            self._kept.popitem(last=False)

    def _is_too_much(self) -> bool:
        return len(self._kept) > MOST or sum(_size(content) for _, content in self._kept.values()) > LARGEST


def _size(content: Content) -> int:
    return len(content.content) if isinstance(content, Picture) else len(content or "")
