"""Transcript: what a play prints, for scripts as JSON and for people as lines."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from itertools import count
from typing import Any

Shape = dict[str, Any]
WIDTH = 110
INDENT = " " * 10
SPEECH = {"customer": "says", "teammate": "says"}


def named(dump: Mapping[str, Any], spots: Mapping[str, Mapping[str, str]]) -> Shape:
    """Return the dump with every message known by the step that made it, the others as p1, p2, ... in order."""
    names = {_spot(spot["channel"], spot["ref"]): step for step, spot in spots.items()}
    taken = set(spots)
    free = (name for n in count(1) if (name := f"p{n}") not in taken)
    for post in dump["posts"]:
        spot = _spot(post["channel"], post["ref"])
        names[spot] = names.get(spot) or next(free)
    return {
        "posts": [_post(post, n, names) for n, post in enumerate(dump["posts"], 1)],
        "decisions": list(dump["decisions"]),
        "calls": list(dump.get("calls", ())),
        "tickets": [{**ticket, "thread": _name(ticket["channel"], ticket["thread"], names)} for ticket in dump["tickets"]],
    }


def told(play: Mapping[str, Any]) -> str:
    """Return a transcript for people: what was said and done, in order, and how each ticket ended."""
    lines: list[str] = []
    day = ""
    for post in play["posts"]:
        if post["at"][:10] != day:
            day = post["at"][:10]
            lines.append(f"--- {day} ---")
        lines += _lines(post)
    lines += ["", "Decisions", *map(_decision, play["decisions"])]
    lines += ["", "Calls", *map(_call, play["calls"])] if play.get("calls") else []
    lines += ["", "Tickets", *map(_ticket, play["tickets"])]
    return "\n".join(lines)


def _post(post: Shape, n: int, names: Mapping[str, str]) -> Shape:
    return {**post, "n": n, "ref": _name(post["channel"], post["ref"], names), "thread": _name(post["channel"], post["thread"], names)}


def _name(channel: str, ref: str | None, names: Mapping[str, str]) -> str | None:
    return names.get(_spot(channel, ref), ref) if ref else None


def _spot(channel: str, ref: str) -> str:
    return f"{channel}/{ref}"


def _lines(post: Shape) -> list[str]:
    what = SPEECH.get(post["purpose"], post["purpose"].replace("_", " "))
    done = {"edit": "edits: ", "delete": "takes back: ", "whisper": "whispers: "}.get(post["op"], "")
    thread = f" (under {post['thread']})" if post["thread"] and post["thread"] != post["ref"] else ""
    to = f" to {', '.join(post['to'])}" if post["to"] else ""
    head = f"{post['at'][11:19]}  #{post['channel']}{thread}  {post['author']} → {done}{what}{to}  [{post['ref']}]"
    body = [INDENT + line for paragraph in post["text"].split("\n") for line in textwrap.wrap(paragraph, WIDTH - len(INDENT)) or [""]]
    buttons = [f"{INDENT}[{'] ['.join(post['buttons'])}]"] if post["buttons"] else []
    return [head, *body, *buttons]


def _decision(found: Shape) -> str:
    would = f" (would {found['would']})" if found["would"] else ""
    because = "; ".join(reason["text"] for reason in (*found["reasons"], *found.get("degraded", ())))
    seen = f"{found['mode']}, {found['category'] or '-'}, {found['confidence']:.2f} of {found['threshold']:.2f}"
    return f"{found['at'][11:19]}  {found['ticket']}  {found['action']}{would}  {seen}: {because}"


def _call(found: Shape) -> str:
    if "mail" in found:
        return f"{found['at'][11:19]}  mail to {found['mail']}: {found['subject']}"
    if "pager" in found:
        return f"{found['at'][11:19]}  {found['word']} at {found['pager']}  {found['address']}"
    given = ", ".join(f"{name} = {value}" for name, value in found["parameters"].items())
    return f"{found['at'][11:19]}  {'undo ' if found['undo'] else ''}{found['action']}  {found['address']}  {given}"


def _ticket(found: Shape) -> str:
    end = f", {found['containment']}" if found["containment"] else ""
    owner = f", held by {found['owner']}" if found["owner"] else ""
    priority = f"{found['priority']['level']} {found['priority']['score']}"
    return f"{found['id']}  {found['customer']} in #{found['channel']}: {found['status']}{end}, {found['attention']}{owner}, {priority}"
