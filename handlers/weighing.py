"""Weighing: what was said is looked at by the escalation rules, and its ticket is given a mood and a priority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desk.changes import NOTHING, Changes
from desk.draft import Proposal
from desk.escalation import Trigger
from desk.facts import HARD
from desk.triage import Classification
from escalation.case import Case
from escalation.hearing import MOODS, apart, news
from escalation.priority import score
from escalation.rules import evaluate
from handlers import incidents, leaving, meant, moods, noticing, routing, stakes
from handlers.services import Services
from handlers.situation import Situation


@dataclass(frozen=True, slots=True)
class Weighed:
    """The situation with its ticket's mood and priority, the rules that bring in a person, those that only tell one, and what else is written."""

    s: Situation
    case: Case
    triggers: tuple[Trigger, ...] = ()
    notices: tuple[Trigger, ...] = ()
    changes: Changes = NOTHING
    doubts: tuple[str, ...] = ()
    """What keeps an answer from going out alone: others have the same problem, or a rule that brings in a person fires still."""


async def weigh(s: Situation, c: Classification, services: Services, *, proposal: Proposal, repeats: bool = False) -> Weighed:
    """Weigh what waits for an answer in a ticket; it is done for every turn, also while a person holds it or it is muted.

    `repeats` says that `proposal` only says again what the customer was last told.
    """
    said = await meant.meant(s, services)
    s, gone = await leaving.left(s, services)
    s, c = await moods.felt(s, c, services)
    others = await incidents.noticed(s, c, said, services)
    s = others.s
    case = await stakes.case_of(s, c, services, proposal=proposal, said=said, repeats=repeats)
    case = replace(case, affected=others.affected)
    fired = evaluate(case, s.policy)
    stood = s.ticket.stands.union(*(escalation.rules for escalation in s.open_escalations))
    heard = news(fired, s.policy, stood=stood, raised=s.escalations, now=s.now, silent=noticing.is_quiet(s.ticket))
    stands = heard.standing if c.is_request else heard.standing | (s.ticket.stands - MOODS)
    s = replace(s, ticket=replace(s.ticket, stands=stands))
    # What a teammate set holds for what they had read; what was said since is weighed anew.
    if not _is_ranked(s):
        s = replace(s, ticket=replace(s.ticket, priority=score(case, (*fired, *_unsettled(s, fired)), s.policy), ranked_at=None))
    s = await routing.placed(s, services, rules=[trigger.rule for trigger in heard.triggers])
    notices = await noticing.lulled(s, heard.notices, services)
    doubts = (*others.doubts, *(trigger.rule for trigger in apart(fired, s.policy)[0] if trigger not in heard.triggers))
    return Weighed(s, case, heard.triggers, notices, meant.kept(said) + others.changes + gone, doubts)


def _unsettled(s: Situation, fired: Sequence[Trigger]) -> tuple[Trigger, ...]:
    """Return what a person was brought in for at once and has not closed yet: a further word of the customer's makes it no less pressing."""
    known = {trigger.rule for trigger in fired}
    return tuple(t for e in s.open_escalations for t in e.triggers if t.rule in HARD and t.rule not in known)


def _is_ranked(s: Situation) -> bool:
    return s.ticket.ranked_at is not None and all((m.edited_at or m.at) <= s.ticket.ranked_at for m in s.said)
