"""On call by command: who is called now and next, who stands in for whom, and that somebody is on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from desk.cards import Button, Buttons, Card, Form, Notes, Style, Text
from desk.changes import NOTHING, Changes, follow
from desk.customer import LEADS, TEAM, Person
from desk.errors import InvalidInput
from desk.escalation import EscalationStatus
from desk.events import ButtonClicked, CommandInvoked
from desk.ids import EventId, TicketId, derived
from desk.oncall import Override, Rota
from desk.policy import Policy
from desk.ports import Query
from escalation.rota import shifts
from handlers import paging, verdicts
from handlers.commands import oncall_forms
from handlers.commands.changes import set_policy
from handlers.commands.oncall_forms import WRITTEN, Standing, key_of, lines
from handlers.commands.words import counted, expected, one_of, only, split, without_reason
from handlers.services import Services
from handlers.situation import team_of

USAGE = "oncall [override|swap|ack]"
ENDS_FIRST = "It has to end after it begins."
WAYS = (
    "oncall",
    "oncall override ROTA",
    "oncall override ROTA TEAMMATE from INSTANT until INSTANT [because REASON]",
    "oncall swap ROTA",
    "oncall ack TICKET",
)
AHEAD = timedelta(days=28)
"""How far ahead shifts are shown and can be swapped."""
LISTED = 10
"""Escalations without a verdict that are listed."""


async def oncall(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Say who is on call now and next, let somebody stand in, swap two shifts, or take up a page.

    `override` and `swap` are for leads and ask in a form. `ack` does what Acknowledge does on a page. Times are by the clock of the rota.
    """
    words = split(event.text)
    sub = one_of("oncall", list(SUBCOMMANDS), words[1]) if len(words) > 1 else "show"
    return await SUBCOMMANDS[sub](event, services)


