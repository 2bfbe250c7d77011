"""Ending: what a play that was on Slack came to, with the channels and the people of Slack by their names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cli.play.slack.names import user_id
from cli.play.slack.state import Workspace
from cli.play.slack.transcript import lines

Json = dict[str, Any]


def ended(workspace: Workspace, setup: Mapping[str, Any], dump: Json) -> Json:
    """Return the dump of the desk's process with what was said on Slack in it, in order."""
    cast = {user_id(person["name"]): person for person in setup["people"]}
    kinds = {channel["name"]: channel for channel in setup["channels"]}
    posts = [*dump["posts"], *lines(workspace, cast, kinds, dump)]
    rooms = {room.id: room.name for room in workspace.rooms.values()}
    return {
        **dump,
        "posts": sorted(posts, key=lambda post: datetime.fromisoformat(post["at"])),
        "tickets": [_named(ticket, rooms, workspace) for ticket in dump["tickets"]],
    }


def _named(ticket: Json, rooms: Mapping[str, str], workspace: Workspace) -> Json:
    """Return a ticket with names in place of ids: whoever is in no customer record is known to Slack alone."""
    people = [_person(user, workspace) for user in ticket["participants"]]
    return {**ticket, "channel": rooms.get(ticket["channel"], ticket["channel"]), "participants": people}


def _person(user: str, workspace: Workspace) -> str:
    member = workspace.members.get(user.rpartition("/")[2])
    return member.name if member else user
