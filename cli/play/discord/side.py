"""Side: the Discord half of a play. The driver has people do things here, and what they do is told to the desk's process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.play.discord import people, saying, written
from cli.play.discord.cast import furnish
from cli.play.discord.commanding import chosen
from cli.play.discord.founding import founded
from cli.play.discord.gateway import Gone
from cli.play.discord.interactions import COMMAND, COMPONENT, MODAL, SUBMIT, begin
from cli.play.discord.names import GUILD, TOKEN, channel_id, user_id
from cli.play.discord.permissions import MANAGE_MESSAGES, permissions
from cli.play.discord.pressing import Incomplete, button_at, fields, filled, latest_card, root
from cli.play.discord.server import Loopback
from cli.play.discord.shown import Reader, pressables, text
from cli.play.discord.state import Channel, Interaction, Message
from cli.play.discord.transcript import logged, names_of
from cli.play.ending import ended
from cli.play.lines import Known
from cli.play.sides import Lost, Side, Stage
from cli.play.step import Step
from desk.errors import InvalidInput
from desk.space import Platform

Json = dict[str, Any]
Values = Mapping[str, Any]
PAGES = 6
"""So many pages somebody fills in, and so often they change what was wrong, at most."""
PATIENCE = 30.0
NAME = "frontdesk"
"""The command, below which all others stand."""


class DiscordSide(Side):
    """A Discord with the people of a script in it."""

    def __init__(self, setup: Mapping[str, Any], now: Callable[[], datetime]) -> None:
        self.home = founded(now)
        self.loopback = Loopback(self.home)
        self._setup = setup
        self._held: tuple[Interaction, dict[str, str]] | None = None
        self.home.reads_content = setup["message_content"]
        furnish(self.home, setup)

    async def start(self) -> None:
        """Listen for the bot."""
        await self.loopback.start()

    async def close(self) -> None:
        """Hang up."""
        await self.loopback.close()

    @property
    def environment(self) -> dict[str, str]:
        """Return what the desk's process needs to be the bot of this Discord."""
        return {"FRONTDESK_DISCORD_TOKEN": TOKEN, "FRONTDESK_DISCORD_GUILD": GUILD, "FRONTDESK_DISCORD_URL": self.loopback.url}

    @property
    def is_quiet(self) -> bool:
        """Tell whether the bot has everything."""
        return self.loopback.api.down or self.loopback.gateway.is_heard

    async def listened(self, address: str) -> None:
        """Wait until the bot is there: what happens before is told to nobody."""
        await self.flush()

    async def flush(self) -> Sequence[Json]:
        """Return when the bot has everything. Raises Lost when it does not come."""
        if not self.loopback.api.down:
            try:
                await self.loopback.gateway.flush(PATIENCE)
            except Gone as error:
                raise Lost(f"Discord: {error}") from error
        return ()

    def switch(self, system: str, *, up: bool) -> None:
        """Take Discord down, or use up its quota; what people did meanwhile is told when it is up again."""
        gateway = self.loopback.gateway
        if system == "platform":
            self.loopback.api.faults.down = not up
            (gateway.release if up else gateway.hold)()
        if system == "quota":
            self.loopback.api.faults.busy = not up

    def becomes(self, channel: str, what: str) -> None:
        """Have somebody who runs the server change a channel."""
        people.becomes(self.home, self._room(channel), what)

    def turns(self, who: str, what: str) -> None:
        """Have somebody change how they can be reached."""
        people.turns(self.home, user_id(who), what)

    def joins(self, who: str, channel: str) -> None:
        """Have somebody be let into a channel."""
        people.join(self.home, user_id(who), self._room(channel))

    def ref_of(self, spot: Mapping[str, str]) -> Json:
        """Return a spot as the desk's process finds it in its store."""
        thread = spot.get("thread")
        ref = f"{thread}/{spot['ref']}" if thread and thread != spot["ref"] else spot["ref"]
        return {**spot, "platform": Platform.DISCORD.value, "space": GUILD, "id": self._room(spot["channel"]).id, "ref": ref}

    def ended(self, dump: Json) -> Json:
        """Return the dump of the desk's process with what was said here in it, in order."""
        cast = {user_id(person["name"]): person for person in self._setup["people"]}
        channels = {channel["name"]: channel for channel in self._setup["channels"]}
        names = names_of(self.home)
        zones = {id: person.get("zone", "UTC") for id, person in cast.items()}
        return ended(logged(self.home, zones), Known(cast, names, names, channels), dump)

    async def perform(self, act: str, stage: Stage, step: Step, values: Values) -> Any:
        """Have somebody do something; return where a message stands."""
        self.loopback.gateway.copies = step.deliver
        try:
            return await getattr(self, act)(stage, step, values)
        finally:
            self.loopback.gateway.copies = 1

    async def release(self, stage: Stage, step: Step) -> None:
        """Send the form that somebody was about to send when the next step began."""
        if self._held is not None:
            (asked, form), self._held = self._held, None
            await self._fill(stage, step, asked, form)

    async def say(self, stage: Stage, step: Step, values: Values) -> Json:
        """Have somebody write."""
        user, room = user_id(values["who"]), self._team_card(values) if values.get("on") else None
        said = self._reply(user, *room, values) if room else self._said(user, self._room(values["channel"]), values)
        await self._heard_of(stage, step)
        at = self.home.channel(said.channel)
        assert at is not None
        is_reply = at.thread is not None and said.id != at.id
        return {"channel": self._room_of(at).name, "ref": said.id, "thread": at.id if is_reply else said.reply_to or None}

    async def edit(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody change their message."""
        people.edit(self.home, user_id(values["who"]), self._message(values["ref"]), values["text"])
        await self._heard_of(stage, step)

    async def delete(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody take back their message."""
        people.delete(self.home, user_id(values["who"]), self._message(values["ref"]))
        await self._heard_of(stage, step)

    async def react(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody put an emoji on a message."""
        saying.react(self.home, self._message(values["ref"]), values["emoji"], user_id(values["who"]))
        await self._heard_of(stage, step)

    async def click(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody press a button they can see, and fill in what it asks."""
        user = user_id(values["who"])
        among = await self._about(stage, step, values["on"])
        message, button = button_at(self.home, user, values["label"], among=among, team=self._team_rooms)
        await self._asked(stage, step, self._press(user, message, button.sent), values["form"])

    async def choose(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody choose a command from a message's own menu."""
        message = self._message(values["ref"])
        room = self.home.channel(message.channel)
        assert room is not None
        command = self._registered(values["label"], kind=3)
        resolved = {"messages": {message.id: written.message(self.home, message)}}
        data = {"id": command["id"], "name": command["name"], "type": 3, "target_id": message.id, "resolved": resolved, "guild_id": GUILD}
        await self._asked(stage, step, begin(self.home, COMMAND, user_id(values["who"]), room, data), {})

    async def command(self, stage: Stage, step: Step, values: Values) -> None:
        """Have somebody give a slash command. Who may not manage messages is shown none."""
        user, room = user_id(values["who"]), self._room(values["channel"])
        if not room.guild or not permissions(self.home.guild, room, user) & MANAGE_MESSAGES:
            raise InvalidInput(f"{values['who']} is shown no commands of the bot here")
        line = values["text"].strip().removeprefix(f"/{NAME}").strip()
        command = self._registered(NAME, kind=1)
        data = {"id": command["id"], "name": NAME, "type": 1, "guild_id": GUILD, "options": [chosen(self.home, command, line)]}
        await self._asked(stage, step, begin(self.home, COMMAND, user, room, data), values["form"])

    async def _heard_of(self, stage: Stage, step: Step) -> None:
        if not self.loopback.api.down:
            await stage.hand_over(self, step)
            await stage.tell("quiet", step)

    def _press(self, user: str, message: Message, sent: Mapping[str, Any]) -> Interaction:
        if self.loopback.api.down:
            raise InvalidInput("Discord is down, so nobody can press anything there")
        room = self.home.channel(message.channel)
        assert room is not None
        return begin(self.home, COMPONENT, user, room, dict(sent), message=message)

    async def _asked(self, stage: Stage, step: Step, asked: Interaction, form: Mapping[str, str]) -> None:
        """Have the bot hear of an interaction; fill in and send the form it opens."""
        await self._heard_of(stage, step)
        if asked.modal is not None:
            await self.release(stage, step)
            if step.settles:
                await self._fill(stage, step, asked, dict(form))
            else:
                self._held = asked, dict(form)
            return
        self._told(stage, step, asked)
        if form:
            raise InvalidInput("no form opened that could be filled in")

    async def _fill(self, stage: Stage, step: Step, asked: Interaction, form: dict[str, str]) -> None:
        """Fill in a form page by page, as far as the bot goes on with it."""
        for _ in range(PAGES):
            assert asked.modal is not None
            modal = asked.modal
            try:
                data, left = filled(self.home, modal, form)
            except Incomplete as error:
                stage.note(step, [f"Discord does not send the form: {str(error).rstrip('.')}"])
                return
            room = self.home.channel(asked.channel)
            assert room is not None
            under = self.home.message(asked.channel, asked.message) if asked.message else None
            sent = begin(self.home, SUBMIT, asked.user, room, data, message=under, cause=asked.id)
            await self._heard_of(stage, step)
            further = self._further(sent)
            if further is None:
                self._told(stage, step, sent)
                if left:
                    raise InvalidInput(f"the form asks for no {next(iter(left))!r}; its fields are: {fields(modal)}")
                return
            asked, form = self._press(asked.user, *further), left
            await self._heard_of(stage, step)
            if asked.modal is None:
                return

    def _further(self, sent: Interaction) -> tuple[Message, Mapping[str, Any]] | None:
        """Return the button by which somebody goes on to a form's next page. Whoever is told that something is wrong gives up."""
        note = self._answer(sent)
        found = pressables(note.components) if note else []
        return (note, found[0].sent) if note and found and found[0].label.startswith("Continue") else None

    def _told(self, stage: Stage, step: Step, asked: Interaction) -> None:
        """Tell the script's writer what somebody was told who did something."""
        if not asked.answered:
            stage.note(step, ["Discord shows that this interaction failed"])
        elif (note := self._answer(asked)) is not None and note.to and asked.answered != MODAL and "cannot be sent yet" in note.content:
            stage.note(step, [f"the form says: {text(note, Reader(names_of(self.home))).rstrip('.')}"])

    def _answer(self, asked: Interaction) -> Message | None:
        return self.home.message(asked.channel, asked.original) if asked.original else None

    async def _about(self, stage: Stage, step: Step, on: Mapping[str, str] | None) -> Callable[[Message], bool]:
        """Return what tells the messages about an earlier step's: those of its ticket, or while it has none of its thread."""
        if on is None:
            return lambda _: True
        found: Json = await stage.tell("about", step, on=on)
        if found["ticket"]:
            ids = frozenset((*found["outbox"], *found["refs"]))
            return lambda message: message.nonce in ids or message.id in ids
        top = on["thread"] or on["ref"]
        return lambda message: top in (message.channel, message.reply_to)

    def _said(self, user: str, room: Channel, values: Values) -> Message:
        files = tuple(people.upload(self.home, room, Path(name), host=self.loopback.api.host) for name in values["files"])
        thread = values["thread"]
        if room.is_direct:
            return people.say(self.home, user, room, values["text"], files=files, reply_to=thread or "")
        if thread:
            return people.say(self.home, user, people.thread(self.home, user, room, thread), values["text"], files=files)
        if people.is_forum(room):
            return people.post(self.home, user, room, values["text"], title=values.get("title", ""), tags=values.get("tags", ()), files=files)
        return people.say(self.home, user, room, values["text"], files=files)

    def _team_card(self, values: Values) -> tuple[Channel, Message]:
        card = latest_card(self.home, user_id(values["who"]), self._team_rooms)
        if card is None:
            raise InvalidInput(f"there is no card that {values['who']} can see")
        room = self.home.channel(card.channel)
        assert room is not None
        return room, card

    def _reply(self, user: str, room: Channel, card: Message, values: Values) -> Message:
        """Have somebody write under a card: in its own thread, or in the one it stands in."""
        if room.is_direct:
            return people.say(self.home, user, room, values["text"], reply_to=card.id)
        at = room if room.thread is not None else people.thread(self.home, user, room, card.id)
        return people.say(self.home, user, at, values["text"])

    def _registered(self, name: str, *, kind: int) -> Json:
        """Return a command that the bot registered."""
        there = [each for each in (*self.home.commands.get(GUILD, ()), *self.home.commands.get("", ())) if each.get("type", 1) == kind]
        found: Json | None = next((each for each in there if each["name"].lower() == name.lower()), None)
        if found is None:
            raise InvalidInput(f"there is no command {name!r} here; there are: {', '.join(each['name'] for each in there) or 'none'}")
        return found

    def _message(self, ref: str) -> Message:
        found = next((message for message in self.home.standing() if message.id == ref), None)
        if found is None:
            raise InvalidInput("the message is not there any more")
        return found

    def _room(self, name: str) -> Channel:
        direct = next((room for room in self.home.direct.values() if room.name == name), None)
        return direct or self.home.named(name)

    def _room_of(self, channel: Channel) -> Channel:
        found = self.home.channel(root(self.home, channel.id))
        assert found is not None
        return found

    @property
    def _team_rooms(self) -> frozenset[str]:
        return frozenset(channel_id(channel["name"]) for channel in self._setup["channels"] if channel["kind"] == "internal")
