"""Incident replies: one approved reply goes to everybody in an incident, each ticket by itself and once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.audience import INTERNAL, PUBLIC
from desk.changes import NOTHING, Changes, SaveEscalation, SaveIncident, SaveMessage, follow, write
from desk.customer import Fact
from desk.draft import Draft, Part, Proposal
from desk.errors import NotAllowed, Unavailable
from desk.escalation import Escalation, EscalationStatus, EscalationVerdict
from desk.events import ButtonClicked, IncidentTold
from desk.facts import Facts, Occasion
from desk.ids import EventId, MessageId, TicketId, derived
from desk.incident import Incident, IncidentStatus, Telling
from desk.modes import Mode
from desk.ticket import Reason, Ticket
from desk.timeline import Message, Purpose
from desk.triage import Signal
from handlers import act, climbing, drafting, feedback, incident_cards, incident_words, say, spokesman, turn
from handlers.deed import Deed
from handlers.services import Services
from handlers.situation import Situation, load_anyway

FRAMES = {False: "incident_update", True: "incident_fixed"}
"""The fixed phrase that stands before a teammate's words, in the customer's language."""


async def tell(event: ButtonClicked, incident: Incident, services: Services, *, final: bool) -> Changes:
    """Approve one reply for everybody in an incident; the last one says that it is fixed, and ends it."""
    text = event.form.get("text", "").strip()
    if not (text or final):
        raise NotAllowed("Write the reply first.")
    if text:
        await _allowed(text, incident, services)
    at = services.clock.now()
    note = MessageId(derived("m", event.id, "note"))
    telling = Telling(derived("tell", event.id), note, at, event.by, event.by_name, incident.tickets, final)
    told = replace(
        incident,
        status=IncidentStatus.FIXED if final else IncidentStatus.CONFIRMED,
        by=incident.by if incident.is_confirmed and not final else event.by,
        by_name=incident.by_name if incident.is_confirmed and not final else event.by_name,
        tellings=(*incident.tellings, telling),
        closed=at if final else None,
    )
    each = follow(
        *(
            IncidentTold(id=EventId(derived("ev", telling.id, id)), incident=incident.id, ticket=id, telling=telling.id, at=event.at)
            for id in incident.tickets
        )
    )
    changes = write(SaveMessage(await _noted(event, text, note, incident, services)), SaveIncident(told)) + each
    changes += spokesman.followed(told.id, told.tickets, cause=event.id, at=event.at) if told.status is not incident.status else NOTHING
    return changes + incident_cards.redrawn(told.id, cause=event.id, at=event.at)


async def incident_told(event: IncidentTold, services: Services) -> Changes:
    """Tell one ticket's customer what was approved for all; held, muted and ended tickets are left out, and the card says so."""
    incident, ticket = await services.store.incident(event.incident), await services.store.ticket(event.ticket)
    telling = next((t for t in incident.tellings if t.id == event.telling), None) if incident else None
    if incident is None or telling is None or ticket is None or not _still_in(ticket, incident):
        return NOTHING
    text = await _text(telling, services)
    if await services.store.channel(ticket.place.channel) is None:
        return incident_cards.redrawn(incident.id, cause=event.id, at=event.at)
    s = await load_anyway(replace(ticket, incident=incident.id), services, cause=event.id)
    drawn = incident_cards.redrawn(incident.id, cause=event.id, at=event.at)
    if not (text or telling.final) or ticket.status.is_over or ticket.merged_into:
        return drawn
    draft = _derived(s, text, telling)
    facts = _facts(s, draft, telling)
    if facts.mode is Mode.OBSERVE and facts.doubts:
        # Nobody approved it for this customer, and in mode observe nothing is said by itself.
        return drawn
    free = replace(s, ticket=replace(s.ticket, escalated=False))
    return _seen_to(free, telling) + act.perform(facts, free, Deed(draft=draft, who=telling.by_name)) + drawn


def _still_in(ticket: Ticket, incident: Incident) -> bool:
    """Tell whether what was approved is still meant for a ticket: it was not taken out, and the incident was not dismissed since."""
    return ticket.id in incident.tickets and incident.status is not IncidentStatus.DISMISSED


