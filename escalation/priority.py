"""Priority: a score from 0 to 100 that explains itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from desk.escalation import Trigger
from desk.escalation_policy import Growing
from desk.policy import Policy
from desk.sla import Standing
from desk.ticket import Level, Priority, Reason
from desk.triage import Sentiment
from escalation.case import Case

FALLING = "falling"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the signals look at: a case, the rules that fire in it, and the policy."""

    case: Case
    triggers: tuple[Trigger, ...]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Weight:
    """Points, and for what, in words that a teammate reads."""

    points: int = 0
    what: str = ""


Signal = Callable[[Seen], Weight]
SIGNALS: dict[str, Signal] = {}


def signal(name: str) -> Callable[[Signal], Signal]:
    """Register a signal; its reason's code is `priority_NAME`. A name taken twice fails at import."""

    def register(function: Signal) -> Signal:
        if name in SIGNALS:
            raise ValueError(f"two signals are named {name!r}")
        SIGNALS[name] = function
        return function

    return register


def score(case: Case, triggers: tuple[Trigger, ...], policy: Policy) -> Priority:
    """Add the base and every signal's points and clamp to 0..100; the reasons are the signals with points, heaviest first."""
    seen = Seen(case, triggers, policy)
    weights = {name: weight for name, function in SIGNALS.items() if (weight := function(seen)).points}
    total = max(0, min(100, policy.priority.base + sum(weight.points for weight in weights.values())))
    heaviest = sorted(weights.items(), key=lambda item: -abs(item[1].points))
    reasons = tuple(Reason(f"priority_{name}", (("points", f"{weight.points:+d}"), ("what", weight.what))) for name, weight in heaviest)
    return Priority(total, level_of(total, policy), reasons)


def level_of(total: int, policy: Policy) -> Level:
    """Return the level a score falls in."""
    marks = ((policy.priority.urgent, Level.URGENT), (policy.priority.high, Level.HIGH), (policy.priority.normal, Level.NORMAL))
    return next((level for mark, level in marks if total >= mark), Level.LOW)


@signal("tier")
def tier(seen: Seen) -> Weight:
    """What they pay for."""
    return Weight(seen.policy.priority.tiers.get(seen.case.tier.lower(), 0), seen.case.tier)


@signal("rule")
def rule(seen: Seen) -> Weight:
    """The heaviest rule that fires."""
    name, points = _heaviest(tuple(trigger.rule for trigger in seen.triggers), seen.policy.priority.rules)
    return Weight(points, name.replace("_", " "))


@signal("impact")
def impact(seen: Seen) -> Weight:
    """What the problem does to their business: what the rule that fires says already is not counted twice."""
    name, points = _heaviest(seen.case.classification.impact, seen.policy.priority.impact)
    return Weight() if name == rule(seen).what.replace(" ", "_") or points < _urgent(seen)[1] else Weight(points, name.replace("_", " "))


@signal("urgency")
def urgency(seen: Seen) -> Weight:
    """What a model hears makes it pressing, where that is more than the impact."""
    name, points = _urgent(seen)
    return Weight(points, name) if points > _heaviest(seen.case.classification.impact, seen.policy.priority.impact)[1] else Weight()


@signal("sentiment")
def sentiment(seen: Seen) -> Weight:
    """How they say it; loudness is worth little."""
    heard = seen.case.classification.sentiment
    return Weight(seen.policy.priority.sentiments.get(heard, 0), str(heard))


@signal("trend")
def trend(seen: Seen) -> Weight:
    """How their mood changed over the ticket."""
    mood, said = seen.case.mood, seen.case.classification.trend
    sank = mood.messages > 1 and mood.change >= seen.policy.escalation.worsening
    change = "worse" if sank else said
    return Weight(seen.policy.priority.trends.get(change, 0), change)


@signal("health")
def health(seen: Seen) -> Weight:
    """How well the account is, and where it goes."""
    account, weights = seen.case.account, seen.policy.priority.health
    if account is None or account.health is None:
        return Weight()
    low, falls = account.health < weights.below, account.health_trend == FALLING
    return Weight(low * weights.low + falls * weights.falling, f"health {account.health}{' and falling' if falls else ''}")


@signal("value")
def value(seen: Seen) -> Weight:
    """What the account is worth in a year."""
    worth = seen.case.account.value if seen.case.account else None
    return Weight(_grown(worth or 0, seen.policy.priority.value), f"EUR {worth or 0:,.0f} a year")


@signal("money")
def money(seen: Seen) -> Weight:
    """What is at stake."""
    amount = seen.case.money or 0
    return Weight(_grown(amount, seen.policy.priority.money), f"EUR {amount:,.0f} at stake")


@signal("contacts")
def contacts(seen: Seen) -> Weight:
    """How often they came before."""
    count = seen.case.contacts
    return Weight(_grown(count, seen.policy.priority.contacts), f"asked {count} time{'s' if count > 1 else ''} before")


@signal("affected")
def affected(seen: Seen) -> Weight:
    """How many others have the problem."""
    others = max(0, seen.case.affected - 1)
    return Weight(_grown(others, seen.policy.priority.affected), f"{others} other{'s' if others > 1 else ''} affected")


@signal("promise")
def promise(seen: Seen) -> Weight:
    """How the most pressing promise stands."""
    standing = next((each for each in (Standing.BREACHED, Standing.AT_RISK) if seen.case.stands(each)), None)
    return Weight(seen.policy.priority.promises.get(standing, 0), standing.replace("_", " ")) if standing else Weight()


@signal("answered")
def answered(seen: Seen) -> Weight:
    """Who was answered a short while ago can wait a little; not who says that the answer was none, or comes back displeased."""
    since, weights = seen.case.since_answer, seen.policy.priority.answered
    helped = not seen.case.not_solved and seen.case.classification.sentiment not in (Sentiment.FURIOUS, Sentiment.UNHAPPY)
    waits = since is None or since > weights.within or not helped
    return Weight() if waits or since is None else Weight(weights.points, f"answered {_ago(since)}")


def _urgent(seen: Seen) -> tuple[str, int]:
    name, points = _heaviest(seen.case.classification.urgency, seen.policy.priority.urgency)
    return name.replace("_", " "), points


def _heaviest(codes: tuple[str, ...], weights: Mapping[str, int]) -> tuple[str, int]:
    name = max(codes, key=lambda code: weights.get(code, 0), default="")
    return str(name), weights.get(name, 0)


def _grown(amount: Decimal | float, growing: Growing) -> int:
    return min(growing.most, int(float(amount) / growing.each) * growing.points) if growing.each else 0


def _ago(since: timedelta) -> str:
    if since < MINUTE:
        return "just now"
    return f"{since // HOUR} h ago" if since >= HOUR else f"{since // MINUTE} min ago"
