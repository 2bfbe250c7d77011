"""Interactions: commands, presses and forms as the bot gets them, and what it may answer, in time and once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cli.play.discord import written
from cli.play.discord.call import Call
from cli.play.discord.limits import EPHEMERAL, check_form, check_message
from cli.play.discord.messages import composed, edited
from cli.play.discord.names import APPLICATION, BOT, command_id
from cli.play.discord.refused import Refused, invalid
from cli.play.discord.saying import erase, put
from cli.play.discord.state import Channel, Heard, Home, Interaction, Message

Json = dict[str, Any]
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
FIRST, LASTS = 3.0, 15 * 60.0
"""Seconds until the first response must have come, and for which the token is good."""
LOADING = 1 << 7
ANSWERS: Mapping[int, frozenset[int]] = {
    COMMAND: frozenset({MESSAGE, DEFERRED, MODAL}),
    COMPONENT: frozenset({MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL}),
    AUTOCOMPLETE: frozenset({CHOICES}),
    SUBMIT: frozenset({MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE}),
}
"""What each kind of interaction may be answered with."""


def begin(home: Home, kind: int, user: str, room: Channel, data: Json, *, message: Message | None = None, cause: str = "") -> Interaction:
    """Have the bot hear of a command, a press, a form or a text being typed. `cause` is the interaction whose modal a form is."""
    id = home.ids.next()
    made = Interaction(id, f"play-token-{id}", kind, user, room.id, data, home.now(), message.id if message else "", cause=cause)
    home.interactions[id] = made
    said: Json = {"id": id, "application_id": APPLICATION, "type": kind, "token": made.token, "version": 1, "data": data, "entitlements": []}
    said |= {"locale": home.users[user].locale, "authorizing_integration_owners": {"0": room.guild or "0"}, "attachment_size_limit": 10485760}
    said |= written.in_channel(home, room, user) | ({"message": written.message(home, message)} if message else {})
    home.heard(Heard("INTERACTION_CREATE", said, room.guild, room.id))
    return made


def respond(call: Call) -> Json | None:
    """Take the first response."""
    asked, body = _asked(call), call.given
    if asked.answered:
        raise Refused(40060)
    if (call.home.now() - asked.at).total_seconds() > FIRST:
        raise Refused(10062)
    kind = int(body.get("type") or 0)
    if kind not in ANSWERS[asked.kind] or (kind in (DEFERRED_UPDATE, UPDATE) and not asked.message):
        raise invalid(("type", "This response type is not valid for this interaction"))
    data = body.get("data") or {}
    FIRSTS[kind](call, asked, data)
    asked.answered, asked.answered_at = kind, call.home.now()
    if call.query.get("with_response", "false").lower() not in ("1", "true"):
        return None
    shown = call.home.message(asked.channel, asked.original) if asked.original else None
    said: Json = {"interaction": {"id": asked.id, "type": asked.kind, **({"response_message_id": shown.id} if shown else {})}}
    return said | ({"resource": {"type": kind, "message": written.message(call.home, shown)}} if shown and kind in (MESSAGE, UPDATE) else {})


def follow_up(call: Call) -> Json:
    """Post another message; the first one after a deferral takes the place of what is waited for."""
    asked = _alive(call)
    waiting = call.home.message(asked.channel, asked.original) if asked.original else None
    if waiting is not None and waiting.flags & LOADING:
        return written.message(call.home, _fill(call, waiting))
    return written.message(call.home, _posted(call, asked, call.given))


def original(call: Call) -> Json:
    """Return a message of an interaction's."""
    return written.message(call.home, _named(call))


def change(call: Call) -> Json:
    """Change a message of an interaction's."""
    message = _named(call)
    return written.message(call.home, _fill(call, message) if message.flags & LOADING else edited(call, message))


def delete(call: Call) -> None:
    """Take away a message of an interaction's."""
    erase(call.home, _named(call))


def register(call: Call) -> list[Json]:
    """Put commands in place of all that were there."""
    if not isinstance(call.body, list):
        raise Refused(50109)
    if sum(each.get("type", 1) == 1 for each in call.body) > 100:
        raise Refused(30032)
    for n, each in enumerate(call.body):
        _check_command(each, str(n))
    guild = call.ids.get("guild", "")
    call.home.commands[guild] = [_command(each, guild) for each in call.body]
    return call.home.commands[guild]


def registered(call: Call) -> list[Json]:
    """Return the commands."""
    return call.home.commands.get(call.ids.get("guild", ""), [])


def command_rights(call: Call) -> list[Json]:
    """Return what a server's admins changed of who may give commands: nothing."""
    return []


def _say(call: Call, asked: Interaction, data: Json) -> None:
    asked.original = _posted(call, asked, data).id


