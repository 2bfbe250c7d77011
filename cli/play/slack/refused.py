"""Refused: how Slack says no."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An answer that is not ok: Slack's own code, and what it says beside it."""

    def __init__(self, code: str, **beside: Any) -> None:
        super().__init__(code)
        self.code = code
        self.beside = beside