async def form(query: Query, services: Services) -> Form | None:
    """Return the form of `override` or `swap`, with who has it now; None for what is written out."""
    words = split(without_reason(query.subject)[0])
    if words[1:2] not in (("override",), ("swap",)) or len(words) > 3:
        return None
    only(LEADS, query.role, f"oncall {words[1]}")
    standing = await _standing(words[2] if len(words) > 2 else "", services)
    if words[1] == "swap":
        return oncall_forms.swap(standing)
    rotas = [rota.name for rota in (await services.policy.current()).oncall.rotas]
    return oncall_forms.override(standing, rotas, await _people(services))


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with a form: nobody of the team, a time that is none, or one that ends before it begins."""
    if "first" in values:
        return {"second": "Choose two different shifts."} if values["first"] == values.get("second") else {}
    standing = await _standing(values.get("rota", ""), services)
    wrong = {name: "Write a time as 2026-11-02 18:00." for name in ("start", "until") if _read(values.get(name, ""), standing.rota) is None}
    if not wrong and str(_read(values["until"], standing.rota)) <= str(_read(values["start"], standing.rota)):
        wrong["until"] = ENDS_FIRST
    if values.get("person", "") not in [person.name for person in await _people(services)]:
        wrong["person"] = "Name somebody of the team."
    return wrong


async def _show(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    policy, now = await services.policy.current(), services.clock.now()
    told_rotas = [line for rota in policy.oncall.rotas for line in lines(await _of(rota, policy, services), now)]
    standing_in = [_stands(o, policy) for o in policy.oncall.overrides if o.until > now]
    blocks = [Notes("On call", tuple(told_rotas) or ("There is no rota: the leads are called. docs/oncall.md says how to write one.",))]
    blocks += [Notes("Standing in", tuple(standing_in))] if standing_in else []
    called = [e for e in await services.store.open_escalations() if e.chain and e.status is not EscalationStatus.CLOSED]
    blocks += (
        [Notes("Under way", tuple(f"{e.ticket}: {', '.join(e.rules)}{f', {e.by_name} has it' if e.by_name else ''}" for e in called))]
        if called
        else []
    )
    unjudged = await verdicts.missing(services, now=now)
    told = tuple(f"{ticket.id}, {ticket.customer_name}: {', '.join(raised.rules)}" for raised, ticket in unjudged[-LISTED:])
    title = f"{counted(len(unjudged), 'escalation')} without a verdict: needed, not needed or too late?"
    blocks += [Notes(title, told)] if told else []
    buttons = [Button("command", f"{label}...", TicketId(""), subject=f"oncall {name}", english=label) for name, label in oncall_forms.TITLES.items()]
    row = [Buttons(tuple(buttons))] if policy.oncall.rotas and event.role in LEADS else []
    return Card((*blocks, *row, Text("`./frontdesk oncall simulate` says who would be called for what.", Style.QUIET))), NOTHING


async def _override(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(LEADS, event.role, "oncall override")
    text, reason = without_reason(event.text)
    values = dict(event.form) if event.form else await _named(text, services)
    standing = await _standing(values.get("rota", ""), services)
    start, until = (_read(values.get(name, ""), standing.rota) for name in ("start", "until"))
    if start is None or until is None:
        raise InvalidInput("Write when it begins and ends, as 2026-11-02T18:00: `oncall override ROTA TEAMMATE from ... until ...`.")
    if until <= start:
        raise InvalidInput(ENDS_FIRST)
    stands = Override(standing.rota.name, values["person"], start, until)
    said = f"{stands.person} stands in on {stands.rota} from {standing.shown(start)} until {standing.shown(until)} ({standing.rota.zone})"
    return await _set(event, (stands,), services, said=(said,), reason=values.get("reason", "") or reason)


async def _swap(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(LEADS, event.role, "oncall swap")
    if not event.form:
        raise InvalidInput("Choose the two shifts in the form of `/frontdesk oncall swap`.")
    standing = await _standing(event.form.get("rota", ""), services)
    known = {key_of(shift): shift for shift in standing.shifts if shift.person}
    first, second = known.get(event.form.get("first", "")), known.get(event.form.get("second", ""))
    if first is None or second is None or first == second:
        raise InvalidInput("Choose two different shifts: those of the form have changed meanwhile, so open it again.")
    swapped = ((first, second.person), (second, first.person))
    new = tuple(Override(standing.rota.name, person or "", shift.start, shift.until) for shift, person in swapped)
    said = tuple(f"{o.person} takes {standing.shown(o.start)} until {standing.shown(o.until)} on {o.rota} ({standing.rota.zone})" for o in new)
    return await _set(event, new, services, said=said, reason=event.form.get("reason", ""))


async def _ack(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    words = split(event.text)
    if len(words) < 3:
        raise InvalidInput("Name the ticket: `/frontdesk oncall ack t-...`")
    raised = [e for e in await services.store.open_escalations() if str(e.ticket).startswith(words[2]) and e.status is EscalationStatus.OPEN]
    tickets = dict.fromkeys(e.ticket for e in raised)
    if len(tickets) != 1:
        raise InvalidInput(f"{'Nobody is called about a' if not tickets else 'More than one'} ticket that begins with {words[2]!r}.")
    ticket = await services.store.ticket(raised[0].ticket)
    assert ticket is not None, "an escalation has its ticket"
    # Pressed for them, so that it waits its turn among what happens to the ticket: a page that goes out just now is not overlooked.
    click = ButtonClicked(
        id=EventId(derived("ev", event.id, "ack")), action="acknowledge", ticket=ticket.id, subject=raised[0].id, by=event.by, by_name=event.by_name,
        role=event.role, at=event.at, place=event.place,
    )  # fmt: skip
    return Card((Text(f"{ticket.id} is yours."),)), follow(click)


SUBCOMMANDS: Mapping[str, Callable[[CommandInvoked, Services], Awaitable[tuple[Card, Changes]]]] = {
    "show": _show,
    "override": _override,
    "swap": _swap,
    "ack": _ack,
}


async def _set(event: CommandInvoked, new: tuple[Override, ...], services: Services, *, said: tuple[str, ...], reason: str) -> tuple[Card, Changes]:
    """Add who stands in, and leave out who did in the past."""
    now = services.clock.now()
    kept = [o for o in (await services.policy.current()).oncall.overrides if o.until > now]
    rows = [
        {"rota": o.rota, "person": o.person, "start": o.start.isoformat(timespec="minutes"), "until": o.until.isoformat(timespec="minutes")}
        for o in (*kept, *new)
    ]
    return await set_policy(event, {"oncall.overrides": rows}, services, reason=reason, said=said)


async def _standing(name: str, services: Services) -> Standing:
    """Return a rota by name, the only one for ""; raise InvalidInput where there is none, or where it has to be named."""
    policy = await services.policy.current()
    names = [rota.name for rota in policy.oncall.rotas]
    if not names:
        raise InvalidInput("There is no rota yet: write [[oncall.rotas]] in policy.toml, see docs/oncall.md.")
    rota = policy.oncall.rota(one_of("oncall", names, name) if name else "")
    assert rota is not None, "one of their names names it"
    return await _of(rota, policy, services)


async def _of(rota: Rota, policy: Policy, services: Services) -> Standing:
    now = services.clock.now()
    imported = await paging.in_calendar(rota, services, at=now)
    return Standing(rota, shifts(rota, now, now + AHEAD, overrides=policy.oncall.overrides, imported=imported))


async def _people(services: Services) -> Sequence[Person]:
    found = {person.name: person for person in (await team_of(services)).values() if person.role in TEAM}
    return sorted(found.values(), key=lambda person: person.name)


def _stands(override: Override, policy: Policy) -> str:
    rota = policy.oncall.rota(override.rota)
    zone = ZoneInfo(rota.zone if rota else policy.hours.zone)
    start, until = (instant.astimezone(zone).strftime(WRITTEN) for instant in (override.start, override.until))
    return f"{override.person} on {override.rota} from {start} until {until}"


async def _named(text: str, services: Services) -> dict[str, str]:
    """Read `override ROTA TEAMMATE from INSTANT until INSTANT`."""
    words = split(text)[2:]
    lower = [word.lower() for word in words]
    if "from" not in lower or "until" not in lower or lower.index("until") < lower.index("from"):
        raise InvalidInput("Write `oncall override ROTA TEAMMATE from 2026-11-02T18:00 until 2026-11-03T08:00`.")
    begins, ends = lower.index("from"), lower.index("until")
    person, people = " ".join(words[1:begins]), [known.name for known in await _people(services)]
    found = [name for name in people if person.casefold() in (name.casefold(), name.casefold().split()[0])]
    if len(found) != 1:
        raise expected("oncall override", people, person)
    return {"rota": words[0], "person": found[0], "start": " ".join(words[begins + 1 : ends]), "until": " ".join(words[ends + 1 :])}


def _read(text: str, rota: Rota) -> datetime | None:
    """Read an instant by the clock of a rota; None for what is none."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(rota.zone))).astimezone(UTC)
