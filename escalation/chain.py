"""Chains: which one an escalation climbs, what it is at the start, and how it ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from desk.escalation import Trigger
from desk.oncall import Chain, OnCall, Step, StepKind, Use

T = TypeVar("T")
END = (Step(StepKind.MANAGER), Step(StepKind.CHANNEL))
"""Where every chain ends: never with nobody."""
LEAST = timedelta(minutes=10)
"""How long whoever was called last has, where a chain says nothing of waiting."""
PAUSES = frozenset({StepKind.WAIT, StepKind.REPEAT})
CONTRACTUAL = "contractual"
"""The value of a trigger that says that what is broken, or about to be, stands in a contract."""


def chosen(use: Sequence[Use], rules: Collection[str], *, level: int, tier: str, category: str) -> str:
    """Return the name of the chain of the first entry that fits; "" where a card is enough."""
    return next((entry.chain for entry in use if _fits(entry, rules, level=level, tier=tier, category=category)), "")


def frozen(oncall: OnCall, name: str, *, hold: timedelta) -> Chain | None:
    """Return a chain as it is now with everything it names; None where there is no such chain."""
    if name not in oncall.chains:
        return None
    steps = tuple(_named(step, oncall) for step in ended(oncall.chains[name]))
    named = {step.who for step in steps if step.kind is StepKind.GROUP}
    rotas = [rota for step in steps if step.kind is StepKind.ROTA and (rota := oncall.rota(step.who))]
    pagers = [pager for step in steps if step.kind is StepKind.WEBHOOK and (pager := oncall.pager(step.who))]
    groups = {group: people for group, people in oncall.groups.items() if group in named}
    return Chain(name, steps, hold, _once(rotas), groups, oncall.managers, _once(pagers))


def ended(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps of which the last that call anybody are a manager and a channel."""
    calling = [step.kind for step in steps if step.kind not in PAUSES]
    if set(calling[-len(END) :]) == {step.kind for step in END}:
        return tuple(steps)
    waits = (Step(StepKind.WAIT, span=LEAST),) if steps and steps[-1].kind not in PAUSES else ()
    return (*steps, *waits, *END)


def end_of(chain: Chain) -> int:
    """Return the index from which on a chain's steps are its end, which nothing holds back."""
    n = len(chain.steps)
    while n and chain.steps[n - 1].kind in (*PAUSES, StepKind.MANAGER, StepKind.CHANNEL):
        n -= 1
    return n


def wait_before(chain: Chain, n: int) -> timedelta:
    """Return how long those had who were called before step `n`, so that as much can be given again."""
    before = chain.steps[n - 1] if 0 < n <= len(chain.steps) else None
    return before.span if before and before.kind is StepKind.WAIT else LEAST


def is_urgent(triggers: Iterable[Trigger], urgent: Collection[str]) -> bool:
    """Tell whether nothing may hold a page back: a rule that policy calls urgent, or a contract that is broken."""
    return any(trigger.rule in urgent or dict(trigger.values).get(CONTRACTUAL) for trigger in triggers)


def _named(step: Step, oncall: OnCall) -> Step:
    """Return a step that names what it means where it says only the first: the chain keeps others beside it."""
    known = oncall.rota(step.who) if step.kind is StepKind.ROTA else oncall.pager(step.who) if step.kind is StepKind.WEBHOOK else None
    return replace(step, who=known.name) if known else step


def _fits(entry: Use, rules: Collection[str], *, level: int, tier: str, category: str) -> bool:
    return (
        level >= entry.level
        and entry.rule in ("", *rules)
        and entry.tier.casefold() in ("", tier.casefold())
        and entry.category.casefold() in ("", category.casefold())
    )


def _once(items: Iterable[T]) -> tuple[T, ...]:
    found: list[T] = []
    for item in items:
        if item not in found:
            found.append(item)
    return tuple(found)
