"""Escalation rules: each a few lines that say when a human is needed."""

from __future__ import annotations

from collections.abc import Callable

from desk.escalation import Trigger
from desk.policy import Policy
from desk.triage import Signal
from escalation.case import Case

Values = tuple[tuple[str, str], ...]
Rule = Callable[[Case, Policy], Values | None]
"""A rule returns None when it does not fire, else the values its reason is rendered with."""

RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register a rule under the name that policy and decisions use; a name taken twice fails at import."""

    def register(function: Rule) -> Rule:
        if name in RULES:
            raise ValueError(f"two rules are named {name!r}")
        RULES[name] = function
        return function

    return register


def evaluate(case: Case, policy: Policy) -> tuple[Trigger, ...]:
    """Return the rules that fire, strongest first (by level, then in the order they stand here)."""
    fired = [(name, values) for name, function in RULES.items() if (values := function(case, policy)) is not None]
    triggers = [Trigger(name, policy.escalation.levels.get(name, 1), values) for name, values in fired]
    return tuple(sorted(triggers, key=lambda trigger: -trigger.level))


@rule("security")
def security(case: Case, _: Policy) -> Values | None:
    """A vulnerability, a leaked key, an account taken over."""
    return _heard(case, Signal.SECURITY)


@rule("data_loss")
def data_loss(case: Case, _: Policy) -> Values | None:
    """A customer's data is gone."""
    return _heard(case, Signal.DATA_LOSS)


@rule("safety")
def safety(case: Case, _: Policy) -> Values | None:
    """Somebody may come to harm."""
    return _heard(case, Signal.SAFETY)


@rule("legal")
def legal(case: Case, _: Policy) -> Values | None:
    """Lawyers, regulators, claims."""
    return _heard(case, Signal.LEGAL)


@rule("asks_human")
def asks_human(case: Case, _: Policy) -> Values | None:
    """A human, asked for in any words; no argument."""
    return _heard(case, Signal.ASKS_HUMAN)


@rule("not_solved")
def not_solved(case: Case, policy: Policy) -> Values | None:
    """The customer said "not solved" once too often."""
    return (("count", str(case.not_solved)),) if case.not_solved >= policy.escalation.not_solved else None


@rule("loop")
def loop(case: Case, policy: Policy) -> Values | None:
    """The bot goes round in circles; who only says thanks asks for no next round."""
    if not case.classification.is_request:
        return None
    if case.repeats:
        return (("what", "the same answer again"),)
    if case.answers >= policy.answers.in_a_row:
        return (("what", f"{case.answers} answers in a row"),)
    return (("what", f"{case.questions} questions in a row"),) if case.questions >= policy.answers.questions_in_a_row else None


def _heard(case: Case, signal: Signal) -> Values | None:
    return () if signal in case.classification.signals else None
