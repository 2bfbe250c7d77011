"""Filing: a teammate says what a ticket is about and how urgent it is, which is also a label to learn from."""

from __future__ import annotations

from dataclasses import replace

from desk.cards import Field, Form, Option
from desk.changes import Changes, Feedback, RecordFeedback, SaveTicket, write
from desk.errors import NotAllowed
from desk.events import ButtonClicked
from desk.ids import derived
from desk.policy import Policy
from desk.ticket import Level, Priority, Reason, Ticket
from handlers import internal
from handlers.dossier import Dossier
from handlers.services import Services
from handlers.situation import load_anyway

NOTE = "The category stands until the topic changes, the priority until the customer writes again."


def form(d: Dossier) -> Form:
    """Return the form, with what is set now."""
    known = d.categories if not d.ticket.category or d.ticket.category in d.categories else (*d.categories, d.ticket.category)
    categories = tuple(Option(category, category.replace("_", " ")) for category in known)
    levels = tuple(Option(level, level) for level in Level)
    return Form(
        "Category and priority",
        (
            Field("category", "Category", d.ticket.category or (known[0] if known else ""), options=categories),
            Field("priority", "Priority", d.ticket.priority.level, options=levels, note=NOTE),
        ),
        "Change",
    )


def basis(ticket: Ticket) -> str:
    """Return what a card that offers the form was drawn from."""
    return f"{ticket.category}/{ticket.priority.level}"


async def change(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Set category and priority; what was changed is kept as a label."""
    if event.basis != basis(ticket):
        raise NotAllowed(f"It changed meanwhile: the category is {ticket.category or 'none'} and the priority {ticket.priority.level}. Look again.")
    s = await load_anyway(ticket, services, cause=event.id)
    category, level = _read(event, ticket, s.policy)
    labels = [("category", category)] if category != ticket.category else []
    labels += [("priority", level)] if level != ticket.priority.level else []
    if not labels:
        raise NotAllowed("Nothing was changed.")
    changed = replace(ticket, category=category, filed=ticket.filed or category != ticket.category)
    if level != ticket.priority.level:
        changed = replace(changed, priority=_ranked(level, event.by_name, s.policy), ranked_at=s.now)
    kept = (Feedback(derived("f", event.id, kind), ticket.id, kind, event.by, event.at, subject=value) for kind, value in labels)
    said = " and ".join(f"the {kind} is {value.replace('_', ' ')}" for kind, value in labels)
    return write(SaveTicket(changed), *map(RecordFeedback, kept)) + internal.refreshed(s) + internal.told(s, event, f"From now on {said}.")


def _read(event: ButtonClicked, ticket: Ticket, policy: Policy) -> tuple[str, Level]:
    category, level = event.form.get("category") or ticket.category, event.form.get("priority") or ticket.priority.level
    if category not in (*policy.triage.categories, ticket.category):
        raise NotAllowed(f"There is no category {category!r}; there are {', '.join(policy.triage.categories)}.")
    if level not in list(Level):
        raise NotAllowed(f"There is no priority {level!r}; there are {', '.join(Level)}.")
    return category, Level(level)


def _ranked(level: Level, who: str, policy: Policy) -> Priority:
    """Return a priority of this level, which says who set it; its score is the lowest that falls in it."""
    marks = policy.priority
    score = {Level.URGENT: marks.urgent, Level.HIGH: marks.high, Level.NORMAL: marks.normal, Level.LOW: max(0, marks.normal - 1)}[level]
    return Priority(score, level, (Reason("priority_set", (("who", who),)),))
