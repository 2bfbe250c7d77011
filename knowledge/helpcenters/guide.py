"""Guide: what Zendesk's API tells of an article, its section and its category, as an article of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from desk.audience import INTERNAL, PUBLIC, Audience
from desk.errors import InvalidInput
from desk.source import Source
from knowledge.article import UNFORESEEN, Article, Failure, compose, unread
from knowledge.formats.html import to_markdown
from knowledge.formats.text import one_line
from knowledge.helpcenters.rest import Text
from knowledge.wikis.trails import Step, is_wanted, trail, under


class Entry(BaseModel):
    """An article as the API tells it, in one language. Whether `user_segment_id` is there at all matters: null is everybody."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)
    id: str
    title: Text = ""
    body: Text = ""
    html_url: Text = ""
    locale: Text = ""
    draft: bool = False
    section_id: str | None = None
    user_segment_id: str | None = None
    user_segment_ids: tuple[str, ...] = ()
    outdated: bool = False
    outdated_locales: tuple[str, ...] = ()
    updated_at: Text = ""
    edited_at: Text = ""

    @property
    def audience(self) -> Audience:
        """Return who may read it. Segments of signed-in people, customers too, are nobody we can tell apart, so only our own people are left."""
        everybody = "user_segment_id" in self.model_fields_set and self.user_segment_id is None and not self.user_segment_ids
        return PUBLIC if everybody else INTERNAL

    @property
    def changed(self) -> str:
        """Return when its text was last changed; `updated_at` moves with votes and labels too."""
        return self.edited_at or self.updated_at

    def expires(self, locale: str) -> str:
        """Return the day it was written when its authors say that this translation lags behind, so that nothing is answered from it."""
        return self.changed if self.outdated or locale in self.outdated_locales else ""


def items(page: Iterable[Any], *, source: Source, steps: Mapping[str, Step], locale: str = "") -> tuple[Article | Failure, ...]:
    """Return the articles of a page, without drafts and what the source leaves out; one that cannot be read is a failure.

    `locale` is the language of the listing, for rows that do not say theirs.
    """
    made = (_item(raw, source=source, steps=steps, locale=locale) for raw in page)
    return tuple(item for item in made if item)


def _item(raw: object, *, source: Source, steps: Mapping[str, Step], locale: str = "") -> Article | Failure | None:
    """Return an article, why it cannot be read, or None for a draft and one that the source leaves out."""
    try:
        entry = Entry.model_validate(raw)
    except ValidationError as error:
        return _misread(raw, error, source=source, locale=locale)
    above = trail(f"sections {entry.section_id}", steps)
    if entry.draft or not is_wanted(above, entry.title, source=source):
        return None
    return _article(entry, above, locale=entry.locale or locale)


def _article(entry: Entry, above: Sequence[str], *, locale: str) -> Article | Failure:
    id = f"{entry.id}:{locale}" if locale else entry.id
    where = entry.html_url or id
    fields = {
        "title": one_line(entry.title),
        "url": entry.html_url,
        "audience": entry.audience,
        "updated": entry.changed,
        "language": locale,
        "expires": entry.expires(locale),
    }
    # An article that was emptied is gone; one that cannot be read stays as it was.
    try:
        text = to_markdown(entry.body, base=entry.html_url)
        return compose(fields, under(above, text, title=entry.title), id=id, where=where, fallback=id)
    except InvalidInput as error:
        return Failure(where, str(error), frozenset({id} if entry.body.strip() else ()))
    except UNFORESEEN as error:
        return Failure(where, unread(error), frozenset({id}))


def _misread(raw: object, error: ValidationError, *, source: Source, locale: str) -> Failure:
    id = str(raw.get("id", "")) if isinstance(raw, dict) else ""
    first = error.errors(include_url=False, include_input=False)[0]
    reason = f"not an article of Zendesk: {'.'.join(map(str, first['loc']))} {first['msg']}".strip()
    return Failure(f"{source.at}#{id}", reason, frozenset({f"{id}:{locale}"}) if id and locale else None)


def steps(kind: str, page: Iterable[Any]) -> dict[str, Step]:
    """Return a page of categories or sections by a key that tells them apart, since their numbers are counted separately."""
    return {f"{kind} {row.get('id')}": Step(str(row.get("name") or ""), _above(row)) for row in page if isinstance(row, dict)}


def _above(row: Mapping[str, Any]) -> str:
    """Return the key of what a section stands in: another section or a category; a category stands in nothing."""
    within, category = row.get("parent_section_id"), row.get("category_id")
    if within:
        return f"sections {within}"
    return f"categories {category}" if category else ""
