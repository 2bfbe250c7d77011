"""Customers: the embedded customer record in SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, delete, select

from desk.changes import DropIdentity, SaveIdentity
from desk.customer import TEAM, Account, Identity, Invoice, Person, Trust
from desk.ids import AccountId, PersonId
from desk.space import UserRef, parse_user
from store.challenges import drop_challenges
from store.database import Reads
from store.rows import Writer, all_of, one_of, pack, put, unpack
from store.schema import accounts, identities, invoices, people

Row = tuple[Table, Mapping[str, Any]]
ERASED = "erased"
"""The name of somebody whose row was emptied."""


class SqlCustomers(Reads):
    """Accounts, people, identities and invoices by id."""

    async def accounts(self) -> Sequence[Account]:
        """Return the accounts by id."""
        return await self.database.read(lambda c: all_of(c, Account, select(accounts.c.doc).order_by(accounts.c.id)))

    async def account(self, id: AccountId) -> Account | None:
        """Return an account."""
        return await self.database.read(lambda c: one_of(c, Account, select(accounts.c.doc).where(accounts.c.id == id)))

    async def people(self) -> Sequence[Person]:
        """Return the people by id, ours included."""
        return await self.database.read(lambda c: all_of(c, Person, select(people.c.doc).order_by(people.c.id)))

    async def person(self, id: PersonId) -> Person | None:
        """Return a person."""
        return await self.database.read(lambda c: one_of(c, Person, select(people.c.doc).where(people.c.id == id)))

    async def identity(self, user: UserRef) -> Identity | None:
        """Return whom a platform user is linked to."""
        return await self.database.read(lambda c: one_of(c, Identity, select(identities.c.doc).where(identities.c.user == str(user))))

    async def identities(self) -> Sequence[Identity]:
        """Return every link between a platform user and a person, by user."""
        return await self.database.read(lambda c: all_of(c, Identity, select(identities.c.doc).order_by(identities.c.user)))

    async def users(self, person: PersonId) -> Sequence[UserRef]:
        """Return the platform users linked to a person."""
        statement = select(identities.c.user).where(identities.c.person == person).order_by(identities.c.user)
        return await self.database.read(lambda c: [parse_user(user) for user in c.execute(statement).scalars()])

    async def invoices(self, account: AccountId) -> Sequence[Invoice]:
        """Return an account's invoices by number."""
        statement = select(invoices.c.doc).where(invoices.c.account == account).order_by(invoices.c.number)
        return await self.database.read(lambda c: all_of(c, Invoice, statement))

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins with their verified platform users, by name."""
        verified = (identities.c.person == people.c.id) & (identities.c.trust == Trust.PERSON)
        statement = select(identities.c.user, people.c.doc).join(people, verified).where(people.c.role.in_(TEAM))
        found: list[tuple[UserRef, Person]] = await self.database.read(
            lambda c: [(parse_user(user), unpack(Person, doc)) for user, doc in c.execute(statement)]
        )
        return sorted(found, key=lambda pair: (pair[1].name, str(pair[0])))

    async def save(
        self,
        *,
        accounts: Sequence[Account] = (),
        people: Sequence[Person] = (),
        identities: Sequence[Identity] = (),
        invoices: Sequence[Invoice] = (),
    ) -> None:
        """Insert or replace rows by id, in one transaction."""
        rows = [*map(_account, accounts), *map(_person, people), *map(_identity, identities), *map(_invoice, invoices)]
        await self.database.write(lambda c: _put_all(c, rows))

    async def merge(
        self, *, accounts: Sequence[Account], people: Sequence[Person], identities: Sequence[Identity], invoices: Sequence[Invoice]
    ) -> Mapping[str, Mapping[str, int]]:
        """Save what is new or different, in one transaction; return for each kind of row how many were added, changed and unchanged.

        An identity that says nothing new keeps its `at`.
        """

        def work(connection: Connection) -> Mapping[str, Mapping[str, int]]:
            links = [_since(connection, identity) for identity in identities]
            rows = {"accounts": map(_account, accounts), "people": map(_person, people), "identities": map(_identity, links)}
            return {kind: _merged(connection, each) for kind, each in {**rows, "invoices": map(_invoice, invoices)}.items()}

        return await self.database.write(work)

    async def forget(self, ids: Collection[PersonId]) -> int:
        """Empty these people's rows but for id, role and account, and unlink their platform users; return how many rows."""

        def work(connection: Connection) -> int:
            kept = all_of(connection, Person, select(people.c.doc).where(people.c.id.in_(ids)))
            _put_all(connection, [_person(Person(person.id, ERASED, person.role, person.account)) for person in kept])
            drop_challenges(connection, people=ids)
            return len(kept) + connection.execute(delete(identities).where(identities.c.person.in_(ids))).rowcount

        return await self.database.write(work)


def _put_all(connection: Connection, rows: Sequence[Row]) -> None:
    for table, values in rows:
        put(connection, table, values)


def _merged(connection: Connection, rows: Iterable[Row]) -> Mapping[str, int]:
    outcomes = Counter(added=0, changed=0, unchanged=0)
    for table, values in rows:
        keys = [column == values[column.name] for column in table.primary_key]
        kept = connection.execute(select(table.c.doc).where(*keys)).scalar()
        outcome = "added" if kept is None else "unchanged" if kept == values["doc"] else "changed"
        if outcome != "unchanged":
            put(connection, table, values)
        outcomes[outcome] += 1
    return outcomes


def _since(connection: Connection, identity: Identity) -> Identity:
    kept = one_of(connection, Identity, select(identities.c.doc).where(identities.c.user == str(identity.user)))
    return kept if kept and replace(kept, at=identity.at) == identity else identity


def _account(account: Account) -> Row:
    return accounts, {"id": account.id, "doc": pack(account)}


def _person(person: Person) -> Row:
    return people, {"id": person.id, "account": person.account, "role": person.role, "doc": pack(person)}


def _identity(identity: Identity) -> Row:
    return identities, {"user": str(identity.user), "person": identity.person, "trust": identity.trust, "doc": pack(identity)}


def _invoice(invoice: Invoice) -> Row:
    return invoices, {"account": invoice.account, "number": invoice.number, "doc": pack(invoice)}


def _link(connection: Connection, write: SaveIdentity) -> None:
    put(connection, *_identity(write.identity))


def _unlink(connection: Connection, write: DropIdentity) -> None:
    connection.execute(delete(identities).where(identities.c.user == str(write.user)))


WRITERS: Mapping[type, Writer] = {SaveIdentity: _link, DropIdentity: _unlink}
