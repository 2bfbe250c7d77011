"""Zendesk Guide over the wire: what is read, who may see it, and what happens when the other side stumbles."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from desk.audience import INTERNAL, PUBLIC
from desk.errors import FrontdeskError, Misconfigured, Unavailable
from desk.source import SourceKind
from knowledge.article import Article, Failure
from knowledge.connector import Connector
from knowledge.helpcenters import guide
from knowledge.helpcenters.zendesk import open_zendesk
from knowledge.net.links import Refused
from tests.knowledge.helpcenters import TOKEN, Guide, answer, articles, failures, read, read_until_it_is_down, source
from tests.knowledge.site import Answer, Site, fetching, serving


@asynccontextmanager
async def zendesk(site: Site, *, environ: Mapping[str, str] | None = None, path: str = "", **more: Any) -> AsyncIterator[Connector]:
    async with serving(site), fetching() as fetcher:
        yield open_zendesk(source(SourceKind.ZENDESK, site.url + path, **more), fetcher, environ=environ or {})


async def test_an_article_has_its_title_its_address_its_date_and_its_language():
    guide = Guide()
    guide.add(1, "Refund times", body="<h2>By card</h2><p>They take <b>five</b> days.</p><ul><li>Visa</li></ul>")
    async with zendesk(Site(otherwise=guide)) as connector:
        article = articles(await read(connector))["1:en-us"]
    assert (article.title, article.url) == ("Refund times", "https://company.example/hc/en-us/articles/1")
    assert (article.updated, article.language, article.audience) == ("2026-09-14", "en-us", PUBLIC)
    assert article.text.startswith("## By card\n\nThey take **five** days.")


async def test_categories_and_sections_stand_above_an_article():
    guide = Guide(
        categories=[{"id": 20, "name": "Money"}],
        sections=[
            {"id": 20, "name": "Refunds", "category_id": 20, "parent_section_id": 21},
            {"id": 21, "name": "Billing", "category_id": 20, "parent_section_id": None},
        ],
    )
    guide.add(1, "Refund times", body="<h1>Refund times</h1><h2>By card</h2><p>Five days.</p>")
    async with zendesk(Site(otherwise=guide)) as connector:
        article = articles(await read(connector))["1:en-us"]
    assert article.text == "# Money > Billing > Refunds\n\n### By card\n\nFive days."


async def test_sections_that_are_each_others_parents_do_not_hang_the_reading():
    guide = Guide(sections=[{"id": 20, "name": "A", "parent_section_id": 21}, {"id": 21, "name": "B", "parent_section_id": 20}])
    guide.add(1)
    async with zendesk(Site(otherwise=guide)) as connector:
        assert "1:en-us" in articles(await read(connector))


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"user_segment_id": 5}, id="a segment"),
        pytest.param({"user_segment_id": None, "user_segment_ids": [5, 6]}, id="several segments"),
        pytest.param({"title": "Internal: refunds by hand"}, id="a title that says so"),
    ],
)
async def test_an_article_for_some_people_is_never_public(claims):
    guide = Guide()
    guide.add(1, **claims)
    async with zendesk(Site(otherwise=guide)) as connector:
        assert articles(await read(connector))["1:en-us"].audience == INTERNAL


async def test_an_article_that_does_not_say_who_may_see_it_is_for_the_team():
    guide = Guide()
    del guide.add(1)["user_segment_id"]
    async with zendesk(Site(otherwise=guide)) as connector:
        assert articles(await read(connector))["1:en-us"].audience == INTERNAL


async def test_drafts_are_left_out():
    guide = Guide()
    guide.add(1, draft=True)
    guide.add(2)
    async with zendesk(Site(otherwise=guide)) as connector:
        batches = await read(connector)
    assert (set(articles(batches)), failures(batches)) == ({"2:en-us"}, [])


async def test_each_language_is_a_document_and_one_that_lags_behind_is_expired():
    guide = Guide()
    guide.add(1)
    guide.add(1, "Rückerstattung", locale="de", outdated_locales=["de"])
    async with zendesk(Site(otherwise=guide)) as connector:
        found = articles(await read(connector))
    assert {id: (article.title, article.language, article.expires) for id, article in found.items()} == {
        "1:en-us": ("Refunds", "en-us", ""),
        "1:de": ("Rückerstattung", "de", "2026-09-14"),
    }


async def test_one_language_is_read_when_the_source_names_it():
    guide = Guide()
    guide.add(1)
    guide.add(1, locale="de")
    async with zendesk(Site(otherwise=guide), language="en") as connector:
        assert set(articles(await read(connector))) == {"1:en-us"}


async def test_a_language_that_is_not_there_is_said_with_those_that_are():
    async with zendesk(Site(otherwise=Guide()), language="fr") as connector:
        with pytest.raises(Misconfigured, match="no such language: it has en-us"):
            await read(connector)


async def test_a_help_center_that_hides_its_languages_is_read_in_the_named_one():
    guide = Guide()
    guide.add(1)
    hidden = Site(otherwise=lambda path: answer({}, 403) if "locales" in path else guide(path))
    async with zendesk(hidden, language="en-us") as connector:
        assert set(articles(await read(connector))) == {"1:en-us"}


async def test_globs_choose_by_category_section_and_title():
    guide = Guide(sections=[{"id": 20, "name": "Refunds"}, {"id": 30, "name": "Release notes"}])
    guide.add(1)
    guide.add(2, "June", section_id=30)
    guide.add(3, "How to refund", section_id=20)
    async with zendesk(Site(otherwise=guide), exclude=("release notes",)) as connector:
        assert set(articles(await read(connector))) == {"1:en-us", "3:en-us"}
    async with zendesk(Site(otherwise=guide), include=("*/how to*",)) as connector:
        assert set(articles(await read(connector))) == {"3:en-us"}


async def test_the_pages_of_a_listing_are_batches_and_the_next_address_is_never_followed():
    guide = Guide()
    for id in range(1, 6):
        guide.add(id)
    site = Site(otherwise=guide)
    async with zendesk(site) as connector:
        batches = await read(connector)
    assert [len(batch.items) for batch in batches] == [2, 2, 1]
    assert batches[-1].cursor == ""
    assert not [path for path in site.asked if "steal" in path]


async def test_a_reading_goes_on_at_its_cursor_and_reads_nothing_twice():
    guide = Guide()
    for id in range(1, 6):
        guide.add(id)
        guide.add(id, locale="de")
    async with zendesk(Site(otherwise=guide)) as connector:
        whole = await read(connector)
        for n, batch in enumerate(whole[:-1]):
            assert articles(await read(connector, batch.cursor)) == articles(whole[n + 1 :])


@pytest.mark.parametrize("cursor", ["no JSON", '["xx", "gone"]', '["en-us", "forgotten"]', "[1]"])
async def test_a_cursor_that_means_nothing_any_more_begins_anew(cursor):
    guide = Guide()
    guide.add(1)
    async with zendesk(Site(otherwise=guide)) as connector:
        assert set(articles(await read(connector, cursor))) == {"1:en-us"}


async def test_a_help_center_that_goes_down_half_way_keeps_what_came_before():
    guide = Guide()
    for id in range(1, 6):
        guide.add(id)
    site = Site(otherwise=lambda path: answer({}, 503) if "page%5Bafter%5D=articles-4" in path else guide(path))
    async with zendesk(site) as connector:
        came = await read_until_it_is_down(connector)
        assert set(articles(came)) == {f"{id}:en-us" for id in range(1, 5)}
        site.otherwise = guide
        site.asked.clear()
        assert set(articles(await read(connector, came[-1].cursor))) == {"5:en-us"}
    assert len([path for path in site.asked if "/articles" in path]) == 1


async def test_pages_of_many_megabytes_are_asked_for_in_smaller_ones():
    guide = Guide(page=100)
    for id in range(1, 8):
        guide.add(id, body=f"<p>{'word ' * 3000}</p>")
    async with serving(Site(otherwise=guide)) as site, fetching(most=50_000) as fetcher:
        batches = await read(open_zendesk(source(SourceKind.ZENDESK, site.url), fetcher, environ={}))
    assert set(articles(batches)) == {f"{id}:en-us" for id in range(1, 8)}
    assert len(batches) == 7


async def test_an_article_that_is_too_large_by_itself_ends_the_reading_with_a_sentence():
    guide = Guide()
    guide.add(1, body=f"<p>{'word ' * 30_000}</p>")
    async with serving(Site(otherwise=guide)) as site, fetching(most=50_000) as fetcher:
        with pytest.raises(Refused, match=r"more than 0\.1 MB"):
            await read(open_zendesk(source(SourceKind.ZENDESK, site.url), fetcher, environ={}))


async def test_characters_that_nobody_sees_are_gone():
    guide = Guide()
    guide.add(1, "Re\u200bfund\u202es", body="<p>Five\u2060 days.</p>")
    async with zendesk(Site(otherwise=guide)) as connector:
        article = articles(await read(connector))["1:en-us"]
    assert (article.title, article.text) == ("Refunds", "Five days.")


async def test_a_rate_limit_is_waited_for():
    guide = Guide()
    guide.add(1)
    site = Site(
        pages={"/api/v2/help_center/locales.json": [answer({}, 429, **{"Retry-After": "7"}), answer({"locales": ["en-us"]})]}, otherwise=guide
    )
    async with zendesk(site) as connector:
        assert set(articles(await read(connector))) == {"1:en-us"}


@pytest.mark.parametrize(
    ("bad", "reason", "ids"),
    [
        pytest.param({"id": 9, "title": ["a", "list"]}, "title", {"9:en-us"}, id="a title that is a list"),
        pytest.param({"title": "nameless"}, "id", None, id="no id"),
        pytest.param("a text", "not an article", None, id="no object"),
    ],
)
async def test_an_article_that_cannot_be_read_is_reported_and_the_rest_is_read(bad, reason, ids):
    guide = Guide()
    guide.add(1)
    site = Site(otherwise=lambda path: answer({"articles": [bad, *guide.articles["en-us"]], "meta": {}}) if "/articles" in path else guide(path))
    async with zendesk(site) as connector:
        batches = await read(connector)
    assert set(articles(batches)) == {"1:en-us"}
    assert [failure.ids for failure in failures(batches)] == [ids]
    assert reason in failures(batches)[0].reason


async def test_an_article_without_text_is_reported():
    guide = Guide()
    guide.add(1, body=None)
    guide.add(2, body="<script>alert(1)</script>")
    async with zendesk(Site(otherwise=guide)) as connector:
        found = failures(await read(connector))
    assert [(failure.path, failure.reason) for failure in found] == [
        ("https://company.example/hc/en-us/articles/1", "the article is empty"),
        ("https://company.example/hc/en-us/articles/2", "the article is empty"),
    ]


async def test_a_token_is_sent_as_its_kind_wants_it():
    for secret, sent in ((TOKEN, "Basic"), ("oauth-token", "Bearer")):
        guide = Guide()
        guide.add(1)
        site = Site(otherwise=guide)
        async with zendesk(site, environ={"GUIDE_TOKEN": f" {secret}\n"}, secret="GUIDE_TOKEN") as connector:
            await read(connector)
        scheme, _, value = site.headers[0]["authorization"].partition(" ")
        assert (scheme, b64decode(value).decode() if scheme == "Basic" else value) == (sent, secret)
        assert secret not in repr(connector)


async def test_without_a_token_only_what_is_public_is_asked_for():
    guide = Guide()
    guide.add(1)
    site = Site(otherwise=guide)
    async with zendesk(site, path="/hc/en-us/") as connector:
        assert set(articles(await read(connector))) == {"1:en-us"}
    assert "authorization" not in site.headers[0]


@pytest.mark.parametrize(
    ("said", "error", "sentence"),
    [
        pytest.param(answer({"error": "Couldn't authenticate you"}, 401), Misconfigured, "put a valid token into GUIDE_TOKEN", id="a wrong token"),
        pytest.param(answer({}, 404), FrontdeskError, "check the address of the source 'help'", id="no help center"),
        pytest.param(Answer("<html>Sign in</html>"), Unavailable, "not JSON", id="a page instead of JSON"),
        pytest.param(answer([]), Unavailable, "a list where an object", id="a list instead of an object"),
    ],
)
async def test_an_answer_that_is_none_is_one_sentence(said, error, sentence):
    async with zendesk(Site(otherwise=said), environ={"GUIDE_TOKEN": TOKEN}, secret="GUIDE_TOKEN") as connector:
        with pytest.raises(error, match=sentence):
            await read(connector)


@pytest.mark.parametrize(
    ("listing", "sentence"),
    [
        pytest.param({"meta": {"has_more": False}}, "without its articles", id="no articles"),
        pytest.param({"articles": [], "next_page": "https://x.example/?page=2"}, "by numbers", id="an older listing"),
        pytest.param({"articles": [], "meta": {"has_more": True}, "links": {}}, "does not say where", id="more, but where"),
        pytest.param({"articles": [], "meta": {"has_more": True, "after_cursor": "x"}}, "in circles", id="the same page forever"),
    ],
)
async def test_a_listing_that_would_be_read_in_part_is_not_taken_for_whole(listing, sentence):
    guide = Guide()
    site = Site(otherwise=lambda path: answer(listing) if "/articles" in path else guide(path))
    async with zendesk(site) as connector:
        with pytest.raises(Unavailable, match=sentence):
            await read(connector)


async def test_a_listing_that_leads_back_by_way_of_others_ends():
    center = Guide()

    def listed(path: str) -> Answer:
        after = "y" if path.endswith("=x") else "x"
        return answer({"articles": [], "meta": {"has_more": True, "after_cursor": after}}) if "/articles" in path else center(path)

    async with zendesk(Site(otherwise=listed)) as connector:
        with pytest.raises(Unavailable, match="in circles"):
            await read(connector)


def test_an_article_that_breaks_the_converter_costs_that_article_only(monkeypatch):
    def broken(html: str, *, base: str) -> str:
        if html != "fine":
            raise RecursionError("too deep")
        return html

    monkeypatch.setattr(guide, "to_markdown", broken)
    rows = [{"id": 1, "body": "bad"}, {"id": 2, "body": "fine"}]
    bad, good = guide.items(rows, source=source(SourceKind.ZENDESK, "x"), steps={}, locale="en")
    assert isinstance(bad, Failure)
    assert (bad.ids, "RecursionError: too deep" in bad.reason) == ({"1:en"}, True)
    assert isinstance(good, Article)


async def test_a_token_that_is_not_set_or_would_go_in_the_clear_stops_before_anything_is_sent():
    async with fetching() as fetcher:
        encrypted = source(SourceKind.ZENDESK, "https://company.example", secret="GUIDE_TOKEN")
        with pytest.raises(Misconfigured, match="set GUIDE_TOKEN in the environment"):
            open_zendesk(encrypted, fetcher, environ={})
        clear = replace(encrypted, at="http://company.example", private_network=False)
        with pytest.raises(Misconfigured, match="https://"):
            open_zendesk(clear, fetcher, environ={"GUIDE_TOKEN": TOKEN})
