"""Steering: a teammate takes a ticket, gives it back, mutes it, replies, acknowledges and resolves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from desk.audience import INTERNAL
from desk.cards import Card, Text
from desk.changes import (
    NOTHING,
    Changes,
    ClearDeadlines,
    Feedback,
    RecordFeedback,
    SaveDraft,
    SaveEscalation,
    SaveMessage,
    SaveTicket,
    Unsend,
    follow,
    write,
)
from desk.deadlines import DeadlineKind
from desk.draft import DraftStatus, Part, Proposal
from desk.errors import NotAllowed
from desk.escalation import Escalation, EscalationStatus, EscalationVerdict
from desk.events import ButtonClicked, TurnStarted
from desk.facts import Occasion
from desk.ids import DraftId, EventId, derived
from desk.ticket import Attention, Reason, Status, Ticket, awake, handed_back
from handlers import act, climbing, drafting, feedback, internal, say, summing
from handlers.deed import Deed
from handlers.reasons import decision_lines
from handlers.services import Services
from handlers.situation import Situation, load
from handlers.times import timed


async def take_over(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """The teammate holds the ticket from now on; the bot is silent and its drafts are for the team."""
    if ticket.owner is not None and ticket.owner != event.by:
        raise NotAllowed(f"{ticket.owner_name} holds this ticket already.")
    s = await load(ticket, services, cause=event.id)
    quiet = write(*(SaveDraft(replace(draft, status=DraftStatus.QUIET)) for draft in s.waiting))
    taken = replace(awake(ticket), owner=event.by, owner_name=event.by_name, status=Status.WAITING_TEAM)
    summed = await summing.taken_over(s, services)
    return write(SaveTicket(taken), Unsend(ticket.id)) + quiet + summed + acknowledged(s, event) + internal.refreshed(s)


async def reply(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Send a teammate's own words to the customer's thread."""
    text = event.form.get("text", "").strip()
    if not text:
        raise NotAllowed("Write the reply first.")
    if ticket.owner != event.by:
        raise NotAllowed(f"{ticket.owner_name} holds this ticket." if ticket.owner else "Take the ticket over first.")
    s = await load(ticket, services, cause=event.id)
    # A teammate decides what a thread may read; a reply is shown at the widest audience its thread has.
    part = Part(next(iter(s.place)), text)
    draft = replace(
        drafting.stored(Proposal((part,), language=s.language), s),
        id=DraftId(derived("r", event.id)),
        decided_by=event.by,
        decided_by_name=event.by_name,
        decided_at=s.now,
    )
    return act.perform(
        replace(feedback.occasion_facts(s, Occasion.REPLIED), draft=draft.id, teammate=event.role.value), s, Deed(draft=draft, who=event.by_name)
    )


