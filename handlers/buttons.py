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
from handlers import confirming, feedback, review, say, steering, undoing
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
    "why": steering.why,
    "undo": undoing.undo,
}
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
        return await TEAM_BUTTONS[event.action](event, ticket, services)
    if event.action in CUSTOMER_BUTTONS:
        return await CUSTOMER_BUTTONS[event.action](event, ticket, services)
    raise NotAllowed("This button is from an older version and does nothing any more.")


def _redrawn(event: ButtonClicked) -> Changes:
    """A card that let somebody press what it should not is drawn again."""
    return write(Refresh(event.card, OutboxId(derived("o", event.id, "redraw")), event.at)) if event.card else NOTHING
