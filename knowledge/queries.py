"""Queries: what a text is searched for, whole and in its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.article import clean

QUERY = 4_000
"""Characters of a query that are used."""
OPENING = 2_600
"""How many of them are from its beginning; the others are from its end, where people often ask."""
WINDOW = 120
"""Words of a query that one vector stands for. A longer one has several topics, which would blur each other."""
STRIDE = 80
PARTS = 24
"""The most sentences of a long message that are searched for one by one: its longest, which say most."""
FEWEST = 3
"""Words of the shortest sentence that is worth a search of its own."""
SENTENCE = re.compile(r"(?<=[.!?…:;])\s+|\n+|(?<=[。！？])\s*")
ASKS = re.compile(r"[?？]\W*$")


def shortened(query: str) -> str:
    """Return a query without needless space; of a very long one the beginning and the end, cut between words where there are any."""
    if len(query) > 8 * QUERY:  # A 10 MB message is not worth cleaning as a whole.
        query = f"{query[: 4 * QUERY]} {query[-4 * QUERY :]}"
    lines = (" ".join(line.split()) for line in clean(query).split("\n"))
    text = "\n".join(filter(None, lines))
    if len(text) <= QUERY:
        return text
    opening, ending = text[:OPENING], text[OPENING - QUERY + 1 :]
    return f"{opening.rpartition(' ')[0] or opening} {ending.partition(' ')[2] or ending}"


def windows(text: str) -> list[str]:
    """Return a text in overlapping windows of words, a short one whole."""
    words = text.split()
    starts = range(0, max(1, len(words) - (WINDOW - STRIDE)), STRIDE)
    return [" ".join(words[start : start + WINDOW]) for start in starts]


def parts(text: str) -> list[str]:
    """Return what a text is about one by one: a long one's sentences, a short one's questions; none when there is only one."""
    said = sentences(text)
    if len(text.split()) > WINDOW:
        longest = sorted(said, key=lambda sentence: -len(sentence.split()))[:PARTS]
        found = [sentence for sentence in said if sentence in longest and len(sentence.split()) >= FEWEST]
    else:
        found = list(_questions(said))
    return found if len(found) > 1 else []


def sentences(text: str) -> list[str]:
    """Return a text's sentences and lines, as they are told apart without knowing its language."""
    return [sentence for sentence in (part.strip() for part in SENTENCE.split(text)) if sentence]


def _questions(said: Sequence[str]) -> Iterator[str]:
    """Yield each question with the statements before it, which say what it is about; what follows the last one is asked too."""
    waiting: list[str] = []
    for sentence in said:
        waiting.append(sentence)
        if ASKS.search(sentence):
            yield " ".join(waiting)
            waiting = []
    if sum(len(sentence.split()) for sentence in waiting) > FEWEST:
        yield " ".join(waiting)
