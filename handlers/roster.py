"""The roster: everybody of the team with what they can do, whatever the platform, the customer record and policy each know of them."""

from __future__ import annotations

from dataclasses import replace

from desk.customer import TEAM, Person
from desk.errors import Retryable
from desk.policy import Policy
from desk.space import Platform, UserRef
from escalation.routing import Teammate, teammate
from handlers.services import Services
from handlers.situation import team_of


async def roster(policy: Policy, services: Services, *, on: Platform | None = None) -> tuple[Teammate, ...]:
    """Return the teammates by name; those on one platform, where their tickets are on another than the rest of the team."""
    found = [(user, person) for user, person in (await team_of(services)).items() if person.role in TEAM and on in (None, user.platform)]
    recorded = await _recorded(services)
    people = [teammate(user, await _completed(user, person, recorded, services), policy.team.skills) for user, person in found]
    return tuple(sorted(people, key=lambda each: (each.name, each.user)))


async def _recorded(services: Services) -> dict[UserRef, Person]:
    try:
        return dict(await services.crm.team())
    except Retryable:
        return {}


async def _completed(user: UserRef, person: Person, recorded: dict[UserRef, Person], services: Services) -> Person:
    """Return somebody whom a platform names with what the customer record knows of them, by their user or their e-mail address."""
    known = recorded.get(user) or await _by_mail(person, services)
    if known is None:
        return person
    return replace(person, skills=person.skills | known.skills, language=person.language or known.language)


async def _by_mail(person: Person, services: Services) -> Person | None:
    try:
        found = await services.crm.find(person.email) if person.email else ()
    except Retryable:
        return None
    return found[0] if len(found) == 1 and found[0].role in TEAM else None
