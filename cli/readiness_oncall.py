"""What doctor looks at of on call: that somebody is there, can be reached, and is woken where answers are promised round the clock."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desk.customer import Person
from desk.errors import FrontdeskError
from desk.oncall import OnCall, Shift, StepKind
from desk.policy import Policy
from desk.space import UserRef

if TYPE_CHECKING:
    from settings import Settings

AHEAD = timedelta(days=14)
"""How far ahead gaps are looked for."""
ALWAYS = "always"
"""The hours of a promise that is kept round the clock."""
MOST = 3
"""How many of a kind are named."""


async def oncall(found: Settings) -> str:
    """Return who is on call; raise FrontdeskError with everything that would let a page reach nobody."""
    from bootstrap import open_records
    from escalation.calendars.files import CalendarFiles
    from runtime import SystemClock
    from store.customers import SqlCustomers

    now = SystemClock().now()
    async with open_records(found) as kept:
        policy = await kept.policy.current()
        team = dict(await SqlCustomers(kept.database).team())
        files = CalendarFiles(found.policy_file.parent, kept.home.calendars)
        rotas = policy.oncall.rotas
        calendars = {rota.name: await files.shifts(rota, now - timedelta(days=1), now + AHEAD) for rota in rotas}
    problems = tuple(problems_of(policy, team, calendars, now, environment=os.environ, elsewhere=found.has_slack))
    if problems:
        raise FrontdeskError("; ".join(problems))
    return f"{len(rotas)} rotas, {len(policy.oncall.pagers)} pagers" if rotas else "no rota: the leads are called"


def problems_of(
    policy: Policy,
    team: Mapping[UserRef, Person],
    calendars: Mapping[str, Sequence[Shift]],
    now: datetime,
    *,
    environment: Mapping[str, str],
    elsewhere: bool,
) -> Iterator[str]:
    """Yield what would let a page reach nobody. `elsewhere` says that a chat platform may know people whom the record does not."""
    yield from _gaps(policy.oncall, calendars, now)
    yield from () if elsewhere else _unreachable(policy.oncall, team, calendars)
    for pager in policy.oncall.pagers:
        if not environment.get(pager.secret):
            yield f"{pager.secret} is not set, so that the pager {pager.name} wakes nobody"
    if promises_always(policy) and not wakes(policy.oncall):
        yield "answers are promised round the clock, and no chain in use has a webhook step: chat does not wake a phone (docs/oncall.md)"


def promises_always(policy: Policy) -> bool:
    """Tell whether any promise runs round the clock."""
    return policy.hours.always or any(rule.hours == ALWAYS for rule in policy.sla.rules)


def wakes(oncall: OnCall) -> bool:
    """Tell whether a chain that something climbs asks a pager."""
    used = {use.chain for use in oncall.use}
    return any(step.kind is StepKind.WEBHOOK for name, steps in oncall.chains.items() if name in used for step in steps)


def _gaps(oncall: OnCall, calendars: Mapping[str, Sequence[Shift]], now: datetime) -> Iterator[str]:
    from escalation.rota import shifts

    for rota in oncall.rotas:
        found = shifts(rota, now, now + AHEAD, overrides=oncall.overrides, imported=calendars.get(rota.name, ()))
        gaps = [shift for shift in found if shift.person is None]
        if gaps:
            first = gaps[0]
            more = f", and {len(gaps) - 1} times more" if len(gaps) > 1 else ""
            when = f"from {first.start:%Y-%m-%d %H:%M} until {first.until:%Y-%m-%d %H:%M} UTC"
            yield f"nobody of the rota {rota.name} is on call {when}{more} within {AHEAD.days} days"


def _unreachable(oncall: OnCall, team: Mapping[UserRef, Person], calendars: Mapping[str, Sequence[Shift]]) -> Iterator[str]:
    from escalation.ground import Ground
    from escalation.simulation import people_of

    ground = Ground(oncall, team)
    named = (*people_of(oncall), *(shift.person for found in calendars.values() for shift in found if shift.person))
    lost = [name for name in dict.fromkeys(named) if ground.named(name).user is None]
    if lost:
        more = f" and {len(lost) - MOST} more" if len(lost) > MOST else ""
        yield f"{', '.join(lost[:MOST])}{more} cannot be called: nobody of the team with an account on a chat platform has this name or address"
