"""Articles as they are read: a text with what its author says of it, or why it could not be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk.audience import INTERNAL, PUBLIC, Audience, Scope, parse
from desk.errors import InvalidInput

UNFORESEEN = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What parsing and cutting a stranger's text raise where nobody thought of it: it costs that file or article alone."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
HEADING = re.compile(r"^# +(\S.*)$", re.MULTILINE)
INTERNAL_TITLE = "internal:"
LONGEST = 5_000_000
"""Characters of the longest article, some two thousand pages: what is longer is data, and would take minutes to cut."""
MOST_LINES = 200_000
LONGEST_FIELD = 2_000
LONGEST_TITLE = 300
"""Characters of the longest field and title: every chunk carries them, so that a megabyte of title would become gigabytes."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `where` is the file it stands in, with the line for JSON Lines.

    `updated`, `reviewed` and `expires` are ISO dates; one that its author wrote otherwise is read where it can be, and kept as it is where not.
    """

    id: str
    title: str
    text: str
    where: str
    url: str = ""
    audience: Audience = PUBLIC
    updated: str = ""
    language: str = ""
    reviewed: str = ""
    expires: str = ""
    owner: str = ""
    file: str = ""
    """The path below its source of the file it stands in."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be read, and why. `ids` are the documents it may hold, which therefore stay as they were; None when nobody can tell.

    The documents that came from `file` the last time stay, too.
    """

    path: str
    reason: str
    ids: frozenset[str] | None = frozenset()
    file: str = ""


def unread(error: Exception) -> str:
    """Return the reason of a failure for what nobody foresaw."""
    return f"it cannot be read ({type(error).__name__}: {error})"


def strictest(*audiences: Audience) -> Audience:
    """Return an audience that everybody in it shares: two that cannot be compared leave only our own people."""
    result = PUBLIC
    for audience in audiences:
        if result <= audience:
            result = audience
        elif not audience <= result:
            return INTERNAL
    return result


def compose(fields: Mapping[str, object], text: str, *, id: str, where: str, fallback: str) -> Article:
    """Make an article of its fields and its text; raise InvalidInput when a field cannot be used.

    `id` is used when the fields name none, `fallback` when there is neither a title nor a first heading.
    """
    text = clean(text)
    title = shortened(line(fields, "title") or _first_heading(text) or fallback)
    if not text.strip():
        raise InvalidInput("the article is empty")
    if len(text) > LONGEST or text.count("\n") >= MOST_LINES:
        raise InvalidInput(f"the article is too long: at most {LONGEST:,} characters and {MOST_LINES:,} lines are read, so split it")
    claimed = _audience(word(fields, "audience"))
    titled = INTERNAL if title.casefold().startswith(INTERNAL_TITLE) else PUBLIC
    own = word(fields, "id") or id
    return Article(
        own,
        title,
        text,
        where,
        _address(word(fields, "url")),
        strictest(claimed, titled),
        day(word(fields, "updated")),
        word(fields, "language"),
        reviewed=day(word(fields, "reviewed")),
        expires=_expiry(word(fields, "expires")),
        owner=word(fields, "owner"),
    )


def day(text: str) -> str:
    """Return a date or an instant as an ISO date; text that is neither as it is."""
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return text


def _expiry(text: str) -> str:
    """Return the day from which an article is not quoted; one that cannot be read would never come, so it is refused."""
    found = day(text)
    if found and not DAY.fullmatch(found):
        raise InvalidInput(f"expires {text!r}: write a date such as 2027-01-31")
    return found


def _address(url: str) -> str:
    """Return a link customers may be given; one that runs a script or opens a file is none."""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):(?!\d)", url, re.IGNORECASE)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise InvalidInput(f"url {url!r}: write an address that begins with https://")
    return url


def shortened(title: str) -> str:
    """Return a title or a heading, cut where nobody would read on."""
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def word(fields: Mapping[str, object], name: str) -> str:
    """Return a field as one line of text, "" when it is absent; raise InvalidInput for a list, a table or a text that is no field's."""
    said = line(fields, name)
    if len(said) > LONGEST_FIELD:
        raise InvalidInput(f"{name} has {len(said):,} characters: write at most {LONGEST_FIELD:,}")
    return said


def line(fields: Mapping[str, object], name: str) -> str:
    """Return a field of any length as one line of text, "" when it is absent; raise InvalidInput for a list or a table."""
    value = fields.get(name)
    if isinstance(value, dict | list | set | tuple):
        raise InvalidInput(f"{name} is a {type(value).__name__}: write one value")
    return "" if value is None else " ".join(clean(str(value)).split())


def clean(text: str) -> str:
    """Return text that every store can keep: without NUL and halves of characters, with plain line ends."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def is_text(name: str) -> bool:
    """Tell whether a file's name is text: without control characters, which a terminal obeys, and bytes that are no UTF-8."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name)


def shown(name: str) -> str:
    """Return a file's name so that it can be kept and printed."""
    return "".join(sign if is_text(sign) else "\ufffd" for sign in name)


def _audience(text: str) -> Audience:
    audience = parse(text) if text else PUBLIC
    if audience.scope is Scope.PERSON:
        raise InvalidInput(f"audience {text!r}: an article is public, account:ID or internal")
    return audience


def _first_heading(text: str) -> str:
    found = HEADING.search(text)
    said = found[1].rstrip() if found else ""
    # By hand, since an expression that also looks for closing signs takes hours over a line with a megabyte of spaces.
    open = said.rstrip("#")
    return open.rstrip() if open != said and open.endswith(" ") else said
