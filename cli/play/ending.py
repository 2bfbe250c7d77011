"""Ending: what a play that was on a platform outside came to, with its channels and people by their names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cli.play.lines import Known, Line, lines

Json = dict[str, Any]


def ended(said: Iterable[Line], known: Known, dump: Json) -> Json:
    """Return the dump of the desk's process with what was said in it, in order."""
    posts = [*dump["posts"], *lines(said, known, dump)]
    return {
        **dump,
        "posts": sorted(posts, key=lambda post: datetime.fromisoformat(post["at"])),
        "tickets": [_named(ticket, known) for ticket in dump["tickets"]],
    }


def _named(ticket: Json, known: Known) -> Json:
    """Return a ticket with names in place of ids: whoever is in no customer record is known to the platform alone."""
    people = [known.names.get(user.rpartition("/")[2], user) for user in ticket["participants"]]
    return {**ticket, "channel": known.rooms.get(ticket["channel"], ticket["channel"]), "participants": people}
