"""Summing: what a conversation came to is written down when a person takes it over and when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from desk.changes import NOTHING, Changes, SaveSummary, SaveTicket, follow, write
from desk.decision import Action, Escalate, Observe, decide
from desk.draft import Draft, Proposal
from desk.events import SummaryAsked
from desk.facts import HARD, Facts
from desk.ids import EventId, derived
from desk.policy import Policy
from desk.summary import SummaryKind, Talk
from desk.ticket import Ticket
from desk.timeline import Timeline
from desk.usage import Payer
from handlers.deed import Deed
from handlers.services import Services
from handlers.situation import Situation

NO_PROPOSAL = Proposal()


async def handed_over(facts: Facts, s: Situation, deed: Deed, services: Services, *, proposal: Proposal = NO_PROPOSAL) -> Deed:
    """Return the deed with a summary for whoever takes over, where these facts bring in a person; what the agent wrote for them comes first."""
    if not _brings_in(decide(facts)):
        return deed
    talk = _talk(s.ticket, s.timeline, s.drafts, policy=s.policy, at=s.now)
    talk = replace(talk, own=proposal.summary, evidence=proposal.evidence, at_once=bool(HARD & set(facts.triggers)))
    made = await services.summarizer.summarize(SummaryKind.HANDOVER, talk)
    return replace(deed, summary=made if made.points else None, calls=(*deed.calls, *made.calls))


async def taken_over(s: Situation, services: Services) -> Changes:
    """Sum up for a teammate who takes a ticket, unless that was done since anybody said anything."""
    known = await services.store.summaries(s.ticket.id)
    if any(summary.kind is SummaryKind.HANDOVER and summary.turn == s.ticket.turn for summary in known):
        return NOTHING
    made = await services.summarizer.summarize(SummaryKind.HANDOVER, _talk(s.ticket, s.timeline, s.drafts, policy=s.policy, at=s.now))
    return write(SaveSummary(made)) if made.points else NOTHING


def ended(s: Situation) -> Changes:
    """Ask for a note for the customer record, once everything else of the ending is done."""
    return follow(SummaryAsked(id=EventId(derived("ev", s.cause, "note")), ticket=s.ticket.id, kind=SummaryKind.CRM_NOTE, at=s.now))


async def summary_asked(event: SummaryAsked, services: Services) -> Changes:
    """Write the note of a ticket that is over; one that was opened again gets its note at its next end."""
    ticket = await services.store.ticket(event.ticket)
    if ticket is None or not ticket.status.is_over:
        return NOTHING
    timeline, drafts, policy = await services.store.timeline(ticket.id), await services.store.drafts(ticket.id), await services.policy.current()
    made = await services.summarizer.summarize(event.kind, _talk(ticket, timeline, drafts, policy=policy, at=services.clock.now()))
    # The ticket is compared, so that words which were erased meanwhile are not written back.
    return write(SaveTicket(ticket), SaveSummary(made)) if made.points else NOTHING


def _brings_in(action: Action) -> bool:
    """Tell whether somebody will get a card about it who may know nothing yet; one who holds the ticket does."""
    return (isinstance(action, Escalate) and not action.quiet) or (isinstance(action, Observe) and (action.speaks or bool(action.pages)))


def _talk(ticket: Ticket, timeline: Timeline, drafts: Sequence[Draft], *, policy: Policy, at: datetime) -> Talk:
    payer = Payer(str(ticket.id), str(ticket.customer), str(ticket.place.channel))
    return Talk(ticket, timeline, tuple(drafts), policy, payer, at)