async def hand_back(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Give the ticket to the bot again; what is unanswered gets a turn."""
    s = await load(ticket, services, cause=event.id)
    given = handed_back(ticket, max(event.at, s.now))
    if not s.said and given.answered_at:
        given = replace(given, status=Status.WAITING_CUSTOMER)
    started = follow(TurnStarted(id=EventId(derived("ev", event.id, ticket.id)), ticket=ticket.id, turn=ticket.turn, at=event.at))
    closed = write(*(SaveEscalation(_closed(e, event, verdict=None)) for e in s.open_escalations))
    waits = say.silence(s) if given.status is Status.WAITING_CUSTOMER else NOTHING
    return write(SaveTicket(given)) + closed + internal.refreshed(s) + (started if s.said else waits)


async def mute(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Silence the bot in this ticket until it is unmuted; what waits to be sent is dropped."""
    s = await load(ticket, services, cause=event.id)
    silent = write(SaveTicket(replace(ticket, muted=True, attention=Attention.MUTED)), Unsend(ticket.id))
    return silent + write(ClearDeadlines(str(ticket.id), (DeadlineKind.REMIND, DeadlineKind.CLOSE, DeadlineKind.PROMISE))) + internal.refreshed(s)


async def unmute(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Let the bot speak again."""
    return await hand_back(event, replace(ticket, muted=False), services)


async def acknowledge(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Somebody is on it: the chain is held for policy's span, then it is armed again."""
    s = await load(ticket, services, cause=event.id)
    reader = s.team.get(event.by)
    raised = next((e for e in s.open_escalations if e.id == event.subject), None)
    hold = hold_of(raised, s) if raised else s.policy.escalation.hold
    held = bool(raised) and all(e.status is EscalationStatus.ACKNOWLEDGED for e in s.open_escalations)
    first = raised.by_name if raised and held and raised.by != event.by else ""
    end = raised.held_until if raised and held and raised.held_until else s.now + hold
    until = timed(end, now=s.now, zone=reader.zone if reader else s.policy.hours.zone)
    told = say.whisper(
        f"{f'{first} has it already' if first else 'Acknowledged'}. Nobody else is paged until {until}.",
        to=event.by,
        place=event.place,
        cause=event.id,
        at=event.at,
        audience=INTERNAL,
    )
    return acknowledged(s, event) + internal.refreshed(s) + told


async def resolve(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Close the ticket's escalations with a verdict, and the ticket with them; the customer did not confirm anything."""
    s = await load(replace(ticket, owner=None, owner_name=""), services, cause=event.id)
    verdict = EscalationVerdict(event.form.get("verdict") or EscalationVerdict.NEEDED)
    if ticket.status.is_over and not s.open_escalations:
        raise NotAllowed("This ticket was closed already.")
    closed = write(*(SaveEscalation(_closed(e, event, verdict=verdict)) for e in s.open_escalations))
    if note := event.form.get("note", "").strip():
        closed += write(SaveMessage(internal.note(s, event, note)))
    label = write(RecordFeedback(Feedback(derived("f", event.id), ticket.id, "resolved", event.by, event.at, subject=event.subject)))
    if ticket.status.is_over:
        return closed + label + internal.refreshed(s)
    facts = replace(feedback.occasion_facts(s, Occasion.RESOLVED), teammate=event.role.value)
    return closed + label + act.perform(facts, s, Deed(who=event.by_name, csat_due=await feedback.csat_due(ticket, s, services)))


async def why(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Whisper the ticket's decisions with their reasons."""
    decisions = await services.store.decisions(ticket.id)
    lines = [line for decision in decisions for line in decision_lines(decision)]
    card = Card((Text("\n".join(lines) or "Nothing was decided yet."),))
    return say.whisper("", to=event.by, place=event.place, cause=event.id, at=event.at, audience=INTERNAL, card=card)


def acknowledged(s: Situation, event: ButtonClicked) -> Changes:
    """Note on every open escalation who is on it, and arm it again after policy's span."""
    result = NOTHING
    for escalation in s.open_escalations:
        if escalation.status is EscalationStatus.OPEN:
            step = Reason("acknowledged", (("who", event.by_name), ("at", s.now.isoformat())))
            result += climbing.held(escalation, s, event.by, name=event.by_name, until=s.now + hold_of(escalation, s), step=step)
    return result


def hold_of(escalation: Escalation, s: Situation) -> timedelta:
    """Return how long an acknowledgement holds: as policy said when the escalation began."""
    return escalation.chain.hold if escalation.chain else s.policy.escalation.hold


def _closed(escalation: Escalation, event: ButtonClicked, *, verdict: EscalationVerdict | None) -> Escalation:
    step = Reason("closed", (("who", event.by_name), ("verdict", verdict.value if verdict else "")))
    return replace(
        escalation,
        status=EscalationStatus.CLOSED,
        closed_at=event.at,
        verdict=verdict,
        by=event.by,
        by_name=event.by_name,
        steps=(*escalation.steps, step),
    )
