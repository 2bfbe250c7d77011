"""Incidents: complaints with one cause are found, and their tickets follow what the team says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk.cards import CardKind
from desk.changes import NOTHING, Changes, SaveEscalation, SaveIncident, SaveTicket, follow, write
from desk.escalation import Escalation, EscalationStatus
from desk.events import IncidentChanged, IncidentTold, ProblemReported
from desk.ids import EventId, IncidentId, TicketId, derived
from desk.incident import Incident, IncidentStatus
from desk.meaning import Meaning, Meant
from desk.ticket import Reason, Ticket
from desk.triage import Classification
from escalation.incidents import Complaint, answered, center, is_problem, joined, parties, party_of, rests, together
from escalation.nearest import nearest
from handlers import climbing, incident_cards, internal, meant, spokesman
from handlers.services import Services
from handlers.situation import Situation, load_anyway

NEARLY = 0.15
"""How much less alike than policy asks a complaint may be that is still looked at: it may be close to one between."""
MOST = 50
"""Tickets that are looked at, the latest."""
READ = 5000
"""Of what was said lately so much is compared, the latest."""
NEW = IncidentId("")
"""The id of an incident that has none yet."""
PLACES = 3
"""Channels that a title names."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a turn's words have to do with others' complaints: how many have the problem, and what keeps an answer from going out alone."""

    s: Situation
    affected: int = 1
    doubts: tuple[str, ...] = ()
    changes: Changes = NOTHING


async def noticed(s: Situation, c: Classification, said: tuple[Meant, ...], services: Services) -> Noticed:
    """Look whether a ticket's words are one of several complaints; who is in an incident waits for the reply to all."""
    policy = s.policy.incidents
    complains = bool(said) and is_problem(c, policy)
    if complains:
        s = replace(s, ticket=replace(s.ticket, failing=s.now))
    mine = await open_incident(s.ticket.id, services)
    affected = mine.accounts if mine else await _affected(s.ticket, said, services, at=s.now) if complains else 1
    doubts = ("reply_to_all",) if mine or affected >= policy.count else ()
    reported = (
        follow(
            ProblemReported(
                id=EventId(derived("ev", s.cause, "problem")), ticket=s.ticket.id, embedder=said[-1].meaning.embedder, at=services.clock.now()
            )
        )
        if complains and mine is None
        else NOTHING
    )
    return Noticed(s, affected, doubts, reported)


async def open_incident(ticket: TicketId, services: Services) -> Incident | None:
    """Return the incident that a ticket is in and that is not over; one that the team confirmed comes first, then the oldest."""
    found = [incident for incident in await services.store.incidents(open_only=True) if ticket in incident.tickets]
    return min(found, key=lambda incident: (not incident.is_confirmed, incident.opened, incident.id), default=None)


async def problem_reported(event: ProblemReported, services: Services) -> Changes:
    """Take a complaint to the incident it is about, or make one of it and the others."""
    ticket = await services.store.ticket(event.ticket)
    if ticket is None or ticket.merged_into is not None or await open_incident(ticket.id, services):
        return NOTHING
    policy = (await services.policy.current()).incidents
    since = event.at - policy.within
    said = [m for m in await services.store.meanings(ticket.id, embedder=event.embedder, since=since) if m.meaning.vector]
    every = await services.store.incidents()
    for complaint in (_complaint(ticket, item) for item in reversed(said) if not answered(ticket.id, item.at, every)):
        if incident := joined(complaint, every, policy):
            return await joining(incident, (ticket,), services, cause=event.id, at=event.at)
        found = together(complaint, await _others(complaint, every, services), policy)
        if found:
            return await _opened(found, services, cause=event.id, at=event.at)
    return NOTHING


