"""Interactive: presses, forms, commands and what is typed into them, answered within the three seconds that Discord waits.

Everything is known by its `custom_id` alone, so that a button works whichever process posted it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.arrivals.inbox import Arrival
from bot.arrivals.pressed import Pressed
from bot.discord import acts, draw, menu, notes, pressed, tree
from bot.discord.answers import TYPING, Answer, Answers
from bot.discord.asking import BUSY, COMMAND, PATIENCE, Asking
from bot.discord.autocomplete import Autocomplete
from bot.discord.carried import Carried
from bot.discord.commands import Commands
from bot.discord.forms import Filling, Forms, Sent
from bot.discord.people import People
from bot.discord.replies import Replies
from bot.discord.web import Web
from desk.cards import Form
from desk.errors import FrontdeskError, InvalidInput, Misconfigured, NotAllowed, Retryable
from desk.ports import Desk

Payload = Mapping[str, Any]
Keep = Callable[[Arrival], Awaitable[None]]
Shows = Callable[[Payload, Pressed], Awaitable[Mapping[str, Any] | None]]
"""Returns what a button shows to whoever presses it, and to nobody else; None for every other button."""

COMMANDED, PRESSED, SENT = 2, 3, 5
"""What an interaction is."""
ELSEWHERE = "I work on another server, so I can do nothing here."
DONE = "Sent."

log = logging.getLogger("frontdesk.discord")


class Interactive:
    """What people press, choose, send and type. `take` returns when Discord was answered."""

    def __init__(
        self,
        web: Web,
        people: People,
        desk: Desk,
        keep: Keep,
        *,
        carried: Carried,
        replies: Replies,
        commands: Commands,
        shows: Shows | None = None,
    ) -> None:
        self._web, self._keep, self._shows = web, keep, shows
        self._carried, self._replies, self._commands = carried, replies, commands
        self._autocomplete = Autocomplete(desk)
        self._answers = Answers(web)
        self._asking = Asking(web, people, desk)
        self._forms = Forms(self._answers, self._asking, carried)

    async def take(self, body: Payload) -> None:
        """Take an interaction as Discord sends it; whatever is wrong is told to who did it."""
        try:
            if body.get("guild_id") and str(body["guild_id"]) != (await self._web.whoami()).guild:
                return await self._answers.say(body, ELSEWHERE)
            if (taker := TAKERS.get(int(body["type"]))) is not None:
                await taker(self, body)
        except (InvalidInput, NotAllowed) as error:
            await self._answers.say(body, str(error))
        except (Retryable, Misconfigured) as error:
            log.warning("what somebody did could not be taken: %s", error)
            await self._answers.say(body, BUSY)

    async def _press(self, body: Payload) -> None:
        """Take a press: keep it, or open the form it asks for."""
        data = body["data"]
        if (again := notes.again_in(str(data["custom_id"]))) is not None:
            return await self._forms.reopen(body, *again)
        if data.get("values") == []:
            return await self._answers.give(body, Answer.DONE)
        origin = str((data.get("values") or [data["custom_id"]])[0])
        whole = await self._forms.whole(origin)
        found = pressed.unpacked(whole)
        if self._shows and (shown := await self._shows(body, found)) is not None:
            # The desk says whether they still are whom it is for.
            await self._asking.form(await self._asking.about(body, found))
            return await self._answers.give(body, Answer.TOLD, shown)
        if found.action == COMMAND:
            return await self._command(body, found.subject)
        if (form := await self._form_of(body, found)) is not None:
            await self._forms.open(body, form, Filling(origin))
            return await self._answers.reset(body)
        await self._done(body, acts.of_click(body, whole), Answer.DONE)

    async def _commanded(self, body: Payload) -> None:
        """Take a slash command, or a message's own command."""
        if body["data"].get("type") == menu.MESSAGE:
            told = notes.told(menu.taken(str(body.get("locale") or "")))
            await self._done(body, acts.of_asking(body, str(body["data"]["target_id"])), Answer.TOLD, told)
        elif tree.chosen(body["data"])[0] == (tree.HOME,):
            await self._home(body)
        else:
            await self._command(body, await self._commands.text_of(body["data"]))

    async def _typing(self, body: Payload) -> None:
        """Say how what is being typed may go on."""
        try:
            async with asyncio.timeout(PATIENCE * 2):
                who, place = await self._asking.who(body), await self._asking.place(body)
                choices = await self._autocomplete.choices(body, await self._commands.tree(), who, place)
        except (TimeoutError, FrontdeskError):
            choices = ()
        await self._answers.give(body, Answer.CHOICES, {"choices": list(choices)})

    async def _sent(self, body: Payload) -> None:
        """Take a page of a form: say what is wrong with it, else keep it until the last one, and then all of it for the desk."""
        sent = await self._forms.read(body)
        found, filling = await self._forms.opened_by(sent.filling), sent.filling
        query = await self._asking.about(body, found)
        wrong = await self._forms.wrong(sent, query)
        if wrong:
            return await self._forms.refuse(body, sent, wrong, query)
        if not sent.is_last:
            return await self._forms.go_on(body, sent)
        kept = acts.of_click(body, await self._forms.whole(filling.origin), filling.values)
        if found.action == COMMAND:
            kept = acts.of_command(body, found.subject, filling.values)
        await self._done(body, kept, *_ending(body, sent, found))

    async def _command(self, body: Payload, text: str) -> None:
        """Open the form of a command, or keep the command where it has none."""
        query = await self._asking.query(body, COMMAND, text.strip())
        if (form := await self._asking.form_of_command(query)) is not None:
            return await self._forms.open_command(body, form, text)
        await self._done(body, acts.of_command(body, text), Answer.LATER, notes.ALONE)

    async def _home(self, body: Payload) -> None:
        """Show somebody their page, as things stand now."""
        card = await self._asking.card(await self._asking.query(body, tree.HOME, ""))
        if card is not None:
            await self._carried.keep(pressed.too_long(card, tree.HOME))
            made = draw.components(card, carrier=tree.HOME)
            await self._answers.give(body, Answer.TOLD, {**made, "flags": made["flags"] | notes.EPHEMERAL})

    async def _form_of(self, body: Payload, found: Pressed) -> Form | None:
        """Return a button's form; None where it has none for this person, who is then told so as by any other button."""
        try:
            return await self._asking.form(await self._asking.about(body, found)) if found.asks else None
        except NotAllowed:
            return None

    async def _done(self, body: Payload, arrival: Arrival, answer: Answer, data: Mapping[str, Any] | None = None) -> None:
        """Keep what was done, then answer. What the desk says of it reaches them alone by the token."""
        me, by = await self._web.whoami(), (await self._asking.who(body)).ref
        place, token = await self._asking.place(body), str(body["token"])
        async with self._replies.answering(by, place, application=me.application, token=token, waits=answer is Answer.LATER):
            await self._keep(arrival)
            await self._answers.give(body, answer, data)


def _ending(body: Payload, sent: Sent, found: Pressed) -> tuple[Answer, Mapping[str, Any]]:
    """Return how a form that was sent is answered: the note that told to change it, or to go on, says that it is sent."""
    if sent.filling.name and notes.is_alone(body):
        return Answer.CHANGED, notes.told(DONE)
    if found.action == COMMAND or not body.get("message"):
        return Answer.LATER, notes.ALONE
    return Answer.DONE, {}


TAKERS: Mapping[int, Callable[[Interactive, Payload], Awaitable[None]]] = {
    COMMANDED: Interactive._commanded,
    PRESSED: Interactive._press,
    TYPING: Interactive._typing,
    SENT: Interactive._sent,
}
