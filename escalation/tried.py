"""Tried rules: what other rules and thresholds would have made of the past, from what each decision remembers and without a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from desk.decision import Decision
from desk.escalation import Escalation, Trigger
from desk.escalation_policy import What
from desk.facts import Occasion
from desk.ids import TicketId
from desk.policy import Policy
from desk.ticket import Attention
from escalation.case import Case
from escalation.hearing import MOODS, news
from escalation.kept import Pairs
from escalation.rules import evaluate

Read = Callable[[Pairs], Case]
"""Gives the case that was kept, with the names that pairs leave out."""


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule that speaks up about one ticket at one instant."""

    ticket: TicketId
    at: datetime
    rule: str
    does: What
    level: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What would fire that does not now, what would not any more, what stays as it is, and of how many decisions."""

    more: tuple[Firing, ...] = ()
    fewer: tuple[Firing, ...] = ()
    same: tuple[Firing, ...] = ()
    judged: int = 0
    not_judged: int = 0
    """Decisions about messages from before what rules look at was kept."""


@dataclass(slots=True)
class _Ticket:
    """What a ticket remembers while its past is gone through."""

    stood: frozenset[str] = frozenset()
    raised: list[Escalation] = field(default_factory=list)


def tried(decisions: Iterable[Decision], now: Policy, then: Policy, *, read: Read) -> Tried:
    """Return how the past differs under `then` from what it is under `now`: a rule that does something else counts as one more and one fewer."""
    said = [d for d in decisions if d.facts.occasion is Occasion.MESSAGE and not d.facts.empty]
    kept = [d for d in said if d.facts.weighed]
    # Dictionaries keep the order in which things happened.
    before, after = (dict.fromkeys(firings(kept, policy, read=read)) for policy in (now, then))
    return Tried(
        tuple(firing for firing in after if firing not in before),
        tuple(firing for firing in before if firing not in after),
        tuple(firing for firing in after if firing in before),
        len(kept),
        len(said) - len(kept),
    )


def firings(decisions: Sequence[Decision], policy: Policy, *, read: Read) -> Iterator[Firing]:
    """Yield what fires under a policy, decision by decision in the order they were made, with hysteresis and cool-down as they would have been."""
    tickets: dict[TicketId, _Ticket] = {}
    for decision in decisions:
        known = tickets.setdefault(decision.ticket, _Ticket())
        case = read(decision.facts.weighed)
        found = news(evaluate(case, policy), policy, stood=known.stood, raised=known.raised, now=decision.at, silent=_silent(decision))
        known.stood = found.standing if case.classification.is_request else found.standing | (known.stood - MOODS)
        spoke = (*found.triggers, *found.notices)
        if spoke:
            known.raised.append(Escalation(decision.id, decision.ticket, spoke, decision.at, policy.version))
        yield from (_firing(decision, trigger, policy) for trigger in spoke)


def _silent(decision: Decision) -> bool:
    return decision.facts.held or decision.facts.attention is not Attention.ACTIVE


def _firing(decision: Decision, trigger: Trigger, policy: Policy) -> Firing:
    return Firing(decision.ticket, decision.at, trigger.rule, policy.escalation.does.of(trigger.rule), trigger.level)
