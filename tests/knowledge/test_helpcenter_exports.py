"""Saved answers of Zendesk and Intercom: any number of files, in the shapes that their APIs give."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.audience import INTERNAL, PUBLIC
from desk.source import SourceKind
from knowledge.article import Article, Failure
from knowledge.connector import Connector
from knowledge.helpcenters.intercom import open_intercom
from knowledge.helpcenters.zendesk import open_zendesk
from tests.knowledge.helpcenters import Guide, Workspace, articles, failures, read, source
from tests.knowledge.kit import write
from tests.knowledge.site import fetching
from tests.knowledge.test_exports import zipped

Open = Callable[..., Connector]
SECTIONS = [{"id": 20, "name": "Refunds", "category_id": 30, "parent_section_id": None}]
CATEGORIES = [{"id": 30, "name": "Money"}]


async def saved(open_source: Open, kind: SourceKind, path: Path, **more: Any) -> tuple[dict[str, Article], list[Failure]]:
    async with fetching() as fetcher:
        batches = await read(open_source(source(kind, str(path), **more), fetcher, environ={}))
    return articles(batches), failures(batches)


async def zendesk(path: Path, **more: Any) -> tuple[dict[str, Article], list[Failure]]:
    return await saved(open_zendesk, SourceKind.ZENDESK, path, **more)


async def intercom(path: Path, **more: Any) -> tuple[dict[str, Article], list[Failure]]:
    return await saved(open_intercom, SourceKind.INTERCOM, path, **more)


def shapes() -> list[Any]:
    """Two articles in each shape that an export of Zendesk may have."""
    guide = Guide()
    one, two = guide.add(1), guide.add(2)
    page = {"articles": [one], "sections": SECTIONS, "categories": CATEGORIES, "meta": {"has_more": True}}
    return [
        pytest.param({"all.json": {**page, "articles": [one, two]}}, id="a page with its sections beside it"),
        pytest.param({"all.json": [page, {"articles": [two]}]}, id="a list of pages"),
        pytest.param({"1.json": page, "2.json": {"articles": [two]}}, id="a file for each page"),
        pytest.param({"1.json": {"article": one}, "2.json": {"article": two, "sections": SECTIONS, "categories": CATEGORIES}}, id="single articles"),
        pytest.param({"a.json": [one, two], "s.json": {"sections": SECTIONS}, "c.json": {"categories": CATEGORIES}}, id="a bare list of articles"),
        pytest.param({"all.json": {**page, "articles": [one, two], "next_page": None, "end_time": 1, "count": 2}}, id="an incremental export"),
    ]


@pytest.mark.parametrize("files", shapes())
async def test_every_shape_of_a_zendesk_export_holds_the_same(tmp_path, files):
    written = {name: json.dumps(content) for name, content in files.items()}
    folder, packed = write(tmp_path / "folder", written), write(tmp_path, {"export.zip": zipped(written)}) / "export.zip"
    for path in (folder, packed):
        found, failed = await zendesk(path)
        assert (set(found), failed) == ({"1:en-us", "2:en-us"}, [])
        assert found["1:en-us"].text == "# Money > Refunds\n\nThey take five days."


async def test_an_incremental_export_ends_with_what_an_article_said_last(tmp_path):
    guide = Guide()
    said = [guide.add(1, body=f"<p>{n} days.</p>", updated_at=f"2026-09-{n:02}T08:00:00Z") for n in (5, 7, 6)]
    german = guide.add(1, locale="de")
    path = write(tmp_path, {"a.json": json.dumps({"articles": [*said, german]})})
    found, _ = await zendesk(path)
    assert {id: article.text for id, article in found.items()} == {"1:en-us": "7 days.", "1:de": "They take five days."}
    assert set((await zendesk(path, language="de"))[0]) == {"1:de"}


async def test_a_restricted_article_and_a_draft_of_an_export_never_become_public(tmp_path):
    guide = Guide()
    rows = [guide.add(1, user_segment_id=5), guide.add(2, draft=True), guide.add(3)]
    found, _ = await zendesk(write(tmp_path, {"a.json": json.dumps({"articles": rows})}) / "a.json")
    assert {id: article.audience for id, article in found.items()} == {"1:en-us": INTERNAL, "3:en-us": PUBLIC}


@pytest.mark.parametrize("read_export", [zendesk, intercom])
@pytest.mark.parametrize("bad", [b"no JSON", b"[1]", b"7", b"caf\xe9", b"[" * 100_000])
async def test_a_file_that_is_no_answer_takes_nothing_away_and_the_rest_is_read(tmp_path, read_export, bad):
    rows = {"articles": [Guide().add(1)]} if read_export is zendesk else {"type": "list", "data": [Workspace().add(1)]}
    found, [failure] = await read_export(write(tmp_path, {"bad.json": bad, "good.json": json.dumps(rows), "notes.txt": "passed over"}))
    assert len(found) == 1
    assert (failure.path, failure.ids) == ("bad.json", None)


async def test_a_row_of_an_export_that_cannot_be_read_takes_nothing_away(tmp_path):
    rows = [Guide().add(1), {"id": 2, "section_id": 1, "body": {}, "title": "x"}]
    found, [failure] = await zendesk(write(tmp_path, {"a.json": json.dumps({"articles": rows})}))
    assert (set(found), failure.ids) == ({"1:en-us"}, None)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(lambda rows, above: {"all.json": [*rows, *above]}, id="a bare list"),
        pytest.param(
            lambda rows, above: {"a.json": {"type": "list", "data": rows}, "c.json": {"type": "list", "data": above}}, id="pages of listings"
        ),
        pytest.param(lambda rows, above: {"all.json": [{"data": rows}, {"data": above}]}, id="a list of pages"),
        pytest.param(lambda rows, above: {f"{n}.json": row for n, row in enumerate([*rows, *above])}, id="a file for each"),
    ],
)
async def test_every_shape_of_an_intercom_export_holds_the_same(tmp_path, shape):
    workspace = Workspace()
    rows = [workspace.add(1, parent_id=11), workspace.add(2, state="draft"), {"id": "10", "title": "Ours", "body": "By hand.", "owner_id": 1}]
    above = [{"type": "collection", "id": "11", "name": "Refunds", "parent_id": "10"}, {"id": "10", "name": "Money"}]
    found, failed = await intercom(write(tmp_path, {name: json.dumps(content) for name, content in shape(rows, above).items()}))
    assert failed == []
    assert {id: (article.audience, article.text) for id, article in found.items()} == {
        "1": (PUBLIC, "# Money > Refunds\n\nThey take five days."),
        "internal/10": (INTERNAL, "By hand."),
    }


@pytest.mark.parametrize("read_export", [zendesk, intercom])
async def test_an_export_that_is_not_there_takes_nothing_away(tmp_path, read_export):
    found, [failure] = await read_export(tmp_path / "nowhere.json")
    assert (found, failure.ids, failure.reason) == ({}, None, "there is no such file or folder")
