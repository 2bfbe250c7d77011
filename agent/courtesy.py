"""Courtesy: sentences that greet, thank, regret or offer to go on. They claim nothing, so they need no evidence."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache

from agent.figures import figures
from agent.signals import WORDS
from agent.wording import content, stem

LONGEST = 24
"""Words of a sentence beyond which it says more than a courtesy."""


def courteous(sentence: str, *, names: Iterable[str] = ()) -> bool:
    """Tell whether a sentence is made of courtesy alone: such words, words without a topic, and these names; no figure of any kind."""
    if len(sentence.split()) > LONGEST:
        return False
    own = frozenset(stem for name in names for stem in content(name))
    known = words() | own
    return content(sentence) <= known and not [figure for figure in figures(sentence) if not content(figure.said) <= known]


@cache
def words() -> frozenset[str]:
    """Return the stems of the courteous words of all languages, read on first use."""
    table = tomllib.loads((WORDS / "courtesy.toml").read_text(encoding="utf-8"))
    return frozenset(stem(word) for text in table.values() for word in text.split())
