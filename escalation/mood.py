"""The mood of a ticket: how its customers feel by now, from how displeased each of their messages is."""

from __future__ import annotations

from collections.abc import Sequence

from desk.mood import Mood, MoodPolicy

BEGINNING = 3
"""A ticket begins with so many-th part of its messages, at least one."""
WORSE, SAME, BETTER = "worse", "same", "better"


def followed(displeasures: Sequence[float], policy: MoodPolicy) -> Mood:
    """Return the mood after these messages, oldest first: an exponential average, with a mark to become low at and a lower one to end it."""
    level = peak = displeasures[0] if displeasures else 0.0
    is_low = level >= policy.low
    for displeasure in displeasures[1:]:
        level = policy.latest * displeasure + (1 - policy.latest) * level
        peak = max(peak, level)
        is_low = level >= (policy.lifted if is_low else policy.low)
    began = displeasures[: max(1, len(displeasures) // BEGINNING)]
    change = level - sum(began) / len(began) if began else 0.0
    return Mood(round(level, 4), round(peak, 4), is_low, round(change, 4), len(displeasures))


def trend(mood: Mood, policy: MoodPolicy) -> str:
    """Return how a mood changed over the ticket: worse, same or better; "" after the first message."""
    if mood.messages < 2:
        return ""
    return WORSE if mood.change >= policy.change else BETTER if mood.change <= -policy.change else SAME
