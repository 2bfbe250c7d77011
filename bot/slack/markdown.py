"""Markdown: texts in pieces, with links to the messages of this workspace."""

from __future__ import annotations

from functools import partial

from bot.slack.links import safe
from bot.text import markdown
from bot.text.markup import Piece


def pieces(text: str, *, url: str = "") -> tuple[Piece, ...]:
    """Return a Markdown text in pieces. `url` is the workspace's address, to which links to our own messages lead."""
    return markdown.pieces(text, to=partial(safe, url=url))
