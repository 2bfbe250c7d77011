"""Incidents: which complaints have one cause, as far as what they mean, who makes them and when tells."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from desk.ids import TicketId
from desk.incident import Incident, IncidentPolicy, IncidentStatus
from desk.meaning import Meaning, likeness
from desk.ticket import Ticket
from desk.triage import Classification, Signal

MIDDLES = 5
"""Complaints that are tried as the one in the middle, the latest."""
FAILS = frozenset({Signal.DATA_LOSS, Signal.NOT_SOLVED})


@dataclass(frozen=True, slots=True)
class Complaint:
    """Somebody said that something fails. `party` is their account, or they themselves without one: one company is one voice."""

    ticket: TicketId
    party: str
    at: datetime
    meaning: Meaning


def is_problem(c: Classification, policy: IncidentPolicy) -> bool:
    """Tell whether a message says that something fails: what it does to their business, or by its category; never a mere question about prices."""
    return c.is_request and (bool(c.impact) or bool(FAILS & c.signals) or c.category in policy.categories)


def party_of(ticket: Ticket) -> str:
    """Return whose voice a ticket is: its account's, else its person's, else its platform user's."""
    return f"account:{ticket.account}" if ticket.account else f"person:{ticket.person}" if ticket.person else f"user:{ticket.customer}"


def together(complaint: Complaint, others: Iterable[Complaint], policy: IncidentPolicy) -> tuple[Complaint, ...]:
    """Return the complaints that make an incident with this one, oldest first; nothing while too few different parties make them.

    The one in the middle need not be the last: where too few are beside this one, those beside one of its neighbors count.
    """
    recent = [other for other in others if complaint.at - policy.within <= other.at and other.ticket != complaint.ticket]
    near = [other for other in recent if likeness(complaint.meaning, other.meaning) >= policy.similar]
    largest: tuple[Complaint, ...] = (complaint, *near)
    if len(parties(largest)) < policy.count:
        around = [_around(center, (complaint, *recent), policy) for center in near[-MIDDLES:]]
        largest = max((largest, *around), key=lambda group: len(parties(group)))
    if len(parties(largest)) < policy.count:
        return ()
    firsts = {each.ticket: each for each in sorted(largest, key=lambda each: (each.at, each.ticket), reverse=True)}
    return tuple(sorted(firsts.values(), key=lambda each: (each.at, each.ticket)))


def parties(complaints: Iterable[Complaint]) -> frozenset[str]:
    """Return who complains."""
    return frozenset(complaint.party for complaint in complaints)


def joined(complaint: Complaint, incidents: Sequence[Incident], policy: IncidentPolicy) -> Incident | None:
    """Return the open incident that a complaint is about, the likeliest first; None for none, or one it was taken out of."""
    open_ones = [i for i in incidents if i.center and takes_in(i, complaint.at, policy) and complaint.ticket not in i.without]
    alike = [(likeness(complaint.meaning, incident.center), incident) for incident in open_ones if incident.center]
    close = [pair for pair in alike if pair[0] >= policy.similar]
    return max(close, key=lambda pair: (pair[0], pair[1].id))[1] if close else None


def takes_in(incident: Incident, at: datetime, policy: IncidentPolicy) -> bool:
    """Tell whether a complaint of that instant may still belong to it."""
    if incident.status is IncidentStatus.SUSPECTED:
        return at - (incident.last or incident.opened) <= policy.lasts
    return incident.is_confirmed


def rests(incidents: Iterable[Incident], at: datetime, policy: IncidentPolicy) -> frozenset[TicketId]:
    """Return the tickets of incidents that somebody dismissed lately: they alone do not bring one back."""
    lately = (i for i in incidents if i.status is IncidentStatus.DISMISSED and i.merged_into is None and i.closed and at - i.closed <= policy.rests)
    return frozenset(ticket for incident in lately for ticket in incident.tickets)


def answered(ticket: TicketId, at: datetime, incidents: Iterable[Incident]) -> bool:
    """Tell whether what a ticket's customer said then was seen to with an incident that is fixed: it makes no new one."""
    fixed = (i for i in incidents if i.status is IncidentStatus.FIXED and i.closed and ticket in i.tickets)
    return any(incident.closed is not None and at <= incident.closed for incident in fixed)


def center(meanings: Sequence[Meaning]) -> Meaning | None:
    """Return what meanings have in common: the direction of their mean, None for none."""
    if not meanings:
        return None
    vectors = [array("f", meaning.vector) for meaning in meanings if meaning.embedder == meanings[0].embedder]
    mean = [sum(values) for values in zip(*vectors, strict=True)]
    length = sqrt(sum(value * value for value in mean))
    return Meaning(meanings[0].embedder, array("f", [value / length for value in mean]).tobytes()) if length else None


def _around(middle: Complaint, complaints: Sequence[Complaint], policy: IncidentPolicy) -> tuple[Complaint, ...]:
    return tuple(each for each in complaints if each is middle or likeness(middle.meaning, each.meaning) >= policy.similar)
