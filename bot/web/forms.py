"""Forms: what somebody filled in, checked against the button it stands under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.web.inbound import GIVES_COMMAND
from bot.web.log import Entry
from desk.cards import Button, Buttons, Card, Field, english, find_button
from desk.errors import InvalidInput


def pressed(entry: Entry, named: str, about: str = "") -> Button:
    """Return the button with this action or label; raise InvalidInput that lists the buttons there are.

    `about` is its subject, which tells two buttons of one label apart.
    """
    card = entry.card or Card()
    among = Card((Buttons(tuple(button for button in card.buttons if about in ("", button.subject))),))
    found = next((button for button in among.buttons if button.action == named), None) or find_button(among, named)
    if found is None:
        raise InvalidInput(f"there is no button {named!r} on this message; its buttons are: {_listed(button.name for button in card.buttons)}")
    return found


def filled(button: Button, given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the values of a button's form by field name. Fields may be named by their label; one left out keeps its drawn value.

    A button that stands for a command and was drawn without the form that it opens takes them as they are: the desk knows the form.
    """
    if button.action == GIVES_COMMAND and button.form is None:
        return dict(given)
    fields = {field.name: field for field in (button.form.fields if button.form else ())}
    names = {english(field.label): name for name, field in fields.items()} | {english(name): name for name in fields}
    if unknown := next((key for key in given if english(key) not in names), None):
        raise InvalidInput(f"{button.name!r} asks for no {unknown!r}; its fields are: {_listed(fields)}")
    values = {names[english(key)]: value for key, value in given.items()}
    return {name: _checked(field, values.get(name, field.value)) for name, field in fields.items()}


def _checked(field: Field, value: str) -> str:
    if field.required and not value.strip():
        raise InvalidInput(f"{field.label!r} is missing: fill it in and send again")
    choices = [option.value for option in field.options]
    value = next((option.value for option in field.options if value not in choices and english(value) == english(option.label)), value)
    if choices and value and value not in choices:
        raise InvalidInput(f"{value!r} is no choice of {field.label!r}: choose one of {_listed(choices)}")
    return value


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
