"""Quality: what `kb check` finds of contradictions that were planted, and where there are none: `python -m benchmarks.quality`.

Planted: for every piece of a demo article that names a quantity or an amount, a second article with the same piece and that one figure doubled.
The bank's articles (../shared/data, when they are there) describe 30 similar products and do not contradict one another.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.contradiction import contradiction, statements
from knowledge.embeddings import OnnxEmbedder
from knowledge.ingestion import ingest
from knowledge.syncing.quality import Ages, Concern, Finding, check
from store.database import open_database
from store.library import SqlLibrary

PROJECT = Path(__file__).parent.parent
BANK = PROJECT.parent / "shared" / "data" / "bank_kb" / "documents.jsonl"
FIGURE = re.compile(r"(?<=[ $€])(\d{1,4})(?= (?:minutes?|hours?|days?|weeks?|months?|years?|people|seats|users|rows|MB|GB|working)\b)")
PLANTED = "planted-"


def compare(one: str, other: str) -> tuple[str, str] | None:
    return contradiction(statements(one), statements(other))


async def found_in(folder: Path, home: Path) -> tuple[list[Finding], float, int]:
    database = await open_database(f"sqlite+aiosqlite:///{home}/frontdesk.db")
    library, embedder = SqlLibrary(database), OnnxEmbedder()
    report = await ingest([folder], library=library, embedder=embedder, folders={})
    start = time.perf_counter()
    found = await check(library, Ages((), timedelta(days=180)), now=datetime.now(UTC), embedder=embedder.id, compare=compare)
    took = time.perf_counter() - start
    embedder.close()
    await database.close()
    return found, took, report.chunks


def plant(folder: Path) -> int:
    """Write the demo's articles and their changed copies into a folder; return how many were changed."""
    count = 0
    for path in sorted((PROJECT / "demo" / "knowledge").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text, encoding="utf-8")
        body = text.rsplit("---\n", 1)[-1]
        if FIGURE.search(body):
            changed = FIGURE.sub(lambda match: str(2 * int(match[1])), body, count=1)
            (folder / f"{PLANTED}{path.name}").write_text(f"# More about {path.stem}\n\n{changed}", encoding="utf-8")
            count += 1
    return count


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        planted = plant(Path(folder))
        found, took, chunks = await found_in(Path(folder), Path(home))
    hits = {frozenset(f.documents) for f in found if f.concern is Concern.CONTRADICTING}
    right = {pair for pair in hits if len({id.removeprefix(PLANTED).removesuffix(".md") for id in pair}) == 1}
    for pair in hits - right:
        print("  also named:", *sorted(pair))
    print(f"planted: {len(right)} of {planted} contradictions found, {len(hits - right)} others named ({chunks} pieces, {took:.2f} s)")
    if not BANK.exists():
        print(f"no bank articles: {BANK} is not there")
        return
    with tempfile.TemporaryDirectory() as home:
        found, took, chunks = await found_in(BANK, Path(home))
    counts = Counter(finding.concern for finding in found)
    named = f"{counts[Concern.CONTRADICTING]} contradictions and {counts[Concern.DUPLICATE]} duplicates"
    print(f"bank articles without contradictions: {named} named ({chunks} pieces, {took:.2f} s)")


if __name__ == "__main__":
    asyncio.run(main())