def _derived(s: Situation, text: str, telling: Telling) -> Draft:
    """Return the reply as one customer reads it: a fixed phrase in their language, and the teammate's own words."""
    frame = say.phrase(s, FRAMES[telling.final], name=s.ticket.customer_name or s.policy.company.name)
    part = Part(PUBLIC, "\n\n".join(filter(None, (frame, text))))
    made = drafting.stored(Proposal((part,), confidence=1.0, language=s.language, fixed=not text), s)
    return replace(
        made, id=incident_words.draft_id(telling, s.ticket.id), decided_by=telling.by, decided_by_name=telling.by_name, decided_at=telling.at
    )


def _facts(s: Situation, draft: Draft, telling: Telling) -> Facts:
    """A human who holds the ticket decides there; that one was called for is no reason to keep the reply from its customer."""
    holds = s.ticket.owner is not None and s.ticket.owner != telling.by
    later = s.ticket.id not in telling.tickets
    mode = turn.mode_of(s, s.ticket.category)
    asks_first = later and not (s.policy.incidents.later == "send" and mode is Mode.AUTO)
    paused = s.policy.paused.holds(s.ticket.category, s.channel.name, now=s.now)
    return replace(
        feedback.occasion_facts(s, Occasion.INCIDENT_TOLD),
        held=holds,
        paused=paused,
        draft=draft.id,
        confidence=1.0,
        fixed=True,
        doubts=("joined_later",) if asks_first else (),
        teammate="teammate",
    )


def _seen_to(s: Situation, telling: Telling) -> Changes:
    """Whoever answered for all has seen to what was called for, and once it is fixed nobody is called for it any more."""
    if telling.final:
        return write(*(SaveEscalation(_ended(e, telling)) for e in s.open_escalations))
    changes = NOTHING
    for e in (e for e in s.open_escalations if e.status is EscalationStatus.OPEN):
        step = Reason("acknowledged", (("who", telling.by_name),))
        changes += climbing.held(e, s, telling.by, name=telling.by_name, until=s.now + s.policy.escalation.hold, step=step)
    return changes


def _ended(escalation: Escalation, telling: Telling) -> Escalation:
    verdict = EscalationVerdict.NEEDED
    step = Reason("closed", (("who", telling.by_name), ("verdict", verdict.value)))
    ended = replace(escalation, by=telling.by, by_name=telling.by_name, closed_at=telling.at, steps=(*escalation.steps, step))
    return replace(ended, status=EscalationStatus.CLOSED, verdict=verdict)


async def _text(telling: Telling, services: Services) -> str:
    message = await services.store.message_by_id(telling.message)
    return message.text if message else ""


async def _noted(event: ButtonClicked, text: str, id: MessageId, incident: Incident, services: Services) -> Message:
    """Return the teammate's words as a note among the team in the incident's first ticket, which is where they are kept."""
    first = TicketId(incident.tickets[0]) if incident.tickets else event.ticket
    return Message(id, None, event.place, event.by, event.by_name, event.role, text, event.at, Purpose.TEAMMATE, INTERNAL, first)


async def _allowed(text: str, incident: Incident, services: Services) -> None:
    """Raise NotAllowed for words that are one customer's own: everybody in the incident reads them."""
    names, facts = await _known(incident, services)
    found = incident_words.own(text, names, facts)
    if not found and Signal.PERSONAL_DATA in (await _signals(text, services)):
        found = "something personal in it"
    if found:
        raise NotAllowed(
            f"This was not sent: everybody in the incident would read {found!r}, which is one customer's own. Take it out, or reply there."
        )


async def _signals(text: str, services: Services) -> frozenset[Signal]:
    try:
        return (await services.triager.triage(text)).signals
    except Unavailable:
        return frozenset()


async def _known(incident: Incident, services: Services) -> tuple[Sequence[str], Sequence[Fact]]:
    """Return who is in an incident, by their names, and what is on record of them. Raises Unavailable("crm"): unchecked it may not go out."""
    names: dict[str, None] = {}
    facts: list[Fact] = []
    for id in incident.tickets:
        ticket = await services.store.ticket(id)
        channel = await services.store.channel(ticket.place.channel) if ticket else None
        if ticket is None or channel is None:
            continue
        author = await services.crm.identify(ticket.customer, ticket.customer_name, channel)
        facts += await services.crm.record(author)
        account = await services.crm.account(ticket.account) if ticket.account else None
        names |= dict.fromkeys(filter(None, (ticket.customer_name, author.person.name if author.person else "", account.name if account else "")))
    return tuple(names), facts
