"""Erasure: a person's words leave the file, and so does everything the bot posted that may repeat them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.web.log import Entry, entries, messages, rewrite
from bot.web.uploads import Shelf
from desk.cards import Block, Card, Notes, Quote, Text
from desk.space import UserRef

GONE = Card((Text("(erased)"),))
TELLING = 24
"""So many characters in a row make a quote theirs."""


def erase(db: sqlite3.Connection, users: Sequence[UserRef], shelf: Shelf) -> int:
    """Empty these people's entries, their unacknowledged events and uploads, and the posts of the tickets they have; return how many entries."""
    names = [str(user) for user in users]
    marks = ", ".join("?" * len(names))
    own = entries(db, f"m.author IN ({marks})", *names)
    tickets = _tickets(db, users, own)
    posts = entries(db, f"m.ticket IN ({', '.join('?' * len(tickets))})", *tickets)
    for entry in own:
        shelf.drop(entry.files)
        rewrite(db, replace(entry, text="", files=()))
    # What the bot said in these tickets rests on their words and may repeat them, so all of it goes.
    for entry in posts:
        rewrite(db, replace(entry, card=GONE if entry.card else None))
    db.execute(f"DELETE FROM inbox WHERE user IN ({marks})", names)  # noqa: S608
    return len(own) + len(posts)


def _tickets(db: sqlite3.Connection, users: Sequence[UserRef], own: Iterable[Entry]) -> list[str]:
    """Return the tickets with a post in a thread of theirs, addressed to them, or quoting them."""
    roots = {(entry.ref.channel, entry.ref.id) for entry in own if entry.thread is None}
    words = [entry.text for entry in own if entry.text.strip()]
    posts = messages(db, "m.ticket IS NOT NULL")
    theirs = (
        post.ticket
        for post in posts
        if post.ticket and ((post.ref.channel, post.thread) in roots or set(post.to) & set(users) or _quotes(post, words))
    )
    return sorted(set(theirs))


def _quotes(post: Entry, words: Sequence[str]) -> bool:
    quoted = [text for block in (post.card or Card()).blocks for text in _repeated(block)]
    return any(text == quote or (len(text) >= TELLING and text[:TELLING] in quote) for quote in quoted for text in words)


def _repeated(block: Block) -> tuple[str, ...]:
    """Return the texts of a block in which somebody's words may stand."""
    return (block.text,) if isinstance(block, Quote) else block.lines if isinstance(block, Notes) else ()
