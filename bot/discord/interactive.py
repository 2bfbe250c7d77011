"""Interactive: presses, forms, commands and what is typed into them, answered within the three seconds that Discord waits.

Everything is known by its `custom_id` alone, so that a button works whichever process posted it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.arrivals.inbox import Arrival
from bot.discord import acts, draw, menu, modals, notes, pressed, tree
from bot.discord.autocomplete import Autocomplete
from bot.discord.carried import TYPED, Carried
from bot.discord.commands import Commands
from bot.discord.people import People, Who
from bot.discord.pressed import Pressed
from bot.discord.replies import Replies
from bot.discord.web import Web
from desk.cards import Button, Card, Form
from desk.customer import TEAM
from desk.errors import FrontdeskError, InvalidInput, Misconfigured, NotAllowed, Rejected, Retryable, Unavailable
from desk.ids import TicketId, derived
from desk.ports import Desk, Query
from desk.space import Place

Payload = Mapping[str, Any]
Keep = Callable[[Arrival], Awaitable[None]]
Shows = Callable[[Payload, Pressed], Awaitable[Mapping[str, Any] | None]]
"""Returns what a button shows to whoever presses it, and to nobody else; None for every other button."""

PATIENCE = 1.2
"""Seconds that each of the two things may take that the answer waits for: who it is, and the form. Discord waits for three."""
COMMAND = "command"
"""The action of a button that stands for the command in its subject."""
TEXT, LATER, UPDATED_LATER, UPDATED, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""How an interaction is answered."""
COMMANDED, PRESSED, TYPING, SENT = 2, 3, 4, 5
"""What an interaction is."""
TOO_LATE = (10062, 40060)
"""Discord gave up on it, or was answered already."""
BUSY = "This takes longer than usual right now, and nothing was done. Please try again in a moment."
LATE = "That could not be opened in time, and nothing was done. Please press it again."
NO_FORM = "There is nothing to fill in here any more. Please look at the card again: it may have changed."
OVER = "This was kept for 15 minutes, which are over. Please begin again where you pressed first."
ELSEWHERE = "I work on another server, so I can do nothing here."
WRONG = "This cannot be sent yet:"
KEPT = "Page {n} of {pages} is kept for 15 minutes; nothing was sent yet."
DONE = "Sent."

log = logging.getLogger("frontdesk.discord")


