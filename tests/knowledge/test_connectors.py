"""Connectors: each kind of source has one, and a source that cannot be opened says what to change."""

from dataclasses import replace

import pytest

from desk.audience import INTERNAL
from desk.errors import Misconfigured, Unavailable
from desk.source import Source, SourceKind
from knowledge.article import Article, Failure
from knowledge.connectors import OPENERS, Surroundings, opened
from tests.knowledge.kit import write
from tests.knowledge.syncing import Site
from tests.store.samples import FixedPolicy

FILES = {"billing/refunds.md": "Five days.", "billing/draft.md": "Not yet.", "plans.md": "Three of them.", "internal/vip.md": "Call them."}


@pytest.fixture
def around(tmp_path):
    return Surroundings(tmp_path, tmp_path / "cache", FixedPolicy(), {})


def source(**said):
    return Source("help", **({"kind": SourceKind.FOLDER, "at": "kb"} | said))


async def read(source, around):
    """Return what a source holds: articles by id, and failures."""
    async with opened(source, around) as connector:
        items = [item async for batch in connector.batches("") for item in batch.items]
    articles = {item.id: item for item in items if isinstance(item, Article)}
    return articles, [item for item in items if isinstance(item, Failure)]


@pytest.mark.parametrize("kind", [kind for kind in SourceKind if kind is not SourceKind.FOLDER])
def test_there_is_something_to_open_each_kind_of_source(kind):
    assert kind in OPENERS


async def test_a_folder_is_where_the_policy_lies_and_its_ids_are_paths(around, tmp_path):
    write(tmp_path / "kb", FILES)
    articles, failures = await read(source(), around)
    assert (set(articles), failures) == (set(FILES), [])


async def test_a_folder_may_lie_anywhere(around, tmp_path):
    write(tmp_path / "elsewhere", FILES)
    assert len((await read(source(at=str(tmp_path / "elsewhere")), around))[0]) == 4


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        pytest.param({"include": ("billing/**",)}, {"billing/refunds.md", "billing/draft.md"}, id="what is included alone"),
        pytest.param({"exclude": ("**/draft.md", "internal")}, {"billing/refunds.md", "plans.md"}, id="not what is excluded"),
        pytest.param(
            {"include": ("billing",), "exclude": ("billing/draft.md",)}, {"billing/refunds.md"}, id="of what is included not what is excluded"
        ),
    ],
)
async def test_of_a_folder_is_read(around, tmp_path, rules, found):
    write(tmp_path / "kb", FILES)
    assert set((await read(source(**rules), around))[0]) == found


async def test_the_policy_s_folder_rules_hold_for_a_source_too(around, tmp_path):
    write(tmp_path / "kb", FILES)
    articles, _ = await read(source(), around)
    assert articles["internal/vip.md"].audience == INTERNAL


async def test_a_large_folder_comes_in_small_batches(around, tmp_path):
    write(tmp_path / "kb", {f"{n:03}.md": f"Article {n}." for n in range(50)})
    async with opened(source(), around) as connector:
        sizes = [len(batch.items) async for batch in connector.batches("")]
    assert sizes == [20, 20, 10]


async def test_one_file_is_a_source_too(around, tmp_path):
    write(tmp_path, {"faq.jsonl": '{"id": "a", "title": "A", "content": "Yes."}\n{"id": "b"}'})
    articles, failures = await read(source(at="faq.jsonl"), around)
    assert (set(articles), len(failures)) == ({"a"}, 1)


async def test_a_folder_that_is_not_there_is_down_and_not_empty(around):
    with pytest.raises(Unavailable, match="there is no file or folder"):
        await read(source(), around)


async def test_a_secret_that_is_not_set_is_named_and_never_its_value(around):
    with pytest.raises(Misconfigured, match="takes its token from HELP_TOKEN, which is not set"):
        await read(source(secret="HELP_TOKEN"), around)
    with pytest.raises(Unavailable) as caught:
        await read(source(secret="HELP_TOKEN"), replace(around, environ={"HELP_TOKEN": "hunter2"}))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", [kind for kind in SourceKind if kind is not SourceKind.TICKETS])
async def test_a_source_without_a_place_says_so(around, kind):
    with pytest.raises(Misconfigured, match="write its path or address as `at`"):
        await read(source(kind=kind, at=""), around)


async def test_tickets_are_read_by_what_the_desk_gives(around):
    tickets = source(kind=SourceKind.TICKETS, at="")
    with pytest.raises(Misconfigured, match="resolved tickets"):
        await read(tickets, around)
    site = Site([Article("t-1", "Refunds", "Five days.", "t-1")])
    articles, _ = await read(tickets, replace(around, tickets=lambda _: site))
    assert set(articles) == {"t-1"}


async def test_a_path_of_an_export_is_where_the_policy_lies_too(around, tmp_path):
    write(tmp_path / "export", {"articles.json": '{"articles": []}'})
    assert await read(source(kind=SourceKind.ZENDESK, at="export"), around) == ({}, [])
