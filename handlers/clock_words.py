"""The clock in words: a ticket's promises interval by interval, for the command line and for a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from desk.policy import Policy
from desk.sla import Breach, Side
from desk.ticket import Ticket
from escalation.clock import Course, Stretch, side_of
from handlers import made_good

MINUTE = timedelta(minutes=1)
SIDES: Mapping[Side, str] = {
    Side.OURS: "our move",
    Side.CUSTOMER: "the customer owes an answer",
    Side.THIRD_PARTY: "waits on somebody else",
    Side.OVER: "the ticket was over",
}


class Interval(TypedDict):
    """A part of a promise's time. `ends` is null for what goes on, `minutes` the working time that was counted."""

    begins: str
    ends: str | None
    side: str
    counts: bool
    minutes: float
    why: str


class Told(TypedDict):
    """One promise with its intervals."""

    target: str
    promised_minutes: float
    hours: str
    zone: str
    source: str
    contractual: bool
    standing: str
    since: str
    warn: str | None
    due: str | None
    ended: str | None
    used_minutes: float
    late: bool
    cause: str
    intervals: list[Interval]


class Explained(TypedDict):
    """A ticket's clock."""

    ticket: str
    status: str
    side: str
    now: str
    promises: list[Told]


def explained(ticket: Ticket, courses: Sequence[Course], policy: Policy, *, now: datetime, breaches: Sequence[Breach] = ()) -> Explained:
    """Return a ticket's clock as plain values."""
    causes = {breach.id: breach.cause for breach in breaches}
    promises = [_promise(ticket, course, policy, now=now, causes=causes) for course in courses]
    return {"ticket": str(ticket.id), "status": ticket.status.value, "side": side_of(ticket).value, "now": now.isoformat(), "promises": promises}


def lines(found: Explained) -> list[str]:
    """Return a ticket's clock in lines that people read."""
    head = f"{found['ticket']}  {found['status']}: {SIDES[Side(found['side'])]}"
    return [head, *(line for told in found["promises"] for line in ("", *_lines(told)))] if found["promises"] else [head, "Nothing is promised."]


def _promise(ticket: Ticket, course: Course, policy: Policy, *, now: datetime, causes: Mapping[str, str]) -> Told:
    hours = policy.calendar(course.promise.hours)
    until = course.ended or now
    past = [s for s in course.stretches if s.begins <= until]
    return {
        "target": course.promise.target.value,
        "promised_minutes": course.promise.span / MINUTE,
        "hours": course.promise.hours or "hours",
        "zone": hours.zone,
        "source": course.promise.source,
        "contractual": course.promise.contractual,
        "standing": course.standing.value,
        "since": course.since.isoformat(),
        "warn": course.warn.isoformat() if course.warn else None,
        "due": course.due.isoformat() if course.due else None,
        "ended": course.ended.isoformat() if course.ended else None,
        "used_minutes": round(course.used / MINUTE, 2),
        "late": course.is_late,
        "cause": causes.get(made_good.breach_id(ticket.id, course), ""),
        "intervals": [_interval(s, until, course, policy, now=now) for s in past],
    }


def _interval(s: Stretch, until: datetime, course: Course, policy: Policy, *, now: datetime) -> Interval:
    hours, ends = policy.calendar(course.promise.hours), min(s.ends or until, until)
    counted = hours.between(s.begins, ends) if s.runs else timedelta()
    shown = (s.ends if s.ends and s.ends <= now else None) or course.ended
    why = f"{SIDES[s.side]}{'; it has paused for long enough, so it runs again' if s.overdue else ''}"
    return {
        "begins": s.begins.isoformat(),
        "ends": shown.isoformat() if shown else None,
        "side": s.side.value,
        "counts": s.runs,
        "minutes": round(counted / MINUTE, 2),
        "why": why,
    }


def _lines(told: Told) -> list[str]:
    contract = ", in the contract" if told["contractual"] else ""
    head = f"{told['target'].replace('_', ' ')}: {_minutes(told['promised_minutes'])} promised by {told['source']}{contract}"
    calendar = f"counted by {told['hours'] if told['hours'] == 'always' else '[' + _section(told['hours']) + ']'} ({told['zone']})"
    state = f"  {told['standing'].replace('_', ' ')}, {_minutes(told['used_minutes'])} used{', late' if told['late'] else ''}"
    cause = f"; cause: {told['cause']}" if told["cause"] else ""
    times = [f"  {name} {_local(at, told['zone'])}" for name, at in (("warn", told["warn"]), ("due ", told["due"]), ("end ", told["ended"])) if at]
    return [f"{head}, {calendar}", *(_line(item, told["zone"]) for item in told["intervals"]), state + cause, *times]


def _section(hours: str) -> str:
    return hours if hours == "hours" else f"calendars.{hours}"


def _line(item: Interval, zone: str) -> str:
    ends = _local(item["ends"], zone) if item["ends"] else "now".ljust(20)
    counted = f"{_minutes(item['minutes'])} counted" if item["counts"] else "not counted"
    return f"  {_local(item['begins'], zone)}  to  {ends}  {counted.ljust(18)} {item['why']}"


def _local(at: str, zone: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(UTC).astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


def _minutes(minutes: float) -> str:
    whole = round(minutes)
    return f"{whole // 60} h {whole % 60} min" if whole >= 60 and whole % 60 else f"{whole // 60} h" if whole >= 60 else f"{whole} min"
