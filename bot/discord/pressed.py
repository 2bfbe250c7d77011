"""Pressed: what a button, or a choice of a menu, carries to whoever presses it and back: ids only, in a `custom_id`.

A hundred characters are all that Discord takes. What does not fit is kept under a short name (`bot.discord.carried`) before it is posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

from bot.arrivals.pressed import MENU, OLD, Pressed
from desk.cards import Button, Card
from desk.errors import InvalidInput
from desk.ids import OutboxId, TicketId, derived

LONGEST = 96
"""Characters that we use of the hundred; a form's pages are numbered in the rest."""
SEPARATOR = "|"
NAMED = "@"
"""Begins what stands for something longer: its name, and then the carrier."""
SAME = "="
"""The subject of many buttons is their ticket, and the basis of a draft's buttons is their subject: it is written once."""
LEGIBLE = " ?!.,:;#@+/"
"""Signs that stand for themselves."""


def packed(button: Button, carrier: str, *, n: int = 0) -> str:
    """Return a button's `custom_id`, or the value of a menu's choice; `n` tells the same button apart from one before it in a message."""
    fitting = _whole(button, carrier, n=n)
    if len(fitting) <= LONGEST:
        return fitting
    return SEPARATOR.join((f"{NAMED}{n or ''}", named(_whole(button, carrier)), _quoted(carrier)))


def menu_id(n: int, *, carrier: str) -> str:
    """Return the `custom_id` of the `n`-th menu of a message."""
    return SEPARATOR.join((MENU, str(n), _quoted(carrier)))


def too_long(card: Card, carrier: str) -> Mapping[str, str]:
    """Return what must be kept before a card is posted, by the name that its buttons carry for it; nothing for nearly every card."""
    return kept_of(card.buttons, carrier)


def kept_of(buttons: Iterable[Button], carrier: str) -> Mapping[str, str]:
    """Return what is too long of these buttons, by name."""
    found = (_whole(button, carrier) for button in buttons)
    # With room for its number among the same buttons of a message.
    return {named(whole): whole for whole in found if len(whole) > LONGEST - 2}


def named(whole: str) -> str:
    """Return the short name of something longer."""
    return derived("c", whole)


def name_in(custom_id: str) -> str | None:
    """Return the name of what is kept elsewhere, None where all is in the `custom_id` itself."""
    parts = custom_id.split(SEPARATOR)
    return parts[1] if parts[0].startswith(NAMED) and len(parts) == 3 else None


def carrier_in(custom_id: str) -> OutboxId | None:
    """Return the id of what shows a button or a menu, by which a post is found again; None for what we did not write."""
    parts = custom_id.split(SEPARATOR)
    known = len(parts) == 6 or (len(parts) == 3 and (parts[0] == MENU or parts[0].startswith(NAMED)))
    return OutboxId(unquote(parts[-1])) if known else None


def unpacked(custom_id: str) -> Pressed:
    """Return what was pressed, given all that it carries. Raises InvalidInput for what we did not write."""
    parts = custom_id.split(SEPARATOR)
    if len(parts) != 6 or not parts[0]:
        raise InvalidInput(OLD)
    action, flags, ticket, subject, basis, carrier = parts
    about = unquote(ticket if subject == SAME else subject)
    return Pressed(unquote(action), TicketId(unquote(ticket)), about, about if basis == SAME else unquote(basis), unquote(carrier), "f" in flags)


def _whole(button: Button, carrier: str, *, n: int = 0) -> str:
    flags = f"{'f' if button.form else ''}{n or ''}"
    subject = _again(button.subject, button.ticket)
    basis = _again(button.basis, button.subject)
    return SEPARATOR.join((_quoted(button.action), flags, _quoted(button.ticket), subject, basis, _quoted(carrier)))


def _again(part: str, before: str) -> str:
    return SAME if part and part == before else _quoted(part)


def _quoted(part: str) -> str:
    return quote(part, safe=LEGIBLE)
