"""Noticing: a person of ours is told that a rule fired, while the desk goes on. Nobody outside hears of it."""

from __future__ import annotations

from dataclasses import replace

from desk.cards import Card, Style, Text
from desk.changes import NOTHING, Changes, SaveEscalation, write
from desk.decision import Action, Escalate, StandBy, Suggest
from desk.escalation import Escalation, EscalationStatus, Trigger
from desk.facts import HARD, Facts
from desk.ids import derived
from desk.modes import Mode
from desk.space import UserRef
from desk.ticket import Attention, Reason, Ticket
from handlers import climbing, internal, spokesman
from handlers.deed import Deed
from handlers.reasons import render
from handlers.services import Services
from handlers.situation import Situation

TOLD = "told"
"""The step of an escalation that only told somebody."""
THEIRS = frozenset({"vip", "churn", "contractual_sla", "low_confidence", "money"})
"""Rules that are about an account before they are about a ticket: its manager is told."""
PAGE, PING = 3, 2
"""The levels from which on somebody is called, and is mentioned."""


async def lulled(s: Situation, notices: tuple[Trigger, ...], services: Services) -> tuple[Trigger, ...]:
    """Return notices of which none mentions somebody who was just mentioned for the same rule in another ticket of the account.

    What is about an account is the same in each of its tickets: fifty of them on one day mention its manager a few times, not fifty.
    """
    loud = {notice.rule for notice in notices if notice.rule in THEIRS and notice.level == PING}
    if not loud or not s.account or is_quiet(s.ticket):
        return notices
    heard: set[str] = set()
    for raised in await services.store.escalations_since(s.now - s.policy.escalation.cool_down):
        mentioned = {trigger.rule for trigger in raised.triggers if trigger.level >= PING} & loud
        if mentioned - heard and raised.ticket != s.ticket.id:
            other = await services.store.ticket(raised.ticket)
            heard |= mentioned if other and other.account == s.account.id else set()
    return tuple(replace(notice, level=1) if notice.rule in heard else notice for notice in notices)


def heeded(facts: Facts, action: Action, deed: Deed) -> Deed:
    """Return the deed with the notices that somebody hears of: while only observing, those that policy lets speak up even then.

    Where a person is brought in anyway they stand with the rules that did it: one card is enough.
    """
    deed = replace(deed, notices=tuple(n for n in deed.notices if facts.mode is not Mode.OBSERVE or n.rule in facts.pages))
    if not isinstance(action, Escalate) or not (deed.triggers and deed.notices):
        return deed
    together = sorted((*deed.triggers, *deed.notices), key=lambda trigger: -trigger.level)
    return replace(deed, triggers=tuple(together), notices=())


def noticed(action: Action, s: Situation, deed: Deed) -> Changes:
    """Tell the right person what a rule noticed, unless whoever keeps the bot silent hears of it."""
    if not deed.notices or (isinstance(action, StandBy) and is_quiet(s.ticket)):
        return NOTHING
    if isinstance(action, Suggest) and all(notice.level < PING for notice in deed.notices):
        # The draft's card says it: a line beside it would say it twice.
        return _saved(s, record(s, deed.notices))
    return told(s, deed.notices)


def is_quiet(ticket: Ticket) -> bool:
    """Tell whether the bot is silent in a ticket because of people, so that its owner and a lead are told instead of the team."""
    return ticket.held or ticket.attention is not Attention.ACTIVE


def overheard(s: Situation, heard: tuple[Trigger, ...]) -> Changes:
    """Tell the owner and a lead what rules heard in a ticket in which the bot is silent, and record all but what is heard each time."""
    standing = tuple(trigger for trigger in heard if trigger.rule not in HARD)
    return (_saved(s, record(s, standing)) if standing else NOTHING) + internal.tell(s, heard)


def told(s: Situation, notices: tuple[Trigger, ...]) -> Changes:
    """Record that these rules fired, and tell somebody as loudly as the strongest of them is: a line, one that mentions them, or a page."""
    level = max(notice.level for notice in notices)
    people = whom(s, notices)
    found = record(s, notices)
    recorded = _saved(s, found)
    if s.spoken_for and level <= s.stand.loudest and spokesman.may_wait(found.rules):
        return recorded
    if level >= PAGE:
        return recorded + internal.page(s, notices, people, label="noticed")
    return recorded + internal.notice(s, _line(s, notices), label="noticed", to=people if level >= PING else ())


def record(s: Situation, notices: tuple[Trigger, ...]) -> Escalation:
    """Return the quiet escalation of rules that only tell; nobody has to do anything about it but for a page."""
    level = max(notice.level for notice in notices)
    over = level < PAGE
    return Escalation(
        derived("x", s.cause, TOLD),
        s.ticket.id,
        notices,
        s.now,
        s.policy.version,
        level=level,
        status=EscalationStatus.CLOSED if over else EscalationStatus.OPEN,
        quiet=True,
        closed_at=s.now if over else None,
        steps=(Reason(TOLD, (("level", str(level)),)),),
    )


def whom(s: Situation, notices: tuple[Trigger, ...]) -> tuple[UserRef, ...]:
    """Return who is told: the owner, else the account's manager where it is about the account, else a lead."""
    if s.ticket.owner:
        return (s.ticket.owner,)
    manager = s.account.manager.casefold() if s.account else ""
    managers = [user for user, person in s.team.items() if manager and person.name.casefold() == manager]
    return tuple(managers[:1]) if managers and any(notice.rule in THEIRS for notice in notices) else s.leads[:1]


def _saved(s: Situation, found: Escalation) -> Changes:
    """Save a record; one that somebody has to take up climbs until they do."""
    return climbing.started(s, found) if found.status is EscalationStatus.OPEN else write(SaveEscalation(found))


def _line(s: Situation, notices: tuple[Trigger, ...]) -> Card:
    account = f", {s.account.name} ({s.account.tier or 'no tier'})" if s.account else ""
    why = "; ".join(render(Reason(notice.rule, notice.values)) for notice in notices)
    urgent = s.ticket.priority
    parts = ", ".join(render(reason) for reason in urgent.reasons)
    ranked = f"Priority {urgent.level} {urgent.score}{f' ({parts})' if parts else ''}"
    text = f"{s.ticket.customer_name}{account}: {why}. The bot goes on.   {ranked}   Ticket {s.ticket.id}"
    return Card((Text(text, Style.QUIET),))
