"""On call at the command line: who is called now, and who would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from cli import oncall_said
from cli.options import AsJson
from cli.output import print_value
from cli.shapes import instant
from cli.start import records, run_async
from desk.errors import InvalidInput
from desk.oncall import Rota, Shift
from desk.policy import Policy

if TYPE_CHECKING:
    from desk.customer import Person
    from desk.space import UserRef
    from escalation.simulation import Course, Question
    from runtime import Records

PERSONAL = frozenset({"paged", "bundled", "put_off", "passed_on", "cooled_down", "called_already"})
"""What is done about a person, whom the customer record may know."""
AHEAD = timedelta(days=14)
"""How far ahead gaps are looked for."""
YEARS = range(2000, 2200)
"""The years that are asked about; what is further away is a slip of the pen."""
At = Annotated[
    str, typer.Option("--at", help="An instant such as 2026-11-02T03:00+01:00, or a time of day: the next one by `hours.zone`. Now unless given.")
]
RotaName = Annotated[str, typer.Option("--rota", help="The rota whose calendar it is.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Who is called when a person is needed at once.", no_args_is_help=True)
    for command in (show, simulate):
        group.command()(command)
    group.command(name="test")(tried)
    group.command(name="import")(import_)
    app.add_typer(group, name="oncall")


def show(at: At = "", as_json: AsJson = False) -> None:
    """Show who is on call, until when, who is next, and when nobody will be within two weeks."""
    print_value(run_async(_show(at)), as_json=as_json, text=oncall_said.shown)


def simulate(
    rule: Annotated[str, typer.Option(help="The rule that fires, such as security or vip.")],
    at: At = "",
    tier: Annotated[str, typer.Option(help="The customer's tier.")] = "",
    category: Annotated[str, typer.Option(help="The ticket's category.")] = "",
    level: Annotated[int | None, typer.Option(min=1, max=3, help="How loud it is; what policy says unless given.")] = None,
    manager: Annotated[str, typer.Option(help="The account's manager.")] = "",
    paged: Annotated[int, typer.Option(min=0, help="How many pages everybody has had this night already.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Print who would be told what and when, were nobody to take it up. Nothing is sent."""
    asked = {"tier": tier, "category": category, "level": level, "manager": manager, "paged": paged}
    print_value(run_async(_simulate(rule, at, asked)), as_json=as_json, text=oncall_said.course)


