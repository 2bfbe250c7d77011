"""Commands about the queue: what waits for the team, most urgent first."""

from __future__ import annotations

from datetime import datetime

from desk.cards import Card, Header, Notes, Text
from desk.changes import NOTHING, Changes, Feedback, RecordFeedback, write
from desk.events import CommandInvoked
from desk.ids import derived
from desk.routing import Seniors
from desk.space import UserRef
from desk.ticket import Ticket
from escalation.routing import members
from handlers import dues, team_cards
from handlers.commands.words import one_of, split
from handlers.dossier import Dossier, dossier
from handlers.roster import roster
from handlers.services import Services

USAGE = "queue [TEAM|mine|seniors]"
WAYS = ("queue", "queue TEAM", "queue mine|seniors")
MINE, SENIORS = "mine", "seniors"
OPENED = "opened"
"""The kind of feedback that remembers who was shown which ticket, so that the following one comes next."""

MOST = 25
"""Tickets that the list shows."""
COMPARED = 50
"""Tickets at the front whose promises are compared."""


async def next_(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Open the most urgent card that waits for you, then the following one."""
    shown = {f.ticket: f.at for f in await services.store.feedback(by=event.by) if f.kind == OPENED}
    mine = [t for t in await _waiting(services) if t.owner in (None, event.by)]
    mine = await mine_first(mine, event.by, services)
    found = [(ticket, *item) for ticket in mine if (item := _item(await dossier(ticket.id, services)))]
    fresh = [item for item in found if item[0].id not in shown or shown[item[0].id] < item[1]]
    if not found:
        return Card((Text("Nothing waits. Well done."),)), NOTHING
    ticket, _, card = fresh[0] if fresh else min(found, key=lambda item: shown[item[0].id])
    return card, write(RecordFeedback(Feedback(derived("f", event.id), ticket.id, OPENED, event.by, event.at)))


async def queue(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """List what waits for the team, most urgent first: all of it, one team's, the seniors', or what you hold or were offered."""
    words = split(event.text)[1:]
    teams = (await services.policy.current()).routing.teams
    which = one_of("queue", (*teams, SENIORS, MINE), " ".join(words)) if words else ""
    return await waiting(services, which, by=event.by), NOTHING


async def waiting(services: Services, which: str = "", *, by: UserRef | None = None) -> Card:
    """Return what waits for the team as a card; of one team, or of one person, if they are named."""
    seniors = (await services.policy.current()).routing.seniors
    tickets = [t for t in await _waiting(services) if _is_of(t, which, by, seniors)]
    zone, now = (await services.policy.current()).hours.zone, services.clock.now()
    due = {t.id: dues.listed(await dues.owed_to(t, services, now=now), t, now=now, zone=zone) for t in tickets[:MOST]}
    lines = [f"{t.priority.level} {t.priority.score}  {t.id}  {t.customer_name}  {t.category}{_whose(t)}{_due(due.get(t.id))}" for t in tickets]
    title = f"Waiting for {which if which not in ('', MINE) else 'you' if which else 'the team'}"
    if not lines:
        return Card((Header(title, "0"), Text("Nothing waits.")))
    rest = (f"and {len(lines) - MOST} more: `next` opens the most urgent one",) if len(lines) > MOST else ()
    return Card((Notes(f"{title}   {len(lines)}", (*lines[:MOST], *rest)),))


def _due(told: str | None) -> str:
    return f"  {told}" if told else ""


async def mine_first(tickets: list[Ticket], by: UserRef, services: Services) -> list[Ticket]:
    """Return tickets with what somebody was offered first, then what waits for their teams; each in the order it had."""
    policy = await services.policy.current()
    me = [person for person in await roster(policy, services) if person.user == by] if any(t.team for t in tickets) else []
    teams = {name for name, team in policy.routing.teams.items() if members(team, me)}
    return sorted(tickets, key=lambda t: (t.offered != by, bool(t.team) and t.team not in teams))


def _is_of(ticket: Ticket, which: str, by: UserRef | None, seniors: Seniors) -> bool:
    if which == MINE:
        return by in (ticket.owner, ticket.offered)
    if which == SENIORS:
        return seniors.are_for(ticket.priority.level) and ticket.owner is None
    return which in ("", ticket.team)


def _whose(ticket: Ticket) -> str:
    team = f"  {ticket.team}" if ticket.team else ""
    return f"{team}  held by {ticket.owner_name}" if ticket.owner else f"{team}  offered to {ticket.offered_name}" if ticket.offered else team


def _item(d: Dossier | None) -> tuple[datetime, Card] | None:
    """Return what waits in a ticket, since when and as a card: an escalation before a draft."""
    open_ones = [e for e in d.escalations if e.closed_at is None] if d else []
    drafts = [x for x in d.drafts if x.is_open] if d else []
    if d and open_ones:
        return open_ones[-1].at, team_cards.escalation_card(open_ones[-1], d)
    return (drafts[-1].created, team_cards.draft_card(drafts[-1], d)) if d and drafts else None


async def _waiting(services: Services) -> list[Ticket]:
    """Return what waits by priority; of what is as urgent as each other, what is broken or due soonest comes first."""
    tickets = [t for t in await services.store.tickets(open_only=True) if t.is_queued]
    ordered = sorted(tickets, key=lambda t: (-t.priority.score, t.opened, t.id))
    first, now = ordered[:COMPARED], services.clock.now()
    due = {t.id: dues.pressing(await dues.owed_to(t, services, now=now)) for t in first}
    return [*sorted(first, key=lambda t: (-t.priority.score, due[t.id])), *ordered[COMPARED:]]