def _defer(call: Call, asked: Interaction, data: Json) -> None:
    asked.ephemeral = bool(int(data.get("flags") or 0) & EPHEMERAL)
    flags = LOADING | (EPHEMERAL if asked.ephemeral else 0)
    to = asked.user if asked.ephemeral else ""
    asked.original = call.home.place(Message(asked.channel, call.home.ids.next(), BOT, kind=20, flags=flags, interaction=asked.id, to=to)).id


def _defer_update(call: Call, asked: Interaction, data: Json) -> None:
    asked.original = asked.message


def _update(call: Call, asked: Interaction, data: Json) -> None:
    asked.original = asked.message
    message = call.home.message(asked.channel, asked.message)
    if message is None:
        raise Refused(10008)
    edited(replace(call, body=data), message)


def _choose(call: Call, asked: Interaction, data: Json) -> None:
    choices = data.get("choices") or []
    if len(choices) > 25 or any(not 1 <= len(str(each.get("name", ""))) <= 100 for each in choices):
        raise invalid(("data.choices", "Must be 25 or fewer in length."))
    asked.choices = list(choices)


def _show(call: Call, asked: Interaction, data: Json) -> None:
    check_form(data)
    asked.modal = dict(data)


FIRSTS = {MESSAGE: _say, DEFERRED: _defer, DEFERRED_UPDATE: _defer_update, UPDATE: _update, CHOICES: _choose, MODAL: _show}


def _posted(call: Call, asked: Interaction, data: Json) -> Message:
    check_message(data, files=len(call.files))
    room = call.home.channel(asked.channel)
    if room is None:
        raise Refused(10003)
    said = composed(replace(call, body=data), room, id=call.home.ids.next(), author=BOT)
    to = asked.user if said.flags & EPHEMERAL else ""
    return put(call.home, replace(said, kind=20 if asked.kind == COMMAND else 19, interaction=asked.id, to=to))


def _fill(call: Call, waiting: Message) -> Message:
    """Put what was waited for into the place that was held for it; whether it is ephemeral was settled by the deferral."""
    check_message(call.given, files=len(call.files))
    room = call.home.channel(waiting.channel)
    if room is None:
        raise Refused(10003)
    said = composed(call, room, id=waiting.id, author=BOT)
    flags = said.flags & ~EPHEMERAL | waiting.flags & EPHEMERAL
    return put(call.home, replace(said, kind=waiting.kind, flags=flags, interaction=waiting.interaction, to=waiting.to))


def _asked(call: Call) -> Interaction:
    found = call.home.interactions.get(call.ids["interaction"])
    if found is None or found.token != call.ids["token"]:
        raise Refused(10062)
    return found


def _alive(call: Call) -> Interaction:
    found = next((each for each in call.home.interactions.values() if each.token == call.ids["token"]), None)
    if found is None or call.ids["application"] != APPLICATION or not found.answered:
        raise Refused(10015)
    if (call.home.now() - found.at).total_seconds() > LASTS:
        # Discord says this of a token that was good once.
        raise Refused(50027)
    return found


def _named(call: Call) -> Message:
    asked = _alive(call)
    id = asked.original if call.ids["message"] == "@original" else call.ids["message"]
    found = call.home.message(asked.channel, id)
    if found is None or (found.interaction != asked.id and found.id != asked.message):
        raise Refused(10008)
    return found


def _command(given: Json, guild: str) -> Json:
    id = command_id(str(given["name"]), int(given.get("type") or 1))
    made = {"type": 1, "description": "", "default_member_permissions": None, "nsfw": False, "dm_permission": True, "options": [], **given}
    rights = made["default_member_permissions"]
    made["default_member_permissions"] = None if rights is None else str(rights)
    return {**made, "id": id, "application_id": APPLICATION, "version": id, **({"guild_id": guild} if guild else {})}


def _check_command(given: Json, path: str, depth: int = 0) -> None:
    name, options = str(given.get("name", "")), given.get("options") or []
    is_chat = given.get("type", 1) == 1 or depth
    if not 1 <= len(name) <= 32 or (is_chat and (name != name.lower() or " " in name)):
        raise invalid((f"{path}.name", "Command name is invalid"))
    if is_chat and not 1 <= len(str(given.get("description", ""))) <= 100:
        raise invalid((f"{path}.description", "Must be between 1 and 100 in length."))
    if len(options) > 25 or len(given.get("choices") or []) > 25:
        raise invalid((f"{path}.options", "Must be 25 or fewer in length."))
    if len({option.get("name") for option in options}) < len(options):
        raise invalid((f"{path}.options", "Application command option names must be unique"))
    for n, option in enumerate(options):
        _check_command(option, f"{path}.options.{n}", depth + 1)
