"""Listener: what was kept of Slack's payloads is read: whoever did it is looked up, and the desk is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.arrivals.inbox import Arrival
from bot.slack import arrivals, inbound, pressed, spoken
from bot.slack.inbound import Here
from bot.slack.people import People, Who
from bot.slack.refs import channel_ref, instant
from bot.slack.web import Web
from desk.errors import PlaceGone, Rejected
from desk.events import Event
from desk.ports import PolicySource
from desk.space import Place

Emit = Callable[[Event], Awaitable[None]]
Payload = Mapping[str, Any]

NAMED = 20
"""Up to how many people whom one message mentions are looked up."""
UNTOLD = frozenset({"check_file_info"})
"""What Slack says of a file of which it does not say more."""


class Listener:
    """Reads arrivals. What cannot be looked up now is Retryable: the arrival waits."""

    def __init__(self, web: Web, people: People, policy: PolicySource, emit: Emit) -> None:
        self._web = web
        self._people = people
        self._policy = policy
        self._emit = emit

    async def take(self, arrival: Arrival) -> None:
        """Tell the desk what an arrival says; return once that is durable there."""
        for event in await self.events(arrival):
            await self._emit(event)

    async def events(self, arrival: Arrival) -> Sequence[Event]:
        """Return what an arrival says to the desk."""
        return await READERS[arrival.kind](self, arrival)

    async def _message(self, arrival: Arrival) -> Sequence[Event]:
        event = arrival.payload
        if event.get("subtype") in CHANGES:
            return await self._change(event)
        here = await self._here(event)
        if event.get("subtype", "") not in inbound.SAID or not here.hears(event):
            return ()
        by = await self._people.who(inbound.author_of(event), event)
        return (inbound.received(await self._with_files(event), event["channel"], by=by, here=here),)

    async def _change(self, event: Payload) -> Sequence[Event]:
        here = await self._here(event.get("message") or {})
        found = CHANGES[event["subtype"]](event, here=here)
        return (found,) if found else ()

    async def _reaction(self, arrival: Arrival) -> Sequence[Event]:
        event, here = arrival.payload, await self._here()
        if event["item"].get("type") != "message" or not here.is_asked_by(event["reaction"]) or event["user"] == here.me.bot_user:
            return ()
        by = await self._people.who(event["user"], event)
        return () if by.is_bot else (inbound.reacted(event, by=by, here=here),)

    async def _joined(self, arrival: Arrival) -> Sequence[Event]:
        event, here = arrival.payload, await self._here()
        if event["user"] != here.me.bot_user:
            return ()
        try:
            room = (await self._web.call("conversations.info", channel=event["channel"])).get("channel") or {}
        except PlaceGone:
            # It was removed again by now.
            return ()
        by = await self._people.who(event["inviter"]) if event.get("inviter") else None
        return (inbound.invited(event, room=room, by=by, here=here),)

    async def _gone(self, arrival: Arrival) -> Sequence[Event]:
        return (inbound.gone(arrival.payload, here=await self._here()),)

    async def _renamed(self, arrival: Arrival) -> Sequence[Event]:
        return (inbound.renamed(arrival.payload, here=await self._here()),)

    async def _asked(self, arrival: Arrival) -> Sequence[Event]:
        return (inbound.asked(arrival.payload, by=await self._by(arrival), here=await self._here()),)

    async def _clicked(self, arrival: Arrival) -> Sequence[Event]:
        click, by = arrival.payload, await self._by(arrival)
        found = pressed.unpacked(click["action_id"], click["value"])
        place, at = await self._place(click, by), instant(click["at"])
        return (inbound.clicked(found, place, cause=click["cause"], by=by, at=at, form={}),)

    async def _commanded(self, arrival: Arrival) -> Sequence[Event]:
        command, by = arrival.payload, await self._by(arrival)
        place = await self._place(command, by)
        return (inbound.commanded(command["text"], place, cause=command["cause"], by=by, at=arrival.at, form={}),)

    async def _submitted(self, arrival: Arrival) -> Sequence[Event]:
        """Read a form that was sent: of a command, or of a button."""
        submits, values, cause = (arrival.payload[name] for name in ("submits", "values", "cause"))
        by = await self._by(arrival)
        place = await self._place(submits, by)
        form = {name: spoken.clean(value) for name, value in values.items()}
        if "text" in submits:
            return (inbound.commanded(submits["text"], place, cause=cause, by=by, at=arrival.at, form=form),)
        found = pressed.unpacked(submits["action_id"], submits["value"])
        return (inbound.clicked(found, place, cause=cause, by=by, at=arrival.at, form=form),)

    async def _by(self, arrival: Arrival) -> Who:
        user = arrival.payload["user"]
        return await self._people.who(user["id"], arrivals.hint_of(user))

    async def _place(self, given: Payload, by: Who) -> Place:
        """Return where somebody is answered: where they pressed, or privately when that was in App Home."""
        channel = given.get("channel")
        if not channel:
            channel = (await self._web.call("conversations.open", users=by.ref.id))["channel"]["id"]
        return Place(channel_ref(by.ref.space, channel), given.get("thread") or None)

    async def _here(self, message: Payload | None = None) -> Here:
        me, policy = await self._web.whoami(), await self._policy.current()
        users = [user for user in spoken.mentioned(inbound.text_of(message or {})) if user != me.bot_user][:NAMED]
        names = {user: (await self._people.who(user)).name for user in users}
        return Here(me, policy.company.bot, policy.intake.emoji, frozenset(policy.intake.bots), names)

    async def _with_files(self, event: Payload) -> Payload:
        """Return a message with what Slack leaves out of the files of another organization."""
        if not any(file.get("file_access") in UNTOLD for file in event.get("files") or ()):
            return event
        return {**event, "files": [await self._file(file) for file in event["files"]]}

    async def _file(self, file: Payload) -> Payload:
        if file.get("file_access") not in UNTOLD:
            return file
        try:
            return {**file, **((await self._web.call("files.info", file=file["id"])).get("file") or {})}
        # Whatever Slack has against the file, the message is heard.
        except Rejected:
            return file


Reader = Callable[[Listener, Arrival], Awaitable[Sequence[Event]]]
CHANGES: Mapping[str, Callable[..., Event | None]] = {"message_changed": inbound.changed, "message_deleted": inbound.deleted}
READERS: Mapping[str, Reader] = {
    arrivals.MESSAGE: Listener._message,
    arrivals.MENTION: Listener._message,
    arrivals.REACTED: Listener._reaction,
    arrivals.JOINED: Listener._joined,
    arrivals.ASKED: Listener._asked,
    arrivals.CLICKED: Listener._clicked,
    arrivals.COMMANDED: Listener._commanded,
    arrivals.SUBMITTED: Listener._submitted,
    **dict.fromkeys(arrivals.GONE, Listener._gone),
    **dict.fromkeys(arrivals.RENAMED, Listener._renamed),
}
