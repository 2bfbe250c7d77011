"""Help centers and wikis kept in step: what a sync adds, changes, keeps and removes as they change, break and come back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from desk.audience import INTERNAL, PUBLIC, Audience
from desk.source import Source, SourceKind, SyncState
from knowledge.connector import Connector
from knowledge.helpcenters.intercom import open_intercom
from knowledge.helpcenters.zendesk import open_zendesk
from knowledge.syncing.sync import sync
from knowledge.wikis.confluence import open_confluence
from knowledge.wikis.notion import open_notion
from tests.knowledge.helpcenters import Guide, Workspace, answer, source
from tests.knowledge.kit import write
from tests.knowledge.site import Site, fetching, serving
from tests.knowledge.syncing import Bench, counts
from tests.knowledge.test_confluence import export, restricted, stored
from tests.knowledge.test_exports import zipped

ENVIRON = {"TOKEN": "key"}
OPENERS: dict[SourceKind, Callable[..., Connector]] = {
    SourceKind.ZENDESK: open_zendesk,
    SourceKind.INTERCOM: open_intercom,
    SourceKind.NOTION: open_notion,
    SourceKind.CONFLUENCE: open_confluence,
}
REFUNDS, CARDS = "d" * 32, "e" * 32


@pytest.fixture
def bench():
    return Bench()


@asynccontextmanager
async def opened(source: Source) -> AsyncIterator[Connector]:
    async with fetching() as fetcher:
        yield OPENERS[source.kind](source, fetcher, environ=ENVIRON)


async def synced(bench: Bench, kind: SourceKind, at: str | Path, *, audience: Audience = PUBLIC, remove: bool = False) -> SyncState:
    read = source(kind, str(at), secret="TOKEN" if str(at).startswith("http") else "", audience=audience)
    return await sync(read, opened, bench.means(), remove=remove)


async def audiences(bench: Bench) -> dict[str, Audience]:
    return {document.id: document.audience for document in await bench.library.documents()}


@pytest.mark.parametrize(
    ("kind", "held", "broken"),
    [
        pytest.param(SourceKind.ZENDESK, Guide, "page%5Bafter%5D=articles-4", id="Zendesk"),
        pytest.param(SourceKind.INTERCOM, Workspace, "/articles?per_page=50&page=3", id="Intercom"),
    ],
)
async def test_a_help_center_that_goes_down_half_way_is_read_on_and_nothing_is_removed_meanwhile(bench, kind, held, broken):
    help_center = held()
    for id in range(1, 6):
        help_center.add(id)
    async with serving(Site(otherwise=help_center)) as site:
        assert counts(await synced(bench, kind, site.url)) == (5, 0, 0, 0)
        help_center.add(6, updated_at=1) if kind is SourceKind.INTERCOM else help_center.add(6)
        site.otherwise = lambda path: answer({}, 503) if broken in path else help_center(path)
        state = await synced(bench, kind, site.url)
        assert "503" in state.error
        assert len(await bench.held()) == 5
        site.otherwise = help_center
        site.asked.clear()
        assert counts(await synced(bench, kind, site.url)) == (1, 0, 5, 0)
        assert len([path for path in site.asked if "/articles" in path]) == 1


async def test_an_article_that_is_hidden_edited_or_deleted_is_so_after_the_next_sync(bench):
    guide = Guide()
    hidden, edited, deleted = (guide.add(id) for id in (1, 2, 3))
    async with serving(Site(otherwise=guide)) as site:
        await synced(bench, SourceKind.ZENDESK, site.url)
        hidden["user_segment_id"], edited["body"] = 7, "<p>Six days.</p>"
        guide.articles["en-us"].remove(deleted)
        assert counts(await synced(bench, SourceKind.ZENDESK, site.url)) == (0, 2, 0, 1)
    assert await audiences(bench) == {"help/1:en-us": INTERNAL, "help/2:en-us": PUBLIC}
    assert (await bench.held())["help/2:en-us"] == "Six days."


async def test_an_article_that_breaks_stays_as_it_was(bench):
    guide = Guide()
    breaking = guide.add(1)
    guide.add(2)
    async with serving(Site(otherwise=guide)) as site:
        await synced(bench, SourceKind.ZENDESK, site.url)
        breaking["body"] = "<div>" * 600 + "deep"
        state = await synced(bench, SourceKind.ZENDESK, site.url)
    assert (counts(state), [missed.path for missed in state.failed]) == ((0, 0, 1, 0), ["https://company.example/hc/en-us/articles/1"])
    assert (await bench.held())["help/1:en-us"] == "They take five days."


async def test_a_refused_token_is_a_sentence_and_everything_stays(bench):
    workspace = Workspace()
    workspace.add(1)
    async with serving(Site(otherwise=workspace)) as site:
        await synced(bench, SourceKind.INTERCOM, site.url)
        site.otherwise = answer({}, 401)
        state = await synced(bench, SourceKind.INTERCOM, site.url)
    assert state.error == "127.0.0.1 refuses to be read (401): put a valid token into TOKEN"
    assert set(await bench.held()) == {"help/1"}


async def test_a_new_export_at_the_same_place_is_the_next_sync(bench, tmp_path):
    def put(files: dict[str, str]) -> Path:
        return write(tmp_path, {"notion.zip": zipped(files)}) / "notion.zip"

    await synced(bench, SourceKind.NOTION, put({f"Refunds {REFUNDS}.md": "Five days.", f"Cards {CARDS}.md": "All cards."}))
    moved = put({f"Money/How refunds work {REFUNDS}.md": "Five days."})
    assert counts(await synced(bench, SourceKind.NOTION, moved)) == (0, 1, 0, 1)
    [document] = await bench.library.documents()
    assert (document.id, document.title) == (f"help/{REFUNDS}", "How refunds work")


async def test_an_export_that_is_broken_or_gone_takes_nothing_away(bench, tmp_path):
    path = write(tmp_path, {"notion.zip": zipped({f"Refunds {REFUNDS}.md": "Five days."})}) / "notion.zip"
    await synced(bench, SourceKind.NOTION, path)
    write(tmp_path, {"notion.zip": zipped({"Part-1.zip": b"broken"})})
    assert counts(await synced(bench, SourceKind.NOTION, path, remove=True))[3] == 0
    path.unlink()
    assert counts(await synced(bench, SourceKind.NOTION, path, remove=True))[3] == 0
    assert set(await bench.held()) == {f"help/{REFUNDS}"}


async def test_the_source_narrows_what_its_pages_say_and_never_widens_it(bench, tmp_path):
    space = export(tmp_path, stored(1, "Home"), stored(2, "Secret"), restricted(2))
    await synced(bench, SourceKind.CONFLUENCE, space)
    assert await audiences(bench) == {"help/1": PUBLIC, "help/2": INTERNAL}
    await synced(bench, SourceKind.CONFLUENCE, space, audience=INTERNAL)
    assert await audiences(bench) == {"help/1": INTERNAL, "help/2": INTERNAL}


async def test_more_articles_than_may_be_read_remove_none(bench):
    guide = Guide()
    for id in range(1, 6):
        guide.add(id)
    async with serving(Site(otherwise=guide)) as site:
        few = replace(source(SourceKind.ZENDESK, site.url), most=3)
        state = await sync(few, opened, bench.means())
    assert "more than 3 documents" in state.failed[0].reason
    assert state.removed == 0
