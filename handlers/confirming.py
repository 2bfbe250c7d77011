"""Confirming: the ticket's own customer says whether what a draft wants done may be done."""

from __future__ import annotations

from dataclasses import replace

from desk.changes import Changes, Expect, write
from desk.draft import Draft, DraftStatus
from desk.errors import NotAllowed
from desk.events import ButtonClicked
from desk.facts import Facts, Occasion
from desk.ticket import Attention, Ticket
from handlers import act, feedback, requests, review
from handlers.deed import Deed
from handlers.services import Services
from handlers.situation import Situation, load

GIVEN = (DraftStatus.RUNNING, DraftStatus.SENT)
SILENT = (Attention.DORMANT, Attention.MUTED)


async def confirm(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Run what the customer was asked about, once, if the question still stands."""
    s, draft = await _asked(event, ticket, services)
    facts = replace(_facts(s, draft, Occasion.CONFIRMED), runs=requests.consents(draft, s.runs, ticket.customer))
    return _guarded(s) + act.perform(facts, s, Deed(draft=draft, who=draft.decided_by_name))


async def decline(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Leave it undone, and say so."""
    s, draft = await _asked(event, ticket, services)
    return _guarded(s) + act.perform(_facts(s, draft, Occasion.DECLINED), s, Deed(draft=draft))


async def _asked(event: ButtonClicked, ticket: Ticket, services: Services) -> tuple[Situation, Draft]:
    """Return the draft that the question is about; raise NotAllowed for anybody else's click, a second one, or one that comes too late."""
    policy = await services.policy.current()
    if event.by != ticket.customer:
        raise NotAllowed(policy.phrase("not_yours", ticket.language))
    s = await load(ticket, services, cause=event.id)
    draft = next((d for d in s.drafts if d.id == event.subject), None)
    if draft is not None and draft.status in GIVEN:
        raise NotAllowed(policy.phrase("confirmed", s.language, name=ticket.customer_name))
    if draft is None or draft.status is not DraftStatus.ASKED or _is_silent(s) or not await review.holds(draft, s, services):
        raise NotAllowed(policy.phrase("moved_on", s.language))
    return s, draft


def _is_silent(s: Situation) -> bool:
    """Tell whether somebody else has the word by now."""
    paused = s.policy.paused.holds(s.ticket.category, s.channel.name, now=s.now)
    gone = s.ticket.status.is_over or s.ticket.merged_into is not None
    return s.ticket.held or paused or s.ticket.attention in SILENT or gone


def _guarded(s: Situation) -> Changes:
    return write(Expect(str(s.channel.ref), s.ticket.group))


def _facts(s: Situation, draft: Draft, occasion: Occasion) -> Facts:
    threshold = s.policy.answers.threshold_of(s.ticket.category, calibrated=draft.proposal.threshold)
    return replace(feedback.occasion_facts(s, occasion), draft=draft.id, confidence=round(draft.proposal.confidence, 4), threshold=threshold)
