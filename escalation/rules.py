"""Escalation rules: each a few lines that say when a human is needed."""

from __future__ import annotations

from collections.abc import Callable

from desk.escalation import Trigger
from desk.escalation_policy import What
from desk.policy import Policy
from desk.sla import Standing
from desk.triage import Impact, Sentiment, Signal
from escalation.case import Case
from escalation.vip import named

Values = tuple[tuple[str, str], ...]
Rule = Callable[[Case, Policy], Values | None]
"""A rule returns None when it does not fire, else the values its reason is rendered with."""

RULES: dict[str, Rule] = {}
LASTING = 3
"""How many messages tell that a mood is no moment's."""


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register a rule under the name that policy and decisions use; a name taken twice fails at import."""

    def register(function: Rule) -> Rule:
        if name in RULES:
            raise ValueError(f"two rules are named {name!r}")
        RULES[name] = function
        return function

    return register


def evaluate(case: Case, policy: Policy) -> tuple[Trigger, ...]:
    """Return the rules that fire and are not off, strongest first (by level, then in the order they stand here)."""
    on = [(name, function) for name, function in RULES.items() if policy.escalation.does.of(name) is not What.OFF]
    fired = [(name, values) for name, function in on if (values := function(case, policy)) is not None]
    triggers = [Trigger(name, level_of(name, policy), values) for name, values in fired]
    return tuple(sorted(triggers, key=lambda trigger: -trigger.level))


def level_of(name: str, policy: Policy) -> int:
    """Return how loud a rule is: 1 is a card, 2 a ping, 3 a page."""
    return policy.escalation.levels.get(name, 1)


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


@rule("displeased")
def displeased(case: Case, policy: Policy) -> Values | None:
    """A customer who has had enough: furious now, or displeased message after message."""
    furious = case.classification.sentiment is Sentiment.FURIOUS and case.classification.displeasure >= policy.escalation.displeased
    lasting = case.mood.messages >= LASTING and case.mood.displeasure >= policy.escalation.displeased
    return (("mood", f"{case.displeasure:.2f}"),) if furious or lasting else None


@rule("worsening")
def worsening(case: Case, policy: Policy) -> Values | None:
    """A mood that sinks from message to message, whatever it was at first; or a model says so of one that is low."""
    sank = case.mood.messages > 1 and case.mood.change >= policy.escalation.worsening
    return (("mood", f"{case.mood.change:+.2f}"),) if sank or (case.mood.is_low and case.classification.trend == "worse") else None


@rule("vip")
def vip(case: Case, policy: Policy) -> Values | None:
    """Whom policy names must not wait."""
    entry = named(case.account, case.person, policy.vip) if case.classification.is_request else ""
    return (("who", entry),) if entry else None


@rule("contractual_sla")
def contractual_sla(case: Case, policy: Policy) -> Values | None:
    """A time that stands in the contract is being used up."""
    running = [owed for owed in case.stands(Standing.RUNNING) + case.stands(Standing.AT_RISK) if owed.promise.contractual and owed.promise.span]
    most = max((owed.used / owed.promise.span for owed in running), default=0.0)
    return (("share", f"{most:.0%}"),) if running and most >= policy.escalation.contract_used else None


@rule("sla_at_risk")
def sla_at_risk(case: Case, _: Policy) -> Values | None:
    """A promise is about to be broken."""
    return _standing(case, Standing.AT_RISK)


@rule("sla_breached")
def sla_breached(case: Case, _: Policy) -> Values | None:
    """A promise was broken and is still owed."""
    return _standing(case, Standing.BREACHED)


@rule("money")
def money(case: Case, policy: Policy) -> Values | None:
    """Much money is at stake."""
    large = case.money is not None and case.money >= policy.escalation.money.limit
    return (("amount", f"EUR {case.money:,.0f}"),) if large else None


@rule("churn")
def churn(case: Case, policy: Policy) -> Values | None:
    """They speak of leaving, or are displeased and were not well before."""
    if Impact.CHURN in case.classification.impact:
        return (("what", "they speak of leaving"),)
    account = case.account
    ill = account is not None and account.health is not None and account.health < policy.escalation.churn_health
    falls = account is not None and account.health_trend == "falling"
    return (("what", "displeased, and their health falls"),) if ill and falls and case.mood.is_low else None


@rule("low_confidence")
def low_confidence(case: Case, policy: Policy) -> Values | None:
    """An answer to a top tier that is not sure."""
    top = case.tier.casefold() in (tier.casefold() for tier in policy.escalation.top_tiers)
    if not top or case.confidence is None or case.confidence >= case.threshold:
        return None
    return (("confidence", f"{case.confidence:.2f}"), ("threshold", f"{case.threshold:.2f}"))


@rule("repeated")
def repeated(case: Case, policy: Policy) -> Values | None:
    """They come back about one problem that was never solved."""
    again = case.classification.is_request and case.contacts >= policy.escalation.repeat.times
    return (("count", str(case.contacts)),) if again else None


@rule("incident")
def incident(case: Case, policy: Policy) -> Values | None:
    """Others have the same problem."""
    return (("count", str(case.affected)),) if case.affected >= policy.escalation.affected else None


def _heard(case: Case, signal: Signal) -> Values | None:
    return () if signal in case.classification.signals else None


def _standing(case: Case, standing: Standing) -> Values | None:
    found = case.stands(standing)
    return (("what", ", ".join(dict.fromkeys(owed.promise.target.replace("_", " ") for owed in found))),) if found else None
