"""Alarms: the team is told what only a person can mend, and what the desk does meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

from desk.audience import INTERNAL
from desk.cards import Card, Header, Style, Text
from desk.changes import NOTHING, Changes, Enqueue, write
from desk.events import ModelStopped
from desk.ids import OutboxId, derived
from desk.post import Post
from desk.timeline import Purpose
from desk.writing import ModelPolicy
from handlers.services import Services
from handlers.situation import agents_place

MEANWHILE = "Meanwhile answers are quoted from articles and records, and what they do not answer goes to a person."
MENDING: Mapping[str, tuple[str, str]] = {
    "model_key": (
        "The language model refuses our key",
        "Set ANTHROPIC_API_KEY, or the credentials of your provider, to what works, and start again; `./frontdesk doctor` checks it.",
    ),
    "model_spend_limit": (
        "The vendor's spending limit is reached",
        "Somebody with access to the vendor's console has to raise it; the model is asked again every {long:g} minutes.",
    ),
    "model_unknown_model": (
        "There is no language model {model}, or not any more",
        "Set `model.answers`, `model.triage` and `model.fallback` in policy.toml to models that exist; `./frontdesk doctor` names them.",
    ),
    "budget_day": (
        "The day's budget for the language model is used up",
        "USD {day:.2f} were spent within 24 hours. Raise `model.budgets.day`, or wait; `./frontdesk report cost --by channel` says on what.",
    ),
}
"""What happened, and what helps, by code."""


async def model_stopped(event: ModelStopped, services: Services) -> Changes:
    """Post one notice in the agents channel; its id is the day's, so that it stands there once however often it is told."""
    place = await agents_place(services)
    if place is None:
        return NOTHING
    card = _card(event, (await services.policy.current()).model)
    return write(Enqueue(Post(OutboxId(derived("o", event.id)), place, Purpose.NOTICE, INTERNAL, services.clock.now(), card=card)))


def _card(event: ModelStopped, policy: ModelPolicy) -> Card:
    happened, helps = MENDING.get(event.why, (f"The language model stopped: {event.why}", "`./frontdesk doctor` looks at it."))
    known = {"model": event.model, "day": policy.budgets.day, "long": policy.breaker.long.total_seconds() / 60}
    return Card((Header(happened.format_map(known)), Text(helps.format_map(known)), Text(MEANWHILE, Style.QUIET)))