def tried(
    chain: Annotated[str, typer.Option(help="The chain whose first steps are tested.")] = "default",
    send: Annotated[bool, typer.Option("--send", help="Really call people and wake phones; without it only what would be done is said.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send a page that is marked as a test along a chain's steps up to its first wait, to people, channel and pagers."""
    found = run_async(_test(chain, send=send))
    print_value(found, as_json=as_json, text=oncall_said.tested)
    if any(step["result"] == "failed" for step in found["steps"]):
        raise typer.Exit(1)


def import_(file: Annotated[Path, typer.Argument(help="An iCalendar file (.ics).")], rota: RotaName, as_json: AsJson = False) -> None:
    """Take in a calendar for a rota; it lies over the rota's layers, in place of one taken in before."""
    print_value(run_async(_import(file, rota)), as_json=as_json, text=oncall_said.imported)


async def _show(at: str) -> dict[str, Any]:
    from escalation.rota import shifts

    async with records() as kept:
        policy = await kept.policy.current()
        now = _instant(at, policy)
        calendars = await _calendars(kept, policy, now)
        rotas = []
        for rota in policy.oncall.rotas:
            found = shifts(rota, now, now + AHEAD, overrides=policy.oncall.overrides, imported=calendars.get(rota.name, ()))
            rotas.append(_rota(rota, found))
    return {"at": instant(now), "zone": policy.hours.zone, "rotas": rotas}


async def _simulate(rule: str, at: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    from escalation.rules import RULES
    from escalation.simulation import Question, Surroundings, simulate

    async with records() as kept:
        policy = await kept.policy.current()
        known = {*RULES, *policy.escalation.levels}
        if rule not in known:
            raise InvalidInput(f"there is no rule {rule!r}: write one of {', '.join(sorted(known))}")
        now = _instant(at, policy)
        level = asked["level"] or policy.escalation.levels.get(rule, 1)
        question = Question(rule, level, now, asked["tier"], asked["category"], asked["manager"], paged=asked["paged"])
        team, calendars = await _team(kept), await _calendars(kept, policy, now)
        escalation = policy.escalation
        around = Surroundings(policy.oncall, team, calendars, policy.hours.zone, escalation.hold, escalation.cool_down)
    return _told_of(question, simulate(question, around), policy, team)


async def _test(chain: str, *, send: bool) -> dict[str, Any]:
    from cli.oncall_test import tested

    async with records() as kept:
        policy = await kept.policy.current()
        if chain not in policy.oncall.chains:
            raise InvalidInput(f"there is no chain {chain!r}: write one of {', '.join(policy.oncall.chains)}")
        now = datetime.now(UTC)
        steps = await tested(chain, policy, await _team(kept), kept, calendars=await _calendars(kept, policy, now), now=now, send=send)
    return {"chain": chain, "sent": send, "steps": steps}


async def _import(file: Path, name: str) -> dict[str, Any]:
    from escalation.calendars.files import imported_path
    from escalation.calendars.imported import people, read_shifts

    async with records() as kept:
        policy = await kept.policy.current()
        rota = policy.oncall.rota(name) if name else None
        if rota is None:
            raise InvalidInput(f"there is no rota {name!r}: write [[oncall.rotas]] with that name in policy.toml first")
        try:
            content = file.read_bytes()
        except OSError as error:
            raise InvalidInput(f"{str(file)!r} cannot be read: {error.strerror}") from error
        named, now = people(content, zone=rota.zone), datetime.now(UTC)
        found = read_shifts(content, now, now + AHEAD, zone=rota.zone)
        path = imported_path(kept.home.calendars, rota.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Renamed into place: a server that reads it meanwhile finds a whole one.
        waiting = path.with_suffix(".new")
        waiting.write_bytes(content)
        waiting.replace(path)
        ground = _ground(policy, await _team(kept))
    unknown = [person for person in named if ground.named(person).user is None]
    return {"rota": rota.name, "people": list(named), "unknown": unknown, "shifts": len(found), "days": AHEAD.days}


async def _calendars(kept: Records, policy: Policy, now: datetime) -> Mapping[str, Sequence[Shift]]:
    from escalation.calendars.files import CalendarFiles

    files = CalendarFiles(kept.settings.policy_file.parent, kept.home.calendars)
    return {rota.name: await files.shifts(rota, now - timedelta(days=1), now + timedelta(days=35)) for rota in policy.oncall.rotas}


async def _team(kept: Records) -> Mapping[UserRef, Person]:
    """Return the team as the customer record has it; whom only a chat platform knows is not asked for here."""
    from store.customers import SqlCustomers

    return dict(await SqlCustomers(kept.database).team())


def _ground(policy: Policy, team: Mapping[UserRef, Person]) -> Any:
    from escalation.ground import Ground

    return Ground(policy.oncall, team)


def _instant(text: str, policy: Policy) -> datetime:
    """Read an instant, or a time of day as the next one by the desk's zone."""
    now = datetime.now(UTC)
    if not text:
        return now
    zone = ZoneInfo(policy.hours.zone)
    try:
        if "T" not in text and "-" not in text.strip():
            wanted = datetime.combine(now.astimezone(zone).date(), time.fromisoformat(text.strip().zfill(5)), zone)
            return (wanted if wanted >= now else wanted + timedelta(days=1)).astimezone(UTC)
        found = datetime.fromisoformat(text)
        if found.year not in YEARS:
            raise ValueError(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is no instant: write one such as 2026-11-02T03:00+01:00, or a time of day such as 03:00") from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _rota(rota: Rota, found: Sequence[Shift]) -> dict[str, Any]:
    first, *rest = found
    then = next((shift for shift in rest if shift.person), None)
    gaps = [{"from": instant(shift.start), "until": instant(shift.until)} for shift in found if shift.person is None]
    following = {"person": then.person, "from": instant(then.start)} if then else None
    until = instant(first.until) if rest else None
    return {"name": rota.name, "zone": rota.zone, "person": first.person, "until": until, "next": following, "gaps": gaps}


def _told_of(question: Question, course: Course, policy: Policy, team: Mapping[UserRef, Person]) -> dict[str, Any]:
    from desk.escalation import Trigger
    from escalation.chain import is_urgent

    does = str(policy.escalation.does.of(question.rule))
    told = course.told if does == "hand_over" else ()
    known = {person.name for person in team.values()}
    steps = [
        {
            "at": instant(each.at),
            "minutes": round((each.at - question.at) / timedelta(minutes=1)),
            "step": each.step,
            "who": each.who,
            "what": each.code,
            "until": instant(each.until) if each.until else None,
            "known": each.code not in PERSONAL or each.who in known,
        }
        for each in told
    ]
    return {
        "rule": question.rule,
        "level": question.level,
        "does": does,
        "at": instant(question.at),
        "zone": policy.hours.zone,
        "urgent": is_urgent([Trigger(question.rule)], policy.oncall.urgent),
        "chain": course.chain if does == "hand_over" else "",
        "first": _first(question, policy, team, does),
        "steps": steps,
        "team": len(team),
    }


def _first(question: Question, policy: Policy, team: Mapping[UserRef, Person], does: str) -> dict[str, Any]:
    """Return what happens in the team's channel at once, and who is mentioned there."""
    from desk.customer import LEADS
    from escalation.ground import Ground

    leads = Ground(policy.oncall, team).of_role(LEADS)
    mentioned = question.manager if does == "tell" and question.manager else leads[0].name if leads else ""
    what = {"hand_over": "card", "tell": "page" if question.level > 2 else "line"}.get(does, "nothing")
    return {"at": instant(question.at), "what": what, "mentions": mentioned if question.level > 1 and what != "nothing" else ""}
