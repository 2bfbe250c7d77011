"""Record: questions about the customer's own record, answered with policy's sentences filled from its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import combinations

from agent.figures import MONTHS
from agent.sentences import sentences
from agent.signals import plain
from desk.customer import Author, Fact

SAME_CHARGE_DAYS = 7
"""Two invoices of one amount issued within so many days are taken for one charge made twice; subscriptions are a month apart."""
UNPAID = frozenset({"open", "overdue"})
PENDING = UNPAID | {"refunding"}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and the fields it rests on."""

    text: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What the record says; `lacks` is the phrase for somebody who may not see the fields this takes, `quotes` that an article should say more."""

    said: tuple[Said, ...] = ()
    lacks: str = ""
    quotes: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One question, the author's fields and the sentences to answer in."""

    question: str
    author: Author
    facts: Sequence[Fact]
    phrases: Mapping[str, str]

    def of_kind(self, kind: str) -> tuple[Fact, ...]:
        """Return the fields of a kind."""
        return tuple(fact for fact in self.facts if fact.kind == kind)

    def phrase(self, code: str, **values: str) -> str:
        """Return a fixed sentence filled in; a value the record lacks leaves no gap."""
        return " ".join(self.phrases[code].format(**values).split())


def tell(intent: str, case: Case) -> Told:
    """Answer a question of one of the record intents; nothing for any other."""
    rule = INTENTS.get(intent)
    return rule(case) if rule else Told()


def _invoice_status(case: Case) -> Told:
    invoices = case.of_kind("invoice")
    if not invoices:
        return Told(lacks=_lacking(case.author))
    named = _named(case.question, invoices)
    unknown = (Said(case.phrase("invoice_unknown"), invoices[-3:]),) if _names_another(case.question, invoices) else ()
    if named or unknown:
        return Told((*unknown, *(_status(case, fact) for fact in named)))
    pending = tuple(fact for fact in invoices if _parts(fact).get("status") in PENDING)
    if pending:
        return Told(tuple(_status(case, fact) for fact in pending))
    return Told((Said(case.phrase("invoice_none_open"), invoices[-3:]), _status(case, max(invoices, key=_issued_or_due))))


def _duplicate_charge(case: Case) -> Told:
    invoices = case.of_kind("invoice")
    if not invoices:
        return Told(lacks=_lacking(case.author), quotes=True)
    pair = _twice(invoices)
    if pair is None:
        return Told(quotes=True)
    parts = _parts(pair[0])
    numbers = ", ".join(_parts(fact)["number"] for fact in pair)
    same = Said(case.phrase("duplicate_charge", currency=parts["currency"], amount=parts["amount"], numbers=numbers), pair)
    return Told((same, *(_status(case, fact) for fact in pair)), quotes=True)


def _suspended(case: Case) -> Told:
    invoices = case.of_kind("invoice")
    if not invoices:
        return Told(lacks=_lacking(case.author), quotes=True)
    overdue = tuple(fact for fact in invoices if _parts(fact).get("status") == "overdue")
    if not overdue:
        return Told((Said(case.phrase("not_suspended"), invoices[-3:]),), quotes=True)
    currency = _parts(overdue[0])["currency"]
    # Amounts of two currencies have no sum: the first one's are added up.
    due = tuple(fact for fact in overdue if _parts(fact)["currency"] == currency)
    total = sum((Decimal(_parts(fact)["amount"]) for fact in due), Decimal(0))
    numbers = ", ".join(_parts(fact)["number"] for fact in due)
    # Each invoice follows with its link: knowing what is owed is of little use without the page where it is paid.
    owed = Said(case.phrase("suspended", currency=currency, amount=f"{total:.2f}", list=numbers), due)
    return Told((owed, *(_status(case, fact) for fact in due)), quotes=True)


