"""Causes: why a promise was broken, as whoever had the ticket says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from desk.audience import INTERNAL
from desk.cards import Button, Buttons, Card, Field, Form, Header, Option, Text
from desk.changes import Changes, Enqueue, SaveBreach, write
from desk.errors import NotAllowed
from desk.events import ButtonClicked
from desk.ids import OutboxId, derived
from desk.policy import Policy
from desk.post import Direct, Post
from desk.sla import Breach
from desk.space import UserRef
from desk.ticket import Ticket
from desk.timeline import Purpose
from handlers import internal
from handlers.services import Services
from handlers.situation import load_anyway
from handlers.times import timed

ACTION = "cause"
"""The action of the button that asks why."""


def button(ticket: Ticket, breach: Breach, causes: Iterable[str]) -> Button:
    """Return the button that asks why a promise was broken."""
    field = Field("cause", "Cause", options=tuple(Option(cause, cause) for cause in causes))
    return Button(ACTION, "Cause...", ticket.id, subject=breach.id, form=Form(f"Why was the {named(breach)} late?", (field,), "Save"))


def named(breach: Breach) -> str:
    """Return what was promised in words: first response, next response or resolution."""
    return breach.target.replace("_", " ")


def asked(ticket: Ticket, breach: Breach, policy: Policy, *, whom: UserRef, zone: str, at: datetime) -> Changes:
    """Ask somebody why a promise was broken, in their own time (`zone`); the same person once. Without causes in policy nobody is asked."""
    if not policy.sla.causes:
        return Changes()
    due = timed(breach.due, now=at, zone=zone or policy.hours.zone, lead="at ")
    text = Text(f"It was due {due}. Your answer is counted in the weekly note; customers never see it.")
    drawn = Card((Header(f"Why was the {named(breach)} late?", ticket.customer_name), text, Buttons((button(ticket, breach, policy.sla.causes),))))
    outbox = OutboxId(derived("o", ACTION, breach.id, whom))
    return write(Enqueue(Post(outbox, Direct(whom), Purpose.NOTICE, INTERNAL, at, card=drawn, ticket=ticket.id, to=(whom,))))


async def given(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """A teammate says why a promise was broken; who says so later replaces it."""
    breach, policy = await services.store.breach(event.subject), await services.policy.current()
    if breach is None or breach.ticket != ticket.id:
        raise NotAllowed("This promise is not there any more.")
    cause = event.form.get("cause", "").strip()
    if cause not in policy.sla.causes:
        raise NotAllowed(f"Choose a cause: {', '.join(policy.sla.causes)}.")
    s = await load_anyway(ticket, services, cause=event.id)
    told = replace(breach, cause=cause, cause_by=event.by_name)
    return write(SaveBreach(told)) + internal.refreshed(s) + internal.told(s, event, f"Noted: the {named(breach)} was late because of “{cause}”.")
