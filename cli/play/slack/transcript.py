"""Transcript: what the log of the play's Slack holds, as the lines of a transcript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cli.play.lines import Line
from cli.play.slack.shown import pressables, text
from cli.play.slack.state import Entry, Message, Workspace, outbox_of
from desk.space import Platform

OPERATIONS = ("post", "edit", "whisper", "delete")


def logged(workspace: Workspace) -> Iterator[Line]:
    """Yield the operations that somebody saw, in order."""
    names = {member.id: member.name for member in workspace.members.values()}
    return (_line(entry, workspace, names) for entry in workspace.log if entry.op in OPERATIONS)


def _line(entry: Entry, workspace: Workspace, names: Mapping[str, str]) -> Line:
    message, room = entry.message, workspace.rooms[entry.message.channel]
    text, buttons = _shown(message, names)
    return Line(
        entry.op,
        entry.at,
        Platform.SLACK,
        room.name,
        message.ts,
        message.thread,
        message.user,
        by_bot=message.by_bot,
        outbox=outbox_of(message),
        direct=room.is_direct,
        text=text,
        buttons=buttons,
    )


def _shown(message: Message, names: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    if message.deleted:
        return "", ()
    return text(message, names), tuple(found.label for found in pressables(message.blocks))
