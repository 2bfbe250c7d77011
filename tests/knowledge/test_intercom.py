"""Intercom Articles over the wire: what is read, who may see it, and what happens when the other side stumbles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from desk.audience import INTERNAL, PUBLIC
from desk.errors import InvalidInput, Misconfigured, Unavailable
from desk.source import SourceKind
from knowledge.article import Article, Failure
from knowledge.connector import Connector
from knowledge.helpcenters import helpdesk
from knowledge.helpcenters.intercom import open_intercom
from tests.knowledge.helpcenters import Workspace, answer, articles, failures, read, read_until_it_is_down, source
from tests.knowledge.site import Answer, Site, fetching, serving

GERMAN = {"type": "article_content", "title": "Rückerstattung", "body": "<p>Fünf Tage.</p>", "state": "published", "updated_at": 1_700_000_000}
NOTHING = {"type": None, "title": None, "body": None, "state": None, "url": None}


@asynccontextmanager
async def intercom(site: Site, *, environ: Mapping[str, str] | None = None, **more: Any) -> AsyncIterator[Connector]:
    secret = {"secret": "INTERCOM_TOKEN"} | more
    async with serving(site), fetching() as fetcher:
        yield open_intercom(source(SourceKind.INTERCOM, site.url, **secret), fetcher, environ=environ or {"INTERCOM_TOKEN": "key"})


async def test_an_article_has_its_title_its_address_and_its_date():
    workspace = Workspace()
    workspace.add(1, "Refund times", body="<h1>By card</h1><p>They take five days.</p>", updated_at=1_789_344_000)
    async with intercom(Site(otherwise=workspace)) as connector:
        article = articles(await read(connector))["1"]
    assert (article.title, article.url) == ("Refund times", "https://help.company.example/en/articles/1")
    assert (article.updated, article.language, article.audience) == ("2026-09-14", "", PUBLIC)
    assert article.text == "# By card\n\nThey take five days."


async def test_collections_stand_above_an_article():
    workspace = Workspace(
        collections=[
            {"id": "10", "name": "Money", "parent_id": None},
            {"id": "11", "name": "Refunds", "parent_id": "10"},
            {"id": "12", "name": "Old"},
        ]
    )
    workspace.add(1, parent_id=11, parent_type="collection")
    async with intercom(Site(otherwise=workspace)) as connector:
        assert articles(await read(connector))["1"].text.startswith("# Money > Refunds\n\n")


async def test_each_language_is_a_document_once():
    workspace = Workspace()
    translations = {"type": "article_translated_content", "en": {**GERMAN, "title": "Refunds"}, "de": GERMAN, "fr": NOTHING, "nl": None}
    workspace.add(1, default_locale="en", translated_content=translations)
    async with intercom(Site(otherwise=workspace)) as connector:
        found = articles(await read(connector))
    assert {id: (article.title, article.language) for id, article in found.items()} == {"1": ("Refunds", "en"), "1:de": ("Rückerstattung", "de")}


async def test_one_language_is_read_when_the_source_names_it():
    workspace = Workspace()
    workspace.add(1, default_locale="en", translated_content={"de": GERMAN})
    async with intercom(Site(otherwise=workspace), language="de") as connector:
        assert set(articles(await read(connector))) == {"1:de"}


async def test_drafts_are_left_out_in_each_language():
    workspace = Workspace()
    workspace.add(1, state="draft")
    workspace.add(2, default_locale="en", translated_content={"de": {**GERMAN, "state": "draft"}})
    async with intercom(Site(otherwise=workspace)) as connector:
        batches = await read(connector)
    assert (set(articles(batches)), failures(batches)) == ({"2"}, [])


async def test_an_article_of_the_team_is_never_public():
    workspace = Workspace()
    workspace.add(39, "Refunds by hand", url=None)
    workspace.internal_articles = [{"id": "39", "title": "How we refund", "body": "By hand.", "owner_id": 1, "author_id": 1, "locale": "en"}]
    async with intercom(Site(otherwise=workspace)) as connector:
        found = articles(await read(connector))
    assert {id: article.audience for id, article in found.items()} == {"39": INTERNAL, "internal/39": INTERNAL}


async def test_a_token_that_may_not_read_the_teams_articles_reads_the_others():
    workspace = Workspace()
    workspace.add(1)
    for status in (403, 404):
        site = Site(otherwise=lambda path, status=status: answer({}, status) if "internal" in path else workspace(path))
        async with intercom(site) as connector:
            batches = await read(connector)
        assert (set(articles(batches)), failures(batches)) == ({"1"}, [])


@pytest.mark.parametrize("by_cursor", [pytest.param(False, id="pages by number"), pytest.param(True, id="pages by cursor")])
async def test_a_reading_goes_on_at_its_cursor_and_reads_nothing_twice(by_cursor):
    workspace = Workspace(by_cursor=by_cursor)
    for id in range(1, 6):
        workspace.add(id)
    workspace.internal_articles = [{"id": str(id), "title": "Ours", "body": "Text.", "owner_id": 1} for id in range(3)]
    async with intercom(Site(otherwise=workspace)) as connector:
        whole = await read(connector)
        assert [len(batch.items) for batch in whole] == [2, 2, 1, 2, 1]
        for n, batch in enumerate(whole[:-1]):
            assert articles(await read(connector, batch.cursor)) == articles(whole[n + 1 :])
        assert whole[-1].cursor == ""


@pytest.mark.parametrize("cursor", ["no JSON", "[1]", '["elsewhere", {}, [], 0]', '["articles", 5, [], 0]', "null"])
async def test_a_cursor_that_means_nothing_begins_anew(cursor):
    workspace = Workspace()
    workspace.add(1)
    async with intercom(Site(otherwise=workspace)) as connector:
        assert set(articles(await read(connector, cursor))) == {"1"}


async def test_a_workspace_that_goes_down_half_way_keeps_what_came_before():
    workspace = Workspace()
    for id in range(1, 6):
        workspace.add(id)
    site = Site(otherwise=lambda path: answer({}, 503) if "page=2" in path else workspace(path))
    async with intercom(site) as connector:
        came = await read_until_it_is_down(connector)
        assert set(articles(came)) == {"1", "2"}
        site.otherwise = workspace
        assert set(articles(await read(connector, came[-1].cursor))) == {"3", "4", "5"}


@pytest.mark.parametrize("meanwhile", ["deleted", "edited"])
async def test_an_article_that_changes_while_the_listing_is_read_takes_no_other_away(meanwhile):
    workspace = Workspace()
    for id in range(1, 6):
        workspace.add(id)
    changing = workspace.articles[0 if meanwhile == "deleted" else 4]
    async with intercom(Site(otherwise=workspace)) as connector:
        came = []
        async for batch in connector.batches(""):
            came.append(batch)
            changing["updated_at"] = 1_789_999_999
            if meanwhile == "deleted":
                workspace.articles = [article for article in workspace.articles if article is not changing]
        [failure] = failures(came)
        assert len(articles(came)) == 4
        assert failure.ids is None
        assert failure.reason.startswith("1 of 5 were not listed")
        assert failures(await read(connector)) == []


async def test_articles_that_the_listing_counts_and_does_not_show_are_reported():
    workspace = Workspace()
    workspace.add(1)
    counted = answer({"type": "list", "pages": None, "total_count": 3, "data": workspace.articles})
    async with intercom(Site(otherwise=lambda path: counted if path.startswith("/articles") else workspace(path))) as connector:
        [failure] = failures(await read(connector))
    assert (failure.ids, failure.reason[:22]) == (None, "2 of 3 were not listed")


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({"type": "article", "id": "9", "title": {"en": "x"}}, id="a title that is an object"),
        pytest.param({"type": "article", "id": "9", "updated_at": 10**15}, id="a date beyond all calendars"),
        pytest.param({"type": "article", "title": "nameless"}, id="no id"),
        pytest.param("a text", id="no object"),
    ],
)
async def test_an_article_that_cannot_be_read_is_reported_and_the_rest_is_read(bad):
    workspace = Workspace()
    workspace.add(1)
    listing = answer({"type": "list", "data": [bad, *workspace.articles]})
    async with intercom(Site(otherwise=lambda path: listing if path.startswith("/articles") else workspace(path))) as connector:
        batches = await read(connector)
    assert set(articles(batches)) == {"1"}
    assert [failure.ids for failure in failures(batches)] == [None]


async def test_an_article_without_text_is_reported():
    workspace = Workspace()
    workspace.add(1, body=None)
    async with intercom(Site(otherwise=workspace)) as connector:
        [failure] = failures(await read(connector))
    assert (failure.path, failure.reason) == ("https://help.company.example/en/articles/1", "the article is empty")


async def test_globs_choose_by_collection_and_title():
    workspace = Workspace(collections=[{"id": "10", "name": "Release notes"}])
    workspace.add(1)
    workspace.add(2, "June", parent_id=10)
    async with intercom(Site(otherwise=workspace), exclude=("release notes/*",)) as connector:
        assert set(articles(await read(connector))) == {"1"}


async def test_the_token_and_the_version_are_sent():
    site = Site(otherwise=Workspace())
    async with intercom(site) as connector:
        await read(connector)
        assert "key" not in repr(connector).replace("knowledge", "")
    assert {(headers["authorization"], headers["intercom-version"]) for headers in site.headers} == {("Bearer key", "2.14")}


async def test_a_source_without_a_token_is_said_before_anything_is_sent():
    async with fetching() as fetcher:
        with pytest.raises(Misconfigured, match="needs an access token of Intercom"):
            open_intercom(source(SourceKind.INTERCOM, "https://api.intercom.io"), fetcher, environ={})


async def test_a_listing_that_leads_back_by_way_of_others_ends():
    def listed(path: str) -> Answer:
        after = "y" if "starting_after=x" in path else "x"
        return answer({"data": [{"id": "1"}, {"id": after}], "pages": {"next": {"starting_after": after}}})

    async with intercom(Site(otherwise=listed)) as connector:
        with pytest.raises(Unavailable, match="in circles"):
            await read(connector)


def test_an_article_that_breaks_the_converter_costs_that_article_only(monkeypatch):
    def broken(html: str, *, base: str) -> str:
        if html != "fine":
            raise RecursionError("too deep")
        return html

    monkeypatch.setattr(helpdesk, "to_markdown", broken)
    rows = [{"id": n, "type": "article", "state": "published", "title": "t", "body": body} for n, body in ((1, "bad"), (2, "fine"))]
    bad, good = helpdesk.items(rows, source=source(SourceKind.INTERCOM, "x"), steps={})
    assert isinstance(bad, Failure)
    assert (bad.ids, "RecursionError: too deep" in bad.reason) == ({"1"}, True)
    assert isinstance(good, Article)


@pytest.mark.parametrize(
    ("said", "error", "sentence"),
    [
        pytest.param(answer({"type": "error.list"}, 401), Misconfigured, "put a valid token into INTERCOM_TOKEN", id="a wrong token"),
        pytest.param(answer({}, 404), InvalidInput, "check the address", id="no such place"),
        pytest.param(answer({"type": "list"}), Unavailable, "without its data", id="no data"),
        pytest.param(answer({"data": [], "pages": {"next": {"starting_after": "x"}}}), Unavailable, "in circles", id="the same page forever"),
    ],
)
async def test_an_answer_that_is_none_is_one_sentence(said, error, sentence):
    async with intercom(Site(otherwise=said)) as connector:
        with pytest.raises(error, match=sentence):
            await read(connector)
