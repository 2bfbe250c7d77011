"""Shape: what the answer to a question looks like (a time, a price, somebody, a count, steps), and whether a sentence looks like that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from agent.figures import figures
from agent.sentences import Kind
from agent.signals import plain
from agent.units import Unit

BONUS = 0.12
"""What looking right adds to a sentence's nearness, about the distance between the best sentence of a passage and the next."""
TIMES = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
HOLDER = re.compile(
    r"\b(?:owners?|admin(?:istrator)?s?|managers?|members?|users?|roles?|person|people|anyone|everyone|everybody|nobody|colleagues?|teams?|staff|contacts?"
    r"|accountants?|customers?|clients?)\b[^.!?]{0,60}\b(?:can(?:not)?|may|must|is|are|sees?|has|have|does|do)\b",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"^\s*\d{1,3}[.)]\s", re.MULTILINE)


def _has_time(unit: Unit) -> bool:
    return bool(CLOCK.search(unit.text)) or any(
        figure.kind == "quantity" and figure.value.rpartition(" ")[2] in TIMES for figure in figures(unit.text)
    )


def _has_price(unit: Unit) -> bool:
    return any(figure.kind == "amount" or figure.value.endswith(" %") for figure in figures(unit.text)) or bool(re.search(r"\d+\.\d\d\b", unit.text))


def _has_count(unit: Unit) -> bool:
    return any(figure.kind == "quantity" for figure in figures(unit.text))


def _has_steps(unit: Unit) -> bool:
    return unit.kind is Kind.LIST and bool(NUMBERED.search(unit.text))


def _has_holder(unit: Unit) -> bool:
    return bool(HOLDER.search(unit.text))


SHAPES: tuple[tuple[re.Pattern[str], Callable[[Unit], bool]], ...] = (
    (
        re.compile(
            r"\bhow (?:long|soon|fast|quick(?:ly)?|often|many (?:days|weeks|hours|months))\b|\b(?:until )?when\b|\bat (?:what|which) (?:time|hour)"
        ),
        _has_time,
    ),
    (re.compile(r"\bhow much\b|\bcosts?\b|\bprices?\b|\bfees?\b|\bdiscount\b"), _has_price),
    (re.compile(r"\bwho\b|\bwhich (?:roles?|people|users?)\b"), _has_holder),
    (re.compile(r"\bhow (?:many|big|large)\b|\bmaximum\b|\blimits?\b"), _has_count),
    (re.compile(r"\bhow (?:do|can|to|would|should)\b|\bwhere (?:do|can|is|'s)\b|\bwhat (?:do i|must i|do we)\b|\bsteps\b|\bset ?up\b"), _has_steps),
)
"""The shapes a question may ask for; several may apply."""


def bonus(question: str) -> Callable[[Unit], float]:
    """Return a function that says how much the look of a unit speaks for it."""
    wanted = _wanted(question)
    return lambda unit: BONUS if any(has(unit) for has in wanted) else 0.0


def fits(question: str, quoted: Iterable[Unit]) -> bool:
    """Tell whether some quoted unit looks as the answer must; any does when the question asks for no shape."""
    wanted = _wanted(question)
    return not wanted or any(has(unit) for unit in quoted for has in wanted)


def _wanted(question: str) -> list[Callable[[Unit], bool]]:
    said = plain(question)
    return [has for pattern, has in SHAPES if pattern.search(said)]
