"""Help centers on the loopback interface: they hold articles, and list them as Zendesk and Intercom document it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from desk.errors import Unavailable
from desk.source import Source, SourceKind
from knowledge.article import Article, Failure
from knowledge.connector import Batch, Connector
from tests.knowledge.site import Answer

TOKEN = "agent@company.example/token:secret"


def source(kind: SourceKind, at: str, **more: Any) -> Source:
    """A source on this machine, read every hour."""
    return Source("help", kind, at, timedelta(hours=1), private_network=True, **more)


async def read(connector: Connector, cursor: str = "") -> list[Batch]:
    """Read a source to its end."""
    return [batch async for batch in connector.batches(cursor)]


async def read_until_it_is_down(connector: Connector) -> list[Batch]:
    """Read a source that goes down, and return what came before."""
    came: list[Batch] = []
    try:
        async for batch in connector.batches(""):
            came.append(batch)
    except Unavailable:
        return came
    raise AssertionError("the source never went down")


def articles(batches: Sequence[Batch]) -> dict[str, Article]:
    """The articles of all batches by id; an id that comes twice is a defect of the connector."""
    found = [item for batch in batches for item in batch.items if isinstance(item, Article)]
    assert len(found) == len({article.id for article in found})
    return {article.id: article for article in found}


def failures(batches: Sequence[Batch]) -> list[Failure]:
    return [item for batch in batches for item in batch.items if isinstance(item, Failure)]


def answer(body: object, status: int = 200, **headers: str) -> Answer:
    return Answer(json.dumps(body), status, {"Content-Type": "application/json; charset=utf-8", **headers})


@dataclass
class Guide:
    """A Zendesk help center: articles by language, `page` of them at a time, behind cursors that may be forgotten."""

    articles: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"en-us": []})
    sections: list[dict[str, Any]] = field(default_factory=list)
    categories: list[dict[str, Any]] = field(default_factory=list)
    page: int = 2
    known_cursors: set[str] = field(default_factory=set)

    def add(self, id: int, title: str = "Refunds", *, locale: str = "en-us", **more: Any) -> dict[str, Any]:
        """Publish an article for everybody."""
        article = {
            "id": id,
            "url": f"https://company.example/api/v2/help_center/{locale}/articles/{id}.json",
            "html_url": f"https://company.example/hc/{locale}/articles/{id}",
            "author_id": 7,
            "comments_disabled": False,
            "draft": False,
            "promoted": False,
            "position": 0,
            "vote_sum": 0,
            "vote_count": 0,
            "section_id": 20,
            "created_at": f"2026-01-{id % 27 + 1:02}T08:00:00Z",
            "updated_at": "2026-09-20T08:00:00Z",
            "edited_at": "2026-09-14T08:00:00Z",
            "name": title,
            "title": title,
            "source_locale": "en-us",
            "locale": locale,
            "outdated": False,
            "outdated_locales": [],
            "user_segment_id": None,
            "permission_group_id": 3,
            "content_tag_ids": [],
            "label_names": [],
            "body": "<p>They take five days.</p>",
        } | more
        self.articles.setdefault(locale, []).append(article)
        return article

    def __call__(self, path: str) -> Answer:
        parts = urlsplit(path)
        query = parse_qs(parts.query)
        steps = parts.path.removeprefix("/api/v2/help_center/").removesuffix(".json").split("/")
        if steps == ["locales"]:
            return answer({"locales": list(self.articles), "default_locale": "en-us"})
        locale, kind = steps
        if locale not in self.articles:
            return answer({"error": "RecordNotFound"}, 404)
        rows = {"articles": self.articles[locale], "sections": self.sections, "categories": self.categories}[kind]
        size = min(self.page, int(query["page[size]"][0]))
        return self._page(kind, sorted(rows, key=lambda row: row.get("created_at", "")), size, after=query.get("page[after]", [""])[0])

    def _page(self, kind: str, rows: list[dict[str, Any]], size: int, *, after: str) -> Answer:
        if after and after not in self.known_cursors:
            return answer({"error": "InvalidPaginationParameter"}, 400)
        start = int(after.partition("-")[2] or 0)
        end = start + size
        cursor = f"{kind}-{end}"
        self.known_cursors.add(cursor)
        more = end < len(rows)
        following = f"https://elsewhere.example/steal?page%5Bafter%5D={cursor}" if more else None
        return answer(
            {
                kind: rows[start:end],
                "meta": {"has_more": more, "after_cursor": cursor if more else None, "before_cursor": None},
                "links": {"next": following, "prev": None},
            }
        )


@dataclass
class Workspace:
    """An Intercom workspace: articles and collections in pages, the last changed first."""

    articles: list[dict[str, Any]] = field(default_factory=list)
    internal_articles: list[dict[str, Any]] = field(default_factory=list)
    collections: list[dict[str, Any]] = field(default_factory=list)
    page: int = 2
    by_cursor: bool = False
    """Whether pages are named by `starting_after`, as the newest version does, rather than by number."""

    def add(self, id: int, title: str = "Refunds", **more: Any) -> dict[str, Any]:
        """Publish an article."""
        article = {
            "type": "article",
            "id": str(id),
            "workspace_id": "w1",
            "parent_id": None,
            "parent_type": None,
            "parent_ids": [],
            "tags": {"type": "tag.list", "tags": []},
            "title": title,
            "description": "",
            "body": "<p>They take five days.</p>",
            "author_id": 7,
            "state": "published",
            "created_at": 1_700_000_000,
            "updated_at": 1_789_344_000 - id,
            "url": f"https://help.company.example/en/articles/{id}",
        } | more
        self.articles.append(article)
        return article

    def __call__(self, path: str) -> Answer:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        listings: Mapping[str, list[dict[str, Any]]] = {
            "/articles": self.articles,
            "/internal_articles": self.internal_articles,
            "/help_center/collections": self.collections,
        }
        if parts.path not in listings:
            return answer({"type": "error.list", "errors": [{"code": "not_found", "message": "Resource Not Found"}]}, 404)
        return self._page(sorted(listings[parts.path], key=lambda row: -row.get("updated_at", 0)), query)

    def _page(self, rows: list[dict[str, Any]], query: Mapping[str, str]) -> Answer:
        size = min(self.page, int(query["per_page"]))
        number = int(query.get("page", 0) or query.get("starting_after", "1"))
        total = max(1, -(-len(rows) // size))
        pages: dict[str, Any] = {"type": "pages", "page": number, "per_page": size, "total_pages": total}
        if self.by_cursor:
            pages = {"type": "pages", "per_page": size}
            pages["next"] = {"per_page": size, "starting_after": str(number + 1)} if number < total else None
        return answer({"type": "list", "pages": pages, "total_count": len(rows), "data": rows[(number - 1) * size : number * size]})