async def opened(
    tickets: Sequence[Ticket],
    services: Services,
    *,
    cause: EventId,
    at: datetime,
    first: datetime | None = None,
    meanings: Sequence[Meaning] = (),
    said: Incident | None = None,
) -> Changes:
    """Open an incident of these tickets, or what somebody of the team `said` is one: it carries who that was and how it stands.

    `first` is when the first of its complaints was made, None for one that was opened by hand.
    """
    # Two events that find the same complaints find the same incident, of which one is kept.
    id = IncidentId(derived("i", *((tickets[0].id, first.isoformat()) if first else (cause,))))
    categories = [ticket.category for ticket in tickets if ticket.category]
    category = max(categories, key=categories.count, default="")
    made = replace(
        said or Incident(id, "", at),
        id=id,
        title=await _title(category, tickets, services),
        opened=min(ticket.opened for ticket in tickets),
        last=at,
        category=category,
        center=center(meanings or [item.meaning for ticket in tickets for item in await _latest(ticket, services)]),
        tickets=tuple(ticket.id for ticket in tickets),
        accounts=len({party_of(ticket) for ticket in tickets}),
    )
    card = await incident_cards.posted(made, services, cause=cause, at=at)
    return write(SaveIncident(made)) + card + spokesman.followed(made.id, made.tickets, cause=cause, at=at)


async def joining(incident: Incident, tickets: Sequence[Ticket], services: Services, *, cause: EventId, at: datetime) -> Changes:
    """Take tickets into an incident."""
    fresh = tuple(ticket.id for ticket in tickets if ticket.id not in incident.tickets)
    if not fresh:
        return NOTHING
    known = [t for id in (*incident.tickets, *fresh) if (t := await services.store.ticket(id))]
    wider = replace(
        incident,
        tickets=(*incident.tickets, *fresh),
        without=tuple(id for id in incident.without if id not in fresh),
        accounts=len({party_of(ticket) for ticket in known}),
        last=at,
    )
    return write(SaveIncident(wider)) + incident_cards.redrawn(wider.id, cause=cause, at=at) + spokesman.followed(wider.id, fresh, cause=cause, at=at)


async def leaving(incident: Incident, ticket: TicketId, services: Services, *, cause: EventId, at: datetime) -> Changes:
    """Take a ticket out of an incident, for good."""
    left = tuple(id for id in incident.tickets if id != ticket)
    known = [t for id in left if (t := await services.store.ticket(id))]
    smaller = replace(incident, tickets=left, without=(*incident.without, ticket), accounts=len({party_of(each) for each in known}))
    if not left:
        smaller = replace(smaller, status=IncidentStatus.DISMISSED, closed=at)
    return (
        write(SaveIncident(smaller))
        + incident_cards.redrawn(smaller.id, cause=cause, at=at)
        + spokesman.followed(smaller.id, (*left, ticket), cause=cause, at=at)
    )


async def incident_changed(event: IncidentChanged, services: Services) -> Changes:
    """Let a ticket know its incident: pings collapse or come back, and who joined after a reply is told what the others were."""
    ticket = await services.store.ticket(event.ticket)
    if ticket is None:
        return NOTHING
    mine = await open_incident(ticket.id, services)
    over = await services.store.incident(event.incident) if mine is None else None
    ended = over.id if over and over.status is IncidentStatus.FIXED and ticket.id in over.tickets else None
    ticket = replace(ticket, incident=mine.id if mine else ended)
    if await services.store.channel(ticket.place.channel) is None:
        # Nothing can be said or called for there any more.
        return write(SaveTicket(ticket))
    s = await load_anyway(ticket, services, cause=event.id)
    changes = write(SaveTicket(ticket)) + _pings(s) + internal.refreshed(s)
    changes += await _only(mine, ticket.id, services, cause=event.id, at=event.at) if mine else NOTHING
    return changes + (_caught_up(mine, ticket, event) if mine else NOTHING)


def _caught_up(incident: Incident, ticket: Ticket, event: IncidentChanged) -> Changes:
    """Offer the last reply to a ticket that it was not for."""
    last = incident.latest
    if last is None or ticket.id in last.tickets or ticket.status.is_over:
        return NOTHING
    id = EventId(derived("ev", last.id, ticket.id))
    return follow(IncidentTold(id=id, incident=incident.id, ticket=ticket.id, telling=last.id, at=event.at))


async def _only(mine: Incident, ticket: TicketId, services: Services, *, cause: EventId, at: datetime) -> Changes:
    """A ticket is in one open incident at most: it leaves the others."""
    others = [i for i in await services.store.incidents(open_only=True) if ticket in i.tickets and i.id != mine.id]
    changes = NOTHING
    for other in others:
        changes += await leaving(other, ticket, services, cause=EventId(derived("ev", cause, other.id)), at=at)
    return changes