def _plan(case: Case) -> Told:
    plans, contracts = case.of_kind("plan"), case.of_kind("contract")
    if not plans:
        return Told(lacks="" if case.author.verified else "verify")
    parts = {**_parts(plans[0]), **(_parts(contracts[0]) if contracts else {})}
    name = parts.get("account") or (case.author.account.name if case.author.account else "")
    said = sentences(case.phrase("plan", account=name, plan=parts.get("plan", plans[0].value).capitalize(), contract=parts.get("contract", "")))
    return Told((Said(said[0], plans[:1]), *(Said(sentence, contracts[:1]) for sentence in said[1:] if contracts)))


def _account_manager(case: Case) -> Told:
    managers = case.of_kind("manager")
    if not managers:
        return Told(lacks="" if case.author.verified else "verify")
    manager = _parts(managers[0]).get("manager", managers[0].value)
    return Told((Said(case.phrase("account_manager", manager=manager), managers[:1]),))


INTENTS: Mapping[str, Callable[[Case], Told]] = {
    "invoice_status": _invoice_status,
    "duplicate_charge": _duplicate_charge,
    "suspended": _suspended,
    "plan": _plan,
    "account_manager": _account_manager,
}
"""The intents of the head of that name; what it calls `none` has no rule."""


def _lacking(author: Author) -> str:
    return "not_entitled" if author.verified else "verify"


def _status(case: Case, fact: Fact) -> Said:
    parts = {"number": "", "amount": "", "currency": "", "status": "", "due": "", "link": "", **_parts(fact)}
    return Said(case.phrase("invoice_status", **parts), (fact,))


def _named(question: str, invoices: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return the invoices a question names by number, else those issued in a month it names."""
    said = plain(question)
    digits = set(re.findall(r"\d{2,}", said))
    by_number = tuple(fact for fact in invoices if re.sub(r"\D", "", _parts(fact).get("number", "")) in digits)
    if by_number:
        return by_number
    # "May" and "mar" are words as well: a month is not taken from them.
    months = {MONTHS[word] for word in re.findall(r"[a-z]{3,}", said) if word in MONTHS and word not in {"may", "mar", "mai"}}
    return tuple(fact for fact in invoices if (issued := _day(fact)) and issued.month in months)


def _names_another(question: str, invoices: Sequence[Fact]) -> bool:
    """Tell whether a question names a number of these invoices' series that none of them has; its answer is not one of these."""
    numbers = [plain(_parts(fact).get("number", "")) for fact in invoices]
    series = {re.escape(found[0]) for number in numbers if (found := re.match("[a-z]+", number))}
    named = re.findall(rf"\b(?:{'|'.join(sorted(series))})[-_ /#]*(\d[\d/_-]*\d)", plain(question)) if series else []
    return bool({re.sub(r"\D", "", number) for number in named} - {re.sub(r"\D", "", number) for number in numbers})


def _twice(invoices: Sequence[Fact]) -> tuple[Fact, Fact] | None:
    """Return the latest two invoices that look like one charge made twice."""
    found = [pair for pair in combinations(sorted(invoices, key=_issued_or_due), 2) if _alike(*pair)]
    return found[-1] if found else None


def _alike(first: Fact, second: Fact) -> bool:
    one, other = _parts(first), _parts(second)
    days = _day(first), _day(second)
    same = _amount(one) is not None and _amount(one) == _amount(other) and one.get("currency") == other.get("currency")
    return bool(same and days[0] and days[1] and abs((days[1] - days[0]).days) <= SAME_CHARGE_DAYS)


def _amount(parts: Mapping[str, str]) -> Decimal | None:
    try:
        return Decimal(parts.get("amount", ""))
    except InvalidOperation:
        return None


def _day(fact: Fact) -> date | None:
    try:
        return date.fromisoformat(_parts(fact).get("issued", ""))
    except ValueError:
        return None


def _issued_or_due(fact: Fact) -> tuple[str, str]:
    parts = _parts(fact)
    return parts.get("issued") or parts.get("due", ""), parts.get("number", "")


def _parts(fact: Fact) -> dict[str, str]:
    return dict(fact.attributes)
