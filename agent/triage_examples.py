"""Examples in the prompt of triage: the customer's own where categories were trained, else shipped ones, and always the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

from agent.examples import HARD_SIGNALS, NO, YES, Example, lessons
from agent.shelf import Shelf
from desk.triage import Sentiment

CHARACTERS = 10_000
"""What all examples together may take. With them the prompt has about 4,500 tokens: small models cache nothing that has fewer than 4,096."""
EACH = 16
"""The most examples of one category; of what else is judged, half as many."""
LONGEST = 240
"""Characters of an example; people say early what they want."""
PRICE = 8
"""Characters that a line takes beside its text."""

Groups = Mapping[str, Sequence[str]]
"""Texts by what they are examples of, such as `category billing`."""


class Examples:
    """Chooses examples once for every set of categories. `shelf` holds the customer's own rows, None where nothing can be trained."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._shelf = shelf
        self._kept: tuple[str, tuple[str, ...], Groups] | None = None

    async def of(self, version: str, categories: tuple[str, ...]) -> Groups:
        """Return examples of the categories; `version` is the id under which the local classifier has them."""
        if self._kept is None or self._kept[:2] != (version, categories):
            self._kept = version, categories, await asyncio.to_thread(self._chosen, version, categories)
        return self._kept[2]

    def _chosen(self, version: str, categories: tuple[str, ...]) -> Groups:
        return chosen(self._rows(version), categories)

    def _rows(self, version: str) -> Groups:
        """Return the customer's own rows by category, none for the categories that ship."""
        trained = version.partition("+")[2]
        table = self._shelf.rows(trained) if self._shelf and trained else None
        found: dict[str, list[str]] = {}
        for row in table.rows if table else ():
            found.setdefault(row.category, []).append(row.message)
        return found


def chosen(own: Groups, categories: Sequence[str]) -> Groups:
    """Return examples evenly out of each category, and shipped ones of what else is judged; all of them fit into `CHARACTERS`."""
    taught = lessons()
    known = own or _by_label(taught["category"])
    moods, asked = _by_label(taught["sentiment"]), _by_label(taught["request"])
    groups = {f"category {name}": spread(known.get(name, ()), EACH) for name in categories}
    groups["request false"] = spread(asked[NO], EACH)
    groups |= {f"sentiment {mood}": spread(moods[mood], EACH // 2) for mood in Sentiment}
    groups |= {f"signals {signal}": spread(_by_label(taught[signal])[YES], EACH // 2) for signal in HARD_SIGNALS}
    return _within(groups, CHARACTERS)


def spread(texts: Sequence[str], count: int) -> Sequence[str]:
    """Return so many of the texts, evenly from the first to the last."""
    short = [" ".join(text.split())[:LONGEST] for text in texts]
    step = max(1.0, len(short) / count)
    return [short[int(n * step)] for n in range(min(count, len(short)))]


def written(groups: Groups, hidden: Callable[[str], str]) -> str:
    """Return examples as the prompt holds them, a JSON string a line, so that no example can end its line or begin a heading."""
    return "\n\n".join(
        "\n".join([f"### {name}", *(f"- {json.dumps(hidden(text), ensure_ascii=False)}" for text in texts)]) for name, texts in groups.items()
    )


def _by_label(examples: Sequence[Example]) -> Groups:
    found: dict[str, list[str]] = {}
    for example in examples:
        found.setdefault(example.label, []).append(example.text)
    return found


def _within(groups: Groups, most: int) -> Groups:
    """Take the first of every group, then the second, until no more fits."""
    kept: dict[str, list[str]] = {name: [] for name in groups}
    left = most
    for turn in zip_longest(*groups.values()):
        for name, text in zip(groups, turn, strict=True):
            if text is not None and len(text) + PRICE <= left:
                kept[name].append(text)
                left -= len(text) + PRICE
    return {name: texts for name, texts in kept.items() if texts}
