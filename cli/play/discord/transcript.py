"""Transcript: what the log of the play's Discord holds, as the lines of a transcript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cli.play.discord.shown import pressables, text
from cli.play.discord.state import Entry, Home, Message
from cli.play.lines import Line
from desk.space import Platform

OPERATIONS = frozenset({"post", "edit", "whisper", "delete"})


def logged(home: Home) -> Iterator[Line]:
    """Yield the operations that somebody saw, in order."""
    names = names_of(home)
    return (_line(entry, home, names) for entry in home.log if entry.op in OPERATIONS)


def names_of(home: Home) -> dict[str, str]:
    """Return everybody's, every role's and every channel's name by id."""
    roles = {role.id: role.name for role in home.guild.roles.values()}
    rooms = {room.id: room.name for room in (*home.guild.channels.values(), *home.direct.values())}
    return {**rooms, **roles, **{user.id: user.name for user in home.users.values()}}


def _line(entry: Entry, home: Home, names: Mapping[str, str]) -> Line:
    message = entry.message
    room = home.channel(message.channel)
    assert room is not None
    parent = home.channel(room.parent) if room.thread is not None else None
    shown, buttons = _shown(message, names)
    return Line(
        entry.op,
        entry.at,
        Platform.DISCORD,
        (parent or room).name,
        message.id,
        # A forum's post has the id of its first message, which stands at the top.
        room.id if parent is not None and message.id != room.id else None,
        message.author,
        by_bot=message.by_bot,
        outbox=message.nonce,
        direct=room.is_direct,
        text=shown,
        buttons=buttons,
    )


def _shown(message: Message, names: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    if message.deleted:
        return "", ()
    return text(message, names), tuple(found.label for found in pressables(message.components))
