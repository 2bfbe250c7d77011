"""Customers on the command line: a folder of CSV files brought into the customer record, and who is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from desk.customer import Identity, Person
    from desk.ids import PersonId

FILES = ("accounts.csv", "people.csv", "invoices.csv")

Folder = Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="A folder with accounts.csv, people.csv and invoices.csv.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Bring customers into the customer record, and see them.", no_args_is_help=True)
    group.command("import")(bring)
    group.command("list")(show)
    app.add_typer(group, name="customers")


def bring(folder: Folder, as_json: AsJson = False) -> None:
    """Bring the customer record in step with a folder of CSV files; what the files do not name stays as it is."""
    print_value(run_async(_bring(folder)), as_json=as_json, text=_counted)


def show(as_json: AsJson = False) -> None:
    """List the accounts and the people, with the platform users they are linked to and how sure we are of each."""
    print_value(run_async(_show()), as_json=as_json, text=_listed)


async def _bring(folder: Path) -> Mapping[str, Mapping[str, int]]:
    from crm.files import read_folder
    from desk.errors import InvalidInput
    from runtime import SystemClock
    from store.customers import SqlCustomers

    if not any((folder / name).exists() for name in FILES):
        raise InvalidInput(f"{str(folder)!r} has none of {', '.join(FILES)}: name the folder that has")
    found = read_folder(folder, at=SystemClock().now())
    async with records() as kept:
        return await SqlCustomers(kept.database).merge(
            accounts=found.accounts, people=found.people, identities=found.identities, invoices=found.invoices
        )


async def _show() -> dict[str, Any]:
    from store.customers import SqlCustomers

    async with records() as kept:
        customers = SqlCustomers(kept.database)
        accounts = [{"id": account.id, "name": account.name, "tier": account.tier} for account in await customers.accounts()]
        links: defaultdict[PersonId, list[Identity]] = defaultdict(list)
        for link in await customers.identities():
            links[link.person].append(link)
        return {"accounts": accounts, "people": [_person(person, links[person.id]) for person in await customers.people()]}


def _person(person: Person, links: Sequence[Identity]) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role.value,
        "account": person.account,
        "email": person.email,
        "entitlements": sorted(person.entitlements),
        "users": [{"user": str(link.user), "trust": link.trust.name.lower()} for link in links],
    }


def _counted(found: Mapping[str, Mapping[str, int]]) -> str:
    return "\n".join(f"{kind}: {', '.join(f'{n} {outcome}' for outcome, n in counts.items())}" for kind, counts in found.items())


def _listed(found: dict[str, Any]) -> str:
    lines = [f"{account['name']}  {account['tier'] or 'no tier'}  {account['id']}" for account in found["accounts"]]
    for person in found["people"]:
        users = ", ".join(f"{link['user']} ({link['trust']})" for link in person["users"]) or "no platform user"
        lines.append("  ".join(filter(None, (person["name"], person["role"], person["account"], person["email"], users))))
    return "\n".join(lines) or "Nobody yet; bring your customers in with: frontdesk customers import DIR"