def _pings(s: Situation) -> Changes:
    """Set what was called for aside while the incident is called for in its place; bring it back once it is not."""
    if s.spoken_for:
        waiting = [e for e in s.open_escalations if spokesman.may_wait(e.rules)]
        return write(*(SaveEscalation(spokesman.collapsed(e, s.ticket.incident, at=s.now)) for e in waiting))
    # What was fixed for everybody is called for nowhere; what left an incident, or speaks for it now, is.
    over = s.ticket.status.is_over or (s.ticket.incident is not None and s.stand is spokesman.ALONE)
    changes = NOTHING
    for escalation in (e for e in s.escalations if spokesman.is_collapsed(e) and not over):
        changes += _again(escalation, s)
    return changes


def _again(escalation: Escalation, s: Situation) -> Changes:
    """Call for a ticket by itself again, from where its chain stood."""
    record = replace(escalation, status=EscalationStatus.OPEN, closed_at=None, steps=(*escalation.steps, Reason("reopened")))
    goes_on = write(SaveEscalation(record), climbing.climbs(record, s.now)) if record.chain else climbing.started(s, record)
    return goes_on + internal.card(s, CardKind.ESCALATION, record.id, draft=record.package.draft)


async def _affected(ticket: Ticket, said: tuple[Meant, ...], services: Services, *, at: datetime) -> int:
    """Return how many have the problem, as things stand: those of the incident it will join, or make."""
    policy = (await services.policy.current()).incidents
    every = await services.store.incidents()
    most = 1
    for complaint in (_complaint(ticket, item) for item in said):
        if incident := joined(complaint, every, policy):
            return incident.accounts + 1
        most = max(most, len(parties(together(complaint, await _others(complaint, every, services), policy))))
    return most


async def _others(complaint: Complaint, every: Sequence[Incident], services: Services) -> tuple[Complaint, ...]:
    """Return what others complained of lately that is nearly alike, in tickets that are in no incident yet."""
    policy = (await services.policy.current()).incidents
    since = complaint.at - policy.within
    lately = await services.store.meanings(embedder=complaint.meaning.embedder, since=since, most=READ)
    least = policy.similar - NEARLY
    near = sorted((m for _, m in nearest(complaint.meaning, lately, least=least) if m.ticket != complaint.ticket), key=lambda m: (m.at, m.message))
    taken = rests(every, complaint.at, policy) | {id for incident in every if not incident.status.is_over for id in incident.tickets}
    ids = list(dict.fromkeys(m.ticket for m in near if m.ticket not in taken))[-MOST:]
    tickets = {id: t for id in ids if (t := await services.store.ticket(id)) and t.failing and t.failing >= since and t.merged_into is None}
    return tuple(_complaint(tickets[m.ticket], m) for m in near if m.ticket in tickets and not answered(m.ticket, m.at, every))


async def _opened(found: tuple[Complaint, ...], services: Services, *, cause: EventId, at: datetime) -> Changes:
    tickets = [t for complaint in found if (t := await services.store.ticket(complaint.ticket))]
    return await opened(tickets, services, cause=cause, at=at, first=found[0].at, meanings=[complaint.meaning for complaint in found])


async def _latest(ticket: Ticket, services: Services) -> Sequence[Meant]:
    """Return what a ticket's customer last said, as a meaning; nothing where none was kept."""
    policy = (await services.policy.current()).incidents
    embedder = await meant.embedder(services)
    said = await services.store.meanings(ticket.id, embedder=embedder) if embedder else ()
    failing = [m for m in said if m.meaning.vector and ticket.failing and m.at <= ticket.failing]
    recent = [m for m in failing if ticket.failing and m.at >= ticket.failing - policy.within]
    return (recent or failing or list(said))[-1:]


async def _title(category: str, tickets: Sequence[Ticket], services: Services) -> str:
    channels = [await services.store.channel(ticket.place.channel) for ticket in tickets]
    names = list(dict.fromkeys(f"#{channel.name}" for channel in channels if channel))
    more = f" and {len(names) - PLACES} more" if len(names) > PLACES else ""
    return f"{category or 'a problem'} in {', '.join(names[:PLACES])}{more}"


def _complaint(ticket: Ticket, item: Meant) -> Complaint:
    return Complaint(ticket.id, party_of(ticket), item.at, item.meaning)
