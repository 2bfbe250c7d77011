"""Checking escalation: every rule that policy names exists, levels are 1 to 3, and a mood is low above where it no longer is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from desk.escalation_policy import RulesDo

Found = tuple[str, object, str]
"""The path, what stands there, and what to write instead."""
RULES = tuple(field.name for field in fields(RulesDo))
HAPPENINGS = ("no_answer", "action_failed", "action_unknown", "observe", "down", "promise_passed")
"""What brings in or tells a person without being one of the rules."""
KNOWN = (*RULES, *HAPPENINGS)
LOUDEST, MOST_ROUNDS = 3, 10


def problems(values: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with rules, levels and counts in the sections of a policy; a section that could not be read was told of before."""
    if (escalation := values.get("escalation")) is not None:
        for rule, level in escalation.levels.items():
            yield from _rule(f"escalation.levels.{rule}", rule)
            if level is not None and not 1 <= level <= LOUDEST:
                yield f"escalation.levels.{rule}", level, "write 1 (a card or a line), 2 (it also mentions somebody) or 3 (it calls them)"
        yield from _rules("escalation.observe_pages", escalation.observe_pages)
    if (mood := values.get("mood")) is not None and mood.lifted > mood.low:
        yield "mood.lifted", mood.lifted, f"write at most {mood.low}, which is mood.low: a mood lifts below where it became low"
    if (incidents := values.get("incidents")) is not None and incidents.count < 2:
        yield "incidents.count", incidents.count, "write 2 or more: one complaint is no incident"
    yield from _called(values)


def _called(values: Mapping[str, Any]) -> Iterator[Found]:
    oncall, routing = values.get("oncall"), values.get("routing")
    if routing is not None:
        for n, rule in enumerate(routing.rules):
            yield from _rule(f"routing.rules.{n}.rule", rule.rule)
        if oncall is not None and routing.rota and oncall.rota(routing.rota) is None:
            yield (
                "routing.rota",
                routing.rota,
                f'write a rota that there is ({", ".join(r.name for r in oncall.rotas) or "none yet"}), or "" for the first one',
            )
    if oncall is not None:
        yield from _rules("oncall.urgent", oncall.urgent)
        for n, use in enumerate(oncall.use):
            yield from _rule(f"oncall.use.{n}.rule", use.rule)
            if use.level > LOUDEST:
                yield f"oncall.use.{n}.level", use.level, f"write a level up to {LOUDEST}: nothing is louder"
        for name, steps in oncall.chains.items():
            for n, step in enumerate(steps):
                if step.times > MOST_ROUNDS:
                    yield f"oncall.chains.{name}.{n}.times", step.times, f"write at most {MOST_ROUNDS}: a chain comes to its end, which is a manager"


def _rules(path: str, names: Iterable[str]) -> Iterator[Found]:
    for n, name in enumerate(names):
        yield from _rule(f"{path}.{n}", name or "?")


def _rule(path: str, name: str) -> Iterator[Found]:
    if name and name not in KNOWN:
        near = get_close_matches(name, KNOWN, n=1)
        yield path, name, f"there is no such rule; {f'did you mean {near[0]!r}?' if near else 'rules are ' + ', '.join(RULES)}"
