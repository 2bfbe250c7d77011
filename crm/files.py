"""Files: the customer record, and the channels that go with it, from a folder of CSV files."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TypeVar

from desk.customer import Account, Identity, Invoice, Person, Role, Trust
from desk.errors import InvalidInput
from desk.ids import AccountId, PersonId
from desk.space import Channel, ChannelKind, ChannelRef, Platform, UserRef

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

SPACE = "main"
"""The one space of the local workspace."""
AGENTS = "agents"
"""The internal channel of this name is the agents channel."""
LISTED = re.compile(r"[;,\s]+")


@dataclass(frozen=True, slots=True)
class Records:
    """What a folder says. Identities are users of the local workspace whose id is the slug of their name, unverified ones included."""

    accounts: tuple[Account, ...] = ()
    people: tuple[Person, ...] = ()
    identities: tuple[Identity, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    channels: tuple[Channel, ...] = ()


def read_folder(folder: Path, *, at: datetime) -> Records:
    """Read accounts.csv, people.csv, invoices.csv and channels.csv; a file that is absent is empty, and so is an absent column that has a default.

    `at` is since when the identities and channels count. Raises InvalidInput naming file, line and column of the first value that is wrong.
    People who share a name need a column `id`; for the others the id is made of the name.
    """
    accounts = _unlike(_account, folder / "accounts.csv", column="name", key=lambda account: account.id)
    known = {account.name: account.id for _, account in accounts}
    people = _unlike(lambda line: _person(line, known), folder / "people.csv", column="id", key=lambda person: person.id)
    names = {person.name: person.id for _, person in people} | {str(person.id): person.id for _, person in people}
    invoices = _unlike(
        lambda line: _invoice(line, known), folder / "invoices.csv", column="number", key=lambda invoice: (invoice.account, invoice.number)
    )
    return Records(
        accounts=tuple(account for _, account in accounts),
        people=tuple(person for _, person in people),
        identities=tuple(_identity(line, person, at) for line, person in people),
        invoices=tuple(invoice for _, invoice in invoices),
        channels=tuple(_channel(line, known, names, at=at) for line in _lines(folder / "channels.csv")),
    )


def slug(name: str) -> str:
    """Return a name as ids are written: lower case, ASCII, words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "x" + name.encode().hex()


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a file by column."""

    file: Path
    number: int
    values: Mapping[str, str]

    def text(self, column: str, default: str | None = "") -> str:
        """Return a value; with None as the default it must be there."""
        value = self.values.get(column, "")
        if not value and default is None:
            raise self.wrong(column, "a value is missing")
        return value or default or ""

    def read(self, column: str, reader: Callable[[str], T], fix: str) -> T | None:
        """Return a value as `reader` reads it, None when it is empty."""
        value = self.text(column)
        try:
            return reader(value) if value else None
        except (ValueError, ArithmeticError) as error:
            raise self.wrong(column, f"{value!r} is wrong: write {fix}") from error

    def word(self, column: str, words: type[E], default: E) -> E:
        """Return one word of a list of words."""
        choice = {_spelled(word): word for word in words}
        found = self.read(column, lambda value: _chosen(choice, value), f"one of {', '.join(choice)}")
        # Trust none is zero, so "or" would turn it into the default.
        return default if found is None else found

    def named(self, column: str, known: Mapping[str, T]) -> T | None:
        """Return what a name in another file stands for."""
        value = self.text(column)
        if value and value not in known:
            raise self.wrong(column, f"nobody is called {value!r}")
        return known.get(value)

    def wrong(self, column: str, what: str) -> InvalidInput:
        """Return an error that says where."""
        return InvalidInput(f"{self.file}:{self.number}: column {column!r}: {what}")


def _lines(file: Path) -> Iterator[_Line]:
    if not file.exists():
        return
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            for row in reader:
                if None in row:
                    raise InvalidInput(f"{file}:{reader.line_num}: more values than columns: put values with commas in double quotes")
                yield _Line(file, reader.line_num, {name.strip(): (value or "").strip() for name, value in row.items()})
    except (csv.Error, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file}: it cannot be read as CSV in UTF-8: {error}") from error


def _unlike(read: Callable[[_Line], T], file: Path, *, column: str, key: Callable[[T], object]) -> list[tuple[_Line, T]]:
    """Read every line. Two that are one are an error: the later would become the record of the earlier, who may be somebody else."""
    found: dict[object, tuple[_Line, T]] = {}
    for line in _lines(file):
        row = read(line)
        if earlier := found.get(key(row)):
            raise line.wrong(column, f"this is line {earlier[0].number} again: give one of them another {column}")
        found[key(row)] = line, row
    return list(found.values())


def _account(line: _Line) -> Account:
    name = line.text("name", None)
    starts, ends = line.text("contract_start"), line.text("contract_end")
    domain = line.text("domain")
    return Account(
        AccountId(slug(name)),
        name,
        tier=line.text("tier"),
        zone=line.text("zone", "UTC"),
        contract=f"{starts} to {ends}" if starts and ends else line.text("contract", starts or ends),
        health=line.read("health", int, "a number from 0 to 100"),
        health_trend=line.text("health_trend"),
        value=line.read("value_eur", Decimal, "an amount such as 5040.00"),
        manager=line.text("manager"),
        first_response=_promised(line, "first_response"),
        next_response=_promised(line, "next_response"),
        resolution=_promised(line, "resolution"),
        hours=line.text("sla_hours"),
        fields=(("domain", domain),) if domain else (),
    )


def _promised(line: _Line, target: str) -> timedelta | None:
    """Read what an account's contract promises, None where it promises nothing."""
    minutes = line.read(f"sla_{target}_minutes", int, "a whole number of minutes")
    return None if minutes is None else timedelta(minutes=minutes)


