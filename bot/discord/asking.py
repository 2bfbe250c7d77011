"""Asking: what the desk is asked while Discord waits: who it is, which form there is, and what is wrong with one that was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.arrivals.pressed import Pressed
from bot.discord import acts
from bot.discord.people import People, Who
from bot.discord.web import Web
from desk.cards import Card, Form
from desk.customer import TEAM
from desk.errors import InvalidInput, NotAllowed, Retryable, Unavailable
from desk.ports import Desk, Query
from desk.space import Place

Payload = Mapping[str, Any]

PATIENCE = 1.2
"""Seconds that each of the two things may take that the answer waits for: who it is, and the form. Discord waits for three."""
COMMAND, FORM = "command", "form"
"""What is asked for; and the action of a button that stands for the command in its subject."""
BUSY = "This takes longer than usual right now, and nothing was done. Please try again in a moment."
LATE = "That could not be opened in time, and nothing was done. Please press it again."


class Asking:
    """Asks the desk in the name of whoever did something. Raises Unavailable for what takes too long."""

    def __init__(self, web: Web, people: People, desk: Desk) -> None:
        self._web, self._people, self._desk = web, people, desk

    async def who(self, body: Payload) -> Who:
        """Return who did it."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._people.who(acts.user_of(body), acts.hint_of(body))
        except TimeoutError:
            raise Unavailable("platform", "Discord did not say in time who pressed") from None

    async def place(self, body: Payload) -> Place:
        """Return where it was done."""
        return acts.place_of(acts.where(body), (await self._web.whoami()).guild)

    async def about(self, body: Payload, found: Pressed) -> Query:
        """Return the question for the form of a button, or of the command it stands for."""
        if found.action == COMMAND:
            return await self.query(body, COMMAND, found.subject.strip())
        return await self.query(body, FORM, found.carrier, button=found)

    async def query(self, body: Payload, kind: str, subject: str, *, button: Pressed | None = None) -> Query:
        """Return a question in the name of whoever did it."""
        who, place = await self.who(body), await self.place(body)
        action, about = (button.action, button.subject) if button else ("", "")
        return Query(kind, subject, by=who.ref, role=who.role, action=action, place=place, name=who.name, about=about)

    async def form(self, query: Query) -> Form | None:
        """Return a form; None where there is none. Raises NotAllowed for whom it is not for, InvalidInput where it takes too long."""
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._desk.view(query)
        except (TimeoutError, Unavailable):
            raise InvalidInput(LATE) from None
        return found if isinstance(found, Form) else None

    async def form_of_command(self, query: Query) -> Form | None:
        """Return the form of a command; None also for whoever may not give it: the desk says so when it was given."""
        try:
            return await self.form(query) if query.role in TEAM else None
        except NotAllowed:
            return None

    async def card(self, query: Query) -> Card | None:
        """Return a page."""
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._desk.view(query)
        except TimeoutError:
            raise Unavailable("store", "a page was not there in time") from None
        return found if isinstance(found, Card) else None

    async def wrong(self, query: Query, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return what is wrong with a form, as sentences by field; nothing when it may be sent."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._desk.check(query, values)
        except (Retryable, TimeoutError):
            return {"": BUSY}
