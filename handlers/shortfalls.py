"""Shortfalls: what could not be used as it should while a decision was worked out, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

FAULTS: Mapping[str, str] = {
    "busy": "was busy",
    "cut": "ended its reply early",
    "dropped": "broke off",
    "key": "refused our key",
    "open": "is left alone for a while after it failed",
    "refused": "would not answer",
    "rejected": "did not take what it was sent",
    "slow": "did not answer in time",
    "spend_limit": "has reached the spending limit at its vendor",
    "too_long": "cannot read that much at once",
    "unknown_model": "does not exist, or not any more",
    "unreachable": "could not be reached",
    "unreadable": "answered what nobody can read",
}
"""How a call of the model failed."""
BUDGETS: Mapping[str, str] = {
    "channel": "this channel's budget of the day",
    "day": "the budget of the day",
    "person": "this person's budget of the day",
    "ticket": "this ticket's budget",
}
BOUNDS: Mapping[str, str] = {"time": "time", "tokens": "tokens", "turns": "calls"}
KINDS: Mapping[str, tuple[Mapping[str, str], Callable[[str], str]]] = {
    "model": (FAULTS, lambda how: f"the language model {how}"),
    "triage": ({**FAULTS, "budget": "has no budget left"}, lambda how: f"the language model that classifies {how}"),
    "budget": (BUDGETS, lambda whose: f"{whose} for the language model is used up"),
    "bound": (BOUNDS, lambda what: f"the {what} that one turn may take are used up" if what != "time" else "the time that one turn may take is over"),
}
"""For each kind of code, what may follow it, and the sentence that this makes."""


def shortfall(code: str) -> str:
    """Return a code of `Facts.degraded` as a sentence (model_busy, triage_slow, budget_day, bound_turns); one that nobody knows as its words."""
    kind, _, what = code.partition("_")
    known, sentence = KINDS.get(kind, ({}, str))
    return sentence(known[what]) if what in known else code.replace("_", " ")
