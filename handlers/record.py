"""The record: what the team sees of a customer on an internal card, beyond what they could be told themselves."""

from __future__ import annotations

from dataclasses import dataclass

from desk.customer import Invoice, Person
from desk.errors import Unavailable
from desk.ticket import Ticket
from handlers.services import Services

PAID = frozenset({"paid", "refunded", "void"})
"""States of an invoice that nobody waits for any more."""


@dataclass(frozen=True, slots=True)
class Record:
    """A customer's person and their account's open invoices; `down` says that the customer record could not be reached."""

    person: Person | None = None
    invoices: tuple[Invoice, ...] = ()
    down: bool = False


async def record_of(ticket: Ticket, services: Services) -> Record:
    """Return what is on record of a ticket's customer."""
    try:
        person = await services.crm.person(ticket.person) if ticket.person else None
        invoices = await services.crm.invoices(ticket.account) if ticket.account else ()
    except Unavailable:
        return Record(down=True)
    return Record(person, tuple(invoice for invoice in invoices if invoice.status not in PAID))