@dataclass(frozen=True, slots=True)
class Filling:
    """A form that somebody fills in: the `custom_id` that opened it, and what was typed so far. `name` is where that is kept, "" for nowhere yet."""

    origin: str
    values: Mapping[str, str] = field(default_factory=dict)
    name: str = ""


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
        self._web, self._people, self._desk, self._keep = web, people, desk, keep
        self._carried, self._replies, self._commands, self._shows = carried, replies, commands, shows
        self._autocomplete = Autocomplete(desk)

    async def take(self, body: Payload) -> None:
        """Take an interaction as Discord sends it; whatever is wrong is told to who did it."""
        try:
            if body.get("guild_id") and str(body["guild_id"]) != (await self._web.whoami()).guild:
                return await self._say(body, ELSEWHERE)
            if (taker := TAKERS.get(int(body["type"]))) is not None:
                await taker(self, body)
        except (InvalidInput, NotAllowed) as error:
            await self._say(body, str(error))
        except (Retryable, Misconfigured) as error:
            log.warning("what somebody did could not be taken: %s", error)
            await self._say(body, BUSY)

    async def _press(self, body: Payload) -> None:
        """Take a press: keep it, or open the form it asks for."""
        data = body["data"]
        if (again := notes.again_in(str(data["custom_id"]))) is not None:
            return await self._reopen(body, *again)
        if data.get("values") == []:
            return await self._respond(body, UPDATED_LATER)
        origin = str((data.get("values") or [data["custom_id"]])[0])
        whole = await self._whole(origin)
        found = pressed.unpacked(whole)
        if self._shows and (shown := await self._shows(body, found)) is not None:
            return await self._respond(body, TEXT, shown)
        if found.action == COMMAND:
            return await self._command(body, found.subject)
        form = await self._form_of(body, found) if found.asks else None
        if form is not None:
            await self._open(body, form, Filling(origin))
            return await self._reset(body)
        await self._done(body, acts.of_click(body, whole), UPDATED_LATER)

    async def _commanded(self, body: Payload) -> None:
        """Take a slash command, or a message's own command."""
        if body["data"].get("type") == menu.MESSAGE:
            told = notes.told(menu.taken(str(body.get("locale") or "")))
            return await self._done(body, acts.of_asking(body, str(body["data"]["target_id"])), TEXT, told)
        if tree.chosen(body["data"])[0] == (tree.HOME,):
            return await self._home(body)
        await self._command(body, await self._commands.text_of(body["data"]))

    async def _home(self, body: Payload) -> None:
        """Show somebody their page, as things stand now."""
        try:
            async with asyncio.timeout(PATIENCE):
                card = await self._desk.view(await self._query(body, tree.HOME, "", await self._who(body)))
        except TimeoutError:
            raise Unavailable("store", "a page was not there in time") from None
        if isinstance(card, Card):
            await self._carried.keep(pressed.too_long(card, tree.HOME))
            made = draw.components(card, carrier=tree.HOME)
            await self._respond(body, TEXT, {**made, "flags": made["flags"] | notes.EPHEMERAL})

    async def _typing(self, body: Payload) -> None:
        """Say how what is being typed may go on."""
        try:
            async with asyncio.timeout(PATIENCE * 2):
                choices = await self._autocomplete.choices(body, await self._commands.tree(), await self._who(body), await self._place(body))
        except (TimeoutError, FrontdeskError):
            choices = ()
        await self._respond(body, CHOICES, {"choices": list(choices)})

    async def _sent(self, body: Payload) -> None:
        """Take a page of a form: keep it until the last one, then say what is wrong, or keep all of it for the desk."""
        where, _, ref = str(body["data"]["custom_id"]).partition(">")
        page, _, of = where.partition("/")
        if not (page.isdecimal() and of.isdecimal()):
            raise InvalidInput(pressed.OLD)
        filling = await self._filling(body, ref)
        filled = Filling(filling.origin, {**filling.values, **modals.values(body["data"].get("components") or ())}, filling.name)
        if int(page) + 1 < int(of):
            name = await self._store(body, filled)
            told = KEPT.format(n=int(page) + 1, pages=of)
            return await self._note(body, notes.going_on(told, [(int(page) + 1, f"Continue ({int(page) + 2}/{of})")], name))
        whole = await self._whole(filled.origin)
        found = pressed.unpacked(whole)
        query = await self._query_of(body, found)
        wrong = await self._check(query, filled.values)
        if wrong:
            return await self._refuse(body, filled, wrong, query)
        kept = acts.of_command(body, found.subject, filled.values) if found.action == COMMAND else acts.of_click(body, whole, filled.values)
        await self._done(body, kept, *self._ending(body, filled, found))

    async def _command(self, body: Payload, text: str) -> None:
        """Open the form of a command, or keep the command where it has none."""
        who = await self._who(body)
        query = await self._query(body, COMMAND, text.strip(), who)
        try:
            form = await self._form(query) if who.role in TEAM else None
        except (NotAllowed, InvalidInput):
            form = None
        if form is None:
            return await self._done(body, acts.of_command(body, text), LATER, notes.ALONE)
        button = Button(COMMAND, "", TicketId(""), subject=text)
        await self._carried.keep(pressed.kept_of([button], ""))
        await self._open(body, form, Filling(pressed.packed(button, "")))

    async def _form_of(self, body: Payload, found: Pressed) -> Form | None:
        """Return a button's form; None where it has none for this person, who is then told so as by any other button."""
        try:
            return await self._form(await self._query_of(body, found))
        except NotAllowed:
            return None
        except Unavailable:
            raise InvalidInput(LATE) from None

    async def _open(self, body: Payload, form: Form, filling: Filling, *, page: int = 0) -> None:
        made = modals.pages(form, filling.values)
        page = min(page, len(made) - 1)
        ref = f"{notes.TYPED}{filling.name}" if filling.name else filling.origin
        await self._respond(body, MODAL, made.modal(page, f"{page}/{len(made)}>{ref}"))

    async def _reset(self, body: Payload) -> None:
        """Let a menu show no choice again: Discord does not take the same one twice, and a form may be closed without being sent."""
        message = body.get("message") or {}
        if not body["data"].get("values") or _is_alone(body) or not message.get("components"):
            return
        channel, path = str(body["channel_id"]), "/channels/{channel_id}/messages/{message_id}"
        try:
            same = {"components": message["components"]}
            await self._web.call("PATCH", path, json=same, channel_id=channel, message_id=str(message["id"]))
        except FrontdeskError as error:
            log.debug("a menu still shows its last choice: %s", error)

    async def _reopen(self, body: Payload, page: int, name: str) -> None:
        """Open a form again with what was typed, or its next page."""
        filling = await self._filling(body, f"{notes.TYPED}{name}")
        found = pressed.unpacked(await self._whole(filling.origin))
        try:
            form = await self._form(await self._query_of(body, found))
        except Unavailable:
            raise InvalidInput(LATE) from None
        if form is None:
            raise InvalidInput(NO_FORM)
        await self._open(body, form, filling, page=page)

    async def _refuse(self, body: Payload, filled: Filling, wrong: Mapping[str, str], query: Query) -> None:
        """Say what is wrong, with a button for each page that has to be changed; what was typed is kept meanwhile."""
        form = await self._form(query)
        made = modals.pages(form) if form else None
        found = sorted({made.page_of(name) for name in wrong}) if made else [0]
        label = "Change it" if len(found) == 1 else "Change page {n}"
        name = await self._store(body, filled)
        told = "\n".join((WRONG, *(f"- {sentence}" for sentence in dict.fromkeys(wrong.values()))))
        await self._note(body, notes.going_on(told, [(page, label.format(n=page + 1)) for page in found], name))

    async def _check(self, query: Query, values: Mapping[str, str]) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._desk.check(query, values)
        except (Retryable, TimeoutError):
            return {"": BUSY}

    def _ending(self, body: Payload, filled: Filling, found: Pressed) -> tuple[int, Mapping[str, Any]]:
        """Return how a form that was sent is answered: what told to change it, or to go on, says that it is sent."""
        if filled.name and _is_alone(body):
            return UPDATED, notes.told(DONE)
        if found.action == COMMAND or not body.get("message"):
            return LATER, notes.ALONE
        return UPDATED_LATER, {}

    async def _done(self, body: Payload, arrival: Arrival, answer: int, data: Mapping[str, Any] | None = None) -> None:
        """Keep what was done, then answer. What the desk says of it reaches them alone by the token."""
        me = await self._web.whoami()
        by = (await self._who(body)).ref
        answering = self._replies.answering(by, await self._place(body), application=me.application, token=str(body["token"]), waits=answer == LATER)
        async with answering:
            await self._keep(arrival)
            await self._respond(body, answer, data)

    async def _note(self, body: Payload, note: Mapping[str, Any]) -> None:
        """Tell somebody alone how their form goes on, in place of what told them so before."""
        await self._respond(body, UPDATED if _is_alone(body) and notes.is_ours(body.get("message") or {}) else TEXT, note)

    async def _say(self, body: Payload, sentence: str) -> None:
        """Tell who did it, and nobody else, why nothing happens; there is nothing to tell who only types."""
        if int(body["type"]) == TYPING:
            return await self._respond(body, CHOICES, {"choices": []})
        await self._respond(body, TEXT, notes.told(sentence))

    async def _respond(self, body: Payload, kind: int, data: Mapping[str, Any] | None = None) -> None:
        """Answer an interaction. One that Discord gave up on is told of in the log: what was kept is done all the same."""
        # Whether others see a message is settled once it stands.
        told = {name: value for name, value in (data or {}).items() if kind != UPDATED or name != "flags"}
        answer = {"type": kind, **({"data": told} if told else {})}
        path = "/interactions/{interaction_id}/{interaction_token}/callback"
        id, token = str(body["id"]), str(body["token"])
        try:
            await self._web.call("POST", path, json=answer, accept=TOO_LATE, interaction_id=id, interaction_token=token)
        except (Retryable, Rejected, Misconfigured) as error:
            log.warning("somebody could not be answered at once: %s", error)

    async def _whole(self, custom_id: str) -> str:
        """Return all that a `custom_id` carries, also where it names what is kept beside. Raises InvalidInput for what is not there any more."""
        name = pressed.name_in(custom_id)
        if name is None:
            return custom_id
        whole = await self._carried.get(name)
        if whole is None:
            raise InvalidInput(pressed.OLD)
        return whole

    async def _filling(self, body: Payload, ref: str) -> Filling:
        if not ref.startswith(notes.TYPED):
            return Filling(ref)
        name = ref.removeprefix(notes.TYPED)
        kept = await self._carried.get(name, by=acts.user_of(body))
        if kept is None:
            raise InvalidInput(OVER)
        read = json.loads(kept)
        return Filling(read["origin"], read["values"], name)

    async def _store(self, body: Payload, filled: Filling) -> str:
        """Keep what was typed, and return under which name."""
        user = acts.user_of(body)
        name = filled.name or derived("y", user, body["id"])
        kept = json.dumps({"origin": filled.origin, "values": dict(filled.values)}, ensure_ascii=False)
        await self._carried.keep({name: kept}, by=user, how_long=TYPED)
        return name

    async def _query_of(self, body: Payload, found: Pressed) -> Query:
        who = await self._who(body)
        if found.action == COMMAND:
            return await self._query(body, COMMAND, found.subject.strip(), who)
        return await self._query(body, "form", found.carrier, who, button=found)

    async def _query(self, body: Payload, kind: str, subject: str, who: Who, *, button: Pressed | None = None) -> Query:
        action, about = (button.action, button.subject) if button else ("", "")
        place = await self._place(body)
        return Query(kind, subject, by=who.ref, role=who.role, action=action, place=place, name=who.name, about=about)

    async def _place(self, body: Payload) -> Place:
        return acts.place_of(acts.where(body), (await self._web.whoami()).guild)

    async def _who(self, body: Payload) -> Who:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._people.who(acts.user_of(body), acts.hint_of(body))
        except TimeoutError:
            raise Unavailable("platform", "Discord did not say in time who pressed") from None

    async def _form(self, query: Query) -> Form | None:
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._desk.view(query)
        except TimeoutError:
            raise Unavailable("store", "a form was not there in time") from None
        return found if isinstance(found, Form) else None


def _is_alone(body: Payload) -> bool:
    """Tell whether what was pressed is seen by one person only."""
    return bool(int((body.get("message") or {}).get("flags") or 0) & notes.EPHEMERAL)


TAKERS: Mapping[int, Callable[[Interactive, Payload], Awaitable[None]]] = {
    COMMANDED: Interactive._commanded,
    PRESSED: Interactive._press,
    TYPING: Interactive._typing,
    SENT: Interactive._sent,
}
