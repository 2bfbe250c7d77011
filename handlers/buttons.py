"""Buttons: a click becomes one function; who may press is checked here, at every click."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from desk.audience import INTERNAL, PUBLIC
from desk.changes import NOTHING, Changes, Refresh, write
from desk.customer import TEAM
from desk.errors import NotAllowed, Unavailable
from desk.events import ButtonClicked
from desk.ids import OutboxId, derived
from desk.ticket import Ticket
from handlers import (
    accepting,
    assigning,
    causes,
    confirming,
    feedback,
    filing,
    incident_buttons,
    joining,
    linking,
    page_buttons,
    review,
    say,
    snoozing,
    steering,
    undoing,
    verdicts,
    waiting_on,
)
from handlers.services import Services

Press = Callable[[ButtonClicked, Ticket, Services], Awaitable[Changes]]

TEAM_BUTTONS: dict[str, Press] = {
    "approve": review.approve,
    "approve_anyway": review.approve,
    "edit": review.edit,
    "reject": review.reject,
    "regenerate": review.regenerate,
    "correct": review.correct,
    "retract": review.retract,
    "wrong": feedback.judged,
    "right": feedback.judged,
    "take_over": steering.take_over,
    "reply": steering.reply,
    "hand_back": steering.hand_back,
    "mute": steering.mute,
    "unmute": steering.unmute,
    "acknowledge": steering.acknowledge,
    "resolve": steering.resolve,
    "assign": assigning.assign,
    "accept": accepting.accept,
    "give_back": accepting.give_back,
    "hand_over": accepting.hand_over,
    "snooze": snoozing.snooze,
    "waiting_on": waiting_on.begins,
    "waiting_over": waiting_on.ends,
    "cause": causes.given,
    "wake": snoozing.wake,
    "change": filing.change,
    "merge": joining.merge,
    "split": joining.split,
    "page_snooze": page_buttons.snooze,
    "page_hand_over": page_buttons.hand_over,
    **verdicts.BUTTONS,
    "why": steering.why,
    "undo": undoing.undo,
    **incident_buttons.BUTTONS,
}
OF_THE_PAST = frozenset({"cause", *verdicts.BUTTONS, "why", "correct", "retract", "right", "wrong", "undo", *incident_buttons.BUTTONS})
"""What may still be done with a ticket that became part of another: it is about what was said there."""
REACTIONS = frozenset({"solved", "not_solved", "get_human"})
CUSTOMER_BUTTONS: dict[str, Press] = {
    "solved": feedback.solved,
    "not_solved": feedback.not_solved,
    "get_human": feedback.get_human,
    "confirm": confirming.confirm,
    "no_thanks": confirming.decline,
    **{f"csat_{score}": feedback.scored for score in range(1, 6)},
}


DEPENDED = {"model": "model", "kb": "knowledge base", "crm": "customer record"}
"""What a click may find down, in words."""


async def button_clicked(event: ButtonClicked, services: Services) -> Changes:
    """Run a button's function; whoever may not press it, or came too late, is told so in a whisper."""
    if event.action in linking.BUTTONS:
        return await linking.pressed(event, services)
    ticket = await services.store.ticket(event.ticket)
    if ticket is None:
        return NOTHING
    try:
        return await _press(event, ticket, services)
    except NotAllowed as error:
        return refused(event, str(error)) + _redrawn(event)
    except Unavailable as error:
        if error.system not in DEPENDED or event.role not in TEAM:
            raise
        return refused(event, f"The {DEPENDED[error.system]} is not available right now, so nothing was done. Press it again in a minute.")


def refused(event: ButtonClicked, sentence: str) -> Changes:
    """Tell the person who pressed, and nobody else."""
    audience = INTERNAL if event.role in TEAM else PUBLIC
    return say.whisper(sentence, to=event.by, place=event.place, cause=event.id, at=event.at, audience=audience)


async def _press(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    if event.action in TEAM_BUTTONS:
        if event.role not in TEAM:
            raise NotAllowed("Only the support team can press this.")
        if ticket.merged_into is not None and event.action not in OF_THE_PAST:
            raise NotAllowed(f"This ticket is part of {ticket.merged_into} now.")
        return await TEAM_BUTTONS[event.action](event, ticket, services)
    if event.action in CUSTOMER_BUTTONS:
        return await CUSTOMER_BUTTONS[event.action](event, await _present(event, ticket, services), services)
    raise NotAllowed("This button is from an older version and does nothing any more.")


async def _present(event: ButtonClicked, ticket: Ticket, services: Services) -> Ticket:
    """Return the ticket that a reaction counts for: what is said under a merged one is said of the other."""
    return (await joining.heir(ticket.id, services) if event.action in REACTIONS else None) or ticket


def _redrawn(event: ButtonClicked) -> Changes:
    """A card that let somebody press what it should not is drawn again."""
    return write(Refresh(event.card, OutboxId(derived("o", event.id, "redraw")), event.at)) if event.card else NOTHING
