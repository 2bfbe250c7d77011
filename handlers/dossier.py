"""The dossier: everything the team's cards of one ticket are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.customer import Account
from desk.decision import Decision
from desk.draft import Draft
from desk.errors import Unavailable
from desk.escalation import Escalation
from desk.ids import TicketId
from desk.macros import Offer
from desk.runs import ActionRun
from desk.summary import Summary
from desk.ticket import Ticket
from desk.timeline import Timeline
from handlers import estimates, saved_texts
from handlers.services import Services
from handlers.times import shown, until


@dataclass(frozen=True, slots=True)
class Dossier:
    """One ticket as its cards see it. `names` are people's names by their platform id, `judged` the labels by draft or decision id."""

    ticket: Ticket
    timeline: Timeline
    channel: str
    account: Account | None
    drafts: tuple[Draft, ...]
    escalations: tuple[Escalation, ...]
    decisions: tuple[Decision, ...]
    due: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    judged: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    """The team's time zone, in which cards show instants."""
    reads: str = "en"
    """The team's language."""
    summaries: tuple[Summary, ...] = ()
    runs: tuple[ActionRun, ...] = ()
    undoable: frozenset[str] = frozenset()
    """The actions that policy says how to undo."""
    offers: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)
    """The saved texts that fit each open draft, by its id."""


async def dossier(id: TicketId, services: Services) -> Dossier | None:
    """Load a ticket's dossier; without the customer record its account is unknown."""
    store = services.store
    ticket = await store.ticket(id)
    if ticket is None:
        return None
    policy = await services.policy.current()
    channel, timeline, account = await store.channel(ticket.place.channel), await store.timeline(id), await _account(ticket, services)
    drafts = tuple(await store.drafts(id))
    return Dossier(
        ticket,
        timeline,
        channel.name if channel else "",
        account,
        drafts,
        tuple(await store.escalations(id)),
        tuple(await store.decisions(id)),
        await _due(ticket, account, services),
        {str(m.author): m.author_name for m in timeline if m.author},
        {f.subject: f.kind for f in await store.feedback(id) if f.kind in ("right", "wrong")},
        policy.hours.zone,
        policy.model.team_language,
        tuple(await store.summaries(id)),
        tuple(await store.runs(id)),
        frozenset(action.name for action in policy.actions if action.undo),
        offers={draft.id: await saved_texts.offered(draft, ticket, services) for draft in drafts if draft.is_open},
    )


async def _account(ticket: Ticket, services: Services) -> Account | None:
    try:
        return await services.crm.account(ticket.account) if ticket.account else None
    except Unavailable:
        return None


async def _due(ticket: Ticket, account: Account | None, services: Services) -> str:
    """Return when the first response is due, empty once there was one."""
    if ticket.answered_at or ticket.status.is_over:
        return ""
    policy = await services.policy.current()
    response = policy.hours.after(ticket.opened, estimates.first_response(account, policy))
    now = services.clock.now()
    return f"first response due {shown(response, now=now, zone=policy.hours.zone)}, {until(response, now)}"
