"""Changes: what a script changes behind the desk's back, in the articles, the customer record or the policy."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import tomlkit

from bot.web.rooms import local_user
from cli.play.cast import account, invoice, person
from cli.play.keys import ACCOUNT, INVOICE, PERSON
from cli.play.library import write_articles
from cli.play.script import check_policy
from desk.customer import Account, Identity, Invoice, Person, Trust
from desk.errors import InvalidInput
from desk.policy_check import merged
from runtime import Runtime

Table = Mapping[str, Any]
Notes = list[str]
"""What the script's writer should know."""
R = TypeVar("R", Account, Person, Invoice)


def write_policy(home: Path, overrides: Table) -> None:
    """Write a checked policy file; its time of change always differs, because readers look at that."""
    path = home / "policy.toml"
    before = path.stat().st_mtime_ns if path.exists() else 0
    waiting = path.with_suffix(".new")
    waiting.write_text(tomlkit.dumps(overrides), encoding="utf-8")
    if waiting.stat().st_mtime_ns <= before:
        os.utime(waiting, ns=(before + 1_000_000, before + 1_000_000))
    waiting.replace(path)


async def ingest_again(desk: Runtime, folders: Sequence[Path]) -> Notes:
    """Bring the library in step with the play's folders; return what could not be read."""
    report = await desk.reading.ingest(folders) if folders else None
    return [f"{failure.path} was not taken in: {failure.reason}" for failure in report.failed] if report else []


async def change_articles(desk: Runtime, changes: Table) -> Notes:
    """Write or remove articles and ingest again."""
    return await ingest_again(desk, write_articles(desk.reading.records.settings.home, changes))


async def change_policy(desk: Runtime, changes: Table) -> Notes:
    """Lay changes over the home's policy file."""
    home = desk.reading.records.settings.home
    overrides = merged(tomllib.loads((home / "policy.toml").read_text(encoding="utf-8")), changes)
    check_policy(overrides)
    write_policy(home, overrides)
    await desk.services.policy.current()
    return []


async def change_record(desk: Runtime, changes: Table) -> Notes:
    """Change fields of accounts and people by name, and of invoices by number."""
    for name, values in changes.items():
        await _change(desk, name, values)
    return []


CHANGES: dict[str, Callable[[Runtime, Table], Awaitable[Notes]]] = {"kb": change_articles, "crm": change_record, "policy": change_policy}
"""What a script can change."""


async def _change(desk: Runtime, name: str, values: Table) -> None:
    customers = desk.customers
    accounts = await customers.accounts()
    if found := next((row for row in accounts if name in (row.name, row.id)), None):
        ACCOUNT.check({"name": found.name, **values}, f"account {name!r}")
        await customers.save(accounts=[_changed(found, account, values, {"name": found.name})])
    elif somebody := next((row for row in await customers.people() if name in (row.name, row.id)), None):
        PERSON.check({"name": somebody.name, **values}, f"person {name!r}")
        await customers.save(
            people=[_changed(somebody, person, values, {"name": somebody.name})], identities=await _identities(desk, somebody, values)
        )
    elif bill := next((bill for bills in [await customers.invoices(row.id) for row in accounts] for bill in bills if bill.number == name), None):
        required = {"account": bill.account, "number": bill.number, "amount": str(bill.amount)}
        INVOICE.check({**required, **values}, f"invoice {name!r}")
        await customers.save(invoices=[_changed(bill, invoice, values, required)])
    else:
        raise InvalidInput(f"there is no account, person or invoice {name!r}")


def _changed(row: R, read: Callable[[Table], R], values: Table, required: Table) -> R:
    """Return a row with the named fields as the script's tables are read."""
    new = read({**required, **values})
    return replace(row, **{field.name: getattr(new, field.name) for field in fields_of(row) if field.name in values})


async def _identities(desk: Runtime, somebody: Person, values: Table) -> list[Identity]:
    """Return what is now known of somebody, wherever they have a seat."""
    if "trust" not in values:
        return []
    users = await desk.customers.users(somebody.id) or [local_user(somebody.name)]
    return [Identity(user, somebody.id, Trust[values["trust"].upper()], how="script", at=desk.services.clock.now()) for user in users]
