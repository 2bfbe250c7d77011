"""Contradiction: two texts that say of one thing what cannot both be true, a figure or its denial."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from agent.figures import Figure, figures
from agent.sentences import Kind, blocks, items, sentences
from agent.wording import content, is_negative, stem

ALIKE = 0.7
"""Which part of the longer sentence's topical words the other must share: limits of exports and of imports share two words in three."""
FEWEST = 3
"""Topical words a sentence needs: "It takes 3 days." is about anything."""
COMPARED = frozenset({"amount", "quantity", "date", "version"})
"""Kinds of figures of which one sentence has one value. Links, codes and names stand beside one another without contradicting."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with what is compared of it."""

    text: str
    words: frozenset[str]
    figures: tuple[Figure, ...]
    negative: bool


def statements(text: str) -> tuple[Statement, ...]:
    """Return the sentences and list items of a text that say enough to be compared."""
    said = (Statement(each, content(each) - _numbers(each), _compared(each), is_negative(each)) for each in _sentences(text))
    return tuple(each for each in said if len(each.words) >= FEWEST)


def contradiction(one: tuple[Statement, ...], other: tuple[Statement, ...]) -> tuple[str, str] | None:
    """Return the two sentences that disagree most plainly, None when none do.

    It compares words and not meanings: it misses what is worded otherwise, and what it finds is for a person to judge.
    """
    # What both say word for word, neither contradicts: of two copies the monthly line does not deny the yearly one.
    shared = {each.text for each in one} & {each.text for each in other}
    pairs = product(*([each for each in said if each.text not in shared] for said in (one, other)))
    found = [(_alike(a, b), a.text, b.text) for a, b in pairs if _disagree(a, b)]
    _, first, second = max(found, default=(0.0, "", ""))
    return (first, second) if first else None


def _disagree(a: Statement, b: Statement) -> bool:
    if _alike(a, b) < ALIKE:
        return False
    return _figures_disagree(a, b) or _denies(a, b)


def _figures_disagree(a: Statement, b: Statement) -> bool:
    """Tell whether each has one figure of some kind and unit and these differ; with several nobody can tell which belongs to which."""
    left, right = _by_unit(a), _by_unit(b)
    return any(len(left[unit]) == len(right[unit]) == 1 and left[unit] != right[unit] for unit in left.keys() & right.keys())


def _denies(a: Statement, b: Statement) -> bool:
    """Tell whether one says what the other denies; the same figures in both mean that they agree and only word it otherwise."""
    agreed = {figure.value for figure in a.figures} & {figure.value for figure in b.figures}
    return a.negative != b.negative and not agreed and not _is_part(a, b)


def _by_unit(statement: Statement) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for figure in statement.figures:
        value, _, unit = figure.value.partition(" ") if figure.kind == "quantity" else (figure.value, "", figure.kind)
        unit = unit or _counted(figure.said)
        # A number that counts nothing we know may be of anything: rows in one sentence, people in the next.
        if unit:
            found.setdefault(unit, set()).add(value)
    return found


def _counted(said: str) -> str:
    """Return the word behind a number whose unit is none of the usual ones: `100 requests` counts requests."""
    words = [word for word in said.split() if word[0].isalpha()]
    return stem(words[0].lower()) if words else ""


def _alike(a: Statement, b: Statement) -> float:
    return len(a.words & b.words) / max(len(a.words), len(b.words))


def _is_part(a: Statement, b: Statement) -> bool:
    """Tell whether one sentence holds the other whole: "you can, unless ..." is no denial of "you can"."""
    return a.words < b.words or b.words < a.words


def _numbers(text: str) -> frozenset[str]:
    return frozenset(word for word in content(text) if any(sign.isdigit() for sign in word))


def _compared(text: str) -> tuple[Figure, ...]:
    return tuple(figure for figure in figures(text) if figure.kind in COMPARED)


def _sentences(text: str) -> Iterator[str]:
    for block in blocks(text):
        if block.kind is Kind.TEXT:
            yield from sentences(block.text)
        elif block.kind is Kind.LIST:
            yield from items(block.text)
