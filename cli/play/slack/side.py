"""Side: the Slack half of a play. The driver has people do things here, and what they do is sent to the desk's process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.play.ending import ended
from cli.play.lines import Known
from cli.play.sides import Side, Stage
from cli.play.slack import events, people
from cli.play.slack.api import Api
from cli.play.slack.cast import furnish
from cli.play.slack.delivery import Delivery
from cli.play.slack.names import COMMAND, SECRET, TEAM, TOKEN, channel_id, user_id
from cli.play.slack.pressing import Incomplete, button_at, filled, has_inputs, latest_card
from cli.play.slack.server import Server
from cli.play.slack.shown import words
from cli.play.slack.state import Message, Room, View, Workspace, outbox_of, stamp
from cli.play.slack.transcript import logged
from cli.play.step import Step
from desk.errors import InvalidInput
from desk.space import Platform

Json = dict[str, Any]
Values = Mapping[str, Any]


class SlackSide(Side):
    """A Slack with the people of a script in it."""

    def __init__(self, setup: Mapping[str, Any], now: Callable[[], datetime]) -> None:
        self.workspace = Workspace(now)
        self.api = Api(self.workspace)
        self.delivery = Delivery()
        self.url = ""
        self._setup = setup
        self._stack = AsyncExitStack()
        self._held: tuple[View, Json, int] | None = None
        self._copies = 1
        self._heard: list[Json] = []
        furnish(self.workspace, setup)
        self.workspace.heard = self._hear

    async def start(self) -> None:
        """Listen for the app."""
        server = Server(self.api.answer)
        self.url = await server.start()
        self._stack.push_async_callback(server.close)
        await self._stack.enter_async_context(self.delivery)

    async def close(self) -> None:
        """Hang up."""
        await self._stack.aclose()

    @property
    def environment(self) -> dict[str, str]:
        """Return what the desk's process needs to be the app of this Slack."""
        return {"FRONTDESK_SLACK_BOT_TOKEN": TOKEN, "FRONTDESK_SLACK_SIGNING_SECRET": SECRET, "FRONTDESK_SLACK_URL": f"{self.url}/api/"}

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing waits to be sent."""
        return self.api.down or not self.delivery.waiting

    def switch(self, system: str, *, up: bool) -> None:
        """Take Slack down, or use up its quota; what people did meanwhile is sent when it is up again."""
        if system == "platform":
            self.api.down = not up
        if system == "quota":
            self.api.busy = not up

    async def listened(self, address: str) -> None:
        """Send to this address from now on."""
        self.delivery.address = address

    async def flush(self) -> list[Json]:
        """Send what waits; return what it was answered with. Raises Lost."""
        return await self.delivery.flush()

    def becomes(self, channel: str, what: str) -> None:
        """Have an admin change a channel."""
        people.becomes(self.workspace, self.workspace.named(channel), what)

    def turns(self, who: str, what: str) -> None:
        """Refuse: on Slack, everybody can be written to."""
        raise InvalidInput(f"on Slack nobody becomes {what}")

    def joins(self, who: str, channel: str) -> None:
        """Have somebody come into a channel."""
        people.join(self.workspace, user_id(who), self.workspace.named(channel))

    def ref_of(self, spot: Mapping[str, str]) -> Json:
        """Return a spot as the desk's process finds it in its store."""
        return {**spot, "platform": Platform.SLACK.value, "space": TEAM, "id": self.workspace.named(spot["channel"]).id}

    def ended(self, dump: Json) -> Json:
        """Return the dump of the desk's process with what was said here in it, in order."""
        cast = {user_id(person["name"]): person for person in self._setup["people"]}
        names = {member.id: member.name for member in self.workspace.members.values()}
        rooms = {room.id: room.name for room in self.workspace.rooms.values()}
        return ended(logged(self.workspace), Known(cast, names, rooms, {channel["name"]: channel for channel in self._setup["channels"]}), dump)

    async def perform(self, act: str, stage: Stage, step: Step, values: Values) -> Any:
        """Have somebody do something; return where a message stands."""
        self._copies = step.deliver
        try:
            return await getattr(self, act)(stage, step, values)
        finally:
            self._copies = 1

    async def release(self, stage: Stage, step: Step) -> None:
        """Send the form that somebody was about to send when the next step began."""
        if self._held is not None:
            view, payload, copies = self._held
            self._held = None
            await self._send(stage, step, view, payload, copies=copies)

    async def say(self, stage: Stage, step: Step, values: Values) -> Json:
        """Have somebody write."""
        user = user_id(values["who"])
        room, thread = self._where(user, values)
        files = tuple(people.upload(self.workspace, Path(name), host=self.url) for name in values["files"])
        said = people.say(self.workspace, user, room, values["text"], thread=thread, files=files)
        await self._heard_of(stage, step)
        return {"channel": room.name, "ref": said.ts, "thread": said.thread}

    async def edit(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody change their message."""
        people.edit(self.workspace, user_id(values["who"]), self._room(values), values["ref"], values["text"])
        await self._heard_of(stage, step)

    async def delete(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody take back their message."""
        people.delete(self.workspace, user_id(values["who"]), self._room(values), values["ref"])
        await self._heard_of(stage, step)

    async def react(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody put an emoji on a message."""
        people.react(self.workspace, user_id(values["who"]), self._room(values), values["ref"], values["emoji"])
        await self._heard_of(stage, step)

    async def click(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody press a button they can see, and fill in what it asks."""
        user = user_id(values["who"])
        among = await self._about(stage, step, values["on"])
        message, button = button_at(self.workspace, user, values["label"], among=among, team=self._team_rooms)
        trigger, at = self.workspace.trigger(user), stamp(self.workspace.tick())
        room, by = self.workspace.rooms[message.channel], self.workspace.members[user]
        payload = events.pressed(dict(button.sent), message, by, room, trigger=trigger, at=at)
        await self._pressed(stage, step, trigger, values["form"], send=lambda: self.delivery.interaction(payload))

    async def choose(self, stage: Stage, step: Step, values: Values) -> None:
        """Refuse to choose from a message's own menu: nothing of this Slack shows one."""
        raise InvalidInput("messages of the play's Slack show no menu: put the emoji on the message that opens a ticket")

    async def command(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody give a slash command. People of other organizations have none."""
        user = user_id(values["who"])
        by, room = self.workspace.members[user], self.workspace.named(values["channel"])
        if by.is_stranger:
            raise InvalidInput(f"{by.name} belongs to another organization, whose people cannot give commands of an app of ours")
        trigger = self.workspace.trigger(user)
        name, _, text = values["text"].strip().partition(" ")
        fields = events.commanded(COMMAND, text if name == COMMAND else values["text"], by, room, trigger=trigger)
        await self._pressed(stage, step, trigger, values["form"], send=lambda: self.delivery.command(fields))

    async def _heard_of(self, stage: Stage, step: Step) -> None:
        if not self.api.down:
            await stage.hand_over(self, step)
            await stage.tell("quiet", step)

    async def _pressed(self, stage: Stage, step: Step, trigger: str, form: Mapping[str, str], *, send: Callable[[], None]) -> None:
        """Send a press; fill in and send the modal it opens, or press as often as the step says where it opens none."""
        if self.api.down:
            raise InvalidInput("Slack is down, so nobody can press anything there")
        opened: View | None = None
        for _ in range(self._copies):
            send()
            await stage.hand_over(self, step)
            await stage.tell("quiet", step)
            opened = next((view for view in self.workspace.views.values() if view.trigger == trigger), None)
            if opened is not None:
                break
        if opened is not None and has_inputs(opened):
            await self._fill(stage, step, opened, form)
        elif opened is not None:
            stage.note(step, [f"instead of a form Slack showed: {words(opened.shown['blocks'], {}).rstrip('.')}"])
        elif form:
            raise InvalidInput("no form opened that could be filled in")

    async def _fill(self, stage: Stage, step: Step, view: View, form: Mapping[str, str]) -> None:
        by = self.workspace.members[view.user]
        try:
            values = filled(view, form)
        except Incomplete as error:
            stage.note(step, [f"Slack does not send the form: {str(error).rstrip('.')}"])
            return
        payload = events.submitted(view, values, by, trigger=self.workspace.trigger(view.user))
        await self.release(stage, step)
        if step.settles:
            await self._send(stage, step, view, payload, copies=self._copies)
        else:
            self._held = view, payload, self._copies

    async def _send(self, stage: Stage, step: Step, view: View, payload: Json, *, copies: int) -> None:
        self.delivery.interaction(payload, copies=copies)
        answers = await stage.hand_over(self, step)
        if wrong := next((answer["errors"] for answer in answers if answer.get("response_action") == "errors"), None):
            # The form stays open with these; whoever filled it in gives up.
            stage.note(step, [f"the form says under {field!r}: {sentence.rstrip('.')}" for field, sentence in wrong.items()])
        await stage.tell("quiet", step)

    async def _about(self, stage: Stage, step: Step, on: Mapping[str, str] | None) -> Callable[[Message], bool]:
        """Return what tells the messages about an earlier step's: those of its ticket, or while it has none of its thread."""
        if on is None:
            return lambda _: True
        found: Json = await stage.tell("about", step, on=on)
        if found["ticket"]:
            ids = frozenset(found["outbox"])
            return lambda message: outbox_of(message) in ids
        root = on["thread"] or on["ref"]
        return lambda message: self.workspace.rooms[message.channel].name == on["channel"] and (message.thread or message.ts) == root

    def _where(self, user: str, values: Values) -> tuple[Room, str | None]:
        if not values.get("on"):
            return self.workspace.named(values["channel"]), values["thread"]
        card = latest_card(self.workspace, user, self._team_rooms)
        if card is None:
            raise InvalidInput(f"there is no card that {values['who']} can see")
        return self.workspace.rooms[card.channel], card.thread or card.ts

    def _room(self, values: Values) -> Room:
        return self.workspace.named(values["channel"])

    @property
    def _team_rooms(self) -> frozenset[str]:
        internal = (channel["name"] for channel in self._setup["channels"] if channel["kind"] == "internal")
        return frozenset(map(channel_id, internal))

    def _hear(self, event: Json) -> None:
        room = self.workspace.rooms.get(str(event.get("channel")))
        number = self.workspace.number()
        body = events.wrapped(event, id=f"Ev{number:010}", at=self.workspace.now().timestamp(), shared=bool(room and room.teams))
        self.delivery.event(body, copies=self._copies)
