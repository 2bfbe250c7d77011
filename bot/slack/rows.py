"""Rows: a card's buttons side by side, and the menus behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.slack import pressed
from bot.slack.limits import ACTION_ID, BUTTON, BUTTON_VALUE, MENU_OPTIONS, OPTION, OPTION_VALUE, ROW, cut
from bot.text.markup import seen
from desk.cards import Button, Buttons, Style
from desk.instants import plain

Json = dict[str, Any]
STYLES = {Style.PRIMARY: "primary", Style.DANGER: "danger"}


def rows(block: Buttons, carrier: str, numbers: Iterator[int]) -> Iterator[Json]:
    """Yield rows of buttons; what stands behind a menu goes at the end."""
    elements = [*(_button(each, carrier, next(numbers)) for each in block.items), *_menus(block.more, carrier, numbers)]
    fit = [element for element in elements if element]
    for start in range(0, len(fit), ROW):
        yield {"type": "actions", "elements": fit[start : start + ROW]}


def _button(button: Button, carrier: str, n: int) -> Json | None:
    value, id = pressed.packed(button, carrier), pressed.action_id(button, n)
    if len(value) > BUTTON_VALUE or len(id) > ACTION_ID:
        return None
    made: Json = {"type": "button", "text": plain_text(button.label, BUTTON), "action_id": id, "value": value}
    style = STYLES.get(button.style)
    read = {"accessibility_label": f"{button.label} / 5"} if button.action.startswith("csat_") else {}
    return {**made, **({"style": style} if style else {}), **read}


def _menus(more: Sequence[Button], carrier: str, numbers: Iterator[int]) -> Iterator[Json]:
    """Yield menus of at most five choices. One that drops down would not do: it does not take the same choice twice."""
    ticket = more[0].ticket if more else None
    choices = [(button, pressed.choice(button, ticket=ticket)) for button in more if ticket is not None]
    yield from (made for button, value in choices if len(value) > OPTION_VALUE and (made := _button(button, carrier, next(numbers))))
    short = [(button, value) for button, value in choices if len(value) <= OPTION_VALUE]
    for start in range(0, len(short), MENU_OPTIONS):
        options = [{"text": plain_text(button.label, OPTION), "value": value} for button, value in short[start : start + MENU_OPTIONS]]
        assert ticket is not None
        yield {"type": "overflow", "action_id": pressed.menu_id(next(numbers), carrier=carrier, ticket=ticket), "options": options}


def plain_text(text: str, most: int) -> Json:
    """Return words for a label: cut, literal, with instants in words."""
    return {"type": "plain_text", "text": cut(seen(plain(text)), most) or "…", "emoji": False}
