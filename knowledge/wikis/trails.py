"""Trails: the categories, sections or pages that an article stands under, from the outermost in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desk.source import Source
from knowledge.formats.fences import outside
from knowledge.globs import admits

SEPARATOR = " > "
DEEPEST = 20
"""Steps after which a trail ends."""
ATX = re.compile(r"^( {0,3})(#{1,5})(?=[ \t])", re.MULTILINE)
MARKUP = re.compile(r"([\\`*_\[\]<>#&])")


@dataclass(frozen=True, slots=True)
class Step:
    """A category, section or page that others stand under; `parent` is the id of the one above it, "" at the top."""

    name: str
    parent: str = ""


def trail(id: str, steps: Mapping[str, Step]) -> tuple[str, ...]:
    """Return the names from the top down to `id`; one that is not known ends the trail."""
    names: list[str] = []
    # Counted, since nothing keeps a help center from two sections that stand under each other.
    while id in steps and len(names) < DEEPEST:
        names.append(steps[id].name)
        id = steps[id].parent
    return tuple(reversed(names))


def under(above: Sequence[str], text: str, *, title: str) -> str:
    """Put Markdown below its trail, as one heading, so that its chunks are found by the words of it.

    The article's own headings go one level deeper; a first one that repeats the title is dropped.
    """
    text = _without_title(text.strip(), title)
    if not above or not text:
        return text
    heading = SEPARATOR.join(MARKUP.sub(r"\\\1", " ".join(name.split())) for name in above)
    return f"# {heading}\n\n{_deeper(text)}"


def is_wanted(above: Sequence[str], title: str, *, source: Source) -> bool:
    """Tell whether the source's globs let an article in; they are held against "category/section/title" in small letters."""
    # A slash in a name would look like another level.
    path = "/".join(name.strip().replace("/", "-").casefold() for name in (*above, title))
    include, exclude = ([glob.casefold() for glob in globs] for globs in (source.include, source.exclude))
    return admits(path, include=include, exclude=exclude)


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n")
    marked = ATX.match(first)
    return rest.lstrip("\n") if marked and first[marked.end() :].strip(" #").casefold() == title.casefold() else text


def _deeper(text: str) -> str:
    """Lower each heading by one level. In a code block a line that begins with # is no heading, but a comment."""
    return outside(text, lambda prose: ATX.sub(r"\1#\2", prose))
