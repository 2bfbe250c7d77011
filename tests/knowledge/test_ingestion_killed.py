"""An ingestion that is killed leaves whole documents, and the next run finishes it."""

import subprocess
import sys
from pathlib import Path

from knowledge.ingestion import ingest
from store.database import open_database
from store.library import SqlLibrary
from tests.fakes import WordEmbedder
from tests.knowledge.kit import write

ARTICLES = 160
SECTION = "Some words about it. " * 10
CHILD = """
import asyncio, sys
from pathlib import Path
from knowledge.ingestion import ingest
from store.database import open_database
from store.library import SqlLibrary
from tests.fakes import WordEmbedder

async def main():
    library = SqlLibrary(await open_database("sqlite:///" + sys.argv[1]))
    await ingest([Path(sys.argv[2])], library=library, embedder=WordEmbedder(), folders={}, progress=lambda done, _: print(done, flush=True))

asyncio.run(main())
"""


def killed_after(documents: int, *, database: Path, folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD, str(database), str(folder)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for line in child.stdout:
            if int(line) >= documents:
                child.kill()
                break
    assert child.returncode == -9


async def test_kill_9_in_the_middle_leaves_whole_documents_and_the_next_run_finishes(tmp_path):
    folder = write(tmp_path / "kb", {f"{n:03}.md": f"# One\n\nArticle {n}. {SECTION}\n\n# Two\n\n{SECTION}" for n in range(ARTICLES)})
    database = tmp_path / "frontdesk.db"
    for documents in (1, 90):
        killed_after(documents, database=database, folder=folder)
    opened = await open_database(f"sqlite:///{database}")
    library = SqlLibrary(opened)
    found = await library.documents()
    assert 91 <= len(found) < ARTICLES
    for document in found:
        chunks = [chunk.id for chunk in await library.chunks_of(document.id)]
        assert len(chunks) == 2
        assert (await library.vectors(chunks, embedder="words@1")).keys() == set(chunks)
    report = await ingest([folder], library=library, embedder=WordEmbedder(), folders={})
    assert (report.added, report.changed, report.unchanged) == (ARTICLES - len(found), 0, len(found))
    assert len(await library.documents()) == ARTICLES
    await opened.close()
