"""Ingestion: what is added, changed, kept and removed, and what a failure leaves alone."""

import shutil

import pytest

from desk.audience import INTERNAL, PUBLIC
from desk.errors import Unavailable
from knowledge.ingestion import Report, complete
from tests.fakes import WordEmbedder
from tests.knowledge.kit import Shelf, chunk, document, write

FILES = {"refunds.md": "# Refunds\n\nFive days.", "plans.md": "# Plans\n\nThree of them.", "internal/vip.md": "# VIP\n\nCall them."}


@pytest.fixture
def shelf():
    return Shelf()


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed


async def held(shelf: Shelf) -> dict[str, str]:
    return {document.id: document.title for document in await shelf.library.documents()}


async def test_a_first_run_adds_everything(shelf, tmp_path):
    report = await shelf.ingest(write(tmp_path, FILES), folders={"internal/": INTERNAL})
    assert counts(report) == (3, 0, 0, 0)
    assert report.chunks == 3
    assert {each.id: each.audience for each in await shelf.library.documents()} == {
        "refunds.md": PUBLIC,
        "plans.md": PUBLIC,
        "internal/vip.md": INTERNAL,
    }


async def test_a_second_run_embeds_nothing(shelf, tmp_path):
    await shelf.ingest(write(tmp_path, FILES))
    shelf.embedder.texts.clear()
    position = await shelf.library.position()
    report = await shelf.ingest(tmp_path)
    assert counts(report) == (0, 0, 3, 0)
    assert report.chunks == 3
    assert shelf.embedder.texts == []
    assert await shelf.library.position() == position


async def test_changes_removals_and_additions_are_told_apart(shelf, tmp_path):
    await shelf.ingest(write(tmp_path, FILES))
    (tmp_path / "plans.md").unlink()
    write(tmp_path, {"refunds.md": "# Refunds\n\nSix days.", "new.md": "# New\n\ntext"})
    assert counts(await shelf.ingest(tmp_path)) == (1, 1, 1, 1)
    assert await held(shelf) == {"refunds.md": "Refunds", "internal/vip.md": "VIP", "new.md": "New"}


async def test_of_a_changed_article_only_the_changed_chunk_is_embedded(shelf, tmp_path):
    text = "\n\n".join(f"# Part {n}\n\n{'Some words about it. ' * 10}" for n in range(5))
    await shelf.ingest(write(tmp_path, {"a.md": text}))
    shelf.embedder.texts.clear()
    await shelf.ingest(write(tmp_path, {"a.md": text.replace("# Part 3\n\nSome", "# Part 3\n\nOther")}))
    assert len(shelf.embedder.texts) == 1
    chunks = await shelf.library.chunks_of("a.md")
    assert len(await shelf.library.vectors([each.id for each in chunks], embedder=shelf.embedder.id)) == 5


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param("---\ntitle: Other\n---\nFive days.", id="its title"),
        pytest.param("---\ntitle: Refunds\nurl: https://help.example\n---\nFive days.", id="its address"),
        pytest.param("---\ntitle: Refunds\naudience: internal\n---\nFive days.", id="its audience"),
        pytest.param("---\ntitle: Refunds\nupdated: 2026-01-01\n---\nFive days.", id="its date"),
    ],
)
async def test_a_document_changes_with(shelf, tmp_path, changed):
    await shelf.ingest(write(tmp_path, {"a.md": "---\ntitle: Refunds\n---\nFive days."}))
    assert counts(await shelf.ingest(write(tmp_path, {"a.md": changed}))) == (0, 1, 0, 0)


async def test_a_folder_rule_that_changed_changes_its_documents(shelf, tmp_path):
    await shelf.ingest(write(tmp_path, FILES))
    assert counts(await shelf.ingest(tmp_path, folders={"internal": INTERNAL})) == (0, 1, 2, 0)


async def test_another_embedder_reads_everything_again(shelf, tmp_path):
    await shelf.ingest(write(tmp_path, FILES))
    shelf.embedder = WordEmbedder("words@2")
    assert counts(await shelf.ingest(tmp_path)) == (0, 3, 0, 0)


async def test_two_folders_do_not_remove_each_other_s_documents(shelf, tmp_path):
    one, two = write(tmp_path / "one", {"a.md": "first"}), write(tmp_path / "two", {"b.md": "second"})
    await shelf.ingest(one, two)
    assert counts(await shelf.ingest(one)) == (0, 0, 1, 0)
    assert counts(await shelf.ingest(two)) == (0, 0, 1, 0)
    assert set(await held(shelf)) == {"a.md", "b.md"}


