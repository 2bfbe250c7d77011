"""Button forms: what a button asks before it acts, as things stand when it is pressed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from desk.audience import Scope
from desk.cards import Button, Card, Form
from desk.customer import TEAM, Trust
from desk.errors import NotAllowed
from desk.ids import CardId, DraftId, IncidentId, OutboxId, TicketId
from desk.ports import Query
from desk.ticket import Ticket
from handlers import incident_buttons, incident_cards, linking, replies, team_cards
from handlers.buttons import CUSTOMER_BUTTONS
from handlers.dossier import Dossier, dossier
from handlers.services import Services

Draw = Callable[[CardId], Awaitable[Card]]
SHOW = "show_privately"
"""The action of a platform's own button that shows somebody what is theirs alone. Its subject is the row of the outbox."""


async def form_of(query: Query, services: Services, draw: Draw) -> Form | None:
    """Return the form of the button that a query names; None where it has none, or is not there any more: pressed, it says so itself.

    Raises NotAllowed for a button of the team's and somebody else, and for one that shows what is a person's to whoever is not that person any more.
    """
    if query.action == SHOW:
        await _check_reader(query, services)
        return None
    if query.action in linking.BUTTONS:
        ticket = await _ticket(query, services)
        return linking.form(query.action, await services.policy.current(), (ticket.language if ticket else "") or "en")
    if query.action in CUSTOMER_BUTTONS:
        return _named(await _customers(query, services), query)
    if query.role not in TEAM:
        raise NotAllowed("Only the support team can press this.")
    if query.action in incident_buttons.BUTTONS:
        return _named((await draw(incident_cards.card_id(IncidentId(query.about)))).buttons, query)
    record = await services.store.card(CardId(query.subject))
    row = None if record else await services.store.row(OutboxId(query.subject))
    card_id = record.id if record else row.post.card_id if row else None
    if card_id:
        return _named((await draw(card_id)).buttons, query)
    # A card that was whispered, by `next` or to hand something back, is kept nowhere: what it stands for is drawn again.
    ticket = await _ticket(query, services)
    d = await dossier(ticket.id, services) if ticket else None
    return _named(_all(d), query) if d else None


async def _check_reader(query: Query, services: Services) -> None:
    row = await services.store.row(OutboxId(query.about))
    if row is None or row.post.audience.scope is Scope.PUBLIC:
        return
    identity = await services.crm.identity(query.by) if query.by else None
    person = await services.crm.person(identity.person) if identity and identity.trust is Trust.PERSON else None
    if person is None or row.post.audience.subject not in (person.id, person.account):
        ticket, policy = await _ticket(query, services), await services.policy.current()
        raise NotAllowed(policy.phrase(linking.UNKNOWN, (ticket.language if ticket else "") or "en"))


async def _customers(query: Query, services: Services) -> tuple[Button, ...]:
    """Return the buttons that ask a customer something, in the ticket's language."""
    ticket, policy = await _ticket(query, services), await services.policy.current()
    return replies.csat("", ticket=ticket, policy=policy, language=ticket.language or "en").buttons if ticket else ()


async def _ticket(query: Query, services: Services) -> Ticket | None:
    """Return the ticket a button is about: its post's, else the one that its subject is, or belongs to."""
    store = services.store
    row = await store.row(OutboxId(query.subject))
    draft, escalation = await store.draft(DraftId(query.about)), await store.escalation(query.about)
    ids = (row.post.ticket if row else None, draft.ticket if draft else None, escalation.ticket if escalation else None, TicketId(query.about))
    found = [await store.ticket(id) for id in ids if id]
    return next((ticket for ticket in found if ticket is not None), None)


def _all(d: Dossier) -> tuple[Button, ...]:
    """Return the buttons of every card of a ticket, the latest card's first."""
    cards = (*(team_cards.escalation_card(e, d) for e in d.escalations), *(team_cards.draft_card(draft, d) for draft in d.drafts))
    return tuple(button for card in reversed(cards) for button in card.buttons)


def _named(buttons: Iterable[Button], query: Query) -> Form | None:
    about = (button for button in buttons if button.action == query.action and query.about in ("", button.subject))
    return next((button.form for button in about), None)
