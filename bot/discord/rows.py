"""Rows: a card's buttons side by side, and the menus behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.discord import pressed
from bot.discord.limits import BUTTON, CUSTOM_ID, OPTION, OPTIONS, ROW, cut
from bot.text.markup import seen
from desk.cards import Button, Buttons, Style
from desk.instants import plain

Json = dict[str, Any]
ACTION_ROW, BUTTON_TYPE, SELECT = 1, 2, 3
STYLES = {Style.PRIMARY: 1, Style.DANGER: 4}
GREY = 2
MORE = "More"


@dataclass(slots=True)
class Drawing:
    """What was drawn on a message so far: no two of its buttons may carry the same. `carrier` is what they say they stand under."""

    carrier: str
    seen: Counter[tuple[str, ...]] = field(default_factory=Counter)
    menus: int = 0

    def packed(self, button: Button) -> str:
        """Return what a button carries, told apart from the same one before it."""
        same = (button.action, str(button.ticket), button.subject, button.basis)
        n = self.seen[same]
        self.seen[same] += 1
        return pressed.packed(button, self.carrier, n=n)


def rows(block: Buttons, drawing: Drawing) -> Iterator[Json]:
    """Yield rows of buttons, and then of the menus of what stands behind them."""
    more = block.more if len(block.more) > 1 else ()
    beside = block.items if more else (*block.items, *block.more)
    drawn = [made for button in beside if (made := _button(button, drawing.packed(button)))]
    for start in range(0, len(drawn), ROW):
        yield {"type": ACTION_ROW, "components": drawn[start : start + ROW]}
    for start in range(0, len(more), OPTIONS):
        yield {"type": ACTION_ROW, "components": [_menu(more[start : start + OPTIONS], drawing)]}


def _button(button: Button, custom_id: str) -> Json | None:
    if len(custom_id) > CUSTOM_ID:
        return None
    return {"type": BUTTON_TYPE, "style": STYLES.get(button.style, GREY), "label": label(button.label, BUTTON), "custom_id": custom_id}


def _menu(buttons: Sequence[Button], drawing: Drawing) -> Json:
    options = [{"label": label(button.label, OPTION), "value": drawing.packed(button)} for button in buttons]
    drawing.menus += 1
    custom_id = pressed.menu_id(drawing.menus, carrier=drawing.carrier)
    return {"type": SELECT, "custom_id": custom_id, "placeholder": MORE, "options": options}


def label(text: str, most: int) -> str:
    """Return words for a label: cut, literal, with instants in words."""
    return cut(seen(plain(text)).strip(), most) or "…"
