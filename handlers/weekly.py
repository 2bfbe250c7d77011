"""The weekly note: how many promises were broken, of which kind, how late, and why, for those who answer for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from desk.audience import INTERNAL
from desk.cards import Block, Card, Header, Style, Text
from desk.changes import NOTHING, Changes, Enqueue, SetDeadline, write
from desk.customer import LEADS, Person
from desk.deadlines import Deadline, DeadlineKind
from desk.events import DeadlineReached
from desk.ids import OutboxId, derived
from desk.policy import Policy
from desk.post import Direct, Post, Target
from desk.sla_check import DAYS
from desk.space import UserRef
from desk.timeline import Purpose
from handlers import agreeing
from handlers.services import Services
from handlers.situation import agents_place, team_of
from insights.breaches import Broken, Late, counted

WEEK = timedelta(days=7)


def next_note(now: datetime, policy: Policy) -> Changes:
    """Return the deadline of the next weekly note; nothing where policy wants none."""
    if not policy.sla.weekly:
        return NOTHING
    weekday, clock = policy.sla.weekly.split()
    hour, minute = map(int, clock.split(":"))
    local = now.astimezone(ZoneInfo(policy.hours.zone))
    due = local.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=(DAYS.index(weekday) - local.weekday()) % 7)
    due += timedelta() if due > local else WEEK
    return write(SetDeadline(Deadline(derived("weekly", due.date()), DeadlineKind.WEEKLY, f"week:{due.date()}", due.astimezone(UTC))))


async def week_ended(event: DeadlineReached, services: Services) -> Changes:
    """Send the note of the week that ends to management; to the agents channel where there is nobody."""
    now, policy = services.clock.now(), await services.policy.current()
    broken = counted([breach for breach in await services.store.breaches(since=event.at - WEEK) if breach.at < event.at], now=now)
    if broken is None:
        return NOTHING
    place = await agents_place(services)
    people = management(policy, await team_of(services))
    targets: list[Target] = [Direct(user) for user in people] or ([place] if place else [])
    drawn = Card((*note(broken, event.at).blocks, *await agreeing.notes(services, within=WEEK)))
    return write(*(Enqueue(_post(drawn, target, event, at=now)) for target in targets))


def management(policy: Policy, team: Mapping[UserRef, Person]) -> tuple[UserRef, ...]:
    """Return who reads the week's note: whom policy names, else the leads."""
    return named(policy, team) or _by_name([user for user, person in team.items() if person.role in LEADS], team)


def named(policy: Policy, team: Mapping[UserRef, Person]) -> tuple[UserRef, ...]:
    """Return whom policy names to hear of every broken promise."""
    entries = {entry.casefold() for entry in policy.sla.management}
    return _by_name([u for u, person in team.items() if entries & {person.name.casefold(), person.email.casefold(), str(u).casefold()}], team)


def _by_name(users: Iterable[UserRef], team: Mapping[UserRef, Person]) -> tuple[UserRef, ...]:
    return tuple(sorted(users, key=lambda user: (team[user].name, str(user))))


def note(broken: Broken, at: datetime) -> Card:
    """Draw the note of a week."""
    begins = at - WEEK
    head = Header(f"Broken promises, {begins.day} {begins:%B} to {at.day} {at:%B}", str(broken.total.count))
    blocks: list[Block] = [head, Text(_whole(broken))]
    for title, found in (("By promise", broken.targets), ("By tier", broken.tiers), ("By cause", broken.causes)):
        blocks.append(Text(f"**{title}**\n" + _listed(found)))
    if broken.without_cause:
        blocks.append(Text(f"{broken.without_cause} without a cause: the button Cause... under the ticket's card asks for one.", Style.QUIET))
    return Card(tuple(blocks))


def span(time: timedelta) -> str:
    """Return how long in words: 38 min, 3.5 h, 2 d."""
    if time < timedelta(hours=2):
        return f"{max(1, round(time / timedelta(minutes=1)))} min"
    return f"{time / timedelta(hours=1):.3g} h" if time < timedelta(days=2) else f"{time / timedelta(days=1):.2g} d"


def _whole(broken: Broken) -> str:
    contract = f", {broken.contractual} of them in a contract" if broken.contractual else ""
    return f"{_line(broken.total)}{contract}."


def _listed(found: Sequence[Late]) -> str:
    return "\n".join(f"- {late.name}: {_line(late)}" for late in found)


def _line(late: Late) -> str:
    open_ = f", {late.owed} still owed" if late.owed else ""
    much = f"{span(late.middle)} late" if late.count == 1 else f"half of them more than {span(late.middle)} late, at worst {span(late.worst)}"
    return f"{late.count}, {much}{open_}"


def _post(drawn: Card, target: Target, event: DeadlineReached, *, at: datetime) -> Post:
    to = (target.user,) if isinstance(target, Direct) else ()
    return Post(OutboxId(derived("o", event.deadline, target)), target, Purpose.NOTICE, INTERNAL, at, card=drawn, to=to)
