"""Forms: opened, filled in page by page, and opened again with what was typed, which is kept meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.arrivals.pressed import OLD, Pressed
from bot.discord import acts, modals, notes, pressed
from bot.discord.answers import Answer, Answers
from bot.discord.asking import COMMAND, Asking
from bot.discord.carried import TYPED, Carried
from desk.cards import Button, Form
from desk.errors import InvalidInput, NotAllowed
from desk.ids import TicketId, derived
from desk.ports import Query

Payload = Mapping[str, Any]

NO_FORM = "There is nothing to fill in here any more. Please look at the card again: it may have changed."
OVER = "This was kept for 15 minutes, which are over. Please begin again where you pressed first."
WRONG = "This cannot be sent yet:"
KEPT = "Page {n} of {pages} is kept for 15 minutes; nothing was sent yet."
INSIDE = ">"
"""In a form's id: before it which page it is and of how many, after it what opened it."""


@dataclass(frozen=True, slots=True)
class Filling:
    """A form that somebody fills in: the `custom_id` that opened it, and what was typed so far. `name` is where that is kept, "" for nowhere yet."""

    origin: str
    values: Mapping[str, str] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A page that was sent, from 0, of `of`."""

    filling: Filling
    page: int
    of: int

    @property
    def is_last(self) -> bool:
        """Tell whether no page follows."""
        return self.page + 1 >= self.of


class Forms:
    """The forms that are open. Raises InvalidInput for what can go on no more, as a sentence."""

    def __init__(self, answers: Answers, asking: Asking, carried: Carried) -> None:
        self._answers, self._asking, self._carried = answers, asking, carried

    async def whole(self, custom_id: str) -> str:
        """Return all that a `custom_id` carries, also where it names what is kept beside."""
        name = pressed.name_in(custom_id)
        if name is None:
            return custom_id
        whole = await self._carried.get(name)
        if whole is None:
            raise InvalidInput(OLD)
        return whole

    async def open(self, body: Payload, form: Form, filling: Filling, *, page: int = 0) -> None:
        """Answer somebody with a page of a form."""
        made = modals.pages(form, filling.values)
        page = min(page, len(made) - 1)
        ref = f"{notes.TYPED}{filling.name}" if filling.name else filling.origin
        await self._answers.give(body, Answer.FORM, made.modal(page, f"{page}/{len(made)}{INSIDE}{ref}"))

    async def open_command(self, body: Payload, form: Form, text: str) -> None:
        """Answer somebody with the form of a command."""
        button = Button(COMMAND, "", TicketId(""), subject=text)
        await self._carried.keep(pressed.kept_of([button], ""))
        await self.open(body, form, Filling(pressed.packed(button, "")))

    async def reopen(self, body: Payload, page: int, name: str) -> None:
        """Open a form again with what was typed, or its next page."""
        filling = await self._filling(body, f"{notes.TYPED}{name}")
        form = await self._asking.form(await self._asking.about(body, await self.opened_by(filling)))
        if form is None:
            raise InvalidInput(NO_FORM)
        await self.open(body, form, filling, page=page)

    async def read(self, body: Payload) -> Sent:
        """Return what was sent, with what was typed on the pages before."""
        where, _, ref = str(body["data"]["custom_id"]).partition(INSIDE)
        page, _, of = where.partition("/")
        if not (page.isdecimal() and of.isdecimal()):
            raise InvalidInput(OLD)
        filling = await self._filling(body, ref)
        typed = modals.values(body["data"].get("components") or ())
        return Sent(replace(filling, values={**filling.values, **typed}), int(page), int(of))

    async def opened_by(self, filling: Filling) -> Pressed:
        """Return the button, or the command, that opened a form."""
        return pressed.unpacked(await self.whole(filling.origin))

    async def wrong(self, sent: Sent, query: Query) -> Mapping[str, str]:
        """Return what is wrong with what was filled in so far, as sentences by field; of pages that nobody saw yet, nothing."""
        if sent.is_last:
            return await self._asking.wrong(query, sent.filling.values)
        try:
            form = await self._asking.form(query)
        except InvalidInput:
            # What takes too long now is looked at with the last page.
            form = None
        if form is None:
            return {}
        made = modals.pages(form, sent.filling.values)
        now = {each.name: each.value for each in form.fields}
        found = await self._asking.wrong(query, {**now, **sent.filling.values})
        return {name: told for name, told in found.items() if name in sent.filling.values and made.page_of(name) <= sent.page}

    async def go_on(self, body: Payload, sent: Sent) -> None:
        """Keep a page, and offer the next one: Discord opens none by itself."""
        name = await self._store(body, sent.filling)
        following = [(sent.page + 1, f"Continue ({sent.page + 2}/{sent.of})")]
        await self._answers.note(body, notes.going_on(KEPT.format(n=sent.page + 1, pages=sent.of), following, name))

    async def refuse(self, body: Payload, sent: Sent, wrong: Mapping[str, str], query: Query) -> None:
        """Say what is wrong, with a button for each page that has to be changed; what was typed is kept meanwhile."""
        name = await self._store(body, sent.filling)
        found = sorted({await self._page_of(field, query, sent.filling) for field in wrong})
        label = "Change it" if len(found) == 1 else "Change page {n}"
        told = "\n".join((WRONG, *(f"- {sentence}" for sentence in dict.fromkeys(wrong.values()))))
        await self._answers.note(body, notes.going_on(told, [(page, label.format(n=page + 1)) for page in found], name))

    async def _page_of(self, field: str, query: Query, filling: Filling) -> int:
        try:
            form = await self._asking.form(query)
        except (InvalidInput, NotAllowed):
            return 0
        return modals.pages(form, filling.values).page_of(field) if form else 0

    async def _filling(self, body: Payload, ref: str) -> Filling:
        if not ref.startswith(notes.TYPED):
            return Filling(ref)
        name = ref.removeprefix(notes.TYPED)
        kept = await self._carried.get(name, by=acts.user_of(body))
        if kept is None:
            raise InvalidInput(OVER)
        read = json.loads(kept)
        return Filling(read["origin"], read["values"], name)

    async def _store(self, body: Payload, filling: Filling) -> str:
        """Keep what was typed, and return under which name."""
        user = acts.user_of(body)
        name = filling.name or derived("y", user, body["id"])
        kept = json.dumps({"origin": filling.origin, "values": dict(filling.values)}, ensure_ascii=False)
        await self._carried.keep({name: kept}, by=user, how_long=TYPED)
        return name
