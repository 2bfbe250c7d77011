"""A start after a switch of embedder, and one with a Qdrant server that is down: the desk opens at once and says what it lacks."""

import sqlite3
from pathlib import Path

import pytest

from bootstrap import open_reading
from desk.audience import PUBLIC
from desk.errors import Unavailable
from knowledge.embeddings import MINILM
from settings import read_settings

ARTICLES = Path(__file__).parents[2] / "demo" / "knowledge" / "security"
EVERYBODY = frozenset({PUBLIC})


@pytest.fixture
async def home(tmp_path):
    """A home whose articles were read by an embedder that nobody has any more."""
    async with open_reading(read_settings(home=tmp_path)) as desk:
        await desk.ingest([ARTICLES])
    with sqlite3.connect(tmp_path / "frontdesk.db") as database:
        database.execute("UPDATE vectors SET embedder = 'old@1'")
    database.close()
    return tmp_path


async def test_words_answer_at_once_and_the_new_embedder_when_it_has_read_everything(home):
    async with open_reading(read_settings(home=home)) as desk:
        before = await desk.knowledge.search("two-factor codes", EVERYBODY)
        assert (bool(before.passages), before.degraded, await desk.library.lacking(MINILM.id, limit=1) != []) == (True, True, True)
        await desk.renewal.run()
        after = await desk.knowledge.search("two-factor codes", EVERYBODY)
        assert (after.degraded, after.version.partition("/")[2], after.passages[0].dense > 0) == (False, MINILM.id, True)
    async with open_reading(read_settings(home=home)) as desk:
        assert await desk.knowledge.search("two-factor codes", EVERYBODY) == after


async def test_the_desk_opens_without_its_qdrant_server_and_says_so_when_it_is_asked(home):
    async with open_reading(read_settings(home=home, qdrant_url="http://127.0.0.1:9")) as desk:
        with pytest.raises(Unavailable, match="Qdrant server does not answer") as caught:
            await desk.knowledge.search("two-factor codes", EVERYBODY)
        assert caught.value.system == "kb"