def _person(line: _Line, accounts: Mapping[str, AccountId]) -> Person:
    name = line.text("name", None)
    return Person(
        PersonId(slug(line.text("id", name))),
        name,
        role=line.word("role", Role, Role.CUSTOMER),
        account=line.named("account", accounts),
        zone=line.text("zone", "UTC"),
        language=line.text("language"),
        email=line.text("email"),
        entitlements=_listed(line.text("entitlements")),
        skills=_listed(line.text("skills")),
    )


def _identity(line: _Line, person: Person, at: datetime) -> Identity:
    trust = line.word("trust", Trust, Trust.PERSON)
    return Identity(UserRef(Platform.LOCAL, SPACE, person.id), person.id, trust, how="the customer record", at=at)


def _invoice(line: _Line, accounts: Mapping[str, AccountId]) -> Invoice:
    account = line.named("account", accounts)
    amount = line.read("amount", Decimal, "an amount such as 420.00")
    if account is None or amount is None:
        raise line.wrong("amount" if account else "account", "a value is missing")
    return Invoice(
        account,
        line.text("number", None),
        amount,
        line.text("currency", "EUR"),
        line.text("status", "open"),
        issued=line.read("issued", date.fromisoformat, "a date such as 2026-11-03"),
        due=line.read("due", date.fromisoformat, "a date such as 2026-12-03"),
        link=line.text("link"),
    )


def _channel(line: _Line, accounts: Mapping[str, AccountId], people: Mapping[str, PersonId], *, at: datetime) -> Channel:
    name = line.text("name", None)
    kind = line.word("kind", ChannelKind, ChannelKind.COMMUNITY)
    account, person = line.named("account", accounts), line.named("person", people)
    if kind is ChannelKind.SHARED and account is None:
        raise line.wrong("account", "a shared channel needs its account")
    agents = kind is ChannelKind.INTERNAL and name == AGENTS
    return Channel(ChannelRef(Platform.LOCAL, SPACE, slug(name)), name, kind, at, account=account, person=person, agents=agents)


def _listed(text: str) -> frozenset[str]:
    return frozenset(filter(None, LISTED.split(text)))


def _spelled(word: Enum) -> str:
    """Words of a text enumeration are their values, of a numeric one their names."""
    return word.value if isinstance(word.value, str) else word.name.lower()


def _chosen(choice: Mapping[str, E], value: str) -> E:
    if value not in choice:
        raise ValueError(value)
    return choice[value]
