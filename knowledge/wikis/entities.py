"""Entities: the pages in the XML export of a Confluence space, read twice in a stream, as one file may have gigabytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desk.audience import INTERNAL, PUBLIC
from desk.errors import InvalidInput
from knowledge.article import Failure
from knowledge.dates import spelled
from knowledge.formats.html import to_markdown
from knowledge.formats.text import one_line
from knowledge.wikis.confluence_page import Page
from knowledge.wikis.exports import MOST_BYTES, Member
from knowledge.wikis.macros import as_html
from knowledge.wikis.trails import DEEPEST, Step, trail

if TYPE_CHECKING:
    from lxml.etree import _Element

STORAGE = "2"
"""The body type of the storage format; older ones are wiki markup."""


@dataclass
class Space:
    """What is known of the pages of an export before their texts are read."""

    steps: dict[str, Step] = field(default_factory=dict)
    updated: dict[str, str] = field(default_factory=dict)
    """When each page that people see now was last changed; drafts, old versions and what is in the bin are not among them."""
    restricted: set[str] = field(default_factory=set)

    def is_restricted(self, page: str) -> bool:
        """Tell whether only some people may see a page, or one that it stands under."""
        # Who may not see a page may not see what stands below it. A chain without an end is taken for restricted.
        for _ in range(DEEPEST):
            if page in self.restricted:
                return True
            if page not in self.steps:
                return False
            page = self.steps[page].parent
        return True


def pages(member: Member) -> Iterator[Page | Failure]:
    """Yield the pages of an entities.xml as they are now. When it cannot be read to its end, nobody can tell what is missing."""
    try:
        space = _space(member)
        waiting = set(space.updated)
        for body in _objects(member, "BodyContent"):
            id = _reference(body, "content")
            if id in waiting:
                waiting.remove(id)
                yield _page(id, body, space, where=f"{member.path}#{id}")
    except InvalidInput as error:
        yield Failure(member.path, str(error), None)


def _space(member: Member) -> Space:
    space = Space()
    for found in _objects(member, "Page", "ContentPermissionSet"):
        if found.get("class") == "ContentPermissionSet":
            # Restrictions of editing are none of ours.
            if _said(found, "type").casefold() == "view" and (page := _reference(found, "owningContent")):
                space.restricted.add(page)
            continue
        id = _id(found)
        space.steps[id] = Step(one_line(_said(found, "title")), _reference(found, "parent"))
        if _is_current(found):
            space.updated[id] = spelled(_said(found, "lastModificationDate"))
    return space


def _is_current(page: _Element) -> bool:
    """Tell whether people see a page now; old versions of it are pages of their own that name it."""
    is_old = bool(_reference(page, "originalVersion") or _said(page, "originalVersionId"))
    return not is_old and _said(page, "contentStatus") in ("", "current")


def _page(id: str, body: _Element, space: Space, *, where: str) -> Page | Failure:
    step = space.steps[id]
    try:
        if _said(body, "bodyType") not in ("", STORAGE):
            raise InvalidInput("the page is in the wiki markup of before 2012: open it in Confluence, save it, and export again")
        text = to_markdown(as_html(_said(body, "body")))
    except InvalidInput as error:
        return Failure(where, f"{step.name!r}: {error}", frozenset({id}))
    audience = INTERNAL if space.is_restricted(id) else PUBLIC
    return Page(id, step.name, text, where, trail(step.parent, space.steps), space.updated[id], audience)


def _objects(member: Member, *classes: str) -> Iterator[_Element]:
    """Yield the objects of these classes; each is gone when the next is asked for."""
    from lxml.etree import XMLSyntaxError, iterparse

    with member.opened(most=MOST_BYTES) as stream:
        try:
            for _, found in iterparse(stream, tag="object", resolve_entities=False, no_network=True, load_dtd=False):
                if found.get("class") in classes:
                    yield found
                # Let go of what was read, and of its empty shells before it: they alone would fill the memory.
                found.clear()
                while found.getprevious() is not None:
                    del found.getparent()[0]
        except XMLSyntaxError as error:
            raise InvalidInput(f"the XML is damaged: {error.msg}") from error


def _id(found: _Element) -> str:
    return (found.findtext("id") or "").strip()


def _said(found: _Element, name: str) -> str:
    return (found.findtext(f"property[@name='{name}']") or "").strip()


def _reference(found: _Element, name: str) -> str:
    return (found.findtext(f"property[@name='{name}']/id") or "").strip()
