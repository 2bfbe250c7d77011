"""The embedded customer record: who somebody is to us, and which of their fields may be quoted to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from desk import audience
from desk.audience import INTERNAL, PUBLIC, Audience, Scope
from desk.customer import Account, Author, Fact, Identity, Invoice, Person, Trust
from desk.ids import AccountId, PersonId
from desk.policy import Policy
from desk.ports import CustomerRows, PolicySource
from desk.space import Channel, ChannelKind, UserRef

BILLING = "billing"
"""The entitlement to see one's account's invoices and payments."""


class EmbeddedCrm:
    """The customer record that ships with Frontdesk, over rows of its own; policy says who may see which field."""

    def __init__(self, rows: CustomerRows, policy: PolicySource) -> None:
        self._rows = rows
        self._policy = policy

    async def identify(self, user: UserRef, name: str, channel: Channel) -> Author:
        """Bind a platform user to whom we know them as; only a verified identity binds a person and their role.

        A shared channel vouches for the account of whoever has no identity. Whoever has one keeps their own account there.
        """
        identity = await self._rows.identity(user)
        person = await self._rows.person(identity.person) if identity else None
        if identity and person and identity.trust is Trust.PERSON:
            return Author(user, name or person.name, person.role, person, await self._account(person.account), Trust.PERSON)
        account = await self._account(_account_of(identity, person, channel))
        return Author(user, name, account=account, trust=Trust.ACCOUNT if account else Trust.NONE)

    async def record(self, author: Author) -> Sequence[Fact]:
        """Return the fields that this author may have quoted to them, each with its audience; nothing at trust none, nothing internal."""
        facts = _facts(author, await self._policy.current(), await self._invoices(author))
        return [fact for fact in facts if fact.value and fact.audience != INTERNAL and _reaches(author.trust, fact.audience)]

    async def account(self, account: AccountId) -> Account | None:
        """Return an account."""
        return await self._rows.account(account)

    async def accounts(self) -> Sequence[Account]:
        """Return all accounts, by name."""
        return sorted(await self._rows.accounts(), key=lambda account: (account.name.casefold(), account.id))

    async def invoices(self, account: AccountId) -> Sequence[Invoice]:
        """Return all invoices of an account, for the team's eyes."""
        return await self._rows.invoices(account)

    async def person(self, person: PersonId) -> Person | None:
        """Return a person."""
        return await self._rows.person(person)

    async def users(self, person: PersonId) -> Sequence[UserRef]:
        """Return the platform users of a person."""
        return await self._rows.users(person)

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins with their verified platform users."""
        return await self._rows.team()

    async def identity(self, user: UserRef) -> Identity | None:
        """Return whom a platform user is linked to, since when and how we know; None for nobody."""
        return await self._rows.identity(user)

    async def find(self, words: str) -> Sequence[Person]:
        """Return the people who have this id, e-mail address or name, in any case, by id."""
        wanted, people = words.strip().casefold(), await self._rows.people()
        return [person for person in people if wanted and wanted in (name.casefold() for name in (person.id, person.email, person.name))]

    async def _account(self, id: AccountId | None) -> Account | None:
        return await self._rows.account(id) if id else None

    async def _invoices(self, author: Author) -> Sequence[Invoice]:
        """Invoices are the account's, so a person sees them only when entitled to."""
        if not (author.person and author.verified and author.account):
            return ()
        shown = BILLING in author.person.entitlements and "invoice" in (await self._policy.current()).audience.billing
        return await self._rows.invoices(author.account.id) if shown else ()


def _account_of(identity: Identity | None, person: Person | None, channel: Channel) -> AccountId | None:
    if identity and person and person.account and identity.trust is Trust.ACCOUNT:
        return person.account
    return channel.account if channel.kind is ChannelKind.SHARED else None


def _facts(author: Author, policy: Policy, invoices: Iterable[Invoice]) -> Iterator[Fact]:
    """Yield the whole record of an author; the caller leaves out what is not for them."""
    account, person = author.account, author.person

    def fact(key: str, kind: str, label: str, value: str, **attributes: str) -> Fact:
        pairs = tuple((name, content) for name, content in attributes.items() if content)
        return Fact(key, kind, label, value, _audience(policy.audience.fields.get(kind, ""), author), pairs)

    if account:
        yield fact("account:tier", "plan", "Plan", account.tier, plan=account.tier, account=account.name)
        yield fact("account:contract", "contract", "Contract", account.contract, contract=account.contract)
        yield fact("account:manager", "manager", "Account manager", account.manager, manager=account.manager)
        yield from (fact(f"account:{name}", name, name.replace("_", " ").capitalize(), value) for name, value in account.fields)
    if person:
        yield fact("person:email", "contact", "E-mail address", person.email)
    for invoice in invoices:
        parts = _parts(invoice)
        yield fact(f"invoice:{invoice.number}", "invoice", f"Invoice {invoice.number}", _sentence(parts), **parts)


def _audience(word: str, author: Author) -> Audience:
    """Return whom policy's word for a field means in this author's case; a field that policy does not name is internal."""
    if word == Scope.PUBLIC:
        return PUBLIC
    if word == Scope.ACCOUNT and author.account:
        return audience.account(author.account.id)
    if word == Scope.PERSON and author.person:
        return audience.person(author.person.id)
    return INTERNAL


def _reaches(trust: Trust, shown: Audience) -> bool:
    needed = Trust.PERSON if shown.scope is Scope.PERSON else Trust.ACCOUNT
    return trust >= needed


def _parts(invoice: Invoice) -> dict[str, str]:
    return {
        "number": invoice.number,
        "amount": f"{invoice.amount:.2f}",
        "currency": invoice.currency,
        "status": invoice.status,
        "due": invoice.due.isoformat() if invoice.due else "",
        "issued": invoice.issued.isoformat() if invoice.issued else "",
        "link": invoice.link,
    }


def _sentence(parts: Mapping[str, str]) -> str:
    due = f", due {parts['due']}" if parts["due"] else ""
    return f"{parts['number']}: {parts['currency']} {parts['amount']}, {parts['status']}{due}"
