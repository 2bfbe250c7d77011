"""Forms: what somebody filled in, checked against the button it stands under."""

from __future__ import annotations

from collections.abc import Mapping

from bot.web.log import Entry
from desk.cards import Button, Card, Field, english, find_button
from desk.errors import InvalidInput


def pressed(entry: Entry, named: str) -> Button:
    """Return the button with this action or label; raise InvalidInput that lists the buttons there are."""
    card = entry.card or Card()
    found = next((button for button in card.buttons if button.action == named), None) or find_button(card, named)
    if found is None:
        labels = ", ".join(button.name for button in card.buttons) or "none"
        raise InvalidInput(f"there is no button {named!r} on this message; its buttons are: {labels}")
    return found


def filled(button: Button, given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the values of a button's form by field name. Fields may be named by their label; one left out keeps its drawn value."""
    fields = button.form.fields if button.form else ()
    names = {key: field.name for field in fields for key in (english(field.label), english(field.name))}
    if unknown := [key for key in given if english(key) not in names]:
        raise InvalidInput(f"{button.name!r} asks for no {unknown[0]!r}; its fields are: {', '.join(field.name for field in fields) or 'none'}")
    values = {names[english(key)]: value for key, value in given.items()}
    return {field.name: _checked(field, values.get(field.name, field.value)) for field in fields}


def _checked(field: Field, value: str) -> str:
    if field.required and not value.strip():
        raise InvalidInput(f"{field.label!r} is missing: fill it in and send again")
    if field.options and value and value not in {option.value for option in field.options}:
        raise InvalidInput(f"{value!r} is no choice of {field.label!r}: choose one of {', '.join(option.value for option in field.options)}")
    return value
