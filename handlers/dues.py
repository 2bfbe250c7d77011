"""Dues: what is owed to a customer and by when, in the words that cards and lists show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desk.sla import Owed, Side, Standing
from desk.ticket import Ticket
from escalation.clock import owed
from handlers import clockwork
from handlers.services import Services
from handlers.times import brief, timed, until


async def owed_to(ticket: Ticket, services: Services, *, now: datetime) -> tuple[Owed, ...]:
    """Return what is owed to a ticket's customer; without the customer record, what everybody is promised."""
    if ticket.status.is_over or ticket.merged_into is not None:
        return ()
    policy, account = await services.policy.current(), await clockwork.account_of(ticket, services)
    return owed(ticket, account, policy, now, kind=await clockwork.kind_of(ticket, services))


def soonest(found: Sequence[Owed], ticket: Ticket, *, now: datetime, zone: str) -> str:
    """Return the most pressing of what is owed, empty where nothing is."""
    return told(found[0], ticket, now=now, zone=zone) if found else ""


def told(item: Owed, ticket: Ticket, *, now: datetime, zone: str) -> str:
    """Return one promise: when it is due, how long ago it was broken, or whom it waits for."""
    what = item.promise.target.replace("_", " ")
    if item.standing is Standing.PAUSED:
        return f"{what} waits for {ticket.third_party if item.side is Side.THIRD_PARTY and ticket.third_party else 'the customer'}"
    assert item.due is not None, "what is not paused is due"
    if item.is_late:
        return f"{what} breached {until(item.due, now).removesuffix(' overdue')} ago, due {timed(item.due, now=now, zone=zone)}"
    return f"{what} due {timed(item.due, now=now, zone=zone)}, {until(item.due, now)}"


def listed(found: Sequence[Owed], ticket: Ticket, *, now: datetime, zone: str) -> str:
    """Return the most pressing of what is owed as a line of a list has room for it."""
    if not found:
        return ""
    item = found[0]
    if item.due is None:
        return told(item, ticket, now=now, zone=zone)
    what = item.promise.target.replace("_", " ")
    return f"{what} {'BREACHED' if item.is_late else 'due'} {brief(item.due, now=now, zone=zone)}, {until(item.due, now)}"


def pressing(found: Sequence[Owed]) -> tuple[int, float]:
    """Return how pressing what is owed is, for sorting: what is broken, then what is due soonest, then what is paused or not promised."""
    if not found or found[0].due is None:
        return (2, 0.0)
    return (0 if found[0].is_late else 1, found[0].due.timestamp())
