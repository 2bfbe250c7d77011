"""Drawing: templates, and how times, places, sizes and sources are written in them. Everything is escaped."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from markupsafe import Markup

from bot.web.markdown import SHOWN, bare, left_out, render, straight
from desk.audience import Audience, Scope
from desk.cards import Buttons, Card, Header, Text, dates
from desk.customer import Role
from desk.timeline import Purpose

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
PLACED = re.compile(r"(in the thread|to [^:\n]{1,80} alone): ", re.IGNORECASE)
"""How a draft card says where a part will go."""
BOXED = frozenset({Purpose.DRAFT_CARD, Purpose.ESCALATION_CARD, Purpose.AUTO_CARD, Purpose.PAGE, Purpose.INCIDENT_CARD})
LEVELS = ("urgent", "high", "normal", "low")
BADGES = {Scope.PUBLIC: "public", Scope.ACCOUNT: "account", Scope.PERSON: "personal", Scope.INTERNAL: "internal"}
ROLES = {Role.COLLEAGUE: "colleague", Role.TEAMMATE: "team", Role.LEAD: "lead", Role.ADMIN: "admin", Role.BOT: "bot"}
EMOJI = {"eyes": "heard", "👀": "heard", "white_check_mark": "✓", "+1": "👍", "thumbsup": "👍", "-1": "👎"}
"""The bot's own sign is a word, which needs no font and no guessing."""
HUES = 8
SHRUNK = 2
"""A card of at most so many blocks is drawn as a line."""


@cache
def environment() -> Environment:
    """Return the templates with their filters; undefined names are errors."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(HERE / "templates")
    made = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_straight)
    made.filters.update(FILTERS)
    made.tests.update({"boxed": is_boxed, "shrunk": is_shrunk})
    return made


def draw(template: str, values: Mapping[str, object]) -> str:
    """Draw a template."""
    return environment().get_template(template).render(values)


def clock(at: datetime, zone: tzinfo) -> str:
    """Write an instant as a time of day in a zone."""
    return f"{at.astimezone(zone):%H:%M}"


def moment(at: datetime, zone: tzinfo) -> str:
    """Write an instant in full in a zone."""
    return f"{at.astimezone(zone):%a %-d %b %Y, %H:%M:%S %Z}"


def size(count: int) -> str:
    """Write a number of bytes for people."""
    return f"{count} bytes" if count < 1024 else f"{count / 1024:.0f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"


def placed(text: str) -> tuple[str, str]:
    """Split a part's text from where it will go; the place is empty when it names none."""
    found = PLACED.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def words(text: str) -> Markup:
    """Draw somebody's words as they are: no markup, cut to what can be shown."""
    return Markup("{}").format(straight(text[:SHOWN])) + left_out(text)


def chips(aside: str) -> Sequence[tuple[str, str]]:
    """Split a header's right edge into its pieces, each with the level it names, if any."""
    pieces = [piece.strip() for piece in re.split(r"\s{2,}", aside) if piece.strip()]
    return [(piece, piece.split()[0].lower() if piece.split()[0].lower() in LEVELS else "") for piece in pieces]


def badge(audience: Audience) -> str:
    """Name an audience in one word."""
    return BADGES[audience.scope]


def role(of: Role) -> str:
    """Name a role where it matters; a customer is the rule and has no name."""
    return ROLES.get(of, "")


def emoji(name: str) -> str:
    """Draw an emoji that a platform would name."""
    return EMOJI.get(name.strip(":"), name)


def initials(name: str) -> str:
    """Return one or two letters for a name."""
    parts = [part for part in re.split(r"[\s_-]+", name) if part]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper() or "?"


def hue(name: str) -> int:
    """Return a color's number for a name, always the same one."""
    return zlib.crc32(name.encode()) % HUES


def kind(block: object) -> str:
    """Return the name of a block's macro."""
    return type(block).__name__.lower()


def address(state: Mapping[str, str], **changes: str) -> str:
    """Write the page's address with some of its words changed; an empty word leaves it."""
    kept = {key: value for key, value in {**state, **changes}.items() if value}
    return "?" + urlencode(kept)


def is_boxed(purpose: Purpose) -> bool:
    """Tell whether a post is a card for the team rather than something said."""
    return purpose in BOXED


def is_shrunk(card: Card) -> bool:
    """Tell whether a card is small enough to be a line: a header or a sentence, and perhaps buttons."""
    told = [block for block in card.blocks if not isinstance(block, Buttons)]
    return len(told) < SHRUNK and all(isinstance(block, Header | Text) for block in told)


def _straight(value: object) -> object:
    return straight(value) if isinstance(value, str) else value


FILTERS: dict[str, Callable[..., object]] = {
    "address": address,
    "badge": badge,
    "bare": bare,
    "chips": chips,
    "clock": clock,
    "dates": dates,
    "emoji": emoji,
    "hue": hue,
    "initials": initials,
    "kind": kind,
    "markdown": render,
    "moment": moment,
    "placed": placed,
    "role": role,
    "size": size,
    "words": words,
}
