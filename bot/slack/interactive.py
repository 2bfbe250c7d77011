"""Interactive: clicks, forms, commands and App Home, answered within the three seconds that Slack waits."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from bot.arrivals.inbox import Arrival
from bot.arrivals.pressed import Pressed
from bot.slack import arrivals, modals, pressed, spoken
from bot.slack.people import People, Who
from bot.slack.refs import channel_ref
from bot.slack.web import Web
from desk.cards import Card, Form, Text
from desk.customer import TEAM
from desk.errors import FrontdeskError, InvalidInput, NotAllowed, Retryable, Unavailable
from desk.ports import Desk, Query
from desk.space import Place

Payload = Mapping[str, Any]
Keep = Callable[[Arrival], Awaitable[None]]

PATIENCE = 1.2
"""Seconds that each of the two things may take that Slack's answer waits for: who it is, and the form. Slack waits for three."""
COMMAND = "command"
"""The action of a button that stands for the command in its subject."""
BUSY = "This takes longer than usual right now, and nothing was done. Please try again in a moment."
LATE = "That could not be opened in time, and nothing was done. Please press it again."
NO_FORM = "There is nothing to fill in here any more. Please look at the card again: it may have changed."

log = logging.getLogger("frontdesk.slack")


class Interactive:
    """What people press, choose, send and type. Each method returns when Slack may be answered; what follows goes on beside."""

    def __init__(self, web: Web, people: People, desk: Desk, keep: Keep) -> None:
        self._web = web
        self._people = people
        self._desk = desk
        self._keep = keep
        self.patience = PATIENCE
        self._beside: set[asyncio.Task[None]] = set()

    async def clicked(self, body: Payload) -> None:
        """Take a press: keep it, or open the form it asks for. Raises Unavailable when neither could be done, which Slack shows."""
        action = body["actions"][0]
        try:
            found = pressed.unpacked(str(action["action_id"]), arrivals.value_of(action))
        except InvalidInput as error:
            # A link's press is told too, and so is a choice within a form.
            if body.get("message") and action.get("type") == "button" and not action.get("url"):
                self._go_on(self._whisper(body, str(error)))
            return
        cause = arrivals.cause_of(body, action)
        if found.action == COMMAND:
            # What a button carries is short: its command always fits.
            await self._command(body, found.subject, arrivals.where(body), cause=cause)
        elif not found.asks or not await self._asks(body, found, action):
            await self._keep(arrivals.of_click(body, action, cause=cause))

    async def commanded(self, body: Payload) -> str:
        """Take a slash command: keep it, or open its form; return what to answer at once, "" for nothing."""
        user = {"id": body["user_id"], "team_id": body.get("team_id", "")}
        place = {"channel": body["channel_id"], "thread": ""}
        try:
            await self._command({**body, "user": user}, spoken.command(body.get("text", "")), place, cause=body["trigger_id"])
        except Retryable as error:
            log.warning("a command could not be taken: %s", error)
            return BUSY
        except InvalidInput as error:
            return str(error)
        return ""

    async def submitted(self, body: Payload) -> Payload:
        """Take a form that was sent: keep it, or return what is wrong with it for Slack to show."""
        view = body["view"]
        if view.get("callback_id") != modals.FORM:
            return {}
        submits, values = json.loads(view["private_metadata"]), modals.values(view)
        try:
            async with asyncio.timeout(self.patience):
                wrong = await self._desk.check(await self._query_of(body, submits), values)
        except (NotAllowed, InvalidInput) as error:
            return {"response_action": "update", "view": modals.failed(str(error))}
        except (Retryable, TimeoutError):
            wrong = {next(iter(values), ""): BUSY}
        if wrong:
            return modals.errors(wrong)
        await self._keep(arrivals.of_submission(body, submits, values))
        return {}

    async def asked(self, body: Payload) -> None:
        """Take the message shortcut."""
        await self._keep(arrivals.of_shortcut(body))

    def home_opened(self, event: Payload) -> None:
        """Show somebody their page, beside; whoever does not see it opens it again."""
        if event.get("tab") == "home":
            self._go_on(self._publish(event["user"]))

    @property
    def is_busy(self) -> bool:
        """Tell whether anything goes on beside."""
        return bool(self._beside)

    async def close(self) -> None:
        """Stop what goes on beside."""
        for task in tuple(self._beside):
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def _command(self, body: Payload, text: str, place: Payload, *, cause: str) -> None:
        """Open the form of a command, or keep the command where it has none."""
        who = await self._who(body["user"])
        query = _query(COMMAND, text.strip(), who, place)
        try:
            form = await self._form(query) if who.role in TEAM else None
        except (NotAllowed, InvalidInput):
            form = None
        if form is None:
            return await self._keep(arrivals.of_command(body["user"], text, place, cause=cause))
        return self._go_on(self._open(body, modals.modal(form, submits={"text": text, **place})))

    async def _asks(self, body: Payload, found: Pressed, action: Payload) -> bool:
        """Open a button's form; return False where it has none for this person, who is then told so as by any other button."""
        who = await self._who(body["user"])
        submits = {"action_id": str(action["action_id"]), "value": arrivals.value_of(action), **arrivals.where(body)}
        query = _query("form", found.carrier, who, submits, button=found)
        if who.role in TEAM:
            self._go_on(self._open_at_once(body, query, submits))
            return True
        try:
            form = await self._form(query)
        except NotAllowed:
            return False
        if form is not None:
            self._go_on(self._open(body, modals.modal(form, submits=submits)))
        return form is not None

    async def _open_at_once(self, body: Payload, query: Query, submits: Mapping[str, str]) -> None:
        """Open a view that says to wait, before the permission to open one expires; then put the form into it."""
        view = await self._open(body, modals.loading("Frontdesk"))
        if view is None:
            return
        try:
            form = await self._form(query)
            drawn = modals.modal(form, submits=submits) if form else modals.failed(NO_FORM)
        except (NotAllowed, InvalidInput) as error:
            drawn = modals.failed(str(error))
        except Retryable as error:
            log.warning("a form could not be drawn: %s", error)
            drawn = modals.failed(BUSY)
        try:
            await self._web.call("views.update", view_id=view, view=drawn)
        except FrontdeskError as error:
            # Whoever closed it meanwhile is not told.
            log.warning("a form could not be shown: %s", error)

    async def _open(self, body: Payload, view: Payload) -> str | None:
        """Open a view and return its id; whoever pressed too long ago is asked to press again."""
        try:
            answer = await self._web.call("views.open", trigger_id=body["trigger_id"], view=view)
        except FrontdeskError as error:
            log.warning("a form could not be opened: %s", error)
            await self._whisper(body, LATE)
            return None
        return str((answer.get("view") or {}).get("id") or "")

    async def _publish(self, user: str) -> None:
        try:
            who = await self._people.who(user)
            try:
                card = await self._desk.view(_query("home", "", who, {}))
            except NotAllowed as error:
                card = Card((Text(str(error)),))
            if isinstance(card, Card):
                await self._web.call("views.publish", user_id=user, view=modals.home(card, "home"))
        except FrontdeskError as error:
            log.warning("App Home could not be shown: %s", error)

    async def _whisper(self, body: Payload, sentence: str) -> None:
        """Tell who pressed, and nobody else: from App Home and from direct messages, in which the bot need not be, alone with the bot."""
        user, channel = body["user"]["id"], str(arrivals.where(body)["channel"] or body.get("channel_id") or "")
        thread = arrivals.where(body)["thread"] or None
        try:
            if not channel or channel.startswith("D"):
                await self._web.call("chat.postMessage", channel=user, text=sentence)
            else:
                await self._web.call("chat.postEphemeral", channel=channel, user=user, thread_ts=thread, text=sentence)
        except FrontdeskError as error:
            log.warning("somebody could not be told why nothing happened: %s", error)

    async def _query_of(self, body: Payload, submits: Mapping[str, str]) -> Query:
        who = await self._who(body["user"])
        if "text" in submits:
            return _query(COMMAND, submits["text"].strip(), who, submits)
        found = pressed.unpacked(submits["action_id"], submits["value"])
        return _query("form", found.carrier, who, submits, button=found)

    async def _who(self, user: Payload) -> Who:
        try:
            async with asyncio.timeout(self.patience):
                return await self._people.who(user["id"], arrivals.hint_of(user))
        except TimeoutError:
            raise Unavailable("platform", "Slack did not say in time who pressed") from None

    async def _form(self, query: Query) -> Form | None:
        try:
            async with asyncio.timeout(self.patience):
                found = await self._desk.view(query)
        except TimeoutError:
            raise Unavailable("store", "a form was not there in time") from None
        return found if isinstance(found, Form) else None

    def _go_on(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something beside the answer to Slack; nothing is lost with it but what somebody sees at once."""

        async def done() -> None:
            await work

        task = asyncio.create_task(done())
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)


def _query(kind: str, subject: str, who: Who, place: Payload, *, button: Pressed | None = None) -> Query:
    channel = place.get("channel")
    where = Place(channel_ref(who.ref.space, channel), place.get("thread") or None) if channel else None
    action, about = (button.action, button.subject) if button else ("", "")
    return Query(kind, subject, by=who.ref, role=who.role, action=action, place=where, name=who.name, about=about)
