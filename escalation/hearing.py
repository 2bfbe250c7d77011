"""Hearing: which of the rules that fire are news, so that nobody is told twice of what stands as it stood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from desk.escalation import Escalation, Trigger
from desk.escalation_policy import What
from desk.facts import HARD
from desk.policy import Policy

SAID = HARD | {"not_solved", "loop"}
"""Rules about what was said or done just now: each time is news. All others are about how things stand."""

MOODS = frozenset({"displeased", "worsening"})
"""Rules that any message may end, also one that asks nothing."""


@dataclass(frozen=True, slots=True)
class News:
    """What the rules that fire come to: those that bring in a person, those that only tell one, and all rules that stand by now."""

    triggers: tuple[Trigger, ...] = ()
    notices: tuple[Trigger, ...] = ()
    standing: frozenset[str] = frozenset()


def news(
    fired: tuple[Trigger, ...], policy: Policy, *, stood: frozenset[str], raised: Iterable[Escalation], now: datetime, silent: bool = False
) -> News:
    """Sort the rules that fire, strongest first. `stood` are those that stood when the ticket was weighed last, `raised` its escalations.

    A rule about how things stand speaks up when it begins to stand, and not within the cool-down of when it last did (hysteresis). Where the
    bot is `silent` because somebody is on it, that it goes round in circles or solved nothing is told no oftener either.
    """
    always = HARD if silent else SAID
    last = last_raised(raised)
    quiet = {rule for rule, at in last.items() if now - at < policy.escalation.cool_down}
    fresh = tuple(trigger for trigger in fired if trigger.rule in always or (trigger.rule not in stood and trigger.rule not in quiet))
    triggers, notices = apart(fresh, policy)
    return News(triggers, notices, frozenset(trigger.rule for trigger in fired if trigger.rule not in SAID))


def apart(fired: tuple[Trigger, ...], policy: Policy) -> tuple[tuple[Trigger, ...], tuple[Trigger, ...]]:
    """Return the rules that bring in a person, and those that only tell one."""
    hands = {trigger.rule for trigger in fired if policy.escalation.does.of(trigger.rule) is What.HAND_OVER}
    return tuple(t for t in fired if t.rule in hands), tuple(t for t in fired if t.rule not in hands)


def last_raised(raised: Iterable[Escalation]) -> dict[str, datetime]:
    """Return when each rule last spoke up."""
    found: dict[str, datetime] = {}
    for escalation in raised:
        for rule in escalation.rules:
            found[rule] = max(escalation.at, found.get(rule, escalation.at))
    return found
