"""Whom a command names: a mention, a platform's id, a name or an e-mail address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desk.customer import Identity, Person
from desk.errors import InvalidInput
from desk.ids import PersonId
from desk.space import Platform, UserRef, parse_user
from desk.ticket import Ticket
from handlers.services import Services

MENTION = re.compile(r"<@!?(?P<id>\w+)(?:\|[^>]*)?>")
MAIL = re.compile(r"<mailto:(?P<mail>[^|>]+)(?:\|[^>]*)?>")
PICKED = re.compile(r"[UW][A-Z0-9]{6,}|\d{15,}")
"""What a picker gives: the platform's id of a user, as Slack or Discord writes it."""
WRITE = "write @name, a name, an e-mail address, a person's id or platform/space/id"


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody: their person in the customer record, None for nobody known, and their platform users."""

    name: str
    person: Person | None = None
    users: tuple[UserRef, ...] = ()

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Return their id in the customer record, if they have one."""
        return (self.person.id,) if self.person else ()

    @property
    def ids(self) -> str:
        """Return them without their name: `mara-voss, slack/T0ACME/U0MARA`."""
        return ", ".join([*self.people, *map(str, self.users)])

    def is_called(self, words: str) -> bool:
        """Tell whether somebody wrote the name, in whatever case."""
        return bool(self.name) and " ".join(words.split()).casefold() == self.name.casefold()

    def has(self, ticket: Ticket) -> bool:
        """Tell whether a ticket is theirs."""
        return ticket.customer in self.users or (self.person is not None and ticket.person == self.person.id)


def user_of(words: str, near: UserRef) -> UserRef | None:
    """Return the platform user that a mention, a picker or a whole id names, in the space of `near`; None for other words."""
    if found := MENTION.fullmatch(words):
        return UserRef(near.platform, near.space, found["id"])
    if near.platform is not Platform.LOCAL and PICKED.fullmatch(words):
        return UserRef(near.platform, near.space, words)
    if words.count("/") == 2 and words.partition("/")[0] in set(Platform):
        return parse_user(words)
    return None


async def whom(words: str, near: UserRef, services: Services) -> Whom:
    """Return who is meant; raise InvalidInput for nobody, and for several: one must not be taken for another."""
    words = " ".join(words.split())
    if user := user_of(words, near):
        return await _by_user(user, services)
    said, people = await _known(words, services)
    if people:
        return Whom(people[0].name, people[0], tuple(await services.crm.users(people[0].id)))
    return await _by_tickets(said, services)


async def person_of(words: str, services: Services) -> Person:
    """Return the person of the customer record that is meant by an id, an e-mail address or a name; raise InvalidInput for none and for several."""
    said, people = await _known(words, services)
    if not people:
        raise InvalidInput(f"The customer record has nobody {said!r}: write an e-mail address, a name or an id as it has them.")
    return people[0]


async def link_of(user: UserRef, services: Services) -> tuple[Identity | None, Person | None]:
    """Return whom a platform user is linked to and how, None twice for nobody."""
    identity = await services.crm.identity(user)
    return identity, await services.crm.person(identity.person) if identity else None


async def _known(words: str, services: Services) -> tuple[str, Sequence[Person]]:
    """Return what was written without its markup, and who is called so: one at most, for several raise InvalidInput."""
    found = MAIL.fullmatch(words)
    said = found["mail"] if found else words.removeprefix("@")
    people = await services.crm.find(said)
    if len(people) > 1:
        raise InvalidInput(f"{len(people)} people are called {said!r}: write the id of one, {' or '.join(person.id for person in people)}.")
    return said, people


async def _by_user(user: UserRef, services: Services) -> Whom:
    _, person = await link_of(user, services)
    if person:
        return Whom(person.name, person, tuple(dict.fromkeys((user, *await services.crm.users(person.id)))))
    wrote = [ticket.customer_name for ticket in await services.store.tickets() if ticket.customer == user]
    return Whom(next(filter(None, reversed(wrote)), ""), None, (user,))


async def _by_tickets(name: str, services: Services) -> Whom:
    """Return who opened tickets under a name without being in the customer record."""
    found = {ticket.customer: ticket.customer_name for ticket in await services.store.tickets() if ticket.customer_name.casefold() == name.casefold()}
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} people write as {name!r}: write {' or '.join(map(str, found))}.")
    if not found:
        raise InvalidInput(f"I know nobody {name!r}: {WRITE}.")
    user, called = next(iter(found.items()))
    linked = await _by_user(user, services)
    return linked if linked.person else Whom(called, None, (user,))
