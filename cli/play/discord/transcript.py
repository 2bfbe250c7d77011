"""Transcript: what the log of the play's Discord holds, as the lines of a transcript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cli.play.discord.shown import Reader, pressables, text
from cli.play.discord.state import Channel, Entry, Home, Message
from cli.play.lines import Line
from desk.space import Platform

OPERATIONS = frozenset({"post", "edit", "whisper", "delete"})


def logged(home: Home, zones: Mapping[str, str]) -> Iterator[Line]:
    """Yield the operations that somebody saw, in order; `zones` are people's by their id."""
    names = names_of(home)
    yield from (_line(entry, home, names, zones=zones) for entry in home.log if entry.op in OPERATIONS)


def names_of(home: Home) -> dict[str, str]:
    """Return everybody's, every role's and every channel's name by id."""
    roles = {role.id: role.name for role in home.guild.roles.values()}
    rooms = {room.id: room.name for room in (*home.guild.channels.values(), *home.direct.values())}
    return {**rooms, **roles, **{user.id: user.name for user in home.users.values()}}


def _line(entry: Entry, home: Home, names: Mapping[str, str], *, zones: Mapping[str, str]) -> Line:
    message = entry.message
    room = home.once(message.channel)
    assert room is not None
    parent = home.once(room.parent) if room.thread is not None else None
    shown, buttons = _shown(message, Reader(names, zones.get(_whose(home, room, message), "UTC"), entry.at))
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


def _whose(home: Home, room: Channel, message: Message) -> str:
    """Return whose eyes a message is read with: the only reader's, or those of whoever began the thread."""
    starter = home.starter(room) if room.thread is not None else None
    return message.to or room.user or (starter.author if starter else "")


def _shown(message: Message, reader: Reader) -> tuple[str, tuple[str, ...]]:
    if message.deleted:
        return "", ()
    return text(message, reader), tuple(found.label for found in pressables(message.components))
