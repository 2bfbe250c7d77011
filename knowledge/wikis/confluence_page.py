"""A page of Confluence: its title, its place and its text, from a file of an HTML export."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from desk.audience import PUBLIC, Audience
from desk.errors import InvalidInput
from knowledge.dates import spelled
from knowledge.formats.elements import parsed, words, written
from knowledge.formats.html import to_markdown
from knowledge.wikis.macros import BRUSH, SIGNS, code

if TYPE_CHECKING:
    from lxml.html import HtmlElement

FILE = re.compile(r"^(?:.*_)?(\d+)\.html$")
"""Pages are Title_12345.html, or 12345.html where the title has other letters than English ones."""
UNREAD = ("toc-macro", "expand-control-icon", "aui-icon", "page-metadata", "plugin_pagetree", "plugin_attachments_container", "children-macro")
"""Classes of what is drawn on a page and is not its text: lists of other pages, and signs."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page; `above` are the titles of the pages that it stands under, `text` is Markdown, `where` its file."""

    id: str
    title: str
    text: str
    where: str
    above: tuple[str, ...] = ()
    updated: str = ""
    audience: Audience = PUBLIC


def id_of(path: str) -> str:
    """Return the id of the page that a file of an HTML export holds, "" when it holds none."""
    file = PurePosixPath(path)
    named = FILE.match(file.name)
    return named[1] if named and "attachments" not in file.parts else ""


def from_html(html: str, *, id: str, where: str) -> Page:
    """Read a page; raise InvalidInput when the file is none. Names of people who wrote it are left out."""
    tree = parsed(html)
    content = tree.get_element_by_id("main-content", None)
    if content is None:
        raise InvalidInput("the file is no page of an HTML export: it has no element with the id main-content")
    space, *above = [words(item) for item in tree.xpath("//*[@id='breadcrumbs']/li")] or [""]
    metadata = tree.find_class("page-metadata")
    # "Created by Ann, last modified by Ben on Call on Sep 14, 2026": names may hold the word, so the last one counts.
    changed = words(metadata[0]).rpartition(" on ")[2] if metadata else ""
    return Page(id, _title(tree, space), to_markdown(_tidied(content)), where, tuple(above), spelled(changed))


def _title(tree: HtmlElement, space: str) -> str:
    """Return the title without the name of the space before it."""
    heading = tree.get_element_by_id("title-text", tree.find(".//title"))
    title = "" if heading is None else words(heading)
    start, _, rest = title.partition(" : ")
    return rest if rest and (start == space or not space) else title


def _tidied(content: HtmlElement) -> str:
    for name in UNREAD:
        for element in content.find_class(name):
            element.drop_tree()
    # The drawn block keeps its lines; what is around it are buttons and numbers.
    for block in content.find_class("syntaxhighlighter-pre"):
        brush = BRUSH.search(block.get("data-syntaxhighlighter-params", ""))
        drawn = code(str(block.text_content()), language=brush[1] if brush else "")
        drawn.tail = block.tail
        block.getparent().replace(block, drawn)
    for sign in content.find_class("emoticon"):
        sign.tag, sign.text = "span", SIGNS.get(sign.get("data-emoticon-name") or sign.get("alt", "").strip("()"), "")
    return written(content)
