"""Help desk: what Intercom's API tells of an article and its collection, as articles of ours, one for each language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from desk.audience import INTERNAL, PUBLIC, Audience
from desk.errors import InvalidInput
from desk.source import Source
from knowledge.article import UNFORESEEN, Article, Failure, compose, unread
from knowledge.formats.html import to_markdown
from knowledge.formats.text import one_line
from knowledge.helpcenters.rest import Text, speaks
from knowledge.wikis.trails import Step, is_wanted, trail, under

ARTICLE = "article"
INTERNAL_ARTICLE = "internal_article"
ARTICLES = frozenset({ARTICLE, INTERNAL_ARTICLE})
PUBLISHED = "published"


class Content(BaseModel):
    """What an article says in one language; `updated_at` are seconds, up to the last day there is.

    A translation that does not exist is an object of nothing.
    """

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)
    title: Text = ""
    body: Text = ""
    state: Text = "draft"
    url: Text = ""
    updated_at: int | None = Field(default=None, ge=0, lt=253_402_300_800)

    @property
    def says_something(self) -> bool:
        """Tell whether there is this translation at all."""
        return bool(self.title or self.body)

    @property
    def changed(self) -> str:
        """Return when it was last changed, "" when that is not known."""
        return datetime.fromtimestamp(self.updated_at, UTC).isoformat() if self.updated_at else ""


class Entry(Content):
    """An article as the API tells it, with its default language at the top; an article for the team has no state and no address."""

    id: str
    type: str = ARTICLE
    parent_id: Text = ""
    default_locale: Text = ""
    locale: Text = ""
    translated_content: dict[str, Content | str | None] | None = None

    @property
    def language(self) -> str:
        """Return the language of what stands at the top; only help centers of several languages say it."""
        return self.default_locale or self.locale

    def audience(self, content: Content) -> Audience:
        """Return who may read a text of it. Nobody outside can have seen one without an address: the help center is closed then."""
        return PUBLIC if self.type != INTERNAL_ARTICLE and content.url else INTERNAL

    def shows(self, content: Content) -> bool:
        """Tell whether a text of it is published; one for the team always is."""
        return self.type == INTERNAL_ARTICLE or content.state == PUBLISHED

    def texts(self) -> Iterator[tuple[str, str, Content]]:
        """Yield what it says in each language with an id of its own: the article's for the default language, "6871119:de" for others."""
        own = f"internal/{self.id}" if self.type == INTERNAL_ARTICLE else self.id
        yield own, self.language, self
        for locale, content in (self.translated_content or {}).items():
            if isinstance(content, Content) and content.says_something and locale != self.language:
                yield f"{own}:{locale}", locale, content


def kind(row: Mapping[str, Any]) -> str:
    """Return what a row is. Some listings do not say it: only articles of the team have owners, and only collections names."""
    said = row.get("type")
    return str(said) if said else INTERNAL_ARTICLE if "owner_id" in row else "collection" if "name" in row else ARTICLE


def items(rows: Iterable[Any], *, source: Source, steps: Mapping[str, Step]) -> tuple[Article | Failure, ...]:
    """Return the published articles among the rows of a listing, and those for the team; one that cannot be read is a failure.

    Articles that the source's language or its globs leave out are left out, and so is what is no article.
    """
    made: list[Article | Failure] = []
    for row in rows:
        if isinstance(row, dict) and kind(row) not in ARTICLES:
            continue
        try:
            entry = Entry.model_validate({**row, "type": kind(row)} if isinstance(row, dict) else row)
        except ValidationError as error:
            made.append(_misread(row, error, source=source))
        else:
            made.extend(_articles(entry, source=source, steps=steps))
    return tuple(made)


def steps(rows: Iterable[Any]) -> dict[str, Step]:
    """Return the collections among the rows by their ids. Old sections are collections within others by now."""
    return {
        str(row["id"]): Step(str(row.get("name") or ""), str(row.get("parent_id") or ""))
        for row in rows
        if isinstance(row, dict) and "id" in row and kind(row) not in ARTICLES
    }


def _articles(entry: Entry, *, source: Source, steps: Mapping[str, Step]) -> Iterator[Article | Failure]:
    above = trail(entry.parent_id, steps)
    for id, language, content in entry.texts():
        # A help center of one language does not say which.
        spoken = speaks(language or source.language, source.language)
        if spoken and entry.shows(content) and is_wanted(above, content.title, source=source):
            yield _article(entry, content, above=above, id=id, language=language)


def _article(entry: Entry, content: Content, *, above: tuple[str, ...], id: str, language: str) -> Article | Failure:
    fields = {
        "title": one_line(content.title),
        "url": content.url,
        "audience": entry.audience(content),
        "updated": content.changed,
        "language": language,
    }
    try:
        text = to_markdown(content.body, base=content.url)
        return compose(fields, under(above, text, title=content.title), id=id, where=content.url or id, fallback=id)
    except InvalidInput as error:
        return Failure(content.url or id, str(error), frozenset({id} if content.body.strip() else ()))
    except UNFORESEEN as error:
        return Failure(content.url or id, unread(error), frozenset({id}))


def _misread(row: Any, error: ValidationError, *, source: Source) -> Failure:
    """Say what is wrong with a row. Its translations are other documents, so that nobody can tell which ones are missing."""
    id = str(row.get("id", "")) if isinstance(row, dict) else ""
    first = error.errors(include_url=False, include_input=False)[0]
    return Failure(f"{source.at}#{id}", f"not an article of Intercom: {'.'.join(map(str, first['loc']))} {first['msg']}".strip(), None)
