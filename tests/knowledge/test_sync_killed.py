"""A sync that is killed while it reads, and again while it writes, is finished by the next one, and fetches next to nothing twice."""

import subprocess
import sys
from pathlib import Path

from knowledge.syncing.sync import HOLD, sync
from store.database import open_database
from store.library import SqlLibrary
from store.sources import SqlSources
from tests.knowledge.syncing import HELP, Bench, Site, article, counts

ARTICLES = 150
CHILD = """
import asyncio, sys
from datetime import timedelta
from knowledge.syncing.sync import HOLD, sync
from store.database import open_database
from store.library import SqlLibrary
from store.sources import SqlSources
from tests.fakes import START
from tests.knowledge.syncing import HELP, Bench
from tests.knowledge.test_sync_killed import Spoken, articles

async def main():
    database = await open_database("sqlite:///" + sys.argv[1])
    bench = Bench(SqlLibrary(database), SqlSources(database), site=Spoken(articles()))
    bench.clock.at += int(sys.argv[2]) * HOLD
    await sync(HELP, bench.site.open, bench.means(sys.argv[2]), progress=lambda done, _: print("put", done, flush=True))

asyncio.run(main())
"""


class Spoken(Site):
    """A site that says on standard output when a batch was taken from it."""

    async def batches(self, cursor):
        async for batch in Site.batches(self, cursor):
            print("read", batch.cursor, flush=True)
            yield batch


def articles():
    return [article(f"a{n:03}", f"Article {n}. " + "Some words about it. " * 10) for n in range(ARTICLES)]


def killed_at(said: str, *, database: Path, turn: int) -> list[str]:
    """Run a sync in a process, kill it when it says something, and return what it said until then."""
    lines: list[str] = []
    with subprocess.Popen([sys.executable, "-c", CHILD, str(database), str(turn)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for line in child.stdout:
            lines.append(line.strip())
            if line.strip() == said:
                child.kill()
                break
    assert child.returncode == -9
    return lines


async def test_kill_9_while_reading_and_while_writing(tmp_path):
    database = tmp_path / "frontdesk.db"
    first = killed_at("read 100", database=database, turn=0)
    second = killed_at("put 30", database=database, turn=1)
    read_again = set(first) & {line for line in second if line.startswith("read")}
    assert len(read_again) <= 1, "only what came after the last save is fetched again"
    opened = await open_database(f"sqlite:///{database}")
    bench = Bench(SqlLibrary(opened), SqlSources(opened), site=Site(articles()))
    bench.clock.at += 2 * HOLD
    found = await bench.library.documents()
    assert 30 <= len(found) < ARTICLES
    for document in found:
        chunks = [chunk.id for chunk in await bench.library.chunks_of(document.id)]
        assert (await bench.library.vectors(chunks, embedder="words@1")).keys() == set(chunks)
    state = await sync(HELP, bench.site.open, bench.means("last"))
    assert (counts(state), state.documents, bench.site.read) == ((ARTICLES, 0, 0, 0), ARTICLES, [])
    await opened.close()
