"""Kept cases: the numbers and labels that rules and priority looked at, as pairs that a decision remembers, and read back from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from desk.customer import Account, Person
from desk.ids import AccountId, PersonId
from desk.mood import Mood
from desk.sla import Owed, Promise, Standing, Target
from desk.triage import Classification, Impact, Sentiment, Signal
from escalation.case import Case

Pairs = tuple[tuple[str, str], ...]
LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""Since when a kept promise runs: no rule asks."""


def kept(case: Case) -> Pairs:
    """Return a case as pairs without any text of a customer's, names or addresses; what is as it usually is is left out."""
    return tuple((name, value) for name, value in _pairs(case) if value)


def case_of(pairs: Pairs, *, account: Account | None = None, person: Person | None = None) -> Case:
    """Return the case that was kept. `account` and `person` give the names that pairs leave out, where they are still known and the same."""
    found = dict(pairs)
    return Case(
        _classification(found),
        _account(found, account),
        int(found.get("not_solved", 0)),
        int(found.get("answers", 0)),
        int(found.get("questions", 0)),
        "repeats" in found,
        mood=_mood(found),
        owed=tuple(map(_owed, _listed(found, "owed"))),
        contacts=int(found.get("contacts", 0)),
        affected=int(found.get("affected", 1)),
        confidence=float(found["confidence"]) if "confidence" in found else None,
        threshold=float(found.get("threshold", 1.0)),
        money=Decimal(found["money"]) if "money" in found else None,
        since_answer=timedelta(seconds=float(found["since_answer"])) if "since_answer" in found else None,
        person=_person(found, person),
    )


def _pairs(case: Case) -> Iterator[tuple[str, str]]:
    c, account = case.classification, case.account
    yield from (("category", c.category), ("sentiment", str(c.sentiment)), ("trend", c.trend), ("language", c.language or ""))
    yield from (("is_request", str(int(c.is_request))), ("displeasure", _number(c.displeasure)))
    yield from (("signals", _joined(sorted(c.signals))), ("impact", _joined(c.impact)), ("urgency", _joined(c.urgency)))
    if account:
        yield from (("account", account.id), ("tier", account.tier), ("health_trend", account.health_trend))
        yield from (("health", "" if account.health is None else str(account.health)), ("value", "" if account.value is None else str(account.value)))
    yield "person", case.person.id if case.person else ""
    for name in ("not_solved", "answers", "questions", "repeats", "contacts"):
        yield name, _number(getattr(case, name))
    yield "affected", str(case.affected) if case.affected != 1 else ""
    mood = case.mood
    yield from (("mood", _number(mood.displeasure)), ("mood_peak", _number(mood.peak)), ("mood_change", _number(mood.change)))
    yield from (("mood_low", _number(mood.is_low)), ("mood_messages", _number(mood.messages)))
    yield "owed", _joined(map(_promise, case.owed))
    if case.confidence is not None:
        yield from (("confidence", repr(case.confidence)), ("threshold", repr(case.threshold)))
    yield "money", "" if case.money is None else str(case.money)
    yield "since_answer", "" if case.since_answer is None else repr(case.since_answer.total_seconds())


def _number(value: float) -> str:
    return repr(int(value) if value == int(value) else value) if value else ""


def _joined(words: Iterable[str]) -> str:
    return " ".join(map(str, words))


def _listed(found: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(found.get(name, "").split())


def _classification(found: Mapping[str, str]) -> Classification:
    return Classification(
        found.get("category", ""),
        0.0,
        is_request=found.get("is_request") == "1",
        sentiment=Sentiment(found.get("sentiment", Sentiment.NEUTRAL)),
        displeasure=float(found.get("displeasure", 0)),
        impact=tuple(map(Impact, _listed(found, "impact"))),
        language=found.get("language"),
        signals=frozenset(map(Signal, _listed(found, "signals"))),
        trend=found.get("trend", ""),
        urgency=_listed(found, "urgency"),
    )


def _account(found: Mapping[str, str], known: Account | None) -> Account | None:
    if "account" not in found:
        return None
    name = known.name if known and known.id == found["account"] else ""
    return Account(
        AccountId(found["account"]),
        name,
        tier=found.get("tier", ""),
        health=int(found["health"]) if "health" in found else None,
        health_trend=found.get("health_trend", ""),
        value=Decimal(found["value"]) if "value" in found else None,
    )


def _person(found: Mapping[str, str], known: Person | None) -> Person | None:
    if "person" not in found:
        return None
    return known if known and known.id == found["person"] else Person(PersonId(found["person"]), "")


def _mood(found: Mapping[str, str]) -> Mood:
    displeasure, peak, change = (float(found.get(name, 0)) for name in ("mood", "mood_peak", "mood_change"))
    return Mood(displeasure, peak, "mood_low" in found, change, int(found.get("mood_messages", 0)))


def _promise(owed: Owed) -> str:
    """Write a promise as `target/standing/seconds of span/seconds used/contractual`."""
    promise = owed.promise
    return f"{promise.target}/{owed.standing}/{promise.span.total_seconds():.0f}/{owed.used.total_seconds():.0f}/{int(promise.contractual)}"


def _owed(word: str) -> Owed:
    target, standing, span, used, contractual = word.split("/")
    promise = Promise(Target(target), timedelta(seconds=int(span)), contractual=contractual == "1")
    return Owed(promise, Standing(standing), LONG_AGO, used=timedelta(seconds=int(used)))
