"""Versions of trained categories: kept whole, listed, chosen, and taken back."""

import json
import stat

import numpy as np
import pytest

from agent import training
from agent.chosen import Chosen
from agent.labelled import Row, Table
from agent.shelf import NEWEST, SHIPPED, Shelf
from desk.errors import InvalidInput, Misconfigured
from tests.agent.letters import LetterEmbedder

TEA = ("a cup of tea", "green tea", "black tea please", "tea with milk", "iced tea", "herbal tea", "tea pot", "tea leaves", "two teas", "more tea")
BUS = ("zoom bus", "bus zone", "buzz bus", "big bus", "bus drivers", "bus rides", "our bus", "bus doors", "bus horn", "bus wash")
TABLE = Table(
    tuple(Row(text, category) for category, texts in (("tea", TEA), ("bus", BUS)) for text in texts), (Row("quick \u2028 jumping", "out of scope"),)
)


@pytest.fixture
def embedder():
    return LetterEmbedder()


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "heads" / "trained")


@pytest.fixture
def add(shelf, embedder):
    async def do():
        trained, report = await training.train(TABLE, embedder, seed=3)
        return shelf.add(trained, report, TABLE, seed=3)

    return do


def test_an_empty_shelf_uses_what_ships_and_creates_nothing(shelf, tmp_path):
    assert (list(shelf.versions()), shelf.in_use(), shelf.pinned()) == ([], None, "")
    assert list(tmp_path.iterdir()) == []


async def test_training_reports_on_every_row_of_a_small_table(embedder):
    trained, report = await training.train(TABLE, embedder)
    assert trained.kernel.classes == ("bus", "tea")
    assert report.held_out == 20
    assert report.accuracy > 0.8
    assert report.macro_f1 == pytest.approx(report.accuracy, abs=0.05)
    assert sum(b.count for b in report.bins) == 20


async def test_the_same_seed_gives_the_same_report(embedder):
    reports = [(await training.train(TABLE, embedder, seed=seed))[1] for seed in (1, 1)]
    assert reports[0] == reports[1]


def test_a_claimed_text_is_no_strange_one():
    shipped = training.strange_texts(TABLE)
    claimed = Table((Row(shipped[-1], "weather"),))
    assert shipped[0] == "quick \u2028 jumping"
    assert shipped[-1] not in training.strange_texts(claimed)


@pytest.mark.parametrize(("category", "words"), [("card_arrival", "card arrival"), ("Top-Up failed", "top up failed"), ("billing", "billing")])
def test_a_category_is_spoken_in_words(category, words):
    assert training.spoken(category) == words


async def test_versions_are_numbered_and_the_newest_is_used(shelf, add):
    assert [(await add()).version, (await add()).version] == ["v1", "v2"]
    assert (list(shelf.versions()), shelf.in_use()) == (["v1", "v2"], "v2")


async def test_the_tenth_version_is_newer_than_the_ninth(shelf, add):
    await add()
    for number in range(2, 11):
        (shelf.folder / f"v{number}").mkdir()
    assert shelf.in_use() == "v10"


async def test_a_choice_holds_until_the_next_one(shelf, add):
    await add()
    await add()
    shelf.use("v1")
    await add()
    assert shelf.in_use() == "v1"
    shelf.use(SHIPPED)
    assert shelf.in_use() is None
    shelf.use(NEWEST)
    assert shelf.in_use() == "v3"


async def test_an_unknown_version_is_refused_with_the_known_ones(shelf, add):
    await add()
    with pytest.raises(InvalidInput, match="no version 'v7': write one of v1, newest, shipped"):
        shelf.use("v7")


async def test_what_is_kept_is_what_is_loaded(shelf, add, embedder):
    kept = await add()
    loaded = shelf.load("v1", embedder.id)
    vectors = np.asarray(await embedder.embed(TEA), dtype=np.float32)
    assert loaded.version == "v1"
    assert np.allclose(loaded.kernel.probabilities(vectors), kept.kernel.probabilities(vectors), atol=0.02)
    assert np.allclose(loaded.strangeness(vectors), kept.strangeness(vectors), atol=0.02)


async def test_the_rows_come_back_and_are_the_owners_alone(shelf, add):
    await add()
    path = shelf.folder / "v1" / "rows.jsonl"
    assert [row.text for row in shelf.rows("v1").rows] == [row.text for row in TABLE.rows]
    assert shelf.rows("v1").strange[0].text == "quick \u2028 jumping"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_nothing_half_written_is_left_or_listed(shelf, add):
    (shelf.folder / ".part-1").mkdir(parents=True)
    await add()
    assert list(shelf.versions()) == ["v1"]
    assert not list((shelf.folder / "v1").glob("*.part"))


@pytest.mark.parametrize("damage", ["", "[]", "no json"])
async def test_a_damaged_version_says_what_to_do(shelf, add, embedder, damage):
    await add()
    (shelf.folder / "v1" / "report.json").write_text(damage)
    with pytest.raises(Misconfigured, match="'v1' cannot be read: train them again, or choose others"):
        shelf.load("v1", embedder.id)


async def test_a_damaged_classifier_says_so_too(shelf, add, embedder):
    await add()
    next((shelf.folder / "v1").glob("*.npz")).write_bytes(b"PK\x03\x04 no")
    with pytest.raises(Misconfigured, match="cannot be read"):
        shelf.load("v1", embedder.id)


async def test_a_running_desk_notices_what_is_trained_and_chosen(shelf, add, embedder):
    chosen = Chosen(shelf, embedder)
    assert await chosen.current() is None
    await add()
    assert (await chosen.current()).version == "v1"
    await add()
    assert (await chosen.current()).version == "v2"
    shelf.use("v1")
    assert (await chosen.current()).version == "v1"
    shelf.use(SHIPPED)
    assert await chosen.current() is None


async def test_nothing_is_read_again_while_nothing_changes(shelf, add, embedder):
    await add()
    chosen = Chosen(shelf, embedder)
    assert await chosen.current() is await chosen.current()


async def test_another_embedder_gets_the_same_categories_once(shelf, add):
    await add()
    other = LetterEmbedder("letters@2")
    assert (await Chosen(shelf, other).current()).embedder == "letters@2"
    spent = other.embedded
    assert (await Chosen(shelf, other).current()).version == "v1"
    assert (spent > 20, other.embedded) == (True, spent)


async def test_without_its_rows_a_version_is_refused_under_another_embedder(shelf, add, caplog):
    await add()
    (shelf.folder / "v1" / "rows.jsonl").unlink()
    chosen = Chosen(shelf, LetterEmbedder("letters@2"))
    for _ in range(2):
        with pytest.raises(
            Misconfigured, match="fitted to the embedder 'letters@1', and this one is 'letters@2'; their rows are gone: train them again"
        ):
            await chosen.current()
    assert len(caplog.records) == 1
    shelf.use(SHIPPED)
    assert await chosen.current() is None


async def test_a_chosen_version_that_was_deleted_is_refused(shelf, add, embedder):
    await add()
    shelf.use("v1")
    (shelf.folder / "v1" / "report.json").unlink()
    with pytest.raises(Misconfigured, match="'v1' cannot be read"):
        await Chosen(shelf, embedder).current()


async def test_the_report_is_kept_as_json(shelf, add):
    await add()
    about = json.loads((shelf.folder / "v1" / "report.json").read_text())
    assert (about["seed"], about["rows"], about["classes"]) == (3, 20, ["bus", "tea"])
    assert set(about["report"]) >= {"accuracy", "macro_f1", "confusion", "bins", "curve", "auroc", "held_out"}
