"""Moods: how a customer feels, message by message and over a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

Share = Annotated[float, "share"]
Felt = tuple[tuple[str, float], ...]
"""How displeased each message of a ticket is, oldest first, by its id and when it was last changed: numbers, no words."""


@dataclass(frozen=True, slots=True)
class MoodPolicy:
    """How the messages of a ticket make its mood.

    `latest` is what the last message counts beside all before it. A mood is low from `low` on and until it falls below `lifted`. A mood that
    changed by `change` over the ticket has become worse or better.
    """

    latest: Share
    low: Share
    lifted: Share
    change: Share


@dataclass(frozen=True, slots=True)
class Mood:
    """How the customers of a ticket feel by now. All of it is derived from the messages in order, never from what was stored before.

    `displeasure` runs from 0 to 1 and follows what was said, the latest most; `peak` is the highest it was. `is_low` is set above one
    mark and taken back below a lower one (hysteresis), so that a ticket does not flicker. `change` is how much the displeasure rose
    (or fell, negative) from the ticket's first messages to its last.
    """

    displeasure: float = 0.0
    peak: float = 0.0
    is_low: bool = False
    change: float = 0.0
    messages: int = 0
