"""Simulation: who would be told what and when, were a rule to fire at an instant and nobody to take it up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from desk.customer import Person, Role
from desk.escalation import Escalation, Trigger
from desk.ids import OutboxId, PersonId, TicketId
from desk.oncall import OnCall, Shift
from desk.paging import Page
from desk.space import Platform, UserRef
from desk.ticket import Reason
from escalation.chain import chosen, frozen
from escalation.climb import climb
from escalation.ground import Ground

TICKET = TicketId("t-simulated")
LONGEST = 200
"""Walks after which a chain counts as endless; policy lets none be."""
UNKNOWN = "unknown"
"""The space of people whom policy names and the customer record does not know."""


@dataclass(frozen=True, slots=True)
class Question:
    """What fires, when, and for whom. `paged` is how many pages everybody has had this night already."""

    rule: str
    level: int
    at: datetime
    tier: str = ""
    category: str = ""
    manager: str = ""
    contractual: bool = False
    paged: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that would happen: `code` as an escalation's steps have it."""

    at: datetime
    code: str
    step: str = ""
    who: str = ""
    until: datetime | None = None
    known: bool = True
    """Whoever it is stands in the customer record, so that it is known how to reach them."""


@dataclass(frozen=True, slots=True)
class Course:
    """The chain that would be climbed ("" for none) and what would happen on it, in order."""

    chain: str
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The policy and the people a simulation is made with; `zone` is the night of those nobody knows."""

    oncall: OnCall
    team: Mapping[UserRef, Person] = field(default_factory=dict)
    imported: Mapping[str, Sequence[Shift]] = field(default_factory=dict)
    zone: str = "UTC"
    hold: timedelta = timedelta(minutes=30)
    cool_down: timedelta = timedelta()


def simulate(question: Question, around: Surroundings) -> Course:
    """Climb the chain that policy has for a rule, with nobody acknowledging anything."""
    oncall = around.oncall
    name = chosen(oncall.use, (question.rule,), level=question.level, tier=question.tier, category=question.category)
    chain = frozen(oncall, name, hold=around.hold)
    if chain is None:
        return Course("")
    trigger = Trigger(question.rule, question.level, (("contractual", "yes"),) if question.contractual else ())
    record = Escalation("x-simulated", TICKET, (trigger,), question.at, "", question.level, chain=chain)
    return Course(name, tuple(_walked(record, _ground(question, around), question, around)))


def people_of(oncall: OnCall) -> tuple[str, ...]:
    """Return everybody whom a policy names as somebody to call, each once."""
    layers = (person for rota in oncall.rotas for layer in rota.layers for person in layer.people)
    groups = (person for people in oncall.groups.values() for person in people)
    steps = (step.who for steps in oncall.chains.values() for step in steps if step.kind == "person")
    return tuple(dict.fromkeys((*layers, *(o.person for o in oncall.overrides), *groups, *oncall.managers, *steps)))


def _ground(question: Question, around: Surroundings) -> Ground:
    ground = Ground(around.oncall, around.team, (), around.oncall.overrides, around.imported, question.manager, frozenset({""}))
    named = (*people_of(around.oncall), *(shift.person for shifts in around.imported.values() for shift in shifts if shift.person))
    strangers = [name for name in dict.fromkeys((*named, question.manager)) if name and ground.named(name).user is None]
    # Who stands on no record may still be known to the chat platform: the simulation takes it that they can be reached, and says so.
    team = {**around.team, **{_stranger(name): Person(PersonId(name), name, Role.TEAMMATE, zone=around.zone) for name in strangers}}
    pages = [page for user in team for page in _paged(user, question)]
    channels = {step.who.lstrip("#") for steps in around.oncall.chains.values() for step in steps if step.kind == "channel"}
    return replace(ground, team=team, pages=tuple(pages), channels=frozenset({"", *channels}))


def _walked(record: Escalation, ground: Ground, question: Question, around: Surroundings) -> Iterator[Told]:
    at: datetime | None = question.at
    for _ in range(LONGEST):
        if at is None:
            return
        walk = climb(record, ground, at=at, cool_down=around.cool_down)
        record, now = walk.record, at
        yield from (_told(note, now) for attempt in walk.attempts for note in attempt.notes)
        ground = replace(ground, pages=(*ground.pages, *(page for attempt in walk.attempts for page in attempt.pages)))
        at = walk.due


def _told(note: Reason, at: datetime) -> Told:
    values = dict(note.values)
    until = datetime.fromisoformat(values["until"]) if "until" in values else None
    return Told(at, note.code, values.get("step", ""), values.get("who", ""), until)


def _paged(user: UserRef, question: Question) -> Iterable[Page]:
    before = question.at - timedelta(minutes=10)
    return (Page(f"pg-{user}-{n}", f"x-{n}", TicketId(f"t-{n}"), user, before, outbox=OutboxId(f"o-{n}")) for n in range(question.paged))


def _stranger(name: str) -> UserRef:
    return UserRef(Platform.LOCAL, UNKNOWN, name)
