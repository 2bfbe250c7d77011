"""Ground: what an escalation finds when it calls somebody: the team, who stands in for whom, and who was called before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from desk.customer import LEADS, TEAM, Person, Role
from desk.oncall import ADMINS, Chain, OnCall, Override, Shift, Step, StepKind
from desk.oncall import LEADS as LEADS_GROUP
from desk.oncall import TEAM as TEAM_GROUP
from desk.paging import Page
from desk.space import Platform, UserRef
from escalation import rota

GROUPS: Mapping[str, frozenset[Role]] = {LEADS_GROUP: LEADS, ADMINS: frozenset({Role.ADMIN}), TEAM_GROUP: TEAM}


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whom a step names. Without a `user` nobody can reach them."""

    name: str
    user: UserRef | None = None
    person: Person | None = None

    @property
    def zone(self) -> str:
        """Return the zone whose night is theirs."""
        return self.person.zone if self.person and self.person.zone else "UTC"


@dataclass(frozen=True, slots=True)
class Called:
    """Whom a step calls: all of `people`, or the first of them who may still be called (`one`). With nobody, `why` is the code of the reason."""

    people: tuple[Somebody, ...] = ()
    one: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What stands around an escalation at an instant. `pages` are those of everybody, lately; `imported` the shifts of a rota's calendar.

    `home` is the platform where the team works, on which somebody is called who is on several.
    """

    oncall: OnCall
    team: Mapping[UserRef, Person] = field(default_factory=dict)
    pages: tuple[Page, ...] = ()
    overrides: tuple[Override, ...] = ()
    imported: Mapping[str, Sequence[Shift]] = field(default_factory=dict)
    manager: str = ""
    """The account manager of the customer."""
    channels: frozenset[str] = frozenset()
    """The team's channels by name, with "" for the agents channel."""
    home: Platform | None = None

    def named(self, name: str) -> Somebody:
        """Return who goes by a name, an e-mail address or a platform's id; without a user where the team has nobody like that."""
        wanted = name.strip().casefold()
        known = [(user, person) for user, person in self.team.items() if wanted in _names(user, person)]
        return next((Somebody(person.name, user, person) for user, person in self._near(known)), Somebody(name))

    def of_role(self, roles: frozenset[Role]) -> tuple[Somebody, ...]:
        """Return the people of a role, leads before admins and by name, each on one platform."""
        known = self._near([(user, person) for user, person in self.team.items() if person.role in roles])
        found: dict[str, Somebody] = {}
        for user, person in sorted(known, key=lambda pair: (pair[1].role is Role.ADMIN, pair[1].name)):
            found.setdefault(person.id, Somebody(person.name, user, person))
        return tuple(found.values())

    def _near(self, known: Sequence[tuple[UserRef, Person]]) -> list[tuple[UserRef, Person]]:
        return sorted(known, key=lambda pair: (pair[0].platform is not self.home, str(pair[0])))


def called(step: Step, chain: Chain, ground: Ground, at: datetime) -> Called:
    """Return whom a step calls at an instant; a step that calls no person returns nobody and no reason."""
    match step.kind:
        case StepKind.PERSON:
            return Called((ground.named(step.who),))
        case StepKind.ROTA:
            return _of_rota(step, chain, ground, at)
        case StepKind.GROUP:
            return _some(_members(step.who, chain, ground), "nobody_in_group")
        case StepKind.ACCOUNT_MANAGER:
            return Called((ground.named(ground.manager),)) if ground.manager else Called(why="no_account_manager")
        case StepKind.MANAGER:
            named = tuple(map(ground.named, chain.managers)) or ground.of_role(GROUPS[ADMINS])
            return _some(named or ground.of_role(LEADS), "no_manager")
        case _:
            return Called()


def _of_rota(step: Step, chain: Chain, ground: Ground, at: datetime) -> Called:
    found = next((known for known in chain.rotas if step.who in ("", known.name)), None)
    if found is None:
        # A desk without any rota has its leads.
        return Called(ground.of_role(LEADS), one=True) if not step.who and ground.of_role(LEADS) else Called(why="no_rota")
    names = rota.bench(found, at, overrides=ground.overrides, imported=ground.imported.get(found.name, ()))
    return Called(tuple(map(ground.named, names)), one=True) if names else Called(why="gap")


def _members(name: str, chain: Chain, ground: Ground) -> tuple[Somebody, ...]:
    if name in chain.groups:
        return tuple(map(ground.named, chain.groups[name]))
    return ground.of_role(GROUPS.get(name, frozenset()))


def _some(people: tuple[Somebody, ...], why: str) -> Called:
    return Called(people) if people else Called(why=why)


def _names(user: UserRef, person: Person) -> Iterator[str]:
    yield from (name.casefold() for name in (person.name, person.email, str(person.id), str(user), user.id) if name)