async def test_an_id_of_another_folder_is_not_taken(shelf, tmp_path):
    one, two = write(tmp_path / "one", {"a.md": "first"}), write(tmp_path / "two", {"a.md": "second"})
    report = await shelf.ingest(one, two)
    assert counts(report) == (1, 0, 0, 0)
    assert "is taken by a document of" in report.failed[0].reason


async def test_a_folder_that_moved_keeps_its_documents(shelf, tmp_path):
    await shelf.ingest(write(tmp_path / "old", FILES))
    shutil.move(tmp_path / "old", tmp_path / "new")
    report = await shelf.ingest(tmp_path / "new")
    assert (counts(report), report.failed) == ((0, 3, 0, 0), ())
    assert {each.source for each in await shelf.library.documents()} == {str(tmp_path / "new")}


async def test_a_file_that_broke_keeps_its_last_good_version(shelf, tmp_path):
    await shelf.ingest(write(tmp_path, FILES))
    report = await shelf.ingest(write(tmp_path, {"refunds.md": "---\ntitle: [\n---\ntext"}))
    assert (counts(report), len(report.failed)) == ((0, 0, 2, 0), 1)
    assert "refunds.md" in await held(shelf)


async def test_nothing_is_removed_while_a_file_may_hold_it(shelf, tmp_path):
    await shelf.ingest(write(tmp_path, FILES))
    (tmp_path / "plans.md").unlink()
    report = await shelf.ingest(write(tmp_path, {"big.md": b"x" * 5_000_001}))
    assert (report.removed, len(await held(shelf))) == (0, 3)


async def test_a_folder_that_is_not_there_removes_nothing(shelf, tmp_path):
    await shelf.ingest(write(tmp_path / "kb", FILES))
    shutil.rmtree(tmp_path / "kb")
    report = await shelf.ingest(tmp_path / "kb")
    assert (report.removed, len(report.failed), len(await held(shelf))) == (0, 1, 3)


async def test_an_emptied_article_is_reported_and_gone(shelf, tmp_path):
    await shelf.ingest(write(tmp_path, FILES))
    report = await shelf.ingest(write(tmp_path, {"refunds.md": ""}))
    assert (report.removed, [failure.reason for failure in report.failed]) == (1, ["the article is empty"])


async def test_an_article_of_headings_only_is_reported(shelf, tmp_path):
    report = await shelf.ingest(write(tmp_path, {"a.md": "# Refunds\n\n## Times"}))
    assert [failure.reason for failure in report.failed] == ["the article has headings and no text"]


async def test_progress_counts_the_documents_to_do(shelf, tmp_path):
    from knowledge.ingestion import ingest

    seen = []
    await ingest(
        [write(tmp_path, FILES)], library=shelf.library, embedder=shelf.embedder, folders={}, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


async def test_an_ingestion_that_stops_half_way_is_finished_by_the_next(shelf, tmp_path):
    class Failing(WordEmbedder):
        async def embed(self, texts):
            if len(self.texts) > 150:
                raise Unavailable("model")
            return await super().embed(texts)

    write(tmp_path, {f"{n:03}.md": f"# Article {n}\n\nText {n}." for n in range(400)})
    shelf.embedder = Failing()
    with pytest.raises(Unavailable):
        await shelf.ingest(tmp_path)
    done = len(await held(shelf))
    shelf.embedder = WordEmbedder()
    assert 0 < done < 400
    assert counts(await shelf.ingest(tmp_path)) == (400 - done, 0, done, 0)


async def test_a_new_embedder_can_read_the_chunks_without_their_files(shelf):
    await shelf.library.put(document(), [chunk("c-1"), chunk("c-2", n=1)], {}, embedder="words@1")
    assert await complete(shelf.library, shelf.embedder) == 2
    assert await complete(shelf.library, shelf.embedder) == 0
    assert len(await shelf.library.vectors(["c-1", "c-2"], embedder=shelf.embedder.id)) == 2


async def test_a_review_by_a_person_survives_until_the_words_change(shelf, tmp_path):
    await shelf.ingest(write(tmp_path, FILES))
    await shelf.library.mark_reviewed(["refunds.md", "plans.md"], on="2026-11-01")
    write(tmp_path, {"refunds.md": "---\nurl: https://help.example\n---\n# Refunds\n\nFive days.", "plans.md": "# Plans\n\nFour of them."})
    assert counts(await shelf.ingest(tmp_path)) == (0, 2, 1, 0)
    assert {each.id: each.reviewed for each in await shelf.library.documents()} == {"refunds.md": "2026-11-01", "plans.md": "", "internal/vip.md": ""}
