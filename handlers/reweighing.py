"""Reweighing: a ticket's priority is worked out anew although nobody wrote, because time passed and a promise is about to be broken."""

from __future__ import annotations

from dataclasses import replace

from desk.ticket import Ticket
from escalation.clock import owed
from escalation.kept import case_of
from escalation.priority import score
from escalation.rules import evaluate
from handlers import stakes
from handlers.services import Services
from handlers.situation import Situation


async def reweighed(s: Situation, services: Services) -> Ticket:
    """Return the ticket with the priority that it has by now: from what was heard at its last turn, and from how its promises stand.

    What a teammate set stands, and so does the priority of a ticket that was never weighed.
    """
    if s.ticket.ranked_at is not None:
        return s.ticket
    decisions = await services.store.decisions(s.ticket.id)
    pairs = next((d.facts.weighed for d in reversed(decisions) if d.facts.weighed), None)
    if pairs is None:
        return s.ticket
    promised = owed(s.ticket, s.account, s.policy, s.now, kind=s.channel.kind)
    case = replace(case_of(pairs, account=s.account, person=s.customer.person), owed=promised, since_answer=stakes.since_answer(s))
    return replace(s.ticket, priority=score(case, evaluate(case, s.policy), s.policy))
