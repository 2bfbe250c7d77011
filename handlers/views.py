"""Views: what people look at, read only and permission checked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from desk.cards import Card, CardKind, CardRecord, Header
from desk.changes import Feedback
from desk.customer import TEAM
from desk.errors import NotAllowed
from desk.ids import CardId, IncidentId, TicketId
from desk.ports import Query, TicketView, View
from desk.ticket import Ticket
from handlers import agreeing, button_forms, daily, dues, home, incident_cards, page_cards, routed, team_cards
from handlers.commands import hints
from handlers.commands import table as commands
from handlers.dossier import dossier
from handlers.reasons import told
from handlers.services import Services

GONE = Card((Header("This is not there any more"),))


class Views:
    """Draws cards and pages from the store's present state."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def view(self, query: Query) -> View:
        """Return a card, a ticket with its history, or the queue; raise NotAllowed for people who are not of the team."""
        if query.kind == "form":
            return await button_forms.form_of(query, self._services, self.draw)
        if query.kind == "home":
            return await home.home(query, self._services)
        if query.kind == "commands":
            return commands.catalog()
        if query.role not in TEAM:
            raise NotAllowed("Only the support team can see this.")
        match query.kind:
            case "card":
                return await self.draw(CardId(query.subject))
            case "ticket":
                return await self._ticket(TicketId(query.subject))
            case "command":
                return await commands.form_of(query, self._services)
            case "hints":
                return await hints.hints(query, self._services)
            case "options":
                return await hints.options(query, self._services)
            case _:
                return await self._queue()

    async def check(self, query: Query, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return what is wrong with the values of a form, as sentences by field; only commands' forms are checked before they are sent."""
        return await commands.checked(query, values, self._services) if query.kind == "command" else {}

    async def draw(self, card_id: CardId) -> Card:
        """Draw a card as things stand now."""
        record = await self._services.store.card(card_id)
        if record and record.moved:
            return await routed.moved_card(record, self._services)
        return await _DRAWERS[record.kind](record, self._services) if record else GONE

    async def _ticket(self, id: TicketId) -> TicketView | None:
        ticket = await self._services.store.ticket(id)
        return await self._page(ticket) if ticket else None

    async def _page(self, ticket: Ticket) -> TicketView:
        store = self._services.store
        decisions = tuple(await store.decisions(ticket.id))
        sentences = {decision.id: told(decision) for decision in decisions}
        drafts, escalations = tuple(await store.drafts(ticket.id)), tuple(await store.escalations(ticket.id))
        summaries = tuple(await store.summaries(ticket.id))
        owed = await dues.owed_to(ticket, self._services, now=self._services.clock.now())
        return TicketView(ticket, await store.timeline(ticket.id), decisions, drafts, escalations, sentences, summaries, owed)

    async def _queue(self) -> tuple[TicketView, ...]:
        waiting = [t for t in await self._services.store.tickets(open_only=True) if t.is_queued]
        return tuple([await self._page(ticket) for ticket in sorted(waiting, key=lambda t: (-t.priority.score, t.opened))])


async def _draft(record: CardRecord, services: Services) -> Card:
    d = await dossier(record.ticket, services) if record.ticket else None
    draft = next((x for x in d.drafts if x.id == record.subject), None) if d else None
    return team_cards.draft_card(draft, d) if d and draft else GONE


async def _escalation(record: CardRecord, services: Services) -> Card:
    d = await dossier(record.ticket, services) if record.ticket else None
    escalation = next((x for x in d.escalations if x.id == record.subject), None) if d else None
    return team_cards.escalation_card(escalation, d) if d and escalation else GONE


async def _auto(record: CardRecord, services: Services) -> Card:
    d = await dossier(record.ticket, services) if record.ticket else None
    draft = next((x for x in d.drafts if x.id == record.subject), None) if d else None
    return team_cards.auto_card(draft, d) if d and draft else GONE


async def _daily(record: CardRecord, services: Services) -> Card:
    until_ = datetime.fromisoformat(record.subject)
    decisions = await daily.observed(until_ - daily.DAY, until_, services=services)
    words: dict[str, str] = {}
    drafts = {}
    judged: dict[str, str] = {}
    for decision in decisions:
        said = [m for m in await services.store.timeline(decision.ticket) if m.is_customers and m.at <= decision.at]
        words[decision.id] = said[-1].text if said else ""
        draft = await services.store.draft(decision.facts.draft) if decision.facts.draft else None
        drafts.update({str(draft.id): draft} if draft else {})
        judged.update(_judged(await services.store.feedback(decision.ticket)))
    drawn = team_cards.daily_card(decisions, words, drafts, judged)
    return Card((*drawn.blocks, *await agreeing.notes(services)))


async def _incident(record: CardRecord, services: Services) -> Card:
    incident = await services.store.incident(IncidentId(record.subject))
    return incident_cards.drawn(await incident_cards.file_of(incident, services)) if incident else GONE


def _judged(feedback: Sequence[Feedback]) -> Mapping[str, str]:
    return {f.subject: f.kind for f in feedback if f.kind in ("right", "wrong")}


_DRAWERS: dict[CardKind, Callable[[CardRecord, Services], Awaitable[Card]]] = {
    CardKind.DRAFT: _draft,
    CardKind.ESCALATION: _escalation,
    CardKind.AUTO: _auto,
    CardKind.DAILY: _daily,
    CardKind.PAGE: page_cards.page_card,
    CardKind.INCIDENT: _incident,
}
