"""Web sites and repositories kept in step: what a sync adds, changes, keeps and removes as they change, break and come back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from desk.source import Source, SourceKind, SyncState
from knowledge.connector import Connector
from knowledge.repository.git import open_git
from knowledge.syncing.sync import sync
from knowledge.website.web import open_web
from tests.knowledge.papers import lines
from tests.knowledge.site import Answer, Site, fetching, serving
from tests.knowledge.syncing import Bench, counts
from tests.knowledge.test_git import Repo
from tests.knowledge.website import TWICE, crawled, html, page_list, robots

DOWN = Answer(status=503)


@pytest.fixture
def bench():
    return Bench()


@asynccontextmanager
async def web(source: Source) -> AsyncIterator[Connector]:
    async with fetching(patience=TWICE) as fetcher:
        yield open_web(source, fetcher)


async def synced(bench: Bench, site: Site, *, remove: bool = False) -> SyncState:
    return await sync(Source("site", SourceKind.WEB, f"{site.url}/", private_network=True), web, bench.means(), remove=remove)


def small() -> Site:
    return Site({"/": html("Start", "/a", "/b"), "/a": html("About"), "/b": html("Billing")})


def ids(site: Site, *paths: str) -> set[str]:
    return {f"site/{site.url}{path}" for path in paths}


async def test_a_page_that_is_gone_is_removed_and_one_that_changed_is_changed(bench):
    async with serving(small()) as site:
        assert counts(await synced(bench, site)) == (3, 0, 0, 0)
        site.pages |= {"/a": Answer(status=410), "/b": html("Billing and more")}
        assert counts(await synced(bench, site)) == (0, 1, 1, 1)
        assert set(await bench.held()) == ids(site, "/", "/b")


async def test_a_page_in_trouble_stays_as_it_was_and_is_told(bench):
    async with serving(small()) as site:
        await synced(bench, site)
        site.pages["/a"] = DOWN
        state = await synced(bench, site)
        assert (counts(state), state.failed[0].path) == ((0, 0, 2, 0), f"{site.url}/a")
        assert set(await bench.held()) == ids(site, "/", "/a", "/b")


async def test_what_only_a_page_in_trouble_leads_to_stays(bench):
    pages = {"/": html("Start", "/billing"), "/billing": html("Billing", "/refunds"), "/refunds": html("Refunds")}
    async with serving(Site(pages)) as site:
        await synced(bench, site)
        site.pages["/billing"] = DOWN
        state = await synced(bench, site)
        assert (state.removed, "exclude" in state.failed[0].reason) == (0, True)
        assert set(await bench.held()) == ids(site, *pages)


async def test_a_page_that_moved_is_one_document_at_its_new_address(bench):
    async with serving(small()) as site:
        await synced(bench, site)
        site.pages |= {"/a": Answer(status=301, headers={"Location": "/about"}), "/about": html("About")}
        assert counts(await synced(bench, site)) == (1, 0, 2, 1)
        assert set(await bench.held()) == ids(site, "/", "/about", "/b")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"/robots.txt": DOWN}, id="robots in trouble"),
        pytest.param({"/robots.txt": robots("Disallow: /")}, id="robots that forbid everything"),
        pytest.param({"/": Answer(status=404)}, id="a start page that is gone"),
        pytest.param({"/": DOWN}, id="a start page in trouble"),
        pytest.param(
            {"/": Answer(status=302, headers={"Location": "/login?next=/"}), "/login?next=/": html("Sign in")}, id="a login in front of everything"
        ),
        pytest.param({"/": Answer("<html><body><div id=app></div></body></html>")}, id="a site that scripts draw now"),
    ],
)
async def test_a_site_that_cannot_be_read_any_more_loses_nothing(bench, change):
    async with serving(small()) as site:
        await synced(bench, site)
        site.pages |= change
        state = await synced(bench, site)
        assert state.removed == 0
        assert state.error or state.failed
        assert set(await bench.held()) == ids(site, "/", "/a", "/b")


async def test_a_site_that_goes_down_half_way_is_finished_when_it_is_back(bench):
    pages = {f"/{n}": html(f"Page {n}") for n in range(60)}
    async with serving(Site({"/": html("Start", *pages), **pages})) as site:
        await synced(bench, site)
        site.pages = {"/": html("Start", *list(pages)[:-1]), "/robots.txt": robots()} | {path: html(f"{path} anew") for path in pages}
        late = dict.fromkeys([f"/{n}" for n in range(30, 60)], DOWN)
        well, site.pages = site.pages, site.pages | late | {"/": [site.pages["/"], DOWN]}
        down = await synced(bench, site)
        assert "stopped answering" in down.error
        assert set(await bench.held()) == ids(site, "/", *pages)
        site.pages = well
        site.asked.clear()
        state = await synced(bench, site)
        assert (state.changed, state.removed, state.error) == (59, 1, "")
        assert {path for path in site.asked if path in pages} == {f"/{n}" for n in range(30, 59)}
        assert set(await bench.held()) == ids(site, "/", *list(pages)[:-1])


async def test_a_pdf_that_a_page_links_to_is_read_like_a_file():
    paper = Answer(lines("Opening hours", "We are here from nine to five."), headers={"Content-Type": "application/pdf"})
    run = await crawled(
        {"/": html("Start", "/hours.pdf", "/broken.pdf"), "/hours.pdf": paper, "/broken.pdf": Answer(b"%PDF-", headers=paper.headers)}
    )
    assert run.paths == ["/", "/hours.pdf"]
    assert "nine to five" in run.articles[f"{run.site.url}/hours.pdf"].text
    assert run.articles[f"{run.site.url}/hours.pdf"].url == f"{run.site.url}/hours.pdf"
    assert set(run.reasons) == {"/broken.pdf"}


async def test_an_article_stays_while_the_old_address_that_led_to_it_is_in_trouble(bench):
    pages = {"/old": Answer(status=301, headers={"Location": "/new"}), "/new": html("Refunds"), "/b": html("Billing")}
    async with serving(Site(pages)) as site:
        site.pages["/map.xml"] = page_list(f"{site.url}/old", f"{site.url}/b")
        source = Source("site", SourceKind.WEB, f"{site.url}/map.xml", private_network=True)
        await sync(source, web, bench.means())
        site.pages["/old"] = DOWN
        assert counts(await sync(source, web, bench.means())) == (0, 0, 1, 0)
        assert set(await bench.held()) == ids(site, "/new", "/b")
        site.pages["/old"] = Answer(status=410)
        assert counts(await sync(source, web, bench.means())) == (0, 0, 1, 1)


async def test_a_file_that_a_repository_keeps_elsewhere_holds_back_only_itself(bench, tmp_path):
    repo = Repo(tmp_path / "repo")
    repo.commit({"docs/a.md": "one", "docs/b.md": "two"})
    source = Source("docs", SourceKind.GIT, str(repo.root), private_network=True)

    @asynccontextmanager
    async def git(source: Source) -> AsyncIterator[Connector]:
        yield open_git(source, cache=tmp_path / "cache", environ={})

    await sync(source, git, bench.means())
    repo.commit({"docs/a.md": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"}, gone=["docs/b.md"])
    assert counts(await sync(source, git, bench.means())) == (0, 0, 0, 1)
    assert set(await bench.held()) == {"docs/docs/a.md"}


async def test_a_repository_is_kept_in_step(bench, tmp_path):
    repo = Repo(tmp_path / "repo")
    repo.commit({"docs/a.md": "one", "docs/b.md": "two"})
    source = Source("docs", SourceKind.GIT, str(repo.root), private_network=True)

    @asynccontextmanager
    async def git(source: Source) -> AsyncIterator[Connector]:
        yield open_git(source, cache=tmp_path / "cache", environ={})

    assert counts(await sync(source, git, bench.means())) == (2, 0, 0, 0)
    repo.commit({"docs/a.md": "one and more", "docs/c.md": "three"}, gone=["docs/b.md"])
    assert counts(await sync(source, git, bench.means())) == (1, 1, 0, 1)
    assert await bench.held() == {"docs/docs/a.md": "one and more", "docs/docs/c.md": "three"}
    repo.root.rename(tmp_path / "moved")
    assert "look whether `at` is right" in (await sync(source, git, bench.means())).error
    assert len(await bench.held()) == 2
