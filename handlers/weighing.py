"""Weighing: what was said is looked at by the escalation rules, and its ticket is given a mood and a priority."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desk.changes import NOTHING, Changes
from desk.draft import Proposal
from desk.escalation import Trigger
from desk.timeline import SPOKEN, Purpose, in_a_row
from desk.triage import Classification
from escalation.case import Case
from escalation.priority import score
from escalation.rules import evaluate
from handlers import meant
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


async def weigh(s: Situation, c: Classification, services: Services, *, proposal: Proposal, repeats: bool = False) -> Weighed:
    """Weigh what waits for an answer in a ticket; it is done for every turn, also while a person holds it or it is muted.

    `repeats` says that `proposal` only says again what the customer was last told.
    """
    said = await meant.meant(s, services)
    case = _case(s, c, repeats=repeats)
    triggers = evaluate(case, s.policy)
    # What a teammate set holds for what they had read; what was said since is weighed anew.
    if not _is_ranked(s):
        s = replace(s, ticket=replace(s.ticket, priority=score(case, triggers, s.policy), ranked_at=None))
    return Weighed(s, case, triggers, changes=meant.kept(said))


def _case(s: Situation, c: Classification, *, repeats: bool) -> Case:
    since = s.ticket.topic_since
    answers = in_a_row(s.timeline, purposes=SPOKEN - {Purpose.QUESTION, Purpose.PART}, since=since)
    questions = in_a_row(s.timeline, purposes=frozenset({Purpose.QUESTION}), since=since)
    return Case(c, s.account, s.ticket.not_solved, answers, questions, repeats)


def _is_ranked(s: Situation) -> bool:
    return s.ticket.ranked_at is not None and all((m.edited_at or m.at) <= s.ticket.ranked_at for m in s.said)
