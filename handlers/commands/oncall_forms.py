"""The forms of `oncall`: who stands in, and which two shifts are swapped, each with what is so now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.cards import Field, Form, Option
from desk.customer import Person
from desk.errors import InvalidInput
from desk.oncall import Rota, Shift
from handlers.times import brief

GAPS = timedelta(days=14)
WRITTEN = "%Y-%m-%d %H:%M"
"""How an instant is written in a form, by the clock of the rota."""
MOST = 25
"""Shifts that a list shows."""
LISTED = 10
"""Gaps that are told of one rota."""
TITLES: Mapping[str, str] = {"override": "Let somebody stand in", "swap": "Swap two shifts"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A rota with its shifts from now on."""

    rota: Rota
    shifts: tuple[Shift, ...]

    def shown(self, instant: datetime) -> str:
        """Return an instant by the clock of the rota, as a form has it."""
        return instant.astimezone(ZoneInfo(self.rota.zone)).strftime(WRITTEN)


def override(standing: Standing, rotas: Sequence[str], people: Sequence[Person]) -> Form:
    """Return the form that asks who stands in, at first from now until the next hand-over."""
    first = standing.shifts[0]
    until = Field("until", "Until", standing.shown(first.until), note="At first until the next hand-over.")
    return Form(
        TITLES["override"],
        (
            Field("rota", "Rota", standing.rota.name, options=tuple(Option(name, name) for name in rotas)),
            Field("person", "Who stands in?", options=tuple(Option(person.name, person.name) for person in people)),
            Field("start", f"From, by the clock of {standing.rota.zone}", standing.shown(first.start)),
            until,
            Field("reason", "Why?", required=False),
        ),
        "Stand in",
        intro="\n".join(lines(standing, first.start)),
    )


def swap(standing: Standing) -> Form:
    """Return the form that asks which two of the next shifts are swapped."""
    known = [shift for shift in standing.shifts if shift.person][:MOST]
    if len(known) < 2:
        raise InvalidInput(f"{standing.rota.name} has no two shifts within four weeks.")
    options = tuple(Option(key_of(s), f"{standing.shown(s.start)} until {standing.shown(s.until)}: {s.person}") for s in known)
    return Form(
        TITLES["swap"],
        (
            Field("rota", "Rota", standing.rota.name, options=(Option(standing.rota.name, standing.rota.name),)),
            Field("first", "One shift", options[0].value, options=options),
            Field("second", "and the other", options[1].value, options=options),
            Field("reason", "Why?", required=False),
        ),
        "Swap",
        intro="\n".join(lines(standing, known[0].start)),
    )


def lines(standing: Standing, now: datetime) -> list[str]:
    """Say who is on call, who is next, and when nobody is."""
    zone = standing.rota.zone
    first, *rest = standing.shifts
    then = next((shift for shift in rest if shift.person), None)
    until = f" until {brief(first.until, now=now, zone=zone)}" if rest else ""
    following = f", then {then.person}" if then else ""
    lines = [f"{standing.rota.name}: {first.person or 'nobody'}{until}{following} ({zone})"]
    gaps = [shift for shift in standing.shifts if shift.person is None and shift.start < now + GAPS]
    return lines + [f"(!) nobody from {brief(gap.start, now=now, zone=zone)} until {brief(gap.until, now=now, zone=zone)}" for gap in gaps[:LISTED]]


def key_of(shift: Shift) -> str:
    """Return what a form calls a shift."""
    return f"{shift.start.isoformat(timespec='minutes')}|{shift.until.isoformat(timespec='minutes')}"
