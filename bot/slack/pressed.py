"""Pressed: what a button, or a choice of a menu, carries to whoever presses it and back: ids only."""

from __future__ import annotations

import json
from urllib.parse import quote, unquote

from bot.arrivals.pressed import MENU, OLD, Pressed
from desk.cards import Button
from desk.errors import InvalidInput
from desk.ids import TicketId


def packed(button: Button, carrier: str) -> str:
    """Return what a button's `value` carries."""
    return _written({**_ids(button), "t": button.ticket, "c": carrier})


def action_id(button: Button, n: int) -> str:
    """Return the id of the `n`-th button of a message."""
    return f"{button.action}:{n}"


def menu_id(n: int, *, carrier: str, ticket: TicketId) -> str:
    """Return the id of a menu of buttons: it carries what a choice has no room for."""
    return f"{MENU}:{n}:{quote(carrier, safe='')}:{quote(ticket, safe='')}"


def choice(button: Button, *, ticket: TicketId) -> str:
    """Return what a button carries as a choice of a menu that is about `ticket`."""
    other = {"t": button.ticket} if button.ticket != ticket else {}
    return _written({**_ids(button), **other})


def unpacked(action_id: str, value: str) -> Pressed:
    """Return what was pressed, given an action's id and its value or chosen option's value. Raises InvalidInput for what we did not write."""
    menu = action_id.split(":") if action_id.startswith(f"{MENU}:") else []
    try:
        ids = json.loads(value)
        carrier, ticket = map(unquote, menu[2:]) if menu else (ids["c"], ids.get("t", ""))
        subject = ids.get("s", "")
        basis = subject if ids.get("b") == 1 else ids.get("b", "")
        return Pressed(ids["a"], TicketId(ids.get("t", ticket)), subject, basis, carrier, "f" in ids)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(OLD) from error


def _ids(button: Button) -> dict[str, object]:
    # A draft's buttons have the draft for their subject and their basis: it is written once, a menu's choice has 150 characters.
    basis: object = 1 if button.basis and button.basis == button.subject else button.basis
    return {"a": button.action, "s": button.subject, "b": basis, "f": 1 if button.form else ""}


def _written(ids: dict[str, object]) -> str:
    return json.dumps({key: value for key, value in ids.items() if value != "" or key in ("c", "t")}, separators=(",", ":"), ensure_ascii=False)
