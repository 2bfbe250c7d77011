"""A page of Notion: its title, its properties and its text, from a file of an export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desk.audience import INTERNAL, parse
from desk.errors import InvalidInput
from knowledge.dates import spelled
from knowledge.formats.elements import parsed, words, written
from knowledge.formats.fences import outside
from knowledge.formats.html import to_markdown
from knowledge.formats.text import visible

if TYPE_CHECKING:
    from lxml.html import HtmlElement

FIELDS = {
    "audience": "audience",
    "language": "language",
    "owner": "owner",
    "last edited time": "updated",
    "last edited": "updated",
    "last updated": "updated",
    "updated": "updated",
    "last reviewed": "reviewed",
    "reviewed": "reviewed",
    "reviewed on": "reviewed",
    "expires": "expires",
    "expires on": "expires",
    "expiry date": "expires",
}
"""Properties that say something of an article, in small letters. Others are left out: who made a page, and for what project, answers nobody."""
DATES = frozenset({"updated", "reviewed", "expires"})
TEXTS = ("question", "answer", "summary", "description", "solution", "resolution")
"""Properties that are text of a page, as databases of questions have them."""
PUT_AWAY = frozenset({("status", "draft"), ("status", "archived"), ("archived", "yes"), ("published", "no")})
LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:[^\[\]\\]|\\.)*)\]\((?P<target><[^<>\n]*>|(?:[^()\s\\]|\\.|\([^()\s]*\))*)(?: +\"[^\"\n]*\")?\)")
PAGE_BELOW = re.compile(r"^\[[^\[\]\n]*\]\([^()\s]*[0-9a-f]{32}\.(?:md|csv)\)[ \t]*$", re.MULTILINE | re.IGNORECASE)
"""A line that is nothing but a page below this one: where pages stand is told by their paths."""
WITHIN = re.compile(r"^https?://(?:www\.)?notion\.(?:so|com)/", re.IGNORECASE)
"""Addresses inside the workspace, which no customer can open."""
OPEN = re.compile(r"^(?:https?://|mailto:|tel:)", re.IGNORECASE)
BOXES = re.compile(r"^[ \t]*</?(?:aside|details|summary)>[ \t]*$|</?(?:aside|details|summary)>", re.MULTILINE | re.IGNORECASE)
GAP = re.compile(r"\n\s*\n\s*\n")
HEADING = re.compile(r"^# +(\S.*)$")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is written; `properties` are by name in small letters."""

    title: str
    body: str
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_answering(self) -> bool:
        """Tell whether there is something to answer from: neither a draft, nor put away, nor one that only holds other pages."""
        is_put_away = any((name, value.casefold()) in PUT_AWAY for name, value in self.properties.items())
        return bool(self.text) and not is_put_away

    @property
    def fields(self) -> dict[str, str]:
        """Return what its properties say of it as an article; an expiry that no one can read stays as it is, to be refused."""
        found = {FIELDS[name]: value for name, value in self.properties.items() if name in FIELDS and value}
        if "audience" in found:
            found["audience"] = _audience(found["audience"])
        return found | {name: _dated(name, found[name]) for name in DATES & found.keys()}

    @property
    def text(self) -> str:
        """Return its text, with the properties that are text before it."""
        told = [self.properties[name] for name in TEXTS if self.properties.get(name, "").casefold() not in ("", self.title.casefold())]
        return "\n\n".join(filter(None, (*told, self.body.strip())))


def from_markdown(text: str, columns: Sequence[str]) -> Page:
    """Read a page of Markdown; `columns` are the properties of the database it stands in, none for a page of its own."""
    lines = visible(text.replace("\r\n", "\n")).lstrip("\n").split("\n")
    heading = HEADING.match(lines[0])
    properties, body = _properties(lines[1:] if heading else lines, names={name.casefold() for name in columns})
    return Page(heading[1].strip() if heading else "", outside("\n".join(body), _readable), properties)


def from_html(text: str, columns: Sequence[str]) -> Page | None:
    """Read a page of HTML, where properties are marked as such; None for the overview of an export, which is no page."""
    tree = parsed(text)
    bodies = tree.find_class("page-body")
    if not bodies:
        return None
    # Without an address their words stay; relative ones go by themselves, as there is no base to hold them against.
    for anchor in bodies[0].iter("a"):
        if WITHIN.match(anchor.get("href", "")):
            del anchor.attrib["href"]
    for lists_pages in (*bodies[0].find_class("table_of_contents"), *bodies[0].find_class("link-to-page")):
        lists_pages.drop_tree()
    titles = tree.find_class("page-title")
    return Page(words(titles[0]) if titles else "", to_markdown(written(bodies[0])), dict(_rows(tree.find_class("property-row"))))


def _rows(rows: Iterable[HtmlElement]) -> Iterator[tuple[str, str]]:
    for row in rows:
        name, value = row.find("th"), row.find("td")
        if name is not None and value is not None:
            said = "Yes" if value.find_class("checkbox-on") else "No" if value.find_class("checkbox-off") else words(value)
            yield words(name).casefold(), said


def _properties(lines: Sequence[str], *, names: set[str]) -> tuple[dict[str, str], Sequence[str]]:
    """Split the lines below a title into properties, `Status: Draft`, and the text behind them."""
    found: dict[str, str] = {}
    for n, line in enumerate(lines):
        name, colon, value = line.partition(":")
        # A line such as "Note: ..." of the text looks the same: only the names of the database's columns tell.
        if colon and name.strip().casefold() in names:
            found[name.strip().casefold()] = value.strip()
        elif line.strip():
            return found, lines[n:]
        elif found:
            return found, lines[n + 1 :]
    return found, ()


def _readable(prose: str) -> str:
    """Return text without pictures, without the boxes around callouts, and with only those links that a reader can follow."""
    return GAP.sub("\n\n", LINK.sub(_link, BOXES.sub("", PAGE_BELOW.sub("", prose))))


def _link(found: re.Match[str]) -> str:
    target = found["target"].strip("<>")
    if found["image"]:
        return ""
    return found[0] if OPEN.match(target) and not WITHIN.match(target) else found["text"]


def _dated(name: str, value: str) -> str:
    return spelled(value) or (value if name == "expires" else "")


def _audience(text: str) -> str:
    """Return an audience of ours; words that mean something else, such as "Customers", leave the team only."""
    try:
        return str(parse(text.casefold() if ":" not in text else text))
    except InvalidInput:
        return str(INTERNAL)
