"""The dossier: everything the team's cards of one ticket are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk.customer import TEAM, Account, Identity, Person
from desk.decision import Decision
from desk.draft import Draft
from desk.errors import Unavailable
from desk.escalation import Escalation, EscalationStatus
from desk.ids import TicketId
from desk.incident import Incident
from desk.macros import Offer
from desk.routing import Route
from desk.runs import ActionRun
from desk.sla import Breach, Owed
from desk.space import UserRef
from desk.summary import Summary
from desk.ticket import Ticket
from desk.timeline import Timeline
from handlers import dues, saved_texts
from handlers.record import Record, record_of
from handlers.services import Services
from handlers.similar import Similar, similar
from handlers.situation import agents_place, team_of

MOST = 10
"""Other tickets that are offered to be merged with: the latest ones."""


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
    team: tuple[tuple[UserRef, Person], ...] = ()
    """Who may hold it: the teammates on the platform where the team works."""
    others: tuple[tuple[Ticket, str], ...] = ()
    """The other open tickets of the same customer or account in the channel, each with its first words."""
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    now: datetime | None = None
    owed: tuple[Owed, ...] = ()
    """What was promised to the customer and is owed, the most pressing first."""
    breaches: tuple[Breach, ...] = ()
    causes: tuple[str, ...] = ()
    """Why a promise may have been broken, of which somebody chooses one."""
    record: Record | None = None
    """What is on record of its customer; loaded only while somebody is called for."""
    similar: tuple[Similar, ...] = ()
    """What solved the like before; loaded only while somebody is called for."""
    incident: Incident | None = None
    route: Route | None = None
    """Where it was last to go."""
    identity: Identity | None = None
    """How we know who its customer is; None where nobody does."""


async def dossier(id: TicketId, services: Services) -> Dossier | None:
    """Load a ticket's dossier; without the customer record its account is unknown."""
    store = services.store
    ticket = await store.ticket(id)
    if ticket is None:
        return None
    policy = await services.policy.current()
    channel, timeline, account = await store.channel(ticket.place.channel), await store.timeline(id), await _account(ticket, services)
    drafts = tuple(await store.drafts(id))
    now = services.clock.now()
    owed = await dues.owed_to(ticket, services, now=now)
    escalations = tuple(await store.escalations(id))
    called = any(e.status is not EscalationStatus.CLOSED for e in escalations)
    return Dossier(
        ticket,
        timeline,
        channel.name if channel else "",
        account,
        drafts,
        escalations,
        tuple(await store.decisions(id)),
        dues.soonest(owed, ticket, now=now, zone=policy.hours.zone),
        {str(m.author): m.author_name for m in timeline if m.author},
        {f.subject: f.kind for f in await store.feedback(id) if f.kind in ("right", "wrong")},
        policy.hours.zone,
        policy.model.team_language,
        tuple(await store.summaries(id)),
        tuple(await store.runs(id)),
        frozenset(action.name for action in policy.actions if action.undo),
        categories=policy.triage.categories,
        languages=tuple(policy.phrases),
        now=now,
        owed=owed,
        breaches=tuple(await store.breaches(id)),
        causes=policy.sla.causes,
        record=await record_of(ticket, services) if called else None,
        similar=await similar(ticket, services) if called else (),
        incident=await store.incident(ticket.incident) if ticket.incident else None,
        route=next(reversed(await store.routes(id)), None),
        identity=await _identity(ticket, services),
        team=await _team(ticket, services),
        others=await _others(ticket, services) if not ticket.status.is_over else (),
        offers={draft.id: await saved_texts.offered(draft, ticket, services) for draft in drafts if draft.is_open},
    )


async def _account(ticket: Ticket, services: Services) -> Account | None:
    try:
        return await services.crm.account(ticket.account) if ticket.account else None
    except Unavailable:
        return None


async def _identity(ticket: Ticket, services: Services) -> Identity | None:
    try:
        return await services.crm.identity(ticket.customer)
    except Unavailable:
        return None


async def _team(ticket: Ticket, services: Services) -> tuple[tuple[UserRef, Person], ...]:
    """Return the teammates by name; on another platform than the team's nobody could be told."""
    place = await agents_place(services, ticket.place.channel)
    found = (item for item in (await team_of(services)).items() if item[1].role in TEAM)
    here = (item for item in found if place is None or item[0].platform is place.channel.platform)
    return tuple(sorted(here, key=lambda item: (item[1].name, str(item[0]))))


async def _others(ticket: Ticket, services: Services) -> tuple[tuple[Ticket, str], ...]:
    since = services.clock.now() - (await services.policy.current()).tickets.reopen
    found = await services.store.tickets_of_group(ticket.place.channel, ticket.group, since=since)
    open_ones = [other for other in found if other.id != ticket.id and not other.status.is_over and other.merged_into is None][-MOST:]
    return tuple([(other, await _first_words(other, services)) for other in open_ones])


async def _first_words(ticket: Ticket, services: Services) -> str:
    return next((message.text for message in await services.store.timeline(ticket.id) if message.is_customers), "")
